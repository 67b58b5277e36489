// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sampler/symbol-table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is read of a file at most. Whoever can write a file decides how large its tables are, so
 * all of this is looked at before anything of them is read.
 */
enum {
	MOST_SECTIONS = 1024,
	MOST_LOADS = 64,
	MOST_ENTRIES = 256 * 1024,     /* of the table of symbols */
	MOST_NAMES = 12 * 1024 * 1024, /* bytes */
};

/* Where the functions of an ELF file are, and how much they are: all that its headers say. */
struct elf_plan {
	bool is_64, is_big;
	uint64_t entries_at, entry_count, names_at, names_size;
	uint64_t loads_at, load_count, load_size;
};

/* The functions of an ELF file, and which part of it is loaded where. A zeroed one is empty. */
struct elf_symbols {
	struct symbol_table table; /* by the addresses that the file names */
	struct elf_load {
		uint64_t offset, size, address;
	} * loads;
	size_t load_count;
};

/*
 * Looks for the full table of symbols, else for that of what the file offers to others. Reads the
 * headers alone. The descriptor is of a regular file, which may change meanwhile or hold anything.
 * Returns 0, -ENODATA where there are none, -EFBIG where there are too many, -EINVAL where it is no
 * ELF file.
 */
int elf_plan(int fd, struct elf_plan *ret_plan);

/* How much memory reading takes at most, in bytes. */
size_t elf_plan_cost(const struct elf_plan *plan);

/* Reads what was planned; what is senseless is left out. Returns 0, or -ENODATA for none. */
int elf_symbols_read(int fd, const struct elf_plan *plan, struct elf_symbols *ret_symbols);

/* Finds the function at an offset in the file; NULL if there is none. */
const char *elf_symbols_find(const struct elf_symbols *symbols, uint64_t offset);

/* How many bytes of memory they take. */
size_t elf_symbols_size(const struct elf_symbols *symbols);
void elf_symbols_finish(struct elf_symbols *symbols);
