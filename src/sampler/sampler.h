// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source.h"

#include <stdint.h>

/*
 * A source that reads another one and, if faults or TLB walks are needed, adds data of perf events
 * (kernel/events/core.c) since its last read: struct fault rows, the system's sampling and walks,
 * and figures of processes. Perf events are open from the first read that needs them until the
 * first that does not.
 *
 * It samples in a separate thread. If that is blocked by a file of a process, a read returns
 * without it after `patience` nanoseconds, with a hint.
 *
 * Reads processes below `root` (NULL: /proc). Owns `below`. Returns 0 or -errno.
 */
int sampler_create(
	struct source *below, const char *root, int64_t patience, struct source **ret_source);
