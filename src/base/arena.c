// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"

#include "base/memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 64 * 1024 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

static struct arena_chunk *
chunk_create(size_t size)
{
	struct arena_chunk *chunk = xmalloc(sizeof(*chunk) + size);

	chunk->next = NULL;
	chunk->size = size;
	return chunk;
}

/* Makes current a chunk with room for `size` bytes: the next one if it is large enough. */
static void
advance(struct arena *arena, size_t size)
{
	struct arena_chunk **link = arena->current ? &arena->current->next : &arena->first;

	if (!*link || (*link)->size < size) {
		struct arena_chunk *chunk = chunk_create(size > CHUNK_SIZE ? size : CHUNK_SIZE);

		chunk->next = *link;
		*link = chunk;
	}
	arena->current = *link;
	arena->used = 0;
}

void
arena_reset(struct arena *arena)
{
	arena->current = arena->first;
	arena->used = 0;
}

void
arena_finish(struct arena *arena)
{
	struct arena_chunk *next;

	for (struct arena_chunk *chunk = arena->first; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*arena = (struct arena){ .first = NULL };
}

const char *
arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (!arena->current || arena->current->size < arena->used + length + 1)
		advance(arena, length + 1);
	copy = arena->current->bytes + arena->used;
	memcpy(copy, text, length);
	copy[length] = '\0';
	arena->used += length + 1;
	return copy;
}

void *
arena_store(struct arena *arena, const void *object, size_t size)
{
	size_t align = _Alignof(max_align_t);
	void *copy;

	arena->used = (arena->used + align - 1) / align * align;
	if (!arena->current || arena->used > arena->current->size ||
		arena->current->size - arena->used < size)
		advance(arena, size);
	copy = arena->current->bytes + arena->used;
	arena->used += size;
	return memcpy(copy, object, size);
}
