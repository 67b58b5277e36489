// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

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
