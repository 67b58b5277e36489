// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct source;

/* How many nanoseconds a refresh waits for the sampler, which may itself wait for a file. */
#define PATIENCE_OF_SCREEN (INT64_C(300) * 1000000)
#define PATIENCE_OF_REPORT (INT64_C(10) * 1000000000)

/*
 * All that the running kernel tells: /proc by collect, and where it is asked for perf events by
 * the sampler, unless `patience` is 0. Returns 0 or -errno; the caller destroys the source.
 */
int source_create(int64_t patience, struct source **ret_source);
