// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/kernel-tables.h"
#include "model/snapshot.h"

/* Calls `take` with each line; none is longer than a line that is read from the file. */
static void
each_line(struct snapshot *now, char *text, void (*take)(struct snapshot *now, const char *line))
{
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
		take(now, line);
}

static void
take_blocks(struct snapshot *now, const char *line)
{
	CHECK(!zones_take_blocks(now, line) || now->kernel[KERNEL_ZONES].count > 0);
}

/* The text of zoneinfo, then a NUL and that of buddyinfo. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct snapshot now;
	char *text = text_of(data, size), *blocks = text + strlen(text);
	const struct zone *zones;

	snapshot_reset(&now);
	blocks += blocks < text + size;
	each_line(&now, text, zones_take_line);
	each_line(&now, blocks, take_blocks);
	zones = now.kernel[KERNEL_ZONES].data;
	for (size_t i = 0; i < now.kernel[KERNEL_ZONES].count; i++) {
		int64_t share = zone_fragmentation(&zones[i], 9);

		CHECK(zones[i].name && !strchr(zones[i].name, '\n'));
		CHECK(zones[i].free >= 0 || zones[i].free == UNKNOWN);
		CHECK(share == UNKNOWN || (share >= 0 && share <= 1000));
	}
	free(text);
	return 0;
}
