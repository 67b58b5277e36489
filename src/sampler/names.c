// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/names.h"

#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A pointer, and what the index has of it. */
enum { ENTRY_BYTES = 32 };

const char *
names_keep(struct names *names, const char *text)
{
	size_t number = names->index.count, length;
	uint64_t hash = index_mix_text(0, text);

	for (uint32_t found = index_first(&names->index, hash); found != INDEX_END;
		found = index_next(&names->index, found))
		if (strcmp(names->texts[found], text) == 0)
			return names->texts[found];
	names->texts =
		array_reserve(names->texts, &names->capacity, number + 1, sizeof(names->texts[0]));
	length = strlen(text);
	names->texts[number] = arena_copy(&names->arena, text, length);
	names->bytes += length + 1 + ENTRY_BYTES;
	index_add(&names->index, hash);
	return names->texts[number];
}

size_t
names_bytes(const struct names *names)
{
	return names->bytes;
}

void
names_finish(struct names *names)
{
	arena_finish(&names->arena);
	index_finish(&names->index);
	free(names->texts);
	*names = (struct names){ .texts = NULL };
}
