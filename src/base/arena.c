// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"

#include "base/memory.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 64 * 1024, MOST_SPARE = 4 };

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

/* Makes the next chunk current if `size` bytes fit into it, else a new one. */
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

static void
free_chunks(struct arena_chunk **link)
{
	while (*link) {
		struct arena_chunk *chunk = *link;

		*link = chunk->next;
		memory_note_freed(chunk->size);
		free(chunk);
	}
}

/* The next use may need a little more: keeps as many spare chunks as were used, and one. */
static void
give_back(struct arena *arena)
{
	struct arena_chunk **link = &arena->first;
	size_t used = 0, spare = 0;

	for (struct arena_chunk *chunk = arena->first; chunk != arena->current; chunk = chunk->next)
		used++;
	used++;
	for (size_t i = 0; *link && i < 2 * used + 1; i++)
		link = &(*link)->next;
	for (const struct arena_chunk *chunk = *link; chunk; chunk = chunk->next)
		spare++;
	if (spare > 2 * used + MOST_SPARE)
		free_chunks(link);
}

void
arena_reset(struct arena *arena)
{
	if (arena->used > 0 || arena->current != arena->first) /* else the arena was not used */
		give_back(arena);
	arena->current = arena->first;
	arena->used = 0;
}

void
arena_finish(struct arena *arena)
{
	free_chunks(&arena->first);
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

const char *
arena_text(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

const char *
arena_copy_new(struct arena *arena, const char *last, const char *text, size_t length)
{
	if (last && strncmp(last, text, length) == 0 && !last[length])
		return last;
	return arena_copy(arena, text, length);
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
