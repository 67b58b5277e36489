// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Names of functions, from the files of programs and libraries and from /proc/kallsyms. C++ and
 * Rust names stay mangled. A stripped file has only its exported names.
 *
 * A user decides what a file contains, so all files together use a bounded amount of memory and
 * time. A file that is too large has no functions, a file that blocks has none until it answers
 * (base/jobs.h), and both results are cached.
 *
 * For one thread.
 */
struct symbols;

/* The most time to wait for files at once, in nanoseconds. */
#define SYMBOLS_WAIT (100 * NS_PER_MS)

/* `root` is a descriptor of /proc, which is borrowed. */
struct symbols *symbols_create(int root, int64_t most_wait);
void symbols_destroy(struct symbols *symbols);

/*
 * The function at an offset in a file as the process sees it, or, if that has ended, as this
 * program sees it; NULL: unknown. Until symbols_trim() equal pointers must mean the same file, and
 * the returned text is valid.
 */
const char *symbols_find(struct symbols *symbols, int64_t pid, const char *file, uint64_t offset);

/* Reads the kernel's functions early, because that takes about 100 ms. */
void symbols_prepare(struct symbols *symbols);

/* The kernel's function at an address; NULL: unknown, or hidden by kernel.kptr_restrict. */
const char *symbols_find_kernel(struct symbols *symbols, uint64_t address);

/* Ends a drain: if memory is needed, drops the files not used for longest. */
void symbols_trim(struct symbols *symbols);

/* One line about the first file whose functions cannot be read; NULL: none. Stays for good. */
const char *symbols_trouble(const struct symbols *symbols);

/* Memory used or reserved for files, in bytes, and their number. */
struct symbols_size {
	size_t memory, files;
};
struct symbols_size symbols_size(const struct symbols *symbols);
