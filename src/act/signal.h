// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/* The number of a signal by name, with or without SIG and in any case, or by number; -EINVAL. */
int signal_parse(const char *name);

/*
 * Sends a signal to the process that has this pid and started at this time (ticks since boot), by
 * pidfd, so that no other process that got the pid meanwhile can be hit. Returns 0 or -errno;
 * -ESRCH where the process has ended.
 */
int signal_send(int64_t pid, int64_t start_time, int signal);
