// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/reclaim.h"

#include "base/cleanup.h"
#include "collect/procfs.h"
#include "model/scan.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One counter for each kind of zone: allocstall_normal. */
static const char summed[] = "allocstall";

static bool
is_counter(const char *counter, const char *line)
{
	size_t length = strlen(counter);

	return strncmp(line, counter, length) == 0 &&
	       (line[length] == ' ' || (line[length] == '_' && strcmp(counter, summed) == 0));
}

static void
take_line(struct kernel_rows *rows, const char *line)
{
	struct reclaim *counters = rows->rows;
	int64_t number = scan_number(line + strcspn(line, " "));

	for (size_t i = 0; number != UNKNOWN && i < rows->count; i++)
		if (is_counter(counters[i].counter, line)) {
			counters[i].count = counters[i].count == UNKNOWN
						    ? number
						    : known_sum(counters[i].count, number);
			return;
		}
}

int
reclaim_read(int root, struct snapshot *now)
{
	_cleanup_fclose_ FILE *file = procfs_open(root, "vmstat");
	struct kernel_rows *rows = &now->kernel[KERNEL_RECLAIM];
	char line[256];

	if (!file)
		return -errno;
	reclaim_add_rows(rows);
	while (fgets(line, sizeof(line), file))
		take_line(rows, line);
	return 0;
}
