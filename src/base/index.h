// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Finds rows of a growing array by a hash of their key. The index has only row numbers: the caller
 * compares the keys of rows with the same hash. A zeroed index is empty.
 *
 *	for (row = index_first(&index, hash); row != INDEX_END; row = index_next(&index, row))
 */
struct index {
	uint32_t *heads; /* a power of two */
	struct index_link {
		uint64_t hash;
		uint32_t next;
	} * links; /* one for each row */
	size_t head_count, count, capacity;
};

#define INDEX_END UINT32_MAX

uint32_t index_first(const struct index *index, uint64_t hash);
uint32_t index_next(const struct index *index, uint32_t row);

/* Adds the next row: the first call is about row 0. */
void index_add(struct index *index, uint64_t hash);

/* Removes all rows and keeps the memory, or less if it was far more than needed. */
void index_reset(struct index *index);
void index_finish(struct index *index);

/* Mixes a number into a hash. The first hash is 0: then no two numbers have the same result. */
static inline uint64_t
index_mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/*
 * The same for a text, which need not end there, or that ends in NUL; NULL is like "". It is mixed
 * in words of 8 bytes: the hash of its first 8, 16, ... bytes goes on with the rest.
 */
uint64_t index_mix_bytes(uint64_t hash, const char *text, size_t length);
uint64_t index_mix_text(uint64_t hash, const char *text);
