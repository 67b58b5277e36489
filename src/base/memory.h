// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * Allocation that does not fail: without memory the program ends with one line on standard error
 * (log_fatal). The caller frees the result with free().
 */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *pointer, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *text, size_t length) __attribute__((malloc, returns_nonnull));

/*
 * Makes room for `count` elements of `size` bytes in a growing array, and updates *capacity.
 * Returns the array, which may have moved. Grows by half, so that many single additions stay cheap.
 */
void *array_reserve(void *array, size_t *capacity, size_t count, size_t size);

/*
 * Shrinks an array that is far too large: if it has room for more than four times `count` elements,
 * and for more than 64 KiB, it keeps twice `count`. Returns the array, which may have moved.
 */
void *array_fit(void *array, size_t *capacity, size_t count, size_t size);

/*
 * Threads share one heap, for they seldom allocate: each heap keeps some of what is freed, and may
 * be locked. For main(), before there are threads.
 */
void memory_share_heap(void);

/*
 * The allocator keeps freed memory. memory_note_freed() counts the memory that is not needed again
 * soon; if that is much since the last call, memory_trim() returns all free memory to the kernel.
 */
void memory_note_freed(size_t size);
void memory_trim(void);
