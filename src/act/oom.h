// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/oom-plan.h"

#include <stdbool.h>

/*
 * Changes the OOM adjustment (/proc/PID/oom_score_adj) of the process that has this pid and started
 * at this time: all is done through one descriptor of its directory, so that no other process that
 * got the pid meanwhile can be hit. Sets change->from to what was there, so that the inverse plan
 * restores that, and writes one line to the system log. Processes that share the address space are
 * changed with it by the kernel.
 *
 * Returns 0 or -errno, for which oom_error_text() has the words; then nothing was changed:
 * -ERANGE not from -1000 to 1000, -ESRCH it has ended, -ESTALE another process has the pid now,
 * -ENOTSUP a kernel thread (whose adjustment could be written, but means nothing: T27), -EPERM
 * another user's, -EACCES lowering without CAP_SYS_RESOURCE. Only -EBUSY is another case: it was
 * written, and something else has changed it again at once.
 */
int oom_apply(struct oom_change *change);

/* Finds a process's start time, and its adjustment as it is now. Returns 0 or -errno as above. */
int oom_look_up(int64_t pid, struct oom_change *ret_change);

/*
 * Whether the adjustment of any process can be lowered: CAP_SYS_RESOURCE, and not merely within a
 * user namespace, where the kernel does not count it. Without it an adjustment can still go down
 * to the lowest value that somebody with that capability has given to the process.
 */
bool oom_may_lower(void);

enum { OOM_ERROR_SIZE = 160 };

/*
 * One line: "cannot set OOM adjustment of 4242: Permission denied (lowering needs
 * CAP_SYS_RESOURCE)".
 */
void oom_error_text(int64_t pid, int error, char text[static OOM_ERROR_SIZE]);

/* The part of it behind the colon. Static text. */
const char *oom_error_cause(int error);
