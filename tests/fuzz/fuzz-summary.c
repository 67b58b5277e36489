// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/bytes.h"
#include "record/summary.h"

#include <errno.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct summary_query queries[] = {
		{ .table = "system", .field = "used" },
		{ .table = "process", .field = "res", .keys = { 2, 20 }, .key_count = 2 },
		{ .table = "process", .field = "swap", .key_count = 2 },
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct byte_reader reader = { data, data + size, false };
		struct span_of_values values;
		int found = summary_find(&reader, &queries[i], &values);

		CHECK(found == 0 || found == 1 || found == -EBADMSG);
		CHECK(reader.at >= data && reader.at <= data + size);
	}
	return 0;
}
