// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/text-ids.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "record/limits.h"

#include <stdlib.h>

static int64_t
add(struct text_ids *ids, uint64_t hash, const char *text, size_t length)
{
	if (ids->count == MOST_TEXTS || ids->bytes + length > MOST_TEXT_BYTES)
		return -1;
	ids->texts =
		array_reserve(ids->texts, &ids->capacity, ids->count + 1, sizeof(ids->texts[0]));
	ids->texts[ids->count] = arena_copy(&ids->arena, text, length);
	ids->bytes += length;
	ids->left += length + MOST_LENGTH_BYTES;
	index_add(&ids->index, hash);
	return (int64_t)ids->count++;
}

int64_t
text_ids_of(struct text_ids *ids, const char *text)
{
	size_t length = strnlen(text, MOST_TEXT);
	uint64_t hash = index_mix_bytes(0, text, length);

	for (uint32_t i = index_first(&ids->index, hash); i != INDEX_END;
		i = index_next(&ids->index, i))
		if (strncmp(ids->texts[i], text, length) == 0 && !ids->texts[i][length])
			return i;
	return add(ids, hash, text, length);
}

void
text_ids_write(struct text_ids *ids, struct bytes *bytes, size_t most)
{
	while (text_ids_new(ids) > 0 && bytes->count < most)
		bytes_put_text(bytes, ids->texts[ids->written++]);
	if (text_ids_new(ids) == 0)
		ids->left = 0;
}

void
text_ids_reset(struct text_ids *ids)
{
	ids->texts = array_fit(ids->texts, &ids->capacity, ids->count, sizeof(ids->texts[0]));
	index_reset(&ids->index);
	arena_reset(&ids->arena);
	ids->count = ids->written = ids->left = ids->bytes = 0;
}

void
text_ids_finish(struct text_ids *ids)
{
	free(ids->texts);
	index_finish(&ids->index);
	arena_finish(&ids->arena);
	*ids = (struct text_ids){ .count = 0 };
}
