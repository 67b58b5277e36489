// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Names of functions, from the files of programs and libraries and from /proc/kallsyms. Those of
 * C++ and Rust stay mangled. A file that was stripped names only what it offers to others.
 *
 * Whoever runs a program decides what its file holds, so all files together take a bounded amount
 * of memory and time. One that is too large has no functions, one that does not answer has none
 * until it does (sampler/jobs.h), and both are remembered.
 *
 * For one thread.
 */
struct symbols;

/* How long to wait for files at once, in nanoseconds. */
#define SYMBOLS_WAIT (100 * NS_PER_MS)

/* `root` is a descriptor of /proc, which is borrowed. */
struct symbols *symbols_create(int root, int64_t most_wait);
void symbols_destroy(struct symbols *symbols);

/*
 * The function at an offset in a file as the process sees it, or where that has ended as this
 * program sees it; NULL: unknown. Equal pointers to a file mean the same file, and what is returned
 * lives, until symbols_trim().
 */
const char *symbols_find(struct symbols *symbols, int64_t pid, const char *file, uint64_t offset);

/* Reads the functions of the kernel, which takes some 100 ms, before that would be in the way. */
void symbols_prepare(struct symbols *symbols);

/* The function of the kernel at an address; NULL: unknown, or hidden by kernel.kptr_restrict. */
const char *symbols_find_kernel(struct symbols *symbols, uint64_t address);

/*
 * Ends a drain: where others need their memory forgets the files that were looked at longest ago.
 * Returns whether any names have been forgotten.
 */
bool symbols_trim(struct symbols *symbols);

/* One line about the first file whose functions cannot be read; NULL: none. It stays. */
const char *symbols_trouble(const struct symbols *symbols);

/* How much memory is taken or set aside for files, in bytes, and for how many. */
struct symbols_size {
	size_t memory, files;
};
struct symbols_size symbols_size(const struct symbols *symbols);
