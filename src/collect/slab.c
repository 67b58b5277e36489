// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/slab.h"

#include "base/memory.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <libproc2/slabinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct slab_reader {
	struct slabinfo_info *info;
};

static enum slabinfo_item items[] = { SLAB_NAME, SLAB_NUMS_SLABS, SLAB_PAGES_PER_SLAB };

struct slab_reader *
slab_reader_create(void)
{
	return xcalloc(1, sizeof(struct slab_reader));
}

void
slab_reader_destroy(struct slab_reader *reader)
{
	if (!reader)
		return;
	if (reader->info)
		procps_slabinfo_unref(&reader->info);
	free(reader);
}

/* The kernel says so only here (mm/slub.c, reclaim_account_show); without that it is not. */
static bool
is_reclaimable(const char *name)
{
	char path[128], text[8];

	snprintf(path, sizeof(path), "/sys/kernel/slab/%.64s/reclaim_account", name);
	return procfs_read(AT_FDCWD, path, text, sizeof(text)) > 0 && text[0] == '1';
}

static struct slab_cache
cache_of(const struct slabinfo_stack *stack)
{
	int64_t slabs = stack->head[1].result.u_int, pages = stack->head[2].result.u_int;

	return (struct slab_cache){ .name = stack->head[0].result.str,
		.bytes = slabs * pages * sysconf(_SC_PAGESIZE) };
}

/* Keeps the largest ones, in no order. */
static size_t
keep(struct slab_cache *caches, size_t count, size_t most, const struct slab_cache *cache)
{
	size_t smallest = 0;

	if (count < most) {
		caches[count] = *cache;
		return count + 1;
	}
	for (size_t i = 1; i < count; i++)
		if (caches[i].bytes < caches[smallest].bytes)
			smallest = i;
	if (caches[smallest].bytes < cache->bytes)
		caches[smallest] = *cache;
	return count;
}

int
slab_read(struct slab_reader *reader, struct slab_cache *caches, size_t most)
{
	struct slabinfo_reaped *reaped;
	size_t count = 0;
	int error = reader->info ? 0 : procps_slabinfo_new(&reader->info);

	if (error < 0)
		return error;
	errno = 0;
	reaped = procps_slabinfo_reap(reader->info, items, sizeof(items) / sizeof(items[0]));
	if (!reaped)
		return errno ? -errno : -EIO;
	for (int i = 0; i < reaped->total; i++) {
		struct slab_cache cache = cache_of(reaped->stacks[i]);

		count = keep(caches, count, most, &cache);
	}
	for (size_t i = 0; i < count; i++)
		caches[i].is_reclaimable = is_reclaimable(caches[i].name);
	return (int)count;
}
