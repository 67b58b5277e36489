// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>
#include <stdio.h>

/*
 * Writes why a process was killed at about that time (nanoseconds since the epoch), from the
 * kernel's log, or that it is not there.
 */
void oom_log_explain(FILE *file, int64_t time, int64_t pid);
