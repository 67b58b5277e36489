// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source.h"

/*
 * The running kernel as a source. Processes and pressure are read below `root` (NULL: /proc), the
 * totals always below /proc, by libproc2. Returns 0 or -errno; the caller destroys the source.
 */
int collect_create(const char *root, struct source **ret_source);
