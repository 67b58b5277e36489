// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "base/index.h"
#include "model/derive.h"
#include "model/group.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <string.h>

#define MIB (INT64_C(1) << 20)

struct fixture {
	struct snapshot snapshot;
	struct groups groups;
};

static int
set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	snapshot_reset(&fixture->snapshot);
	fixture->snapshot.system.total = 1000 * MIB;
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	snapshot_finish(&fixture->snapshot);
	groups_finish(&fixture->groups);
	test_free(fixture);
	return 0;
}

/* A process with so many MiB of RES and of PSS, all of it anonymous. */
static struct process *
add(struct fixture *fixture, int64_t pid, const char *command, int64_t resident, int64_t pss)
{
	struct process *process = snapshot_add_process(&fixture->snapshot);
	struct process_rollup *rollup = snapshot_rollup(&fixture->snapshot, process);

	process->pid = pid;
	process->command = process->comm = command;
	process->user = "web";
	process->resident = resident * MIB;
	process->swap = 0;
	process->page_tables = MIB;
	if (pss != UNKNOWN)
		*rollup = (struct process_rollup){
			.pss = pss * MIB, .pss_anon = pss * MIB, .time = 1
		};
	return process;
}

/* The group of a name, which must be there once. */
static const struct group *
find(struct fixture *fixture, enum group_kind kind, const char *name)
{
	const struct group *found = NULL;

	groups_build(&fixture->groups, &fixture->snapshot, kind);
	for (size_t i = 0; i < fixture->groups.rows.count; i++) {
		const struct group *group = groups_at(&fixture->groups, i);

		if (name ? !group->name || strcmp(group->name, name) != 0 : group->name != NULL)
			continue;
		assert_null(found);
		found = group;
	}
	assert_non_null(found);
	return found;
}

static void
pages_that_forks_share_count_once(void **state)
{
	const struct group *group;

	for (int pid = 10; pid < 14; pid++)
		add(*state, pid, "/usr/bin/worker -n", 100, 26);
	group = find(*state, GROUP_BY_PROGRAM, "worker");
	assert_int_equal(group->processes, 4);
	assert_int_equal(group->known, 4);
	assert_int_equal(group->footprint, 104 * MIB);
	assert_int_equal(group->anon, 104 * MIB);
	assert_int_equal(group->share, 104);
	assert_int_equal(group->page_tables, 4 * MIB);
	assert_int_equal(group->largest, 100 * MIB);
	assert_string_equal(group->sum, "PSS");
}

/* After vfork() the child runs in the memory of its parent. */
static void
an_address_space_counts_in_the_first_group_that_has_it(void **state)
{
	add(*state, 10, "shell", 50, 50);
	snapshot_extras(*state, add(*state, 11, "child", 50, 50))->memory_of = 10;
	assert_int_equal(find(*state, GROUP_BY_PROGRAM, "shell")->footprint, 50 * MIB);
	assert_int_equal(find(*state, GROUP_BY_PROGRAM, "child")->footprint, 0);
	assert_int_equal(find(*state, GROUP_BY_USER, "web")->footprint, 50 * MIB);
}

/* A process may have grown since its PSS was read. */
static void
a_bound_has_the_whole_res_where_pss_is_older(void **state)
{
	struct fixture *fixture = *state;

	snapshot_rollup(&fixture->snapshot, add(fixture, 10, "server", 300, 100))->stale = 1;
	assert_int_equal(find(fixture, GROUP_BY_PROGRAM, "server")->footprint, 100 * MIB);
	assert_string_equal(find(fixture, GROUP_BY_PROGRAM, "server")->sum, "older PSS");
	add(fixture, 11, "server", 200, UNKNOWN);
	assert_int_equal(find(fixture, GROUP_BY_PROGRAM, "server")->footprint, 500 * MIB);
	assert_string_equal(find(fixture, GROUP_BY_PROGRAM, "server")->sum, "at most");
}

static void
without_pss_the_sum_is_a_bound_and_its_parts_are_unknown(void **state)
{
	const struct group *group;

	add(*state, 10, "server", 600, 500);
	add(*state, 11, "server", 600, UNKNOWN);
	group = find(*state, GROUP_BY_PROGRAM, "server");
	assert_string_equal(group->sum, "at most");
	assert_int_equal(group->is_stale, 1);
	assert_int_equal(group->known, 1);
	assert_int_equal(group->footprint, 1000 * MIB); /* no more than the machine has */
	assert_true(group->anon == UNKNOWN);
}

static void
what_was_read_before_is_marked(void **state)
{
	struct fixture *fixture = *state;
	struct process *process = add(fixture, 10, "server", 10, 10);

	snapshot_rollup(&fixture->snapshot, process)->stale = 1;
	assert_string_equal(find(fixture, GROUP_BY_PROGRAM, "server")->sum, "older PSS");
}

static void
programs_are_named_as_people_know_them(void **state)
{
	static const char *const commands[][2] = {
		{ "/usr/sbin/sshd -D", "sshd" },
		{ "sshd: root@pts/0", "sshd" },
		{ "/usr/bin/python3 /opt/app/server.py --port 80", "server.py" },
		{ "python3 -c code", "python3" },
		{ "nginx: worker process", "nginx" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		add(fixture, 10 + (int64_t)i, commands[i][0], 1, 1);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		find(fixture, GROUP_BY_PROGRAM, commands[i][1]);
	assert_int_equal(find(fixture, GROUP_BY_PROGRAM, "sshd")->processes, 2);
}

/* A name of any length costs a bounded amount of stack; unknown ones have a row of their own. */
static void
names_may_be_long_or_unknown(void **state)
{
	struct fixture *fixture = *state;
	char name[1000];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	add(fixture, 10, name, 1, 1);
	add(fixture, 11, NULL, 1, 1);
	groups_build(&fixture->groups, &fixture->snapshot, GROUP_BY_PROGRAM);
	assert_int_equal(fixture->groups.rows.count, 2);
	assert_int_equal(find(fixture, GROUP_BY_PROGRAM, NULL)->processes, 1);
	assert_int_equal(find(fixture, GROUP_BY_UNIT, NULL)->processes, 2);
}

/* Each runtime has its own names, and Kubernetes those of each pod. */
static void
containers_of_one_name_are_not_merged(void **state)
{
	static const struct {
		const char *container, *path, *pod, *pod_path;
	} rows[] = {
		{ "web", "/docker/1", NULL, NULL },
		{ "web", "/docker/1", NULL, NULL },
		{ "web", "/lxc/web", NULL, NULL },
		{ "app", "/pod1/1", "shop/web-1", "/pod1" },
		{ "app", "/pod2/2", "shop/web-1", "/pod2" },
		{ "0123456789ab", "/pod3/3", "7d4424e6-bb13", "/pod3" },
		{ NULL, NULL, NULL, NULL },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct process *process = add(fixture, 10 + (int64_t)i, "x", 1, 1);

		snapshot_set_place(&fixture->snapshot, process,
			&(struct process_place){ .container = rows[i].container,
				.container_path = rows[i].path,
				.pod = rows[i].pod,
				.pod_path = rows[i].pod_path });
	}
	assert_string_equal(find(fixture, GROUP_BY_CONTAINER, "0123456789ab")->path, "/pod3/3");
	assert_int_equal(fixture->groups.rows.count, 6);
	assert_int_equal(groups_at(&fixture->groups, 0)->processes, 2);
	assert_string_equal(groups_at(&fixture->groups, 2)->name, "shop/web-1/app");
	assert_string_equal(groups_at(&fixture->groups, 3)->name, "shop/web-1/app");
	assert_int_equal(find(fixture, GROUP_BY_CONTAINER, NULL)->processes, 1);
	assert_int_equal(find(fixture, GROUP_BY_POD, NULL)->processes, 4);
	assert_int_equal(fixture->groups.rows.count, 4);
	assert_string_equal(find(fixture, GROUP_BY_POD, "7d4424e6-bb13")->path, "/pod3");
}

static void
all_kinds_fit_into_their_list(void **state)
{
	char list[GROUP_KINDS_SIZE];

	group_kinds_list(list);
	assert_string_equal(list, "program, user, unit, cgroup, container, pod, tree");
}

static void
kernel_threads_are_left_out(void **state)
{
	struct fixture *fixture = *state;

	add(fixture, 2, "[kthreadd]", 0, 0)->is_kernel_thread = true;
	groups_build(&fixture->groups, &fixture->snapshot, GROUP_BY_USER);
	assert_int_equal(fixture->groups.rows.count, 0);
}

/* A cgroup with so many MiB, below the one in row `parent` (-1: outermost). */
static struct cgroup_charge *
add_charge(struct fixture *fixture, const char *path, int64_t parent, int64_t current)
{
	struct rows *charges = &fixture->snapshot.charges;
	struct cgroup_charge *charge = charge_add(charges);

	charge->path = path;
	charge->parent = parent < 0 ? UNKNOWN : parent;
	charge->depth = parent < 0 ? 0 : charge_at(charges, (size_t)parent)->depth + 1;
	charge->current = current * MIB;
	return charge;
}

static void
add_tree(struct fixture *fixture)
{
	add_charge(fixture, "/", -1, 900);
	add_charge(fixture, "/a", 0, 300);
	add_charge(fixture, "/empty", 0, 0);
	add_charge(fixture, "/a/db.service", 1, 200);
	add_charge(fixture, "/a/cache", 1, 50);
}

static struct process *
add_in(struct fixture *fixture, int64_t pid, const char *cgroup, const char *unit, int64_t pss)
{
	struct process *process = add(fixture, pid, "p", pss, pss);

	snapshot_set_place(&fixture->snapshot, process,
		&(struct process_place){ .cgroup = cgroup, .unit = unit });
	return process;
}

static void
a_cgroup_holds_what_those_below_it_hold(void **state)
{
	struct fixture *fixture = *state;
	const struct group *group;
	bool is_bound;

	add_tree(fixture);
	add_in(fixture, 10, "/", NULL, 1);
	add_in(fixture, 11, "/a", NULL, 20);
	add_in(fixture, 12, "/a/db.service", NULL, 300);
	group = find(fixture, GROUP_BY_CGROUP, "/a/db.service");
	assert_int_equal(group->footprint, 300 * MIB);
	assert_int_equal(group->depth, 2);
	assert_int_equal(groups_total(&fixture->groups, &is_bound), 321 * MIB);
	assert_false(is_bound);
	assert_int_equal(group->charge->current, 200 * MIB);
	group = find(fixture, GROUP_BY_CGROUP, "/a");
	assert_int_equal(group->footprint, 320 * MIB);
	assert_int_equal(group->processes, 2);
	assert_int_equal(group->largest_pid, 12);
	group = find(fixture, GROUP_BY_CGROUP, "/");
	assert_int_equal(group->footprint, 321 * MIB);
	assert_int_equal(group->anon, 321 * MIB);
	assert_int_equal(group->processes, 3);
	assert_int_equal(group->depth, 0);
	assert_int_equal(group->share, 321);
	/* Cache that no process holds is a row, what has nothing is none. */
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, "/a/cache")->processes, 0);
	assert_int_equal(fixture->groups.rows.count, 4);
}

/* Rows of depth 0 add up to the machine, wherever a process is. */
static void
a_process_in_a_cgroup_that_was_not_read_counts_above(void **state)
{
	struct fixture *fixture = *state;
	int64_t sum = 0;

	add_tree(fixture);
	add_in(fixture, 10, "/a/new/newer", NULL, 1);
	add_in(fixture, 11, "/other", NULL, 2);
	add_in(fixture, 12, "/../outside", NULL, 4);
	add_in(fixture, 13, NULL, NULL, 8);
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, "/a")->footprint, 1 * MIB);
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, "/")->footprint, 3 * MIB);
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, "/../outside")->depth, 0);
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, NULL)->depth, 0);
	for (size_t i = 0; i < fixture->groups.rows.count; i++) {
		const struct group *group = groups_at(&fixture->groups, i);

		sum += group->depth == 0 ? group->footprint : 0;
	}
	assert_int_equal(sum, 15 * MIB);
}

static void
a_bound_below_makes_a_bound_above(void **state)
{
	struct fixture *fixture = *state;

	add_tree(fixture);
	add_in(fixture, 10, "/a/db.service", NULL, 1);
	add_in(fixture, 11, "/a/cache", NULL, 1);
	fixture->snapshot.processes[1].resident = 5 * MIB;
	snapshot_rollup(&fixture->snapshot, &fixture->snapshot.processes[1])->pss = UNKNOWN;
	assert_string_equal(find(fixture, GROUP_BY_CGROUP, "/a/db.service")->sum, "PSS");
	assert_string_equal(find(fixture, GROUP_BY_CGROUP, "/")->sum, "at most");
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, "/")->footprint, 6 * MIB);
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, "/")->known, 1);
}

/* Without a memory controller a cgroup has its own processes only. */
static void
without_charges_cgroups_are_flat(void **state)
{
	struct fixture *fixture = *state;

	add_in(fixture, 10, "/", NULL, 1);
	add_in(fixture, 11, "/a", NULL, 2);
	assert_int_equal(find(fixture, GROUP_BY_CGROUP, "/")->footprint, 1 * MIB);
	assert_true(find(fixture, GROUP_BY_CGROUP, "/")->depth == UNKNOWN);
	assert_ptr_equal(find(fixture, GROUP_BY_CGROUP, "/a")->charge, &charge_unknown);
}

static void
a_unit_has_the_charge_of_its_cgroup(void **state)
{
	struct fixture *fixture = *state;

	add_tree(fixture);
	add_in(fixture, 10, "/a/db.service", "db.service", 1);
	add_in(fixture, 11, "/a/db.service/worker", "db.service", 1);
	add_in(fixture, 12, "/a/my-db.service", "b.service", 1); /* not the end of a name */
	add_in(fixture, 13, "/", "other.service", 1); /* it is not in the tree of memory */
	add_in(fixture, 14, NULL, NULL, 1);
	assert_int_equal(find(fixture, GROUP_BY_UNIT, "db.service")->charge->current, 200 * MIB);
	assert_true(find(fixture, GROUP_BY_UNIT, "db.service")->depth == UNKNOWN);
	assert_ptr_equal(find(fixture, GROUP_BY_UNIT, "b.service")->charge, &charge_unknown);
	assert_ptr_equal(find(fixture, GROUP_BY_UNIT, "other.service")->charge, &charge_unknown);
	assert_ptr_equal(find(fixture, GROUP_BY_UNIT, NULL)->charge, &charge_unknown);
	assert_ptr_equal(find(fixture, GROUP_BY_PROGRAM, "p")->charge, &charge_unknown);
}

/* The path of a pod may lack the end of its name: see collect/container.h. */
static void
containers_and_pods_have_the_charge_of_their_cgroup(void **state)
{
	struct fixture *fixture = *state;
	struct process *process;

	add_tree(fixture);
	process = add_in(fixture, 10, "/a/db.service/worker", NULL, 1);
	snapshot_set_place(&fixture->snapshot, process,
		&(struct process_place){ .cgroup = "/a/db.service/worker",
			.container = "web",
			.container_path = "/a/db.service",
			.pod = "shop",
			.pod_path = "/a/db" });
	process = add_in(fixture, 11, "/elsewhere", NULL, 1); /* not in the tree of memory */
	snapshot_set_place(&fixture->snapshot, process,
		&(struct process_place){ .cgroup = "/elsewhere",
			.container = "/elsewhere",
			.container_path = "/elsewhere" });
	add_in(fixture, 12, "/a", NULL, 1);
	assert_int_equal(find(fixture, GROUP_BY_CONTAINER, "web")->charge->current, 200 * MIB);
	assert_int_equal(find(fixture, GROUP_BY_POD, "shop")->charge->current, 200 * MIB);
	assert_ptr_equal(find(fixture, GROUP_BY_CONTAINER, "/elsewhere")->charge, &charge_unknown);
	assert_ptr_equal(find(fixture, GROUP_BY_CONTAINER, NULL)->charge, &charge_unknown);
}

/* Whether the process in a row of the snapshot is in the group of a name. */
static bool
has(struct fixture *fixture, enum group_kind kind, const char *name, size_t process)
{
	const struct group *group = find(fixture, kind, name);

	return groups_has(&fixture->groups, group, process);
}

/* A cgroup also has the processes of those below it. */
static void
a_group_has_its_processes_and_no_others(void **state)
{
	struct fixture *fixture = *state;

	add_tree(fixture);
	add_in(fixture, 10, "/a/db.service", "db.service", 1);
	add_in(fixture, 11, "/a/db.service/worker", "db.service", 1);
	add_in(fixture, 12, NULL, NULL, 1);
	add(fixture, 13, "[kthread]", 0, UNKNOWN)->is_kernel_thread = true;
	for (enum group_kind kind = 0; kind < GROUP_KINDS; kind++) {
		groups_build(&fixture->groups, &fixture->snapshot, kind);
		for (size_t i = 0; i < 3; i++) {
			uint32_t row = fixture->groups.of_process[i];

			assert_in_range(row, 0, fixture->groups.rows.count - 1);
			assert_true(
				groups_has(&fixture->groups, groups_at(&fixture->groups, row), i));
			assert_false(
				groups_has(&fixture->groups, groups_at(&fixture->groups, row), 3));
		}
		assert_int_equal(fixture->groups.of_process[3], INDEX_END);
	}
	assert_true(has(fixture, GROUP_BY_CGROUP, "/a", 1));
	assert_true(has(fixture, GROUP_BY_CGROUP, "/", 1));
	assert_false(has(fixture, GROUP_BY_CGROUP, "/", 2));
	assert_false(has(fixture, GROUP_BY_UNIT, NULL, 1));
}

/* init (1) has a shell (20), which has two workers, one of them with a lower PID than it. */
static void
a_tree_has_all_that_descend_from_a_process(void **state)
{
	struct fixture *fixture = *state;
	const struct group *group;
	bool is_bound;

	add(fixture, 1, "/sbin/init", 5, 2)->parent = 0;
	add(fixture, 2, "[kthreadd]", 0, UNKNOWN)->is_kernel_thread = true;
	add(fixture, 7, "/usr/bin/worker", 50, 30)->parent = 20;
	add(fixture, 20, "-bash", 8, 4)->parent = 1;
	add(fixture, 21, "/usr/bin/other", 60, 40)->parent = 20;
	add(fixture, 30, "stray", 9, UNKNOWN)->parent = 999; /* its parent is not visible */
	group = find(fixture, GROUP_BY_TREE, "-bash");
	assert_int_equal(group->footprint, 74 * MIB);
	assert_int_equal(group->processes, 3);
	assert_int_equal(group->root, 20);
	assert_int_equal(group->depth, 1);
	assert_int_equal(group->largest_pid, 21);
	assert_int_equal(find(fixture, GROUP_BY_TREE, "init")->footprint, 76 * MIB);
	assert_int_equal(find(fixture, GROUP_BY_TREE, "worker")->footprint, 30 * MIB);
	assert_string_equal(find(fixture, GROUP_BY_TREE, "init")->sum, "PSS");
	assert_string_equal(find(fixture, GROUP_BY_TREE, "stray")->sum, "at most");
	assert_int_equal(groups_total(&fixture->groups, &is_bound), 85 * MIB);
	assert_true(is_bound);
	assert_true(has(fixture, GROUP_BY_TREE, "-bash", 2));
	assert_true(has(fixture, GROUP_BY_TREE, "init", 4));
	assert_false(has(fixture, GROUP_BY_TREE, "worker", 3));
	assert_false(has(fixture, GROUP_BY_TREE, "init", 5));
}

/* Two users may have units of one name; neither charge is that of both. */
static void
a_unit_in_two_cgroups_has_no_charge(void **state)
{
	struct fixture *fixture = *state;

	add_tree(fixture);
	add_charge(fixture, "/b", 0, 30);
	add_charge(fixture, "/b/db.service", 5, 30);
	add_in(fixture, 10, "/a/db.service", "db.service", 1);
	add_in(fixture, 11, "/b/db.service", "db.service", 1);
	add_in(fixture, 12, "/b/db.service", "db.service", 1);
	assert_ptr_equal(find(fixture, GROUP_BY_UNIT, "db.service")->charge, &charge_unknown);
}

/* Each field that is not read is unknown, not 0; and each column names one. */
static void
a_charge_begins_unknown(void **state)
{
	struct fixture *fixture = *state;
	struct group *group = rows_add(&fixture->groups.rows, &group_table);

	for (size_t i = 0; i < group_table.column_count; i++)
		assert_false(column_is_known(&group_table.columns[i], group));
	assert_true(charge_unknown.parent == UNKNOWN && charge_unknown.depth == UNKNOWN);
	assert_true(charge_unknown.inode == UNKNOWN && charge_unknown.below == UNKNOWN);
	assert_true(charge_unknown.kernel_is_sum == UNKNOWN);
}

/* A reading of a cgroup `second` seconds after the first. */
static struct cgroup_charge *
read_at(struct snapshot *snapshot, int64_t second, const char *path, int64_t inode, int64_t kills)
{
	struct cgroup_charge *charge;

	snapshot->bits = NEED_CHARGE | NEED_CHARGE_EVENTS;
	snapshot->monotonic = second * NS_PER_SEC;
	charge = charge_add(&snapshot->charges);
	charge->path = path;
	charge->inode = inode;
	charge->kills = kills;
	charge->high_events = 10 * kills;
	return charge;
}

/* A cgroup may be removed and made again with its name: its counts begin again. */
static void
rates_are_those_of_the_same_cgroup(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *now = &fixture->snapshot, before = { .time = 0 };
	const struct cgroup_charge *charges;

	snapshot_reset(&before);
	read_at(&before, 10, "/a", 5, 3);
	read_at(&before, 10, "/again", 6, 3);
	read_at(&before, 10, "/back", 7, 3);
	read_at(now, 14, "/new", 9, 4);
	read_at(now, 14, "/again", 8, 9);
	read_at(now, 14, "/back", 7, 2);
	read_at(now, 14, "/a", 5, 5);
	charges = now->charges.data;
	derive(now, &before);
	assert_true(charges[0].kill_rate == UNKNOWN);
	assert_true(charges[1].kill_rate == UNKNOWN);
	assert_true(charges[2].kill_rate == UNKNOWN);
	assert_int_equal(charges[3].kill_rate, 500); /* thousandths a second */
	assert_int_equal(charges[3].high_rate, 5000);
	snapshot_finish(&before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_that_forks_share_count_once),
		TEST(an_address_space_counts_in_the_first_group_that_has_it),
		TEST(a_bound_has_the_whole_res_where_pss_is_older),
		TEST(without_pss_the_sum_is_a_bound_and_its_parts_are_unknown),
		TEST(what_was_read_before_is_marked),
		TEST(programs_are_named_as_people_know_them),
		TEST(names_may_be_long_or_unknown),
		TEST(containers_of_one_name_are_not_merged),
		TEST(all_kinds_fit_into_their_list),
		TEST(kernel_threads_are_left_out),
		TEST(a_cgroup_holds_what_those_below_it_hold),
		TEST(a_process_in_a_cgroup_that_was_not_read_counts_above),
		TEST(a_bound_below_makes_a_bound_above),
		TEST(without_charges_cgroups_are_flat),
		TEST(a_unit_has_the_charge_of_its_cgroup),
		TEST(a_unit_in_two_cgroups_has_no_charge),
		TEST(containers_and_pods_have_the_charge_of_their_cgroup),
		TEST(a_group_has_its_processes_and_no_others),
		TEST(a_tree_has_all_that_descend_from_a_process),
		TEST(a_charge_begins_unknown),
		TEST(rates_are_those_of_the_same_cgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
