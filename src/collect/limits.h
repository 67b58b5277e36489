// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/process.h"

/*
 * Takes the limits from the text of /proc/PID/limits (fs/proc/base.c, proc_pid_limits): "KEY SOFT
 * HARD UNITS" in columns. What is not there stays as it is.
 */
void limits_parse(const char *text, struct limit limits[static LIMIT_KINDS]);

/* Reads those of one process below a root directory. Returns 0 or -errno. */
int limits_read(int root, int64_t pid, struct limit limits[static LIMIT_KINDS]);
