// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/oom-trace.h"

/* The description of a record, then a NUL and the record itself. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	size_t length = strlen(text);
	const char *raw = length < size ? text + length + 1 : text + size;
	struct mark_format format;
	struct oom_mark mark;

	if (mark_format_parse(text, &format) == 0) {
		CHECK(format.id >= 0);
		if (mark_parse(&format, raw, size - (size_t)(raw - text), &mark))
			CHECK(mark.victim.pid > 0 && strlen(mark.comm) < sizeof(mark.comm));
	}
	free(text);
	return 0;
}
