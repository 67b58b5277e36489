// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/maps.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	struct mappings mappings = { .rows = NULL };

	maps_parse(text, size, &mappings);
	for (size_t i = 0; i < mappings.count; i++) {
		const struct mapping *mapping = &mappings.rows[i];

		CHECK(mapping->start < mapping->end);
		CHECK(i == 0 || mapping[-1].end <= mapping->start);
		CHECK(strlen(mapping->name) <= size);
		CHECK(!strchr(mapping->name, '\n'));
		CHECK((unsigned)mapping->segment < SEGMENT_UNKNOWN);
	}
	mappings_finish(&mappings);
	free(text);
	return 0;
}
