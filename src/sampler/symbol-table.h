// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* More functions than this are not kept of any file. */
enum { MOST_SYMBOLS = 2 * 1000 * 1000 };

/* The functions of one file, or of the kernel. A zeroed one is empty. */
struct symbol_table {
	struct symbol {
		uint64_t start;
		uint32_t size; /* 0: up to the next one */
		uint32_t name; /* its place in the texts */
	} * rows;              /* by address, after symbol_table_sort() */
	size_t count, capacity;
	char *texts;
	size_t text_size, text_capacity;
};

/* Adds a function; beyond what is kept of a file it does nothing. */
void symbol_table_add(struct symbol_table *table, uint64_t start, uint64_t size, const char *name);

/* Brings them in order and keeps one name for each address, the plainest. Gives back memory. */
void symbol_table_sort(struct symbol_table *table);

/* Finds the function that an address is in; NULL if there is none. */
const char *symbol_table_find(const struct symbol_table *table, uint64_t address);

/* How many bytes of memory it takes. */
size_t symbol_table_size(const struct symbol_table *table);
void symbol_table_finish(struct symbol_table *table);
