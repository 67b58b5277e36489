// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * Texts, and what else is copied, that are given up together. A reset keeps the memory, so a
 * refresh that needs no more than the last one allocates nothing; but where less than a quarter of
 * it was used, it keeps twice as much as that and gives back the rest. A zeroed arena is an empty
 * one.
 */
struct arena {
	struct arena_chunk *first, *current;
	size_t used;
};

void arena_reset(struct arena *arena);
void arena_finish(struct arena *arena);

/* Copies `length` bytes and a final NUL. The result lives until the arena is reset. */
const char *arena_copy(struct arena *arena, const char *text, size_t length);

/* Copies a text; of NULL: NULL. */
const char *arena_text(struct arena *arena, const char *text);

/*
 * The same as arena_copy() where the text is not equal to `last`, which lives in the arena or is
 * NULL; else returns that: many texts are those of the row before.
 */
const char *arena_copy_new(struct arena *arena, const char *last, const char *text, size_t length);

/* Copies an object of any type, which lives as long. */
void *arena_store(struct arena *arena, const void *object, size_t size);
