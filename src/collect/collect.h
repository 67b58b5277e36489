// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source.h"

/*
 * Creates a source that reads the running kernel: processes and pressure below `root` (NULL:
 * /proc), the totals always below /proc, with libproc2. The names of containers are looked for
 * below `root` too (NULL: /). Returns 0 or -errno; the caller destroys the source.
 */
int collect_create(const char *root, struct source **ret_source);
