// SPDX-License-Identifier: GPL-3.0-or-later
#include "cgroup-world.h"

#include "collect/cgroup-tree.h"
#include "collect/cgroups.h"

#include <stdio.h>
#include <string.h>

int
cgroup_world_set_up(void **state)
{
	struct cgroup_world *world = test_calloc(1, sizeof(*world));

	tree_create(&world->tree);
	world->cgroups = cgroup_tree_create(world->tree.fd);
	world->reader = cgroups_create(world->cgroups);
	*state = world;
	return 0;
}

int
cgroup_world_tear_down(void **state)
{
	struct cgroup_world *world = *state;

	cgroups_destroy(world->reader);
	cgroup_tree_destroy(world->cgroups);
	snapshot_finish(&world->now);
	tree_destroy(&world->tree);
	test_free(world);
	return 0;
}

void
cgroup_world_mount(struct cgroup_world *world, int version, const char *root)
{
	char text[512];

	snprintf(text, sizeof(text), "31 21 0:30 %s %s/memory rw - %s\n", root, world->tree.path,
		version == 1 ? "cgroup cgroup rw,memory" : "cgroup2 none rw");
	tree_write(&world->tree, "self/mountinfo", text);
	tree_write(&world->tree, "memory/cgroup.procs", "1\n");
}

void
cgroup_world_write(struct cgroup_world *world, const char *group, ...)
{
	const char *name, *text;
	char path[8192];
	va_list files;

	for (size_t i = 1, length = strlen(group); i <= length; i++) {
		if (group[i] && group[i] != '/')
			continue;
		snprintf(path, sizeof(path), "memory/%.*s/cgroup.procs", (int)i, group);
		tree_write(&world->tree, path, "");
	}
	va_start(files, group);
	while ((name = va_arg(files, const char *))) {
		text = va_arg(files, const char *);
		snprintf(path, sizeof(path), "memory/%s/%s", group, name);
		tree_write(&world->tree, path, text);
	}
	va_end(files);
}

void
cgroup_world_number(struct cgroup_world *world, const char *group, const char *name, int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld\n", (long long)number);
	cgroup_world_write(world, group, name, text, NULL);
}

void
cgroup_world_read(struct cgroup_world *world, uint64_t bits)
{
	snapshot_reset(&world->now);
	world->now.bits = bits;
	assert_int_equal(cgroups_read(world->reader, &world->now), 0);
}

const struct cgroup_charge *
cgroup_world_find(struct cgroup_world *world, const char *path)
{
	for (size_t i = 0; i < world->now.charges.count; i++)
		if (strcmp(charge_at(&world->now.charges, i)->path, path) == 0)
			return charge_at(&world->now.charges, i);
	return NULL;
}

const struct cgroup_charge *
cgroup_world_group(struct cgroup_world *world, const char *path)
{
	const struct cgroup_charge *charge;

	cgroup_world_read(world, CHARGE_NEEDS);
	charge = cgroup_world_find(world, path);
	assert_non_null(charge);
	return charge;
}
