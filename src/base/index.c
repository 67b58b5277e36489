// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/index.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FEWEST_HEADS = 64, MOST_SPARE_HEADS = 16 * 1024 };

uint64_t
index_mix_bytes(uint64_t hash, const char *text, size_t length)
{
	uint64_t word;

	for (; length >= sizeof(word); length -= sizeof(word), text += sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = index_mix(hash, word);
	}
	word = 0;
	if (length > 0)
		memcpy(&word, text, length);
	return index_mix(hash, word);
}

uint64_t
index_mix_text(uint64_t hash, const char *text)
{
	return index_mix_bytes(hash, text, text ? strlen(text) : 0);
}

static uint32_t
find_from(const struct index *index, uint32_t row, uint64_t hash)
{
	while (row != INDEX_END && index->links[row].hash != hash)
		row = index->links[row].next;
	return row;
}

uint32_t
index_first(const struct index *index, uint64_t hash)
{
	if (index->count == 0)
		return INDEX_END;
	return find_from(index, index->heads[hash & (index->head_count - 1)], hash);
}

uint32_t
index_next(const struct index *index, uint32_t row)
{
	return find_from(index, index->links[row].next, index->links[row].hash);
}

static void
hang_in(struct index *index, uint32_t row)
{
	uint32_t *head = &index->heads[index->links[row].hash & (index->head_count - 1)];

	index->links[row].next = *head;
	*head = row;
}

static void
clear_heads(struct index *index)
{
	for (size_t i = 0; i < index->head_count; i++)
		index->heads[i] = INDEX_END;
}

static void
grow(struct index *index)
{
	index->head_count = index->head_count ? 2 * index->head_count : FEWEST_HEADS;
	index->heads = xreallocarray(index->heads, index->head_count, sizeof(index->heads[0]));
	clear_heads(index);
	for (size_t row = 0; row < index->count; row++)
		hang_in(index, (uint32_t)row);
}

void
index_add(struct index *index, uint64_t hash)
{
	if (index->count == index->head_count)
		grow(index);
	index->links = array_reserve(
		index->links, &index->capacity, index->count + 1, sizeof(index->links[0]));
	index->links[index->count].hash = hash;
	hang_in(index, (uint32_t)index->count++);
}

void
index_reset(struct index *index)
{
	index->links =
		array_fit(index->links, &index->capacity, index->count, sizeof(index->links[0]));
	while (index->head_count > MOST_SPARE_HEADS && index->head_count / 4 > index->count)
		index->head_count /= 2;
	if (index->head_count > 0)
		index->heads =
			xreallocarray(index->heads, index->head_count, sizeof(index->heads[0]));
	index->count = 0;
	clear_heads(index);
}

void
index_finish(struct index *index)
{
	free(index->heads);
	free(index->links);
	*index = (struct index){ .heads = NULL };
}
