// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * The CPU clock of another process (clock_getcpuclockid(3)) counts the time of all its threads and
 * needs no permission. If it stands still, the process has not run. A run is counted at its end,
 * and at each tick of the timer: one that has just begun is seen in the next refresh. A virtual
 * machine whose host is busy may rarely count a short run as time stolen from it: then the clock
 * does not move. And it says nothing of what other processes and the kernel change meanwhile.
 */

/* Whether these clocks are those of the processes below `root`, and fine enough to show each run.
 */
bool cpu_clock_is_usable(int root);

/*
 * The CPU time of a process in nanoseconds (kernel/time/posix-cpu-timers.c). UNKNOWN if no process
 * has this number; a thread's number is none.
 */
int64_t cpu_clock_read(int64_t pid);
