// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"

#include <stdbool.h>

struct row_list;
struct snapshot;

/* What some processes hold together in memory, without what they have in swap. Bytes. */
struct footprint {
	int64_t bytes; /* UNKNOWN: of some of them neither PSS nor RES is known */
	bool at_most;  /* it may be less: those whose PSS is not known count with their RES */
	bool is_stale; /* some of the PSS were read before the last refresh */
};

/*
 * The sum of PSS of processes of a snapshot: each page counts once, or in part where others use it
 * too. A sum of RES, or of ANON and SWAP, would count pages that processes share after fork() once
 * for each of them. An address space that several processes use (VMOF) counts once. What is only
 * a bound is never above the machine's memory. Notes in `rows` what has been counted.
 */
struct footprint footprint_of(const struct snapshot *snapshot, struct row_list *rows);

/* "PSS 1.9G", "PSS ~1.9G" where it is stale, "PSS at most 1.9G", "PSS -". */
enum { FOOTPRINT_TEXT_SIZE = UNIT_FORMAT_SIZE + 16 };
void footprint_text(
	const struct footprint *footprint, enum scale scale, char text[static FOOTPRINT_TEXT_SIZE]);
