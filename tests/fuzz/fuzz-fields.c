// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/process-files.h"
#include "collect/procfs.h"
#include "collect/system.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct procfs_key keys[] = { { "VmSize", 0 }, { "VmRSS", 8 }, { "Pss", 16 } };
	int64_t row[3] = { UNKNOWN, UNKNOWN, UNKNOWN };
	char *text = text_of(data, size);
	struct limit limits[LIMIT_KINDS] = { { UNKNOWN, UNKNOWN } };
	struct system system;

	procfs_fields(text, keys, 3, row);
	for (size_t i = 0; i < 3; i++) {
		CHECK(row[i] == UNKNOWN || row[i] >= 0);
		CHECK((row[i] == UNKNOWN) == (procfs_field(text, keys[i].key) == UNKNOWN) ||
			row[i] == UNKNOWN || procfs_field(text, keys[i].key) == UNKNOWN);
	}
	table_reset_row(&system_table, &system);
	pressure_parse(text, &system);
	CHECK(system.some_avg10 == UNKNOWN || system.some_avg10 >= 0);
	CHECK(system.full_total == UNKNOWN || system.full_total >= 0);
	limits_parse(text, limits);
	for (size_t i = 0; i < LIMIT_KINDS; i++)
		CHECK(limits[i].soft >= 0 || limits[i].soft == UNKNOWN);
	free(text);
	return 0;
}
