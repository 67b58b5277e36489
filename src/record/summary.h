// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/row-slots.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct byte_reader;

/*
 * The least, the greatest and the last value of a field of each row in a chunk, so that a day can
 * be told without reading its samples. Rows without a known value are not in it:
 *
 *	table | field | number of keys | number of rows | cells of each key, of the least values, of
 *	how far the greatest and the last are above them
 */
enum { SUMMARY_KEYS = 2 };

struct span_of_values {
	int64_t least, most, last;
};

struct summary_row {
	int64_t keys[SUMMARY_KEYS]; /* of the row; all are numbers */
	struct span_of_values values;
};

/* Of one field of one table, while the chunk is written. */
struct summary {
	const struct row_slots *slots;
	size_t field;
	struct summary_row *rows;  /* of each slot */
	struct summary_row *ended; /* rows whose slot another has */
	size_t count, capacity, ended_count, ended_capacity;
	int64_t *numbers;
	size_t number_capacity;
};

/* `slots` is borrowed. `field` is the number of one that is no text. */
void summary_init(struct summary *summary, const struct row_slots *slots, size_t field);
void summary_finish(struct summary *summary);

/* Takes the values of the sample that has just been encoded. */
void summary_take(struct summary *summary);

/* Writes what was taken. */
void summary_write(struct summary *summary, struct bytes *bytes);

/* Forgets what was taken. */
void summary_reset(struct summary *summary);

/*
 * Looks in the payload of a summary block for a row of a table with these keys. Returns 1, 0 if it
 * is not there, or -EBADMSG.
 */
struct summary_query {
	const char *table, *field;
	int64_t keys[SUMMARY_KEYS];
	size_t key_count;
};
int summary_find(struct byte_reader *reader, const struct summary_query *query,
	struct span_of_values *ret_values);
