// SPDX-License-Identifier: GPL-3.0-or-later
#include "idle.h"

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
	madvise(region, IDLE_REGION, MADV_DONTNEED);
	memset(region, 1, IDLE_REGION);
	answer();
}

static void
map_a_page(void)
{
	if (mmap(NULL, (size_t)page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		_exit(1);
	answer();
}

static void
have_a_child(void)
{
	if (fork() == 0) {
		pause();
		_exit(0);
	}
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
	{ 'm', map_a_page },
	{ 'c', have_a_child },
};

static void
be_the_process(void)
{
	char order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	region =
		mmap(NULL, IDLE_REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(region, 1, IDLE_REGION);
	answer();
	while (read(its_orders, &order, 1) == 1)
		for (size_t i = 0; i < ARRAY_SIZE(deeds); i++)
			if (deeds[i].order == order)
				deeds[i].obey();
	_exit(0);
}

/* The tests' side */

const struct process *
idle_row(struct idle *idle)
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

void
idle_order(const struct idle *idle, char what)
{
	int64_t sleeps = sleeps_of(idle);

	assert_int_equal(write(idle->orders, &what, 1), 1);
	wait_for_answer(idle);
	while (what != 'l' && sleeps_of(idle) == sleeps)
		continue;
}

const struct process *
idle_row_within_bound(struct idle *idle)
{
	for (int i = 1; i < IDLE_WITHIN; i++)
		world_refresh(&idle->world);
	return idle_row(idle);
}

int
idle_set_up(void **state)
{
	struct idle *idle = test_calloc(1, sizeof(*idle));
	int orders[2], answers[2];

	idle->world.page = page = sysconf(_SC_PAGESIZE);
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
	for (int i = 0; i < IDLE_WARM_UP; i++)
		world_refresh(&idle->world);
	*state = idle;
	return 0;
}

void
idle_end_other(struct idle *idle)
{
	if (idle->other <= 0)
		return;
	kill((pid_t)idle->other, SIGKILL);
	waitpid((pid_t)idle->other, NULL, 0);
	idle->other = 0;
}

int
idle_set_up_unseen(void **state)
{
	struct idle *idle;
	pid_t other = fork();

	assert_true(other >= 0);
	if (other == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	idle_set_up(state);
	idle = *state;
	idle->other = other;
	idle->world.needs.pids = NULL; /* of PIDs that are asked for all is read */
	/* From COMMAND and OOM follows that stat is read. */
	idle->world.needs.bits &= ~(NEED_STAT | NEED_COMMAND | NEED_OOM_SCORE);
	idle->world.needs.near_bits = NEED_STAT;
	for (int i = 0; i < IDLE_WARM_UP; i++)
		world_refresh(&idle->world);
	return 0;
}

int
idle_tear_down(void **state)
{
	struct idle *idle = *state;

	if (waitpid((pid_t)idle->pid, NULL, WNOHANG) == 0) { /* else the number is no longer ours */
		kill((pid_t)idle->pid, SIGKILL);
		waitpid((pid_t)idle->pid, NULL, 0);
	}
	idle_end_other(idle);
	idle->world.source->destroy(idle->world.source);
	snapshot_finish(&idle->world.snapshots[0]);
	snapshot_finish(&idle->world.snapshots[1]);
	close(idle->orders);
	close(idle->answers);
	test_free(idle);
	return 0;
}
