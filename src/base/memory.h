// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * Allocation that cannot fail: without memory these end the program with one line on standard
 * error (log_fatal). The caller owns what is returned and frees it with free().
 */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *pointer, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *text, size_t length) __attribute__((malloc, returns_nonnull));

/*
 * Makes room for `count` elements of `size` bytes in a growing array: returns the array, perhaps
 * moved, and updates *capacity. Grows by half, so that many single additions stay cheap.
 */
void *array_reserve(void *array, size_t *capacity, size_t count, size_t size);

/*
 * Gives back most of an array that has become far too large: one with room for more than four
 * times `count` elements, and for more than 64 KiB, shrinks to twice as many. So an array whose
 * count stays about the same is left as it is. Returns the array, perhaps moved.
 */
void *array_fit(void *array, size_t *capacity, size_t count, size_t size);

/*
 * What is freed stays with the allocator, to be used again. memory_note_freed() counts what will
 * not be needed soon; where that is much since the last call, memory_trim() gives all that is free
 * back to the kernel.
 */
void memory_note_freed(size_t size);
void memory_trim(void);
