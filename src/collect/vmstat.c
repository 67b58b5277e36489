// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/vmstat.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <string.h>

static const char *const zones[] = { "_dma", "_dma32", "_normal", "_high", "_movable", "_device" };

ssize_t
vmstat_read(int root, char text[static VMSTAT_SIZE])
{
	return procfs_read_whole(root, "vmstat", text, VMSTAT_SIZE);
}

/* The text after a name, with or without a kind of zone; NULL for another name. */
static const char *
behind_zone(const char *text)
{
	if (*text == ' ')
		return text;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		const char *rest = scan_start(text, zones[i]);

		if (rest && *rest == ' ')
			return rest;
	}
	return NULL;
}

int64_t
vmstat_counter(const char *text, const char *name)
{
	int64_t sum = UNKNOWN;

	while (*text) {
		const char *rest = scan_start(text, name),
			   *number = rest ? behind_zone(rest) : NULL;

		if (number) {
			sum = known_sum(known_or_zero(sum), scan_number(number));
			if (sum == UNKNOWN)
				return UNKNOWN;
		}
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return sum;
}

int64_t
vmstat_changes(const char *text)
{
	static const char *const groups[] = { "pgsteal", "pswp", "swp", "zswp", "oom_kill",
		"thp_collapse_alloc", "thp_split_page", "thp_underused", "cow_ksm", "ksm_" };
	int64_t sum = 0;

	for (; *text; text += *text == '\n') {
		const char *end = strchrnul(text, '\n');

		for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
			if (scan_start(text, groups[i]))
				sum += known_or_zero(scan_number(text + strcspn(text, " \n")));
		text = end;
	}
	return sum;
}

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
