// SPDX-License-Identifier: GPL-3.0-or-later
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Counts what the program into which it is preloaded allocates, and at its end writes the number to
 * the descriptor that ALLOCATIONS_FD names.
 */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);

static unsigned long count;

static void
add(void)
{
	__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
}

void *
malloc(size_t size)
{
	add();
	return __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
	add();
	return __libc_calloc(number, size);
}

void *
realloc(void *pointer, size_t size)
{
	add();
	return __libc_realloc(pointer, size);
}

static void __attribute__((destructor)) tell(void)
{
	const char *fd = getenv("ALLOCATIONS_FD");
	char text[32];
	int length =
		snprintf(text, sizeof(text), "%lu\n", __atomic_load_n(&count, __ATOMIC_RELAXED));

	if (fd && write(atoi(fd), text, (size_t)length) != length)
		abort();
}
