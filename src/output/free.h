// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct system;

/* What the options of free ask for. */
struct free_style {
	int power; /* 0: KiB, or kB with si; 1: bytes; 2 to 6: kilo to peta */
	bool si, human, low_high, total, committed, wide, line;
};

/*
 * Writes what free of procps-ng 4 prints for the same figures (system_read_raw_meminfo), byte for
 * byte; `line` as of 4.0.4 and later.
 */
void free_write(FILE *file, const struct system *system, const struct free_style *style);

/*
 * Writes how each figure comes about, in live numbers and the same unit, from figures of which
 * some may be UNKNOWN (system_read_meminfo).
 */
void free_explain(FILE *file, const struct system *system, const struct free_style *style);
