// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"

#include <stdbool.h>

struct process;
struct row_list;
struct snapshot;

/* The memory of some processes together, without swap. Bytes. */
struct footprint {
	int64_t bytes; /* UNKNOWN: a process has neither PSS nor RES */
	bool at_most;  /* an upper bound: RES replaces a PSS that is unknown or older */
	bool is_stale; /* some PSS were read before the last refresh */
};

/*
 * The sum of PSS: each page counts once, or in part if other processes also use it. A sum of RES,
 * or of ANON and SWAP, would count pages shared after fork() once for each process. An address
 * space that several processes use (VMOF) counts once. An upper bound is never above the machine's
 * memory. Sets the marks of `rows`.
 */
struct footprint footprint_of(const struct snapshot *snapshot, struct row_list *rows);

/*
 * The process that owns the address space of another, or that one itself. Not certain if a process
 * of the chain is missing in the snapshot or the chain is too long: then other processes may use
 * the same address space.
 */
const struct process *footprint_owner(
	const struct snapshot *snapshot, const struct process *process, bool *ret_is_certain);

/* PSS of a process, UNKNOWN if it was not read. Without a resident page it is 0. */
int64_t footprint_pss(const struct process *process);

/*
 * How much more the PSS may be by now where it was read before the last refresh: up to RES. 0 where
 * it was not.
 */
int64_t footprint_rest(const struct process *process);

/* "PSS 1.9G", "PSS ~1.9G" if stale, "PSS at most 1.9G", "PSS -". */
enum { FOOTPRINT_TEXT_SIZE = UNIT_FORMAT_SIZE + 16 };
void footprint_text(
	const struct footprint *footprint, enum scale scale, char text[static FOOTPRINT_TEXT_SIZE]);
