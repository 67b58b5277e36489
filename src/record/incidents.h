// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct arena;
struct rows;

/*
 * Fills rows (struct incident, empty) with what happened in a recording, oldest first: kills, gaps
 * and the like. At most MOST_INCIDENTS, and as many as are found in a second: the oldest are left
 * out, and -E2BIG returned. Texts are in the arena. Returns 0 or -errno.
 */
int recording_incidents(const char *path, struct rows *incidents, struct arena *texts);
