// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"

#include <stdbool.h>

struct row_list;
struct snapshot;

/* The memory of some processes together, without swap. Bytes. */
struct footprint {
	int64_t bytes; /* UNKNOWN: a process has neither PSS nor RES */
	bool at_most;  /* an upper bound: RES replaces unknown PSS */
	bool is_stale; /* some PSS were read before the last refresh */
};

/*
 * The sum of PSS: each page counts once, or in part if other processes also use it. A sum of RES,
 * or of ANON and SWAP, would count pages shared after fork() once for each process. An address
 * space that several processes use (VMOF) counts once. An upper bound is never above the machine's
 * memory. Sets the marks of `rows`.
 */
struct footprint footprint_of(const struct snapshot *snapshot, struct row_list *rows);

/* "PSS 1.9G", "PSS ~1.9G" if stale, "PSS at most 1.9G", "PSS -". */
enum { FOOTPRINT_TEXT_SIZE = UNIT_FORMAT_SIZE + 16 };
void footprint_text(
	const struct footprint *footprint, enum scale scale, char text[static FOOTPRINT_TEXT_SIZE]);
