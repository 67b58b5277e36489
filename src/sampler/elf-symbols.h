// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sampler/symbol-table.h"

#include <stddef.h>
#include <stdint.h>

/* The functions of an ELF file, and which part of it is loaded where. A zeroed one is empty. */
struct elf_symbols {
	struct symbol_table table; /* by the addresses that the file names */
	struct elf_load {
		uint64_t offset, size, address;
	} * loads;
	size_t load_count;
};

/*
 * Reads them from a descriptor of a regular file: from its full table, else from that of what it
 * offers to others. The file may be cut short meanwhile or hold anything: what is senseless is left
 * out. Returns 0, -ENODATA where there are none, -EFBIG where there are too many, -EINVAL where it
 * is no ELF file.
 */
int elf_symbols_read(int fd, struct elf_symbols *ret_symbols);

/* Finds the function at an offset in the file; NULL if there is none. */
const char *elf_symbols_find(const struct elf_symbols *symbols, uint64_t offset);
void elf_symbols_finish(struct elf_symbols *symbols);
