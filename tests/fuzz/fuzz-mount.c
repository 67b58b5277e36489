// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/cgroup-tree.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	static struct cgroup_mount mount;

	mount.version = 0;
	if (cgroup_mount_parse(text, &mount)) {
		CHECK(mount.version == 1 || mount.version == 2);
		CHECK(strlen(mount.root) < size && strlen(mount.path) < size);
	}
	free(text);
	return 0;
}
