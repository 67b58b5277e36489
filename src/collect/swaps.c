// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/swaps.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/scan.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 4096, KIND_SIZE = 16 };

/* "orig_data_size compr_data_size mem_used_total ..." (drivers/block/zram, mm_stat_show). */
int64_t
swaps_zram_memory(const char *device)
{
	char path[256], text[256];
	const char *at = text;

	snprintf(path, sizeof(path), "/sys/block/%.200s/mm_stat", device);
	if (procfs_read(AT_FDCWD, path, text, sizeof(text)) < 0)
		return UNKNOWN;
	(void)scan_next_number(&at);
	(void)scan_next_number(&at);
	return scan_next_number(&at);
}

static void
complete(struct swap_device *device)
{
	if (strncmp(device->path, "/dev/zram", 9) == 0) {
		device->kind = "zram";
		device->stored = swaps_zram_memory(device->path + strlen("/dev/"));
		device->ratio = known_share(device->stored, device->used);
	}
	device->use = known_share(device->used, device->size);
}

/* "/dev/sda2   partition   8388604   0   -2"; a line that is none is left out. */
void
swaps_take_line(struct snapshot *now, const char *line)
{
	size_t length = strcspn(line, " \t");
	char path[PATH_SIZE], kind[KIND_SIZE];
	long long size, used, priority;
	struct swap_device *device;

	if (sscanf(line + length, "%15s %lld %lld %lld", kind, &size, &used, &priority) != 4 ||
		!procfs_unescape(path, sizeof(path), line, length))
		return;
	device = rows_add(&now->kernel[KERNEL_SWAPS], kernel_parts[KERNEL_SWAPS].table);
	device->path = arena_text(&now->texts, path);
	device->kind = arena_text(&now->texts, kind);
	device->size = known_product(size, 1024);
	device->used = known_product(used, 1024);
	device->priority = priority;
	complete(device);
}

int
swaps_read(int root, char line[static SWAPS_LINE_SIZE], struct snapshot *now)
{
	_cleanup_fclose_ FILE *file = procfs_open(root, "swaps");

	if (!file)
		return -errno;
	if (fgets(line, SWAPS_LINE_SIZE, file)) /* the heading */
		while (fgets(line, SWAPS_LINE_SIZE, file))
			swaps_take_line(now, line);
	return 0;
}
