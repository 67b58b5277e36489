// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/process.h"

/*
 * Parses /proc/PID/limits (fs/proc/base.c, proc_pid_limits): "KEY SOFT HARD UNITS" in columns.
 * Missing limits stay as they are.
 */
void limits_parse(const char *text, struct limit limits[static LIMIT_KINDS]);

/* Reads the limits of one process below a root directory. Returns 0 or -errno. */
int limits_read(int root, int64_t pid, struct limit limits[static LIMIT_KINDS]);
