// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/oom-plan.h"

#include <stdbool.h>

/*
 * Changes the OOM adjustment (/proc/PID/oom_score_adj) of the process with this PID and start time.
 * Uses one descriptor of its directory, so that it never changes another process with the same PID.
 * Sets change->from to the old value for the inverse plan, and writes one line to the system log.
 * The kernel changes all processes of the address space.
 *
 * Returns 0 or -errno, with a text by oom_error_text(); then nothing was changed: -ERANGE not from
 * -1000 to 1000, -ESRCH process ended, -ESTALE another process has the PID now, -ENOTSUP a kernel
 * thread (a write would work, but has no meaning: T27), -EPERM another user's process, -EACCES
 * lowering without CAP_SYS_RESOURCE. The exception is -EBUSY: it was written, and something else
 * changed it again at once.
 */
int oom_apply(struct oom_change *change);

/* Reads the start time and current adjustment of a process. Returns 0 or -errno as above. */
int oom_look_up(int64_t pid, struct oom_change *ret_change);

/*
 * Whether the adjustment of any process can be lowered: needs CAP_SYS_RESOURCE in the first user
 * namespace. Without it an adjustment can still go down to the lowest value set with that
 * capability.
 */
bool oom_may_lower(void);

enum { OOM_ERROR_SIZE = 160 };

/* One line: "cannot set OOM adjustment of 4242: Permission denied (lowering ...)". */
void oom_error_text(int64_t pid, int error, char text[static OOM_ERROR_SIZE]);

/* The part after the colon. Static text. */
const char *oom_error_cause(int error);
