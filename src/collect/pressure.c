// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/pressure.h"

#include "base/macros.h"
#include "collect/procfs.h"

#include <string.h>

#define FIELD(name) offsetof(struct system, name)

/* clang-format off */
static const struct {
	const char *line, *key;
	size_t offset;
	double factor; /* to the base unit */
} figures[] = {
	{ "some ", " avg10=",  FIELD(some_avg10),  10 },
	{ "some ", " avg60=",  FIELD(some_avg60),  10 },
	{ "some ", " avg300=", FIELD(some_avg300), 10 },
	{ "some ", " total=",  FIELD(some_total),  1000 },
	{ "full ", " avg10=",  FIELD(full_avg10),  10 },
	{ "full ", " avg60=",  FIELD(full_avg60),  10 },
	{ "full ", " avg300=", FIELD(full_avg300), 10 },
	{ "full ", " total=",  FIELD(full_total),  1000 },
};
/* clang-format on */

/* "12.34" or "567", whatever the locale. */
static double
decimal(const char *text)
{
	int64_t whole = procfs_number(&text);
	int64_t hundredths = 0;

	if (whole == UNKNOWN)
		return -1;
	if (text[0] == '.' && text[1] >= '0' && text[1] <= '9' && text[2] >= '0' && text[2] <= '9')
		hundredths = (text[1] - '0') * 10 + (text[2] - '0');
	return (double)whole + (double)hundredths / 100;
}

void
pressure_parse(const char *text, struct system *system)
{
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++) {
		const char *line = strstr(text, figures[i].line), *value, *end;
		double number;

		if (!line)
			continue;
		end = strchrnul(line, '\n');
		value = strstr(line, figures[i].key);
		if (!value || value > end)
			continue;
		number = decimal(value + strlen(figures[i].key));
		if (number >= 0 && number < 1e15)
			*(int64_t *)((char *)system + figures[i].offset) =
				(int64_t)(number * figures[i].factor + 0.5);
	}
}

int
pressure_read(int root, struct system *system)
{
	char text[512];
	ssize_t length = procfs_read(root, "pressure/memory", text, sizeof(text));

	if (length < 0)
		return (int)length;
	pressure_parse(text, system);
	return 0;
}
