// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/output.h"

#include "model/snapshot.h"
#include "table/cell.h"
#include "table/order.h"

#include <string.h>

/* RFC 4180: quotes a field with a comma or a quote, and doubles the quotes in it. */
static void
write_field(FILE *file, const char *text)
{
	if (!text[strcspn(text, ",\"")]) {
		fputs(text, file);
		return;
	}
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

/* For machines: independent of the locale, whole numbers without a fraction. */
static void
write_number(FILE *file, enum unit unit, int64_t number)
{
	long long divisor = unit_divisor(unit);
	long long fraction;
	char text[UNIT_FORMAT_SIZE];
	int digits = 0;

	if (number == UNKNOWN)
		return;
	if (unit == UNIT_ADDRESS || unit == UNIT_ID || unit_is_none(unit, number)) {
		unit_format(text, unit, number, SCALE_BYTES);
		fputs(text, file);
		return;
	}
	if (number < 0)
		fputc('-', file);
	number = number < 0 ? -number : number;
	fprintf(file, "%lld", (long long)number / divisor);
	fraction = number % divisor;
	for (long long rest = divisor; rest > 1; rest /= 10)
		digits++;
	for (; fraction && fraction % 10 == 0; fraction /= 10)
		digits--;
	if (fraction)
		fprintf(file, ".%0*lld", digits, fraction);
}

static void
write_value(struct output *output, const struct column *column, const void *row)
{
	FILE *file = output->file;
	char *safe = output_room(output, CELL_SIZE);

	if (column->unit != UNIT_TEXT) {
		write_number(file, column->unit, column_number(column, row));
		return;
	}
	if (!column_text(column, row))
		return;
	text_safe(safe, CELL_SIZE, column_text(column, row), CHARSET_UTF8);
	write_field(file, safe);
}

static void
write_csv(struct output *output, const struct snapshot *snapshot, const struct selection *selection,
	const struct row_list *rows)
{
	FILE *file = output->file;
	char time[OUTPUT_TIME_SIZE];

	output_format_time(time, snapshot->time);
	if (output->block_count == 0) {
		fputs("time", file);
		for (size_t i = 0; i < selection->count; i++)
			fprintf(file, ",%s", selection->columns[i]->name);
		fputs("\r\n", file);
	}
	for (size_t i = 0; i < rows->count; i++) {
		fputs(time, file);
		for (size_t j = 0; j < selection->count; j++) {
			fputc(',', file);
			write_value(output, selection->columns[j], rows->rows[i]);
		}
		fputs("\r\n", file);
	}
}

const struct output_format output_csv = {
	.name = "csv",
	.help = "RFC 4180, one heading; unknown is empty",
	.write = write_csv,
};
