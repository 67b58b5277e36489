// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "model/process.h"
#include "table/filter.h"

/* A filter is compiled or refused with a place inside the text, and never fails on any row. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	struct filter *filter = filter_create(&process_table);
	struct filter_error error;
	struct process row;

	table_reset_row(&process_table, &row);
	if (filter_add(filter, text, &error) == 0) {
		filter_matches(filter, &row);
		row.comm = "name";
		row.command = "a command (line) \xff aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
		row.user = "root";
		row.resident = 4096;
		filter_matches(filter, &row);
	} else {
		CHECK(error.position <= strlen(text));
		CHECK(strlen(error.message) > 0);
	}
	filter_destroy(filter);
	free(text);
	return 0;
}
