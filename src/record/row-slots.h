// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/index.h"
#include "record/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The rows of one table in a sample. */
struct sample_rows {
	const void *data;
	size_t count;
};

struct place_list {
	uint32_t *data;
	size_t count, capacity;
};

void place_list_add(struct place_list *list, uint32_t place);

/* Empties it and keeps its memory, unless it was far too much. */
void place_list_reset(struct place_list *list);

/* A slot of the encoder. */
enum slot_state {
	SLOT_FREE,
	SLOT_LIVES, /* it had a row in the last sample, */
	SLOT_SEEN,  /* and has it in this one */
	SLOT_NEW,   /* its row is new in this sample */
};

/*
 * Which row of a sample has which slot: a row keeps its slot while it lives. The rows of the last
 * sample are the caller's, and still there as they were when the next one comes.
 */
struct row_slots {
	const struct schema_table *table;
	size_t *keys; /* numbers of the fields that tell rows apart */
	size_t key_count;
	uint8_t *states; /* of each slot */
	size_t state_capacity, count;
	struct place_list free;
	struct sample_rows last; /* the last sample, */
	struct place_list order; /* and the slots of its rows */
	uint64_t last_check;     /* of its values, without NDEBUG */
	/* of this sample, by row_slots_match(): */
	struct place_list slots; /* of the rows */
	struct place_list born;  /* rows that are new */
	struct place_list gone;  /* slots that have no row any more; may have a new one */
	bool in_order;           /* the rows that live on are in the order of the last sample */
	struct index index;      /* of `order`, by key */
	bool has_index;
};

void row_slots_init(struct row_slots *slots, const struct schema_table *table);
void row_slots_finish(struct row_slots *slots);

/* All rows are new in the next sample. */
void row_slots_reset(struct row_slots *slots);

/* Gives the rows their slots. */
void row_slots_match(struct row_slots *slots, const struct sample_rows *rows);

/* This sample becomes the last one. */
void row_slots_keep(struct row_slots *slots, const struct sample_rows *rows);

static inline const void *
sample_row(const struct row_slots *slots, const struct sample_rows *rows, size_t row)
{
	return (const char *)rows->data + row * slots->table->recorded->table->row_size;
}

/* Where the part of a row is; NULL: the row itself. */
static inline const char *
part_place(const struct row_part *part, const void *row)
{
	const char *base = row;

	return part ? *(const char *const *)(base + part->offset) : base;
}

static inline const char *
field_place(const struct field *field, const void *row)
{
	return part_place(field->part, row) + field->offset;
}

static inline int64_t
field_number(const struct field *field, const void *row)
{
	return *(const int64_t *)field_place(field, row);
}

static inline const char *
field_text(const struct field *field, const void *row)
{
	return *(const char *const *)field_place(field, row);
}

/* NULL is UNKNOWN. */
static inline bool
are_same_texts(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}
