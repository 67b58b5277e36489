// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "unit.h"

#include "model/needs.h"
#include "model/snapshot.h"

#define MIB (INT64_C(1) << 20)

/* A tree of memory cgroups in files, and their reader: for tests of collect/cgroups.c. */
struct cgroup_world {
	struct tree tree;
	struct cgroup_tree *cgroups;
	struct cgroups_reader *reader;
	struct snapshot now;
};

int cgroup_world_set_up(void **state);
int cgroup_world_tear_down(void **state);

/* Mounts the group `root` of a version; its root group is there. */
void cgroup_world_mount(struct cgroup_world *world, int version, const char *root);

/* Writes files of a group: name, text, name, text, ..., NULL. Makes the groups above it, too. */
void cgroup_world_write(struct cgroup_world *world, const char *group, ...);
void cgroup_world_number(
	struct cgroup_world *world, const char *group, const char *name, int64_t number);

/* Reads the groups for these needs. */
void cgroup_world_read(struct cgroup_world *world, uint64_t bits);

/* The row of a group that was read, or NULL. */
const struct cgroup_charge *cgroup_world_find(struct cgroup_world *world, const char *path);

/* Reads all, and returns the row of a group that must be there. */
const struct cgroup_charge *cgroup_world_group(struct cgroup_world *world, const char *path);

/* No assert_int_equal(): it does not take these. */
#define is_unknown(number) assert_true((number) == UNKNOWN)
#define is_unlimited(number) assert_true((number) == UNLIMITED)

#define CGROUP_TEST(name)                                                                          \
	cmocka_unit_test_setup_teardown(name, cgroup_world_set_up, cgroup_world_tear_down)
