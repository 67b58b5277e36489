// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/reclaim.h"

#include "collect/vmstat.h"
#include "model/snapshot.h"

int
reclaim_read(int root, char text[static VMSTAT_SIZE], struct snapshot *now)
{
	struct rows *rows = &now->kernel[KERNEL_RECLAIM];
	struct reclaim *counters;
	ssize_t length = vmstat_read(root, text);

	if (length < 0)
		return (int)length;
	reclaim_add_rows(rows);
	counters = rows->data;
	for (size_t i = 0; i < rows->count; i++)
		counters[i].count = vmstat_counter(text, counters[i].counter);
	return 0;
}
