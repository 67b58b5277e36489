// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"

#include "base/log.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_ARRAY = 64 * 1024, LEAST_TRIM = 256 * 1024, MOST_SPARE = 4 };

static atomic_size_t freed;

static void *
checked(void *pointer)
{
	if (!pointer)
		log_fatal("out of memory");
	return pointer;
}

void *
xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *
xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *
xreallocarray(void *pointer, size_t count, size_t size)
{
	return checked(reallocarray(pointer, count ? count : 1, size ? size : 1));
}

char *
xstrdup(const char *text)
{
	return checked(strdup(text));
}

char *
xstrndup(const char *text, size_t length)
{
	return checked(strndup(text, length));
}

void *
array_reserve(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity + *capacity / 2;

	if (count <= *capacity)
		return array;
	if (wanted < count)
		wanted = count;
	*capacity = wanted;
	return xreallocarray(array, wanted, size);
}

void *
array_fit(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t least = LEAST_ARRAY / size + 1, wanted = 2 * count;

	if (*capacity <= least || *capacity / MOST_SPARE <= count)
		return array;
	if (wanted < least)
		wanted = least;
	memory_note_freed((*capacity - wanted) * size);
	*capacity = wanted;
	return xreallocarray(array, wanted, size);
}

void
memory_share_heap(void)
{
#ifdef M_ARENA_MAX /* of glibc */
	mallopt(M_ARENA_MAX, 1);
#endif
}

void
memory_note_freed(size_t size)
{
	atomic_fetch_add(&freed, size);
}

void
memory_trim(void)
{
	if (atomic_load(&freed) < LEAST_TRIM)
		return;
	atomic_store(&freed, 0);
#ifdef __GLIBC__ /* others give it back by themselves, or never */
	malloc_trim(0);
#endif
}
