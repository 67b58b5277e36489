// SPDX-License-Identifier: GPL-3.0-or-later
/* A live process that nobody looks at: on the screen only the sizes of such are read. */
#include "idle.h"

#include "collect/procfs.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In its turn stat is read in any case: then it has to run once more. */
static void
what_has_run_unseen_is_read_when_it_is_seen(void **state)
{
	struct idle *idle = *state;
	struct snapshot rows = { .time = 0 }, *now;
	const struct process *row = idle_row(idle);
	int64_t faults, looked, anon;
	double rate;

	assert_true(row->asked & NEED_STAT); /* it stands still, and so does its stat */
	idle_order(idle, 't');
	idle_order(idle, 'g');
	anon = idle_row_within_bound(idle)->anon; /* its code is in memory now */
	do {
		idle_order(idle, 't');
		row = idle_row(idle);
	} while (row->asked & NEED_STAT);
	assert_int_equal(row->anon, anon + idle->world.page);
	faults = row->minor_faults;
	looked = row->look_time;
	now = &idle->world.snapshots[(idle->world.refresh + 1) % 2];
	idle->world.needs.visible = idle->world.needs.near = &idle->pid;
	idle->world.needs.visible_count = idle->world.needs.near_count = 1;
	idle->world.needs.only_missing = idle->world.needs.rows_only = true;
	assert_int_equal(
		idle->world.source->read(idle->world.source, &rows, now, &idle->world.needs), 0);
	derive(&rows, now);
	assert_int_equal(rows.process_count, 1);
	row = &rows.processes[0];
	assert_true(row->asked & NEED_STAT);
	assert_true(row->minor_faults - faults >= IDLE_REGION / idle->world.page);
	rate = (double)(row->minor_faults - faults) * 1e12 / (double)(row->look_time - looked);
	assert_in_range(row->minor_fault_rate, (int64_t)rate - 1, (int64_t)rate + 1);
	assert_int_equal(row->anon, anon + idle->world.page);
	snapshot_finish(&rows);
}

static void
wait_for_name(const struct idle *idle, const char *name)
{
	char path[64], text[64] = "";

	snprintf(path, sizeof(path), "/proc/%lld/comm", (long long)idle->pid);
	while (strncmp(text, name, strlen(name)) != 0)
		assert_true(procfs_read(AT_FDCWD, path, text, sizeof(text)) > 0);
}

static void
another_program_is_seen_by_its_size(void **state)
{
	struct idle *idle = *state;
	int64_t before = idle_row(idle)->resident;
	const struct process *row;

	idle_order(idle, 'e');
	wait_for_name(idle, "sleep");
	row = idle_row_within_bound(idle);
	assert_string_equal(row->comm, "sleep");
	assert_in_range(row->resident, 1, before - IDLE_REGION / 2);
}

/* Between two refreshes: the rate is over the time that has passed, not over that of the refresh.
 */
static void
what_has_run_unseen_is_read_when_it_is_sorted_by(void **state)
{
	struct idle *idle = *state;
	const struct process *row;
	int64_t faults, looked, refreshed;
	double rate;

	do {
		idle_order(idle, 't');
		row = idle_row(idle);
	} while (row->asked & NEED_STAT);
	faults = row->minor_faults;
	looked = row->look_time;
	refreshed = row->memory_time;
	idle->world.needs.bits |= NEED_STAT;
	idle->world.needs.only_missing = true;
	row = idle_row(idle);
	assert_true(row->minor_faults - faults >= IDLE_REGION / idle->world.page);
	assert_true(row->look_time > refreshed);
	rate = (double)(row->minor_faults - faults) * 1e12 / (double)(row->look_time - looked);
	assert_in_range(row->minor_fault_rate, (int64_t)rate - 1, (int64_t)rate + 1);
}

static void
growth_that_has_ended_unseen_is_not_shown_on(void **state)
{
	struct idle *idle = *state;

	for (int i = 0; i < 4; i++) {
		idle_order(idle, 'g');
		idle_row(idle);
		assert_int_equal(idle_row(idle)->growth, 0);
	}
}

/*
 * Its address space is another one, so its row is made twice; and there is a row less before it,
 * that of a process of the same name with another adjustment.
 */
static void
what_is_read_again_with_stat_keeps_the_rest_of_its_row(void **state)
{
	struct idle *idle = *state;

	adjust_process(idle->other, 500);
	idle_row_within_bound(idle);
	idle_order(idle, 'm');
	idle_end_other(idle);
	assert_int_equal(idle_row(idle)->oom_adj, 0);
}

static void
another_parent_is_seen(void **state)
{
	struct idle *idle = *state;
	const struct snapshot *now;
	int64_t child = 0, parent;

	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* else init is its parent */
	idle_order(idle, 'c');
	now = world_refresh(&idle->world);
	for (size_t i = 0; i < now->process_count; i++)
		if (now->processes[i].parent == idle->pid)
			child = now->processes[i].pid;
	assert_true(child > 0);
	kill((pid_t)idle->pid, SIGKILL);
	assert_int_equal(waitpid((pid_t)idle->pid, NULL, 0), idle->pid);
	for (int i = 0; i < IDLE_WITHIN; i++)
		now = world_refresh(&idle->world);
	parent = snapshot_find_process(now, child)->parent;
	kill((pid_t)child, SIGKILL);
	assert_int_equal(waitpid((pid_t)child, NULL, 0), child);
	assert_int_equal(parent, getpid());
}

/* As clone(2) with an unused number, which takes its turn in no order. */
static pid_t
fork_with_number(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&pid, .set_tid_size = 1
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void
T30_another_process_with_its_number_is_seen_at_once(void **state)
{
	struct idle *idle = *state;
	int64_t start = idle_row(idle)->start_time;
	pid_t pid;

	usleep(20 * 1000); /* start times are in ticks of 10 ms */
	kill((pid_t)idle->pid, SIGKILL);
	assert_int_equal(waitpid((pid_t)idle->pid, NULL, 0), idle->pid);
	pid = fork_with_number((pid_t)idle->pid);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	if (pid < 0)
		skip(); /* no right to choose a number */
	assert_int_equal(pid, idle->pid);
	assert_int_not_equal(idle_row(idle)->start_time, start);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, idle_set_up_unseen, idle_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_has_run_unseen_is_read_when_it_is_seen),
		TEST(another_program_is_seen_by_its_size),
		TEST(what_has_run_unseen_is_read_when_it_is_sorted_by),
		TEST(growth_that_has_ended_unseen_is_not_shown_on),
		TEST(what_is_read_again_with_stat_keeps_the_rest_of_its_row),
		TEST(another_parent_is_seen),
		TEST(T30_another_process_with_its_number_is_seen_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
