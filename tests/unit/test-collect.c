// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "collect/collect.h"

#include "collect/process-files.h"
#include "model/badness.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
a_process_is_read_from_its_files(void **state)
{
	struct world *world = *state;
	const struct process *row;

	tree_write_process(&world->tree, &(struct tree_process){ .pid = 10,
						 .parent = 1,
						 .comm = "db",
						 .cmdline = "",
						 .pages = 50,
						 .shared_pages = 20,
						 .minor_faults = 7,
						 .start_time = 100 });
	row = snapshot_find_process(world_refresh(world), 10);
	assert_non_null(row);
	assert_int_equal(row->virtual, 100 * world->page);
	assert_int_equal(row->resident, 50 * world->page);
	assert_int_equal(row->shared, 20 * world->page);
	assert_int_equal(row->anon, 30 * world->page);
	assert_int_equal(row->minor_faults, 7);
	assert_int_equal(row->cpu_time, INT64_C(300) * 1000000000 / sysconf(_SC_CLK_TCK));
	assert_int_equal(row->oom_score, 668);
	assert_int_equal(row->oom_adj, -17);
	assert_int_equal(row->uid, getuid());
	assert_string_equal(row->comm, "db");
	assert_string_equal(row->command, "[db]");
	assert_string_equal(row->place->unit, "db.service");
	assert_true(row->status->peak == UNKNOWN); /* status was not asked for */
	assert_true(row->rollup->pss == UNKNOWN);
}

static void
T16_resident_is_never_taken_from_stat(void **state)
{
	struct world *world = *state;
	const struct process *row;

	/* stat says 99 pages (field 24), statm 50. */
	tree_write_process(&world->tree,
		&(struct tree_process){
			.pid = 10, .comm = "x", .pages = 50, .shared_pages = 50, .start_time = 1 });
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->resident, 50 * world->page);
	assert_int_equal(row->anon, 0);
}

static void
status_gives_all_sizes(void **state)
{
	struct world *world = *state;
	const struct process *row;

	world->needs.bits |= NEED_STATUS;
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "10/status", world_status);
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->virtual, 800 * 1024);
	assert_int_equal(row->resident, 600 * 1024);
	assert_int_equal(row->shared, 300 * 1024);
	assert_int_equal(row->anon, 300 * 1024);
	assert_int_equal(row->status->shmem, 100 * 1024);
	assert_int_equal(row->page_tables, 44 * 1024);
	assert_int_equal(row->status->hugetlb, 2048 * 1024);
}

static void
T28_peak_comes_from_status(void **state)
{
	struct world *world = *state;
	const struct process *row;

	world->needs.bits |= NEED_STATUS;
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "10/status", world_status);
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->status->peak, 700 * 1024); /* VmHWM, not VmPeak */
}

static void
T20_swap_is_VmSwap_and_swappss_its_share(void **state)
{
	struct world *world = *state;
	const struct process *row;

	world->needs.bits |= NEED_STATUS | NEED_PSS;
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "10/status", world_status);
	tree_write(&world->tree, "10/smaps_rollup",
		"0-1 ---p 0 0:0 0 [rollup]\nRss: 600 kB\nPss: 400 kB\nPss_Anon: 1 kB\n"
		"Private_Clean: 10 kB\nPrivate_Dirty: 20 kB\nPrivate_Hugetlb: 2048 kB\n"
		"Swap: 12 kB\nSwapPss: 6 kB\n");
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->swap, 12 * 1024);
	assert_int_equal(row->used, 612 * 1024);
	assert_int_equal(row->rollup->pss, 400 * 1024);
	assert_int_equal(row->rollup->swap_pss, 6 * 1024);
}

static void
T21_uss_does_not_contain_huge_pages(void **state)
{
	struct world *world = *state;
	const struct process *row;

	world->needs.bits |= NEED_PSS;
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "10/smaps_rollup",
		"0-1 ---p 0 0:0 0 [rollup]\nRss: 100 kB\nPss: 90 kB\nPrivate_Clean: 10 kB\n"
		"Private_Dirty: 20 kB\nShared_Hugetlb: 2048 kB\nPrivate_Hugetlb: 4096 kB\n");
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->rollup->uss, 30 * 1024);
	assert_true(row->rollup->swap_pss == UNKNOWN); /* this kernel does not print it */
}

static void
T24_threads_are_not_rows(void **state)
{
	struct world *world = *state;
	const struct snapshot *now;

	tree_write_process(&world->tree,
		&(struct tree_process){
			.pid = 10, .comm = "x", .pages = 50, .threads = 3, .start_time = 1 });
	tree_write(&world->tree, "10/task/10/statm", "100 50 0 0 0 0 0\n");
	tree_write(&world->tree, "10/task/11/statm", "100 50 0 0 0 0 0\n");
	tree_write(&world->tree, "10/task/12/statm", "100 50 0 0 0 0 0\n");
	now = world_refresh(world);
	assert_int_equal(now->process_count, 1);
	assert_int_equal(now->processes[0].threads, 3);
	assert_int_equal(now->processes[0].resident, 50 * world->page);
}

static int
wait_for_the_end(void *pipe)
{
	char byte;

	(void)!read(*(int *)pipe, &byte, 1);
	return 0;
}

/* The one trap that no fixture can hold: kcmp(2) asks the running kernel. */
static void
T25_a_shared_address_space_is_marked(void **state)
{
	static char stack[64 * 1024];
	struct snapshot now = { .time = 0 };
	struct source *source;
	const struct process *child;
	struct needs needs = { .bits = WORLD_NEEDS };
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = clone(wait_for_the_end, stack + sizeof(stack), CLONE_VM | SIGCHLD, &ends[0]);
	assert_true(pid > 0);
	assert_int_equal(collect_create(NULL, &source), 0);
	assert_int_equal(source->read(source, &now, NULL, &needs), 0);
	child = snapshot_find_process(&now, pid);
	assert_non_null(child);
	assert_int_equal(child->extras->memory_of, getpid());
	child = snapshot_find_process(&now, getpid());
	assert_true(child->extras->memory_of == UNKNOWN);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	source->destroy(source);
	snapshot_finish(&now);
	close(ends[0]);
	close(ends[1]);
}

static void
T26_a_zombie_leader_shows_what_its_threads_hold(void **state)
{
	struct world *world = *state;
	const struct process *row;

	tree_write_process(&world->tree,
		&(struct tree_process){
			.pid = 10, .comm = "x", .state = 'Z', .threads = 2, .start_time = 1 });
	tree_write(&world->tree, "10/task/10/statm", "0 0 0 0 0 0 0\n");
	tree_write(&world->tree, "10/task/11/statm", "60000 51200 200 5 0 0 0\n");
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->resident, 51200 * world->page);
	assert_int_equal(row->anon, 51000 * world->page);
	assert_string_equal(row->state, "Z");
}

/* A process whose first thread has ended, on a machine of control groups of version 1. */
static void
write_ended(const struct world *world, int threads)
{
	tree_write_process(&world->tree, &(struct tree_process){ .pid = 10,
						 .comm = "x",
						 .state = 'Z',
						 .threads = threads,
						 .start_time = 1 });
	tree_write(&world->tree, "10/cgroup", "4:memory:/\n1:name=systemd:/\n0::/\n");
}

static void
F5_F6_what_the_first_thread_has_no_more_is_asked_of_a_living_one(void **state)
{
	struct world *world = *state;
	const struct process *row;
	struct utsname kernel;

	write_ended(world, 3);
	tree_write(&world->tree, "10/task/10/statm", "0 0 0 0 0 0 0\n");
	for (int thread = 11; thread < 13; thread++) {
		char path[32];

		snprintf(path, sizeof(path), "10/task/%d/statm", thread);
		tree_write(&world->tree, path, "60000 51200 200 5 0 0 0\n");
		snprintf(path, sizeof(path), "10/task/%d/stat", thread);
		tree_write(&world->tree, path,
			"11 (x) S 1 1 1 0 -1 4194304 0 0 7 0 250 50 0 0 20 0 3 0 1 409600 51190 "
			"18446744073709551615 1 1 1 0 0 0\n");
		snprintf(path, sizeof(path), "10/task/%d/cgroup", thread);
		tree_write(&world->tree, path,
			"4:memory:/jobs/a\n1:name=systemd:/system.slice/a.service\n0::/\n");
	}
	row = snapshot_find_process(world_refresh(world), 10);
	assert_string_equal(row->place->cgroup, "/jobs/a");
	assert_string_equal(row->place->unit, "a.service");
	assert_int_equal(row->resident, 51200 * world->page);
	assert_int_equal(uname(&kernel), 0);
	if (!badness_counts_exactly(kernel.release))
		assert_int_equal(row->oom_resident, 51190 * world->page);
}

static void
F5_where_a_zombie_stood_is_unknown_in_version_1(void **state)
{
	struct world *world = *state;

	write_ended(world, 1);
	assert_null(snapshot_find_process(world_refresh(world), 10)->place->cgroup);
	tree_write(&world->tree, "10/cgroup", "0::/\n");
	world->needs.exact = true;
	assert_string_equal(snapshot_find_process(world_refresh(world), 10)->place->cgroup, "/");
}

/* However many there are: those that are ending have no memory any more. */
static void
F5_only_the_first_threads_are_looked_at(void **state)
{
	struct world *world = *state;
	char directory[PROCESS_PATH_SIZE];

	for (int thread = 10; thread < 1000; thread++) {
		char path[32];

		snprintf(path, sizeof(path), "10/task/%d/statm", thread);
		tree_write(&world->tree, path, "0 0 0 0 0 0 0\n");
	}
	assert_int_equal(process_files_find_thread(world->tree.fd, "10", directory), -EAGAIN);
}

static void
a_zombie_alone_holds_nothing(void **state)
{
	struct world *world = *state;
	const struct process *row;

	world->needs.bits |= NEED_STATUS | NEED_PSS;
	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "x", .state = 'Z', .start_time = 1 });
	row = snapshot_find_process(world_refresh(world), 10);
	assert_int_equal(row->resident, 0);
	assert_int_equal(row->rollup->pss, 0);
	assert_int_equal(row->status->peak, 0);
}

static void
T27_kernel_threads_hold_nothing(void **state)
{
	struct world *world = *state;
	const struct process *row;
	const struct snapshot *now;

	world->needs.bits |= NEED_STATUS | NEED_PSS;
	tree_write(&world->tree, "2/stat",
		"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0 "
		"18446744073709551615 "
		"0 0 0 0 0 0 0 2147483647 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
	tree_write(&world->tree, "2/oom_score", "0\n");
	tree_write(&world->tree, "2/oom_score_adj", "0\n");
	tree_write(&world->tree, "2/cgroup", "0::/\n");
	now = world_refresh(world);
	row = snapshot_find_process(now, 2);
	assert_true(row->is_kernel_thread);
	assert_int_equal(row->resident, 0);
	assert_int_equal(row->rollup->pss, 0); /* smaps_rollup is not even asked for */
	assert_string_equal(row->command, "[kthreadd]");
	assert_int_equal(row->extras->gaps.absent & NEED_PSS, 0);
}

static void
T31_hidden_processes_are_told(void **state)
{
	struct world *world = *state;
	const struct snapshot *now;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 10, .comm = "mine", .pages = 5, .start_time = 1 });
	now = world_refresh(world); /* there is no process 1 */
	assert_int_equal(now->hint_count, 1);
	assert_int_equal(now->hints[0].need, NEED_PROCESSES);
	assert_int_equal(now->hints[0].error, EACCES);
}

static void
a_file_that_is_missing_costs_only_its_figures(void **state)
{
	struct world *world = *state;
	const struct snapshot *now;
	char path[96];

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 1, .comm = "x", .pages = 5, .start_time = 1 });
	snprintf(path, sizeof(path), "%s/1/statm", world->tree.path);
	assert_int_equal(unlink(path), 0);
	now = world_refresh(world);
	assert_int_equal(now->process_count, 1);
	assert_true(now->processes[0].resident == UNKNOWN);
	assert_true(now->processes[0].used == UNKNOWN);
	assert_int_equal(now->processes[0].oom_score, 668);
	assert_int_equal(now->processes[0].extras->gaps.absent, NEED_MEMORY);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Columns that come later, as by a key, are read of rows that are there. */
static void
containers_are_read_when_they_are_asked_for(void **state)
{
	struct world *world = *state;
	const struct process *row;

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 7, .comm = "x", .pages = 5, .start_time = 1 });
	tree_write(&world->tree, "7/cgroup", "0::/docker/" ID "/x\n");
	tree_write(&world->tree, "var/lib/docker/containers/" ID "/config.v2.json",
		"{ \"Name\": \"/web\" }");
	row = world_refresh(world)->processes;
	assert_string_equal(row->place->cgroup, "/docker/" ID "/x");
	assert_null(row->place->container);
	world->needs.bits |= NEED_CONTAINER;
	for (int i = 0; i < 40; i++) {
		row = world_refresh(world)->processes;
		assert_string_equal(row->place->container, "web");
		assert_string_equal(row->place->container_path, "/docker/" ID);
		assert_null(row->place->pod);
	}
	tree_write(&world->tree, "7/cgroup", "0::/kubepods/pod" ID "/" ID "\n");
	world->needs.exact = true;
	row = world_refresh(world)->processes;
	assert_string_equal(row->place->container_path, "/kubepods/pod" ID "/" ID);
	assert_string_equal(row->place->pod_path, "/kubepods/pod" ID);
	tree_write(&world->tree, "7/cgroup", "0::/lxc.monitor.a\n");
	assert_null(world_refresh(world)->processes->place->container);
	world->needs.bits &= ~(uint64_t)NEED_CONTAINER;
	assert_null(world_refresh(world)->processes->place->container);
}

static void
a_kernel_without_cgroups_is_told(void **state)
{
	struct world *world = *state;
	const struct snapshot *now;
	struct hint hints[MOST_HINTS];
	char path[96], text[HINT_TEXT_SIZE];

	tree_write_process(&world->tree,
		&(struct tree_process){ .pid = 1, .comm = "x", .pages = 5, .start_time = 1 });
	snprintf(path, sizeof(path), "%s/1/cgroup", world->tree.path);
	unlink(path);
	now = world_refresh(world);
	assert_null(now->processes[0].place->cgroup);
	assert_null(now->processes[0].place->unit);
	assert_int_equal(now->processes[0].resident, 5 * world->page);
	assert_int_equal(world_hints(now, hints), 1);
	hint_text(&hints[0], text);
	assert_string_equal(text, "CGROUP and UNIT of 1 process unknown: No such file or directory "
				  "(this kernel does not have it)");
}

static void
T26_a_zombie_whose_threads_cannot_be_read_is_unknown(void **state)
{
	struct world *world = *state;
	const struct process *row;

	tree_write_process(&world->tree,
		&(struct tree_process){
			.pid = 10, .comm = "x", .state = 'Z', .threads = 2, .start_time = 1 });
	row = snapshot_find_process(world_refresh(world), 10); /* it has no task folder */
	assert_true(row->resident == UNKNOWN);
	assert_true(row->virtual == UNKNOWN);
}

static void
what_the_program_itself_uses_is_read(void **state)
{
	struct world *world = *state;
	const struct system *system;
	int64_t before;

	world->needs.bits = NEED_SELF;
	system = &world_refresh(world)->system;
	assert_true(system->self_resident == UNKNOWN); /* the tree has no such file */
	assert_true(system->self_cpu_time >= 0);
	before = system->self_cpu_time;
	tree_write(&world->tree, "self/statm", "100 7 3 5 0 20 0\n");
	for (clock_t end = clock() + CLOCKS_PER_SEC / 20; clock() < end;)
		continue;
	system = &world_refresh(world)->system;
	assert_int_equal(system->self_resident, 7 * world->page);
	assert_true(system->self_cpu_time >= before + 40000000);
	assert_true(system->self_cpu_share > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_process_is_read_from_its_files),
		TEST(T16_resident_is_never_taken_from_stat),
		TEST(status_gives_all_sizes),
		TEST(T28_peak_comes_from_status),
		TEST(T20_swap_is_VmSwap_and_swappss_its_share),
		TEST(T21_uss_does_not_contain_huge_pages),
		TEST(T24_threads_are_not_rows),
		cmocka_unit_test(T25_a_shared_address_space_is_marked),
		TEST(T26_a_zombie_leader_shows_what_its_threads_hold),
		TEST(F5_F6_what_the_first_thread_has_no_more_is_asked_of_a_living_one),
		TEST(F5_where_a_zombie_stood_is_unknown_in_version_1),
		TEST(F5_only_the_first_threads_are_looked_at),
		TEST(a_zombie_alone_holds_nothing),
		TEST(T27_kernel_threads_hold_nothing),
		TEST(T31_hidden_processes_are_told),
		TEST(a_file_that_is_missing_costs_only_its_figures),
		TEST(containers_are_read_when_they_are_asked_for),
		TEST(a_kernel_without_cgroups_is_told),
		TEST(T26_a_zombie_whose_threads_cannot_be_read_is_unknown),
		TEST(what_the_program_itself_uses_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
