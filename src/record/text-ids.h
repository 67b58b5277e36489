// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/index.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes;

/* As a varint: MOST_TEXT, and MOST_TEXTS. */
enum { MOST_LENGTH_BYTES = 3 };

/* The texts of a chunk by number, for the encoder. A zeroed one is empty. */
struct text_ids {
	const char **texts;
	size_t count, capacity, bytes;
	size_t written; /* texts, */
	size_t left;    /* and the bytes of the others, at most */
	struct index index;
	struct arena arena;
};

/* The number of a text, which is new if it was not there. -1: there are too many. */
int64_t text_ids_of(struct text_ids *ids, const char *text);

/* How many are not written yet. */
static inline size_t
text_ids_new(const struct text_ids *ids)
{
	return ids->count - ids->written;
}

/* The bytes of their number and of text_ids_write() for all of them, at most. */
static inline size_t
text_ids_size(const struct text_ids *ids)
{
	return MOST_LENGTH_BYTES + ids->left;
}

/* Writes new ones, length and bytes of each, until there are so many bytes. */
void text_ids_write(struct text_ids *ids, struct bytes *bytes, size_t most);

void text_ids_reset(struct text_ids *ids);
void text_ids_finish(struct text_ids *ids);
