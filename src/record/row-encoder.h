// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/row-slots.h"
#include "record/text-ids.h"

struct bytes;

enum { SAME_TEXTS_LOG = 6, SAME_TEXTS = 1 << SAME_TEXTS_LOG };

/* What is known of a text of this sample: many rows share those of a user, or a cgroup. */
struct same_text {
	const char *text;
	int64_t number; /* in the chunk; or UNKNOWN */
};

/*
 * The encoder of one table. What did not change costs nothing, neither rows nor fields:
 *
 *	number of rows
 *	places: slots of rows that are gone
 *	places: new rows; then the slot of each
 *	0, or 1 and the slots of all rows, if they are in another order
 *	for each field its size in bytes, and if that is not 0:
 *		if there are new rows: places of those where it is unknown; cells of the others
 *		places: slots where it became unknown, or known
 *		places: slots with another value; cells: the differences, from 0 if it was unknown
 *
 * Places and cells as in cells.h. A text is its number in the chunk.
 */
struct row_encoder {
	struct row_slots slots;
	struct moves {
		struct place_list flipped, moved;
		int64_t *differences;
		size_t capacity;
		struct same_text *same_texts; /* of a text: SAME_TEXTS */
	} * moves;                            /* of each field */
	const struct field **by_place; /* all fields, in the order of their places in a row */
	struct run {
		const struct field *const *fields; /* the first; of by_place */
		size_t count; /* one text, or numbers that stand right behind each other */
	} * runs;
	struct compared_part {
		const struct row_part *part; /* NULL: the row itself */
		const struct run *runs;
		size_t run_count;
		const char *before, *now; /* the last two that were equal: neighbours share them */
	} * parts;
	size_t part_count;
	struct place_list rows, before; /* of each slot the row of this sample, and the last */
	struct place_list unknown;      /* of the new rows, for one field */
	int64_t *numbers;
	size_t number_capacity;
	size_t left_out; /* texts of this sample, of which there are too many */
};

void row_encoder_init(struct row_encoder *encoder, const struct schema_table *table);
void row_encoder_finish(struct row_encoder *encoder);

/* The next rows are written whole. */
void row_encoder_reset(struct row_encoder *encoder);

/*
 * Writes how the rows differ from those of the call before, which must still be there as they were.
 * `field` is for its own use. Returns how many texts are unknown in the file because there are too
 * many.
 */
size_t row_encoder_write(struct row_encoder *encoder, const struct sample_rows *rows,
	struct text_ids *texts, struct bytes *bytes, struct bytes *field);
