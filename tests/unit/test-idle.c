// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"
#include "world.h"

#include "collect/collect.h"
#include "collect/procfs.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A live process that has slept for so long that its files are no longer read in each refresh, and
 * then does something: its row is right within 16 refreshes, and nearly always in the next one. A
 * virtual machine whose host is busy may count a short run as time that was stolen from it.
 */

enum { REGION = 4 << 20, WITHIN = 16, WARM_UP = 12 };

struct idle {
	struct world world;
	int64_t pid;
	int orders, answers; /* pipes to and from the process */
};

static int64_t page;

/* What the process can do */

static char *region;
static int its_orders, its_answers;

static void
answer(void)
{
	if (write(its_answers, "", 1) != 1)
		_exit(1);
}

static void
run_another_program(void)
{
	answer();
	execl("/bin/sleep", "other", "1000", (char *)NULL);
	_exit(1);
}

static void
become_another_user(void)
{
	if (setresgid(1, 1, 1) < 0 || setresuid(1, 1, 1) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0)
		_exit(1);
	answer();
}

static void *
stay(void *unused)
{
	answer();
	for (;;)
		pause();
	return unused;
}

static void
leave_the_rest_to_a_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, stay, NULL) != 0)
		_exit(1);
	pthread_exit(NULL);
}

static void
give_a_page_back(void)
{
	static int given;

	madvise(region + page * given++, (size_t)page, MADV_DONTNEED);
	answer();
}

static void
touch_what_was_given_back(void)
{
	madvise(region, REGION, MADV_DONTNEED);
	memset(region, 1, REGION);
	answer();
}

static void
take_another_name(void)
{
	prctl(PR_SET_NAME, "renamed");
	answer();
}

static const struct {
	char order;
	void (*obey)(void);
} deeds[] = {
	{ 'e', run_another_program },
	{ 'u', become_another_user },
	{ 'l', leave_the_rest_to_a_thread },
	{ 'g', give_a_page_back },
	{ 't', touch_what_was_given_back },
	{ 'n', take_another_name },
};

static void
be_the_process(void)
{
	char order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	region = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(region, 1, REGION);
	answer();
	while (read(its_orders, &order, 1) == 1)
		for (size_t i = 0; i < ARRAY_SIZE(deeds); i++)
			if (deeds[i].order == order)
				deeds[i].obey();
	_exit(0);
}

/* The tests' side */

static const struct process *
row_of(struct idle *idle)
{
	return snapshot_find_process(world_refresh(&idle->world), idle->pid);
}

static void
wait_for_answer(const struct idle *idle)
{
	char byte;

	assert_int_equal(read(idle->answers, &byte, 1), 1);
}

/* It answers before it waits for the next order. */
static void
wait_until_it_sleeps(const struct idle *idle)
{
	char path[64], state = 'R';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)idle->pid);
	while (state != 'S') {
		file = fopen(path, "re");
		assert_non_null(file);
		assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
		fclose(file);
	}
}

static int64_t
sleeps_of(const struct idle *idle)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%lld/status", (long long)idle->pid);
	assert_true(procfs_read(AT_FDCWD, path, text, sizeof(text)) > 0);
	return procfs_field(text, "voluntary_ctxt_switches");
}

/* Its CPU clock has moved at the latest when it sleeps again; an ended thread does not. */
static void
order(const struct idle *idle, char what)
{
	int64_t sleeps = sleeps_of(idle);

	assert_int_equal(write(idle->orders, &what, 1), 1);
	wait_for_answer(idle);
	while (what != 'l' && sleeps_of(idle) == sleeps)
		continue;
}

/* The row after the refreshes in which all must have been seen. */
static const struct process *
row_within_bound(struct idle *idle)
{
	for (int i = 1; i < WITHIN; i++)
		world_refresh(&idle->world);
	return row_of(idle);
}

static int
set_up(void **state)
{
	struct idle *idle = test_calloc(1, sizeof(*idle));
	int orders[2], answers[2];

	page = sysconf(_SC_PAGESIZE);
	assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
	assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
	its_orders = orders[0];
	its_answers = answers[1];
	idle->orders = orders[1];
	idle->answers = answers[0];
	idle->pid = fork();
	assert_true(idle->pid >= 0);
	if (idle->pid == 0)
		be_the_process();
	wait_for_answer(idle);
	wait_until_it_sleeps(idle);
	close(its_orders);
	close(its_answers);
	idle->world.needs =
		(struct needs){ .bits = NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_OWNER |
					NEED_OOM_SCORE | NEED_OOM_ADJ | NEED_COMMAND,
			.pids = &idle->pid,
			.pid_count = 1 };
	assert_int_equal(collect_create(NULL, &idle->world.source), 0);
	for (int i = 0; i < WARM_UP; i++)
		world_refresh(&idle->world);
	*state = idle;
	return 0;
}

static int
tear_down(void **state)
{
	struct idle *idle = *state;

	kill((pid_t)idle->pid, SIGKILL);
	waitpid((pid_t)idle->pid, NULL, 0);
	idle->world.source->destroy(idle->world.source);
	snapshot_finish(&idle->world.snapshots[0]);
	snapshot_finish(&idle->world.snapshots[1]);
	close(idle->orders);
	close(idle->answers);
	test_free(idle);
	return 0;
}

/* Its files are read in one refresh of 4 or 16. That it has not run is known in each. */
static void
what_sleeps_is_read_only_in_its_turn(void **state)
{
	struct idle *idle = *state;
	int64_t last = UNKNOWN, reads = 0;

	for (int i = 0; i < 16; i++) {
		const struct process *row = row_of(idle);

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
	int64_t before = row_of(idle)->resident;
	const struct process *row;

	order(idle, 'e');
	do
		row = row_of(idle); /* until it has begun */
	while (strcmp(row->comm, "sleep") != 0);
	wait_for_arguments(idle); /* they come after the name */
	do
		row = row_within_bound(idle);
	while (row->extras->blocked); /* whoever reads its arguments waits for exec(2) */
	assert_string_equal(row->command, "other 1000");
	assert_in_range(row->resident, 1, before - REGION / 2);
}

static void
another_user_is_seen(void **state)
{
	struct idle *idle = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(row_of(idle)->uid, 0);
	order(idle, 'u');
	assert_int_equal(row_within_bound(idle)->uid, 1);
}

static void
T26_what_a_thread_holds_after_its_leader_has_ended_is_seen(void **state)
{
	struct idle *idle = *state;
	int64_t before = row_of(idle)->anon;
	const struct process *row;

	order(idle, 'l');
	do
		row = row_of(idle);
	while (*row->state != 'Z');
	row = row_within_bound(idle);
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
		int64_t before = row_of(idle)->anon;
		char text[2][1024];

		read_stat(idle, text[0]);
		order(idle, 'g');
		seen_at_once += row_of(idle)->anon == before - page;
		assert_int_equal(row_within_bound(idle)->anon, before - page);
		read_stat(idle, text[1]);
		unseen_by_stat += strcmp(text[0], text[1]) == 0;
		for (int j = 0; j < WARM_UP; j++)
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
	int64_t before = row_of(idle)->minor_faults, faults = 0;

	order(idle, 't');
	for (int i = 0; i < WITHIN && faults < REGION / page; i++) {
		const struct process *last = /* becomes `before` */
			&idle->world.snapshots[(idle->world.refresh + 1) % 2].processes[0];
		int64_t looked = last->look_time, seen = last->minor_faults;
		const struct process *row = row_of(idle);
		double rate = (double)(row->minor_faults - seen) * 1e12 /
			      (double)(row->look_time - looked);

		faults = row->minor_faults - before;
		if (row->minor_faults != seen)
			assert_in_range(
				row->minor_fault_rate, (int64_t)rate - 1, (int64_t)rate + 1);
	}
	assert_in_range(faults, REGION / page, INT64_MAX);
}

static void
another_name_of_its_own_is_seen(void **state)
{
	struct idle *idle = *state;

	order(idle, 'n');
	assert_string_equal(row_within_bound(idle)->comm, "renamed");
}

static void
a_stopped_process_is_seen(void **state)
{
	struct idle *idle = *state;

	assert_int_equal(kill((pid_t)idle->pid, SIGSTOP), 0);
	assert_int_equal(waitpid((pid_t)idle->pid, NULL, WUNTRACED), idle->pid);
	assert_string_equal(row_within_bound(idle)->state, "T");
}

/* Its CPU clock is gone with it. */
static void
an_end_is_seen_at_once(void **state)
{
	struct idle *idle = *state;

	idle->world.needs.pids = NULL;
	for (int i = 0; i < WARM_UP; i++)
		world_refresh(&idle->world);
	assert_non_null(row_of(idle));
	kill((pid_t)idle->pid, SIGKILL);
	assert_int_equal(waitpid((pid_t)idle->pid, NULL, 0), idle->pid);
	assert_null(row_of(idle));
}

static void
a_start_is_seen_at_once(void **state)
{
	struct idle *idle = *state;
	pid_t child;

	idle->world.needs.pids = NULL;
	for (int i = 0; i < WARM_UP; i++)
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_sleeps_is_read_only_in_its_turn),
		TEST(another_program_is_seen_by_its_name_and_memory),
		TEST(another_user_is_seen),
		TEST(T26_what_a_thread_holds_after_its_leader_has_ended_is_seen),
		TEST(T16_memory_that_moves_without_stat_is_seen),
		TEST(faults_after_a_long_sleep_are_seen_with_their_rate),
		TEST(another_name_of_its_own_is_seen),
		TEST(a_stopped_process_is_seen),
		TEST(an_end_is_seen_at_once),
		TEST(a_start_is_seen_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
