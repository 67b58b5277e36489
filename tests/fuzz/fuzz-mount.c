// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/cgroup-tree.h"

enum { NAME_SIZE = 256 };

/* The first line is one of mountinfo; the second is a path of a group, the third the name of the
 * namespace's root. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size), *path = text + strcspn(text, "\n");
	static struct cgroup_mount mount;
	char *inside = path + strcspn(path + (*path != '\0'), "\n") + (*path != '\0');
	char name[NAME_SIZE];
	size_t levels;

	mount.version = 0;
	if (cgroup_mount_parse(text, &mount)) {
		CHECK(mount.version == 1 || mount.version == 2);
		CHECK(strlen(mount.root) < size && strlen(mount.path) < size);
		levels = cgroup_mount_levels_above(mount.root);
		CHECK(levels == 0 || strlen(mount.root) == 3 * levels);
		path += *path != '\0';
		if (cgroup_mount_name(
			    path, (size_t)(inside - path), inside, levels, name, sizeof(name)))
			CHECK(strlen(name) > 0 && strlen(name) < sizeof(name));
	}
	free(text);
	return 0;
}
