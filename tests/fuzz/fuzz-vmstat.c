// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/unit.h"
#include "collect/system.h"
#include "model/kernel.h"

/* Each counter that memtop knows is a count or unknown, with and without a kind of zone. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	struct rows rows = { .count = 0 };
	const struct reclaim *counters;

	reclaim_add_rows(&rows);
	counters = rows.data;
	for (size_t i = 0; i < rows.count; i++) {
		int64_t count = vmstat_counter(text, counters[i].counter);

		CHECK(count == UNKNOWN || strstr(text, counters[i].counter));
	}
	rows_finish(&rows);
	free(text);
	return 0;
}
