// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/cpus.h"

#include "collect/procfs.h"

#include <fcntl.h>
#include <string.h>

const char cpus_online[] = "/sys/devices/system/cpu/online";

bool
cpus_have_changed(struct cpus *cpus, const char *path)
{
	struct cpus now;
	bool have_changed;

	if (procfs_read(AT_FDCWD, path, now.online, sizeof(now.online)) <= 0)
		return false;
	have_changed = cpus->online[0] && strcmp(cpus->online, now.online) != 0;
	*cpus = now;
	return have_changed;
}
