// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/self.h"

#include "base/macros.h"
#include "collect/procfs.h"

#include <sys/resource.h>

static int64_t
nanoseconds(const struct timeval *time)
{
	return (int64_t)time->tv_sec * NS_PER_SEC + (int64_t)time->tv_usec * 1000;
}

void
self_read(int root, struct system *system)
{
	struct procfs_statm statm;
	struct rusage usage;
	char text[128];

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		system->self_cpu_time = nanoseconds(&usage.ru_utime) + nanoseconds(&usage.ru_stime);
	if (procfs_read(root, "self/statm", text, sizeof(text)) > 0 &&
		procfs_parse_statm(text, &statm) == 0)
		system->self_resident = statm.resident;
}
