// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/glance.h"

#include "collect/procfs.h"

#include <string.h>

/*
 * A thread that ran has left the CPU again where it sleeps now, and that is counted. Of other
 * threads status says nothing, so there may be none.
 */
static bool
is_asleep(const char *text)
{
	const char *state = strstr(text, "\nState:\t");
	const char *threads = state ? strstr(state, "\nThreads:\t1\n") : NULL;

	return threads && state[8] != 'R' && strstr(threads, "\nnonvoluntary_ctxt_switches:");
}

struct glance
glance_of(const char *text, size_t length)
{
	return (struct glance){ .hash = procfs_hash(text, length), .asleep = is_asleep(text) };
}

bool
glance_is_same(const struct glance *before, const char *text, size_t length)
{
	return before->hash != 0 && before->hash == procfs_hash(text, length);
}
