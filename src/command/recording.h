// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdio.h>

struct past_options;

/* Writes what is recorded in a folder, and how much it becomes. Returns the exit status. */
int recording_status(const char *folder);

/* Copies a span of a recording into a new file. Returns the exit status. */
int recording_copy(const struct past_options *past, const char *output);

/* Writes what memtop record does, for --help. */
void recording_describe(FILE *file);
