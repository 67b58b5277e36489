// SPDX-License-Identifier: GPL-3.0-or-later
#include "faulter.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RELATIVES = 64, /* threads or children at most */
	AT_ONCE = 4,    /* children of a storm */
};

/* clang-format off */
TOUCHER(thread) TOUCHER(child)
	/* clang-format on */

	static size_t each; /* pages of a child of a storm */

static struct {
	pthread_barrier_t start, end;
	size_t count, pages;
} threads;

static void *
run_thread(void *unused)
{
	for (;;) {
		pthread_barrier_wait(&threads.start);
		touch_thread(map_anonymous(threads.pages * page, MAP_PRIVATE), threads.pages, page);
		pthread_barrier_wait(&threads.end);
	}
	return unused;
}

static void
step_threads(size_t count)
{
	pthread_t thread;

	threads.count = count;
	pthread_barrier_init(&threads.start, NULL, (unsigned)count + 1);
	pthread_barrier_init(&threads.end, NULL, (unsigned)count + 1);
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&thread, NULL, run_thread, NULL) != 0)
			fail("pthread_create");
}

/* All the threads that there are, at once. */
static void
touch_in_threads(volatile char *start, size_t count, size_t stride)
{
	(void)start;
	(void)stride;
	threads.pages = count;
	pthread_barrier_wait(&threads.start);
	pthread_barrier_wait(&threads.end);
}

static void
step_thread(size_t count)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	touch_in_threads(NULL, count, page);
	getrusage(RUSAGE_SELF, &after);
	report("thread", NULL, count * threads.count, page, &before, &after);
}

static struct {
	int orders[RELATIVES], ends[2];
	size_t count;
} children;

/* Touches as many pages as it is told to, until nobody tells any more. */
static void
run_child(int orders)
{
	size_t pages;

	while (read(orders, &pages, sizeof(pages)) == sizeof(pages)) {
		measure("child", touch_child, map_anonymous(pages * page, MAP_PRIVATE), pages,
			page);
		if (write(children.ends[1], "", 1) != 1)
			break;
	}
	_exit(EXIT_SUCCESS);
}

static void
step_children(size_t count)
{
	int ends[2];

	if (count > RELATIVES || pipe2(children.ends, O_CLOEXEC) < 0)
		fail("children");
	for (children.count = 0; children.count < count; children.count++) {
		if (pipe2(ends, O_CLOEXEC) < 0)
			fail("pipe");
		children.orders[children.count] = ends[1];
		if (fork() == 0) {
			for (size_t i = 0; i <= children.count; i++)
				close(children.orders[i]);
			run_child(ends[0]);
		}
		close(ends[0]);
	}
}

static void
step_child(size_t count)
{
	char byte;

	for (size_t i = 0; i < children.count; i++)
		if (write(children.orders[i], &count, sizeof(count)) != sizeof(count))
			fail("child");
	for (size_t i = 0; i < children.count; i++)
		if (read(children.ends[0], &byte, 1) != 1)
			fail("child");
}

static void
step_each(size_t count)
{
	each = count;
}

static void
start_short_lived(bool does_exec)
{
	char word[32];

	if (fork() != 0)
		return;
	if (!does_exec) {
		touch_child(map_anonymous(each * page, MAP_PRIVATE), each, page);
		_exit(EXIT_SUCCESS);
	}
	snprintf(word, sizeof(word), "anon=%zu", each);
	dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
	execl("/proc/self/exe", "faulter", word, (char *)NULL);
	_exit(EXIT_FAILURE);
}

/* Many children, few at a time, each of which touches some pages (each=) and ends. */
static void
storm(const char *step, size_t count, bool does_exec)
{
	struct rusage before, after;
	int status, failures = 0;

	getrusage(RUSAGE_CHILDREN, &before);
	for (size_t i = 0; i < count + AT_ONCE; i++) {
		if (i >= AT_ONCE && wait(&status) > 0)
			failures += status != 0;
		if (i < count)
			start_short_lived(does_exec);
	}
	getrusage(RUSAGE_CHILDREN, &after);
	if (failures > 0)
		fail(step);
	report(step, NULL, count * each, page, &before, &after);
}

static void
step_forks(size_t count)
{
	storm("forks", count, false);
}

static void
step_execs(size_t count)
{
	storm("execs", count, true);
}

/* clang-format off */
const struct step relative_steps[] = {
	{ "threads", step_threads },   /* start them; they wait */
	{ "thread", step_thread },     /* COUNT pages of each thread */
	{ "children", step_children }, /* start them; they wait */
	{ "child", step_child },       /* COUNT pages of each child, which reports */
	{ "each", step_each },         /* for the children of these two: */
	{ "forks", step_forks },       /* COUNT children, four at once, that end soon */
	{ "execs", step_execs },       /* the same, each a program of its own */
	{ NULL, NULL },
};
/* clang-format on */
