// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source.h"

#include <stdint.h>

/*
 * A source that reads another one, and where faults or TLB walks are asked for adds what perf
 * events tell of the time since its last read (kernel/events/core.c): struct fault rows, the
 * system's sampling and walks, and what processes have of them. Perf events are open only from
 * the first read that asks for them to the first that does not.
 *
 * It samples in a thread of its own. Where that waits for a file of a process that does not
 * answer, a read goes without it after `patience` nanoseconds, with a hint.
 *
 * Processes are looked for below `root` (NULL: /proc). Owns `below`. Returns 0 or -errno.
 */
int sampler_create(
	struct source *below, const char *root, int64_t patience, struct source **ret_source);
