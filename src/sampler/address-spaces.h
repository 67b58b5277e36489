// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"
#include "sampler/address-space.h"

#include <stdint.h>

struct address_spaces;
struct record;

/*
 * The address spaces of all processes, from records and from /proc/PID/maps. maps is read for a
 * process that is older than the records, and where records have gaps.
 *
 * There are no records of munmap() and mremap(). An unmapped address keeps its old mapping until
 * something else is mapped there, or until maps is read. An address to which memory was moved is
 * found by reading maps, unless an old mapping is still known there: then that one is returned.
 * Lost records leave gaps too.
 *
 * A user can give a process any number of mappings and any names, and can block the read of its
 * maps (T17). So all address spaces use a bounded amount of memory, and no read is waited for long.
 *
 * For one thread.
 */

/* The most time to wait for the maps of one process at once, in nanoseconds. */
#define ADDRESS_SPACES_WAIT (100 * NS_PER_MS)

/* Reads maps below `root`, a descriptor of /proc, which is borrowed. */
struct address_spaces *address_spaces_create(int root, int64_t most_wait);
void address_spaces_destroy(struct address_spaces *spaces);

/* Begins a drain. Each drain reads maps of a process at most once. */
void address_spaces_begin(struct address_spaces *spaces);

/*
 * Applies a record of a map, an exec (comm), a fork or an exit; ignores others. Call it in the
 * order of time, between the calls of address_spaces_find() for the samples.
 */
void address_spaces_apply(struct address_spaces *spaces, const struct record *record);

/* Finds the mapping at an address (address-space.h). */
void address_spaces_find(
	struct address_spaces *spaces, int64_t pid, uint64_t address, struct place *ret_place);

/*
 * Ends a drain: forgets processes that have ended and, above a memory limit, those not used for
 * longest.
 */
void address_spaces_trim(struct address_spaces *spaces);

/* One line about the first process whose mappings were not read whole, or NULL. Stays for good. */
const char *address_spaces_trouble(const struct address_spaces *spaces);

/* The size of the cache, for tests and debugging. */
struct address_spaces_size {
	int64_t processes, ranges, name_bytes, readings;
	int64_t steps; /* ranges moved so far */
};
struct address_spaces_size address_spaces_size(const struct address_spaces *spaces);
