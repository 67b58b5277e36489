// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cpu-clock.h"

#include "base/known.h"
#include "base/macros.h"
#include "collect/procfs.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* The low bits of such a clock: which time it counts (CPUCLOCK_SCHED), of a whole process. */
enum { CLOCK_BITS = 3, CLOCK_SCHED = 2, STATUS_SIZE = 4096, MOST_STEPS = 8 };

int64_t
cpu_clock_read(int64_t pid)
{
	struct timespec time;

	if (clock_gettime((clockid_t)(~(unsigned)pid << CLOCK_BITS | CLOCK_SCHED), &time) < 0)
		return UNKNOWN;
	return time.tv_sec * NS_PER_SEC + time.tv_nsec;
}

/*
 * Numbers mean the same to the clocks and to /proc if /proc is of the reader's own PID namespace:
 * the line "NSpid" has a number for each namespace from that of /proc down to the reader's.
 */
static bool
is_in_own_namespace(int root)
{
	char text[STATUS_SIZE];
	const char *numbers;

	if (procfs_read(root, "self/status", text, sizeof(text)) < 0)
		return false;
	numbers = strstr(text, "\nNSpid:\t");
	return numbers && strcspn(numbers + 8, "\t") > strcspn(numbers + 8, "\n");
}

/* Some machines count CPU time in ticks of the timer: then a short run is not seen. */
static bool
is_fine(void)
{
	int64_t first = cpu_clock_read(getpid()), next = first;

	for (int i = 0; i < MOST_STEPS && next == first; i++)
		next = cpu_clock_read(getpid());
	return next != first;
}

bool
cpu_clock_is_usable(int root)
{
	struct statfs status;

	return fstatfs(root, &status) == 0 && status.f_type == PROC_SUPER_MAGIC &&
	       is_in_own_namespace(root) && cpu_clock_read(1) != UNKNOWN && is_fine();
}
