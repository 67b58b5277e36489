// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/block.h"
#include "record/schema.h"

#include <stddef.h>

struct arena;
struct rows;

/* The reverse of encoder.h: the rows of one sample after the other. Trusts nothing that it reads.
 */
struct decoder;

/* `recorded` is borrowed: the tables and fields that this program takes. */
struct decoder *decoder_create(const struct recorded *recorded);
void decoder_destroy(struct decoder *decoder);

/*
 * Takes the next block of a chunk: its schema, the keyframe, then each delta. Returns 0, or
 * -EBADMSG if the payload is damaged, or was made by no encoder; then all is refused up to the next
 * schema.
 */
int decoder_take(struct decoder *decoder, const struct block *block, const void *payload);

/* The schema of the chunk: its notes, and the fields that are left out. */
const struct schema *decoder_schema(const struct decoder *decoder);

/* Whether the chunk has a recorded table, by its number. */
bool decoder_has_table(const struct decoder *decoder, size_t table);

/* The number of rows of a recorded table, by its number. 0 if it is not in the file. */
size_t decoder_row_count(const struct decoder *decoder, size_t table);

/*
 * The value of a field of the row of a recorded table with these numbers in its key fields; without
 * keys of the first row. UNKNOWN if there is no such row or field.
 */
int64_t decoder_value(const struct decoder *decoder, size_t table, const char *field,
	const int64_t *keys, size_t key_count);

/*
 * Fills the rows of a recorded table, in the order in which they were recorded. `add` returns the
 * next row, which has been reset: what is not in the file stays UNKNOWN. Texts and parts of rows
 * are copied into the arena.
 */
void decoder_fill(struct decoder *decoder, size_t table, void *(*add)(void *context), void *context,
	struct arena *arena);

/* The same for an array of rows. */
void decoder_add_rows(
	struct decoder *decoder, size_t table, struct rows *rows, struct arena *arena);
