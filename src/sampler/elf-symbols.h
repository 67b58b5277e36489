// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sampler/symbol-table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Limits for one file. Its owner decides how large its tables are, so all limits are checked before
 * the tables are read.
 */
enum {
	MOST_SECTIONS = 1024,
	MOST_LOADS = 64,
	MOST_ENTRIES = 256 * 1024,     /* of the symbol table */
	MOST_NAMES = 12 * 1024 * 1024, /* bytes */
};

/* The place and size of an ELF file's functions, from its headers. */
enum { BUILD_ID_SIZE = 64 };
struct elf_plan {
	bool is_64, is_big;
	bool is_full;                    /* all functions, not only those that are exported */
	uint8_t build_id[BUILD_ID_SIZE]; /* the same in a separate file with its symbols */
	size_t build_id_size;            /* 0: it has none */
	uint64_t entries_at, entry_count, names_at, names_size;
	struct elf_headers {
		uint64_t at, count, size; /* offset, number, size of each */
	} loads;
};

/* The functions of an ELF file, and the addresses of its loaded parts. A zeroed one is empty. */
struct elf_symbols {
	struct symbol_table table; /* by the addresses in the file */
	struct elf_load {
		uint64_t offset, size, address;
	} * loads;
	size_t load_count;
};

/*
 * Finds the full symbol table, else the table of exported symbols. Reads only headers. The
 * descriptor must be of a regular file, which may change meanwhile or contain anything. Returns 0,
 * -ENODATA without symbols (the rest of the plan is there), -EFBIG for too many, -EINVAL if it is
 * no ELF file.
 */
int elf_plan(int fd, struct elf_plan *ret_plan);

/*
 * Takes the tables of the file that has the symbols of another one, which was stripped, if it is of
 * the same build. Returns whether it is.
 */
bool elf_plan_take(struct elf_plan *plan, const struct elf_plan *separate);

/* The most memory that a read needs, in bytes. */
size_t elf_plan_cost(const struct elf_plan *plan);

/*
 * Reads the planned tables from `tables`, a separate file or the same as `fd`, and skips invalid
 * entries. Returns 0, or -ENODATA for none.
 */
int elf_symbols_read(
	int fd, int tables, const struct elf_plan *plan, struct elf_symbols *ret_symbols);

/* Finds the function at an offset in the file; NULL if there is none. */
const char *elf_symbols_find(const struct elf_symbols *symbols, uint64_t offset);

/* The memory used, in bytes. */
size_t elf_symbols_size(const struct elf_symbols *symbols);
void elf_symbols_finish(struct elf_symbols *symbols);
