// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/string-pool.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A pointer, and its part of the index. */
enum { ENTRY_BYTES = 32 };

const char *
string_pool_intern(struct string_pool *pool, const char *text)
{
	size_t number = pool->index.count, length;
	uint64_t hash = index_mix_text(0, text);

	for (uint32_t found = index_first(&pool->index, hash); found != INDEX_END;
		found = index_next(&pool->index, found))
		if (strcmp(pool->texts[found], text) == 0)
			return pool->texts[found];
	pool->texts =
		array_reserve(pool->texts, &pool->capacity, number + 1, sizeof(pool->texts[0]));
	length = strlen(text);
	pool->texts[number] = arena_copy(&pool->arena, text, length);
	pool->bytes += length + 1 + ENTRY_BYTES;
	index_add(&pool->index, hash);
	return pool->texts[number];
}

void
string_pool_finish(struct string_pool *pool)
{
	arena_finish(&pool->arena);
	index_finish(&pool->index);
	free(pool->texts);
	*pool = (struct string_pool){ .texts = NULL };
}
