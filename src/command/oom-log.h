// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdio.h>

struct incident;

/*
 * Writes why a process was killed: of a recording what it has of the kill, else from the kernel's
 * log, or that it is not there.
 */
void oom_log_explain(FILE *file, const struct incident *incident);
