// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Longer names are ignored. */
enum { MOST_SYMBOL_NAME = 4096 };

/* The functions of one file, or of the kernel. A zeroed one is empty. */
struct symbol_table {
	struct symbol {
		uint64_t start;
		uint32_t size; /* 0: up to the next one */
		uint32_t name; /* its place in the texts */
	} * rows;              /* by address, after symbol_table_sort() */
	size_t count, capacity;
	char *texts; /* with a NUL at the end */
	size_t text_size, text_capacity;
};

/* Allocates rows, and texts, which the caller fills and whose size it sets. */
void symbol_table_init(struct symbol_table *table, size_t rows, size_t text_size);

/* Adds a function; `name` is a place in the texts, filled or not. A full table ignores it. */
void symbol_table_put(struct symbol_table *table, uint64_t start, uint64_t size, uint64_t name);

/* Adds a function and a copy of its name. The table grows. */
void symbol_table_add(struct symbol_table *table, uint64_t start, uint64_t size, const char *name);

/*
 * Sorts the table, keeps the plainest name for each address, removes functions without a name, and
 * frees unused memory.
 */
void symbol_table_sort(struct symbol_table *table);

/* Finds the function that contains an address; NULL if there is none. */
const char *symbol_table_find(const struct symbol_table *table, uint64_t address);

/* The memory used, in bytes. */
size_t symbol_table_size(const struct symbol_table *table);
void symbol_table_finish(struct symbol_table *table);
