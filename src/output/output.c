// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/output.h"

#include "base/macros.h"
#include "base/memory.h"
#include "model/process.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

const struct output_format *const output_formats[] = {
	&output_text,
	&output_json,
	&output_csv,
	&output_prometheus,
	NULL,
};

int
output_write(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows)
{
	errno = 0;
	output->format->write(output, snapshot, selection, rows);
	output->block_count++;
	if (fflush(output->file) != 0 || ferror(output->file))
		return errno ? -errno : -EIO;
	return 0;
}

void
output_finish(struct output *output)
{
	free(output->line);
	free(output->widths);
	output->widths = NULL;
	output->width_capacity = 0;
	output->line = NULL;
	output->line_capacity = 0;
}

const struct row_list *
output_processes(const struct selection *selection, const struct row_list *rows)
{
	return selection->table->columns == process_table.columns ? rows : NULL;
}

char *
output_room(struct output *output, size_t size)
{
	output->line = array_reserve(
		output->line, &output->line_capacity, output->line_length + size + 1, 1);
	return output->line + output->line_length;
}

void
output_format_time(char text[static OUTPUT_TIME_SIZE], int64_t time)
{
	time_t seconds = (time_t)(time / NS_PER_SEC);
	struct tm utc;
	size_t length;

	gmtime_r(&seconds, &utc);
	length = strftime(text, OUTPUT_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(
		text + length, OUTPUT_TIME_SIZE - length, ".%03dZ", (int)(time / NS_PER_MS % 1000));
}
