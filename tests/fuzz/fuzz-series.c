// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/known.h"
#include "command/series.h"

#include <errno.h>

/* A series is read with times that never go back, or refused with one line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size), error[SERIES_ERROR_SIZE] = "";
	FILE *file = fmemopen(text, size > 0 ? size : 1, "r");
	struct series series = { .count = 0 };
	int status;

	CHECK(file);
	status = series_read(file, &series, error);
	CHECK((status == -EINVAL) == (*error != '\0'));
	CHECK(!strchr(error, '\n'));
	for (size_t i = 0; i < series.count; i++)
		CHECK(series.points[i].time >= (i > 0 ? series.points[i - 1].time : 0));
	CHECK(series_interval(&series) >= 0);
	series_finish(&series);
	fclose(file);
	free(text);
	return 0;
}
