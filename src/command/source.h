// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stdint.h>

struct source;

/* How many nanoseconds a refresh waits for the sampler, which may itself wait for a file. */
#define PATIENCE_OF_SCREEN (300 * NS_PER_MS)
#define PATIENCE_OF_REPORT (10 * NS_PER_SEC)

/*
 * All that the running kernel tells: /proc by collect, and where it is asked for perf events by
 * the sampler, unless `patience` is 0. Returns 0 or -errno; the caller destroys the source.
 */
int source_create(int64_t patience, struct source **ret_source);
