// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/* Converts a signal name (with or without SIG, any case) or number; -EINVAL if unknown. */
int signal_parse(const char *name);

/* The name of a signal without SIG; NULL if it has none. */
const char *signal_name(int number);

/*
 * Sends a signal to the process with this PID and start time (ticks since boot). A pidfd makes sure
 * that no other process with the same PID gets it. Returns 0 or -errno; -ESRCH if the process has
 * ended.
 */
int signal_send(int64_t pid, int64_t start_time, int signal);
