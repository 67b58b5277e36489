// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/encoder.h"
#include "table/rows.h"

#include <stdbool.h>

struct cursor;
struct decoder;
struct tree;

/* Rows of made-up tables that change at random, to be recorded. */

/* A row with a part of its own and a field that is no column. */
struct animal {
	int64_t id, weight, limit, age;
	const char *name, *kind;
	const struct animal_part {
		int64_t food;
		const char *owner;
	} * part;
	int64_t born;
};

/* A row that is known by a text, which may be there twice. */
struct place {
	const char *name;
	int64_t size, visits;
};

enum { HERD_ANIMALS, HERD_PLACES, HERD_TOTALS, HERD_TABLES };
extern const struct table animal_table;
extern const struct recorded herd_recorded;

/* Versions of the program that know fewer columns and tables; one of a column in another unit. */
extern const struct recorded herd_older, herd_other_unit;

struct herd {
	struct rows rows[HERD_TABLES];
	struct rows sampled[2][HERD_TABLES]; /* the last two samples */
	unsigned turn;                       /* which of both is the last */
	struct arena texts;
};

/* Changes the rows: some move, become unknown, are born or gone, or stand elsewhere. */
void herd_change(struct herd *herd, unsigned *seed, size_t most);
void herd_finish(struct herd *herd);

/* Copies of the rows, which stay until the call after the next. */
void herd_samples(struct herd *herd, struct sample_rows samples[static HERD_TABLES]);

/* Whether the decoder has what the herd is, in all columns. */
bool herd_is_decoded(struct decoder *decoder, const struct herd *herd);

/* A cursor stands at a sample of these times, in whole seconds. */
void herd_assert_at(struct cursor *cursor, int64_t boottime, int64_t wall);

/* Cuts a file behind a block, or damages its last byte. The first block is number 1. */
void herd_cut_behind(const struct tree *tree, const char *name, int block);
void herd_damage(const struct tree *tree, const char *name, int block);
