// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct byte_reader;

/* The reverse of row-encoder.h: of one table the fields that this program knows. */
struct row_decoder {
	const struct schema_table *table;
	int64_t *values; /* of each slot, one of each known field */
	uint8_t *states; /* of each slot */
	size_t value_capacity, state_capacity, count;
	uint32_t *order, *last_order; /* slots of the rows, and of those before */
	size_t row_count, last_count, order_capacity, last_capacity;
	/* of one sample: */
	uint32_t *born, *born_slots, *places;
	int64_t *numbers;
	size_t gone_count, born_count, born_capacity, slot_capacity, place_capacity,
		number_capacity;
};

/* `table` is borrowed, and this program knows it. */
void row_decoder_init(struct row_decoder *decoder, const struct schema_table *table);
void row_decoder_finish(struct row_decoder *decoder);

/* Removes all rows: a keyframe follows. */
void row_decoder_reset(struct row_decoder *decoder);

/*
 * Reads how the rows differ, with at most `most_slots` slots, and texts below `text_count`. False
 * if that cannot be; then the rows are not to be used.
 */
bool row_decoder_read(struct row_decoder *decoder, struct byte_reader *reader, size_t most_slots,
	size_t text_count);

/*
 * The value of a field of the row whose fields in the list `key`, with commas between, have these
 * numbers. UNKNOWN if there is none.
 */
int64_t row_decoder_value(
	const struct row_decoder *decoder, const char *field, const char *key, const int64_t *keys);

/* Sets the known fields of a row that has been reset. Texts and parts are copied into `arena`. */
struct row_texts {
	const char *const *texts; /* of the chunk, by number */
	struct arena *arena;
	const char **copies; /* in the arena; NULL: not copied yet */
};
void row_decoder_fill(
	const struct row_decoder *decoder, size_t row, void *ret_row, struct row_texts *texts);
