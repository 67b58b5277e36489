// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/maps.h"
#include "sampler/address-space.h"
#include "sampler/jobs.h"

#include <stdbool.h>
#include <stdint.h>

struct address_spaces;
struct record;

/*
 * The address spaces of all processes, as records tell of them and /proc/PID/maps where they do
 * not: of a process that was there before the records began, and of what they are silent about.
 *
 * Records say nothing of munmap() and mremap(). An address where something was unmapped stays
 * what it was until something else is mapped there, or until maps is read; one to which memory
 * was moved is found by reading maps, unless another mapping was known there: then that is taken
 * for it. Where records were lost, so is what they said.
 *
 * Whoever runs a process decides how many mappings it has, what they are called and whether they
 * can be read now (T17), so all take a bounded amount of memory, and none is waited for for long.
 *
 * For one thread.
 */

/* Looks for maps below `root`, a descriptor of /proc, which is borrowed. */
struct address_spaces *address_spaces_create(int root);
void address_spaces_destroy(struct address_spaces *spaces);

/* Begins a drain, in which maps of a process is read at most once. */
void address_spaces_begin(struct address_spaces *spaces);

/*
 * Takes what a record says of an address space: a map, an exec (comm), a fork, an exit; others it
 * ignores. They come in order of their time, among the calls of address_spaces_find() for the
 * samples.
 */
void address_spaces_apply(struct address_spaces *spaces, const struct record *record);

/* Finds what an address belongs to (space.h). */
void address_spaces_find(
	struct address_spaces *spaces, int64_t pid, uint64_t address, struct place *ret_place);

/*
 * Ends a drain: forgets processes that have ended and, beyond a limit of memory, those that were
 * looked at longest ago. Returns whether names have been forgotten.
 */
bool address_spaces_trim(struct address_spaces *spaces);

/* One line about the first process whose mappings could not be read whole; NULL: none. It stays. */
const char *address_spaces_trouble(const struct address_spaces *spaces);

/* How much is kept: for tests, and for whoever wonders. */
struct address_spaces_size {
	int64_t processes, ranges, name_bytes, readings;
};
struct address_spaces_size address_spaces_size(const struct address_spaces *spaces);

/* Reads the mappings of one process, which may take as long as the process wants (T17). */
struct maps_job {
	struct job job;
	int root; /* a descriptor of /proc, its own */
	int64_t pid;
	int error; /* as maps_read() returns it */
	struct mappings mappings;
};

struct maps_job *maps_job_create(int root);

/* Not while it runs. NULL is allowed. */
void maps_job_destroy(struct maps_job *job);
