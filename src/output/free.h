// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdio.h>

struct system;

/* The options of free. */
struct free_style {
	int power; /* 0: KiB, or kB with si; 1: bytes; 2 to 6: kilo to peta */
	bool si, human, low_high, total, committed, wide, line;
};

/*
 * Writes the output of free of procps-ng 4 for the same figures (system_read_raw_meminfo), byte for
 * byte; `line` as in 4.0.4 and later.
 */
void free_write(FILE *file, const struct system *system, const struct free_style *style);

/*
 * Explains each figure, in live numbers and the same unit. Figures may be UNKNOWN
 * (system_read_meminfo).
 */
void free_explain(FILE *file, const struct system *system, const struct free_style *style);
