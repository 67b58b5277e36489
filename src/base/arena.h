// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * Memory for texts and objects that are freed together. A reset keeps the memory, so a refresh that
 * needs no more than the last one allocates nothing. But if less than a quarter of it was used, the
 * reset frees all except twice the used part. A zeroed arena is empty.
 */
struct arena {
	struct arena_chunk *first, *current;
	size_t used;
};

void arena_reset(struct arena *arena);
void arena_finish(struct arena *arena);

/* Copies `length` bytes and a final NUL. The result lives until the arena is reset. */
const char *arena_copy(struct arena *arena, const char *text, size_t length);

/* The same for a text; NULL for NULL. */
const char *arena_text(struct arena *arena, const char *text);

/*
 * Returns `last` if the text is equal to it, else a copy: a text is often that of the row before.
 * `last` is in the arena or NULL.
 */
const char *arena_copy_new(struct arena *arena, const char *last, const char *text, size_t length);

/* Copies an object of any type. The copy lives until the arena is reset. */
void *arena_store(struct arena *arena, const void *object, size_t size);
