// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/system.h"

/*
 * Memory pressure (kernel/sched/psi.c) from pressure/memory below `root`: averages in per mille,
 * totals in nanoseconds. Returns 0 or -errno; -ENOENT and -EOPNOTSUPP: the kernel has none.
 */
int pressure_read(int root, struct system *system);

/* Fills what the text has; the rest stays as it is. */
void pressure_parse(const char *text, struct system *system);
