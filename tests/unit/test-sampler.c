// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/clock.h"
#include "base/memory.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "sampler/sampler.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND INT64_C(1000000)

enum { PAGES = 500, PAUSE_US = 1000 };

/* A source that knows nothing. */
static int
read_nothing(struct source *source, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	snapshot_reset(now);
	now->bits = needs->bits;
	return 0;
}

static void
destroy_nothing(struct source *source)
{
	free(source);
}

static struct source *
create(const char *root, int64_t patience)
{
	struct source *below = xmalloc(sizeof(*below)), *source;

	*below = (struct source){ .read = read_nothing, .destroy = destroy_nothing };
	assert_int_equal(sampler_create(below, root, patience, &source), 0);
	return source;
}

/* A child that faults all the time. */
static pid_t
start_faulting(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		size_t size = PAGES * (size_t)sysconf(_SC_PAGESIZE);
		char *memory = mmap(
			NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(memory, 1, size);
		munmap(memory, size);
		usleep(PAUSE_US);
	}
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/*
 * Its row of anonymous memory. What was mapped before a process has been looked at for the first
 * time and is gone again is unknown.
 */
static const struct fault *
find(const struct snapshot *snapshot, int64_t pid)
{
	for (size_t i = 0; i < snapshot->faults.count; i++)
		if (fault_at(&snapshot->faults, i)->pid == pid &&
			strcmp(fault_at(&snapshot->faults, i)->segment, "anon") == 0)
			return fault_at(&snapshot->faults, i);
	return NULL;
}

static bool
has_timed_out(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->hint_count; i++)
		if (snapshot->hints[i].need == NEED_FAULTS && snapshot->hints[i].error == ETIMEDOUT)
			return true;
	return false;
}

/* Reads until something is true of what was read; at most some seconds. */
static bool
read_until(struct source *source, struct snapshot *snapshot, const struct needs *needs, pid_t pid,
	bool (*is_so)(const struct snapshot *snapshot, pid_t pid))
{
	int64_t limit = clock_ns(CLOCK_MONOTONIC) + 20 * 1000 * MILLISECOND;

	while (clock_ns(CLOCK_MONOTONIC) < limit) {
		assert_int_equal(source->read(source, snapshot, NULL, needs), 0);
		if (is_so(snapshot, pid))
			return true;
		usleep(20 * PAUSE_US);
	}
	return false;
}

static bool
is_seen(const struct snapshot *snapshot, pid_t pid)
{
	return find(snapshot, pid) != NULL;
}

static bool
has_trouble(const struct snapshot *snapshot, pid_t pid)
{
	char name[32];

	snprintf(name, sizeof(name), "process %d are unknown", (int)pid);
	return snapshot->system.sampling.missing && strstr(snapshot->system.sampling.missing, name);
}

static bool
is_stuck(const struct snapshot *snapshot, pid_t pid)
{
	return has_timed_out(snapshot);
}

/* Whether events of all processes are permitted here; else there is nothing to be tested. */
static bool
is_permitted(void)
{
	struct source *source = create(NULL, 5000 * MILLISECOND);
	const struct needs needs = { .bits = NEED_FAULTS };
	struct snapshot snapshot = { .time = 0 };
	bool is_all;

	source->read(source, &snapshot, NULL, &needs);
	is_all = snapshot.system.sampling.access &&
		 strcmp(snapshot.system.sampling.access, "all") == 0;
	source->destroy(source);
	snapshot_finish(&snapshot);
	return is_all;
}

static void
faults_of_a_process_are_seen(void **state)
{
	struct source *source = create(NULL, 5000 * MILLISECOND);
	const struct needs needs = { .bits = NEED_FAULTS };
	struct snapshot snapshot = { .time = 0 };
	pid_t pid = start_faulting();

	assert_true(read_until(source, &snapshot, &needs, pid, is_seen));
	assert_string_equal(find(&snapshot, pid)->comm, "test-sampler");
	assert_true(find(&snapshot, pid)->minor > 0);
	assert_null(find(&snapshot, getpid())); /* its own do not count */
	assert_true(snapshot.system.sampling.duration > 0);
	end(pid);
	source->destroy(source);
	snapshot_finish(&snapshot);
}

static void
without_a_need_there_are_no_events(void **state)
{
	struct source *source = create(NULL, 5000 * MILLISECOND);
	struct needs needs = { .bits = NEED_FAULTS };
	struct snapshot snapshot = { .time = 0 };
	pid_t pid = start_faulting();

	assert_true(read_until(source, &snapshot, &needs, pid, is_seen));
	needs.bits = NEED_STAT;
	for (int i = 0; i < 3; i++)
		assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
	assert_int_equal(snapshot.faults.count, 0);
	assert_null(snapshot.system.sampling.access);
	assert_true(snapshot.system.sampling.period == UNKNOWN);
	end(pid);
	source->destroy(source);
	snapshot_finish(&snapshot);
}

/* A maps that never answers, as where the process holds its mmap_lock, is one process's matter. */
static void
T17_mappings_that_cannot_be_read_stop_no_sampling(void **state)
{
	const struct needs needs = { .bits = NEED_FAULTS };
	struct snapshot snapshot = { .time = 0 };
	pid_t stuck = start_faulting(), other = start_faulting();
	struct source *source;
	struct tree tree;
	char path[128];

	tree_create(&tree);
	snprintf(path, sizeof(path), "%d/x", (int)stuck);
	tree_write(&tree, path, "");
	snprintf(path, sizeof(path), "%d/maps", (int)stuck);
	assert_int_equal(mkfifoat(tree.fd, path, 0600), 0);
	snprintf(path, sizeof(path), "%d/maps", (int)other);
	tree_write(&tree, path, "1000-7fffffffffff rw-p 00000000 00:00 0 \n");
	source = create(tree.path, 20000 * MILLISECOND);
	assert_true(read_until(source, &snapshot, &needs, stuck, has_trouble));
	assert_true(read_until(source, &snapshot, &needs, other, is_seen));
	assert_false(has_timed_out(&snapshot));
	end(stuck);
	end(other);
	source->destroy(source);
	snapshot_finish(&snapshot);
	tree_destroy(&tree);
}

/* Whatever hangs in the sampler's own thread: here the name of a process. */
static void
T17_a_file_that_does_not_answer_stops_no_read(void **state)
{
	struct source *source;
	const struct needs needs = { .bits = NEED_FAULTS };
	struct snapshot snapshot = { .time = 0 };
	struct tree tree;
	char path[128];
	int64_t before;
	pid_t pid = start_faulting();

	tree_create(&tree);
	snprintf(path, sizeof(path), "%d/x", (int)pid);
	tree_write(&tree, path, "");
	snprintf(path, sizeof(path), "%d/comm", (int)pid);
	assert_int_equal(mkfifoat(tree.fd, path, 0600), 0);
	source = create(tree.path, 300 * MILLISECOND);
	assert_true(read_until(source, &snapshot, &needs, pid, is_stuck));
	before = clock_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < 100; i++) /* it is waited for but once */
		assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
	assert_true(clock_ns(CLOCK_MONOTONIC) - before < 100 * 300 * MILLISECOND / 2);
	assert_true(has_timed_out(&snapshot));
	source->destroy(source);
	end(pid);
	snapshot_finish(&snapshot);
	tree_destroy(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_of_a_process_are_seen),
		cmocka_unit_test(without_a_need_there_are_no_events),
		cmocka_unit_test(T17_mappings_that_cannot_be_read_stop_no_sampling),
		cmocka_unit_test(T17_a_file_that_does_not_answer_stops_no_read),
	};

	if (!is_permitted()) {
		puts("1..0 # SKIP perf events of all processes are not permitted");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
