// SPDX-License-Identifier: GPL-3.0-or-later
#include "idle.h"

#include "model/needs.h"
#include "model/snapshot.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its files are read in one refresh of 4 or 16. That it has not run is known in each. */
static void
what_sleeps_is_read_only_in_its_turn(void **state)
{
	struct idle *idle = *state;
	int64_t last = UNKNOWN, reads = 0;

	for (int i = 0; i < 16; i++) {
		const struct process *row = idle_row(idle);

		reads += row->memory_time != last;
		last = row->memory_time;
		assert_int_equal(row->cpu_share, 0);
		assert_int_equal(row->minor_fault_rate, 0);
		assert_int_equal(row->growth, 0);
	}
	assert_in_range(reads, 1, 5); /* the first counts in any case */
}

static void
wait_for_arguments(const struct idle *idle)
{
	char path[64];
	FILE *file;
	int first = EOF;

	snprintf(path, sizeof(path), "/proc/%lld/cmdline", (long long)idle->pid);
	while (first == EOF) {
		file = fopen(path, "re");
		assert_non_null(file);
		first = fgetc(file);
		fclose(file);
	}
}

static void
another_program_is_seen_by_its_name_and_memory(void **state)
{
	struct idle *idle = *state;
	int64_t before = idle_row(idle)->resident;
	const struct process *row;

	idle_order(idle, 'e');
	do
		row = idle_row(idle); /* until it has begun */
	while (strcmp(row->comm, "sleep") != 0);
	wait_for_arguments(idle); /* they come after the name */
	do
		row = idle_row_within_bound(idle);
	while (row->extras->blocked); /* whoever reads its arguments waits for exec(2) */
	assert_string_equal(row->command, "other 1000");
	assert_in_range(row->resident, 1, before - IDLE_REGION / 2);
}

static void
another_user_is_seen(void **state)
{
	struct idle *idle = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(idle_row(idle)->uid, 0);
	idle_order(idle, 'u');
	assert_int_equal(idle_row_within_bound(idle)->uid, 1);
}

static void
T26_what_a_thread_holds_after_its_leader_has_ended_is_seen(void **state)
{
	struct idle *idle = *state;
	int64_t before = idle_row(idle)->anon;
	const struct process *row;

	idle_order(idle, 'l');
	do
		row = idle_row(idle);
	while (*row->state != 'Z');
	row = idle_row_within_bound(idle);
	assert_int_equal(row->threads, 2);
	assert_in_range(row->anon, before / 2, 2 * before);
}

static void
read_stat(const struct idle *idle, char text[static 1024])
{
	char path[64];
	int fd;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)idle->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = read(fd, text, 1023);
	assert_true(length > 0);
	text[length] = '\0';
	close(fd);
}

/* Counters of less than some pages for each CPU are not in stat: it says nothing of most of them.
 */
static void
T16_memory_that_moves_without_stat_is_seen(void **state)
{
	struct idle *idle = *state;
	int unseen_by_stat = 0, seen_at_once = 0;

	for (int i = 0; i < 20; i++) {
		int64_t before = idle_row(idle)->anon;
		char text[2][1024];

		read_stat(idle, text[0]);
		idle_order(idle, 'g');
		seen_at_once += idle_row(idle)->anon == before - idle->world.page;
		assert_int_equal(idle_row_within_bound(idle)->anon, before - idle->world.page);
		read_stat(idle, text[1]);
		unseen_by_stat += strcmp(text[0], text[1]) == 0;
		for (int j = 0; j < IDLE_WARM_UP; j++)
			world_refresh(&idle->world);
	}
	assert_in_range(seen_at_once, 10, 20);
	if (unseen_by_stat == 0)
		skip(); /* where stat is exact it cannot be tried */
}

/* It may be looked at while it meets them: each look has the rate of what is new to it. */
static void
faults_after_a_long_sleep_are_seen_with_their_rate(void **state)
{
	struct idle *idle = *state;
	int64_t before = idle_row(idle)->minor_faults, faults = 0;

	idle_order(idle, 't');
	for (int i = 0; i < IDLE_WITHIN && faults < IDLE_REGION / idle->world.page; i++) {
		const struct process *last = /* becomes `before` */
			&idle->world.snapshots[(idle->world.refresh + 1) % 2].processes[0];
		int64_t looked = last->look_time, seen = last->minor_faults;
		const struct process *row = idle_row(idle);
		double rate = (double)(row->minor_faults - seen) * 1e12 /
			      (double)(row->look_time - looked);

		faults = row->minor_faults - before;
		if (row->minor_faults != seen)
			assert_in_range(
				row->minor_fault_rate, (int64_t)rate - 1, (int64_t)rate + 1);
	}
	assert_in_range(faults, IDLE_REGION / idle->world.page, INT64_MAX);
}

static void
another_name_of_its_own_is_seen(void **state)
{
	struct idle *idle = *state;

	idle_order(idle, 'n');
	assert_string_equal(idle_row_within_bound(idle)->comm, "renamed");
}

static void
a_stopped_process_is_seen(void **state)
{
	struct idle *idle = *state;

	assert_int_equal(kill((pid_t)idle->pid, SIGSTOP), 0);
	assert_int_equal(waitpid((pid_t)idle->pid, NULL, WUNTRACED), idle->pid);
	assert_string_equal(idle_row_within_bound(idle)->state, "T");
}

/* Its CPU clock is gone with it. */
static void
an_end_is_seen_at_once(void **state)
{
	struct idle *idle = *state;

	idle->world.needs.pids = NULL;
	for (int i = 0; i < IDLE_WARM_UP; i++)
		world_refresh(&idle->world);
	assert_non_null(idle_row(idle));
	kill((pid_t)idle->pid, SIGKILL);
	assert_int_equal(waitpid((pid_t)idle->pid, NULL, 0), idle->pid);
	assert_null(idle_row(idle));
}

static void
a_start_is_seen_at_once(void **state)
{
	struct idle *idle = *state;
	pid_t child;

	idle->world.needs.pids = NULL;
	for (int i = 0; i < IDLE_WARM_UP; i++)
		world_refresh(&idle->world);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert_non_null(snapshot_find_process(world_refresh(&idle->world), child));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_null(snapshot_find_process(world_refresh(&idle->world), child));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, idle_set_up, idle_tear_down)
#define UNSEEN(name) cmocka_unit_test_setup_teardown(name, idle_set_up_unseen, idle_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_sleeps_is_read_only_in_its_turn),
		TEST(another_program_is_seen_by_its_name_and_memory),
		TEST(another_user_is_seen),
		TEST(T26_what_a_thread_holds_after_its_leader_has_ended_is_seen),
		UNSEEN(T26_what_a_thread_holds_after_its_leader_has_ended_is_seen),
		TEST(T16_memory_that_moves_without_stat_is_seen),
		TEST(faults_after_a_long_sleep_are_seen_with_their_rate),
		TEST(another_name_of_its_own_is_seen),
		UNSEEN(another_name_of_its_own_is_seen),
		TEST(a_stopped_process_is_seen),
		TEST(an_end_is_seen_at_once),
		UNSEEN(an_end_is_seen_at_once),
		TEST(a_start_is_seen_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
