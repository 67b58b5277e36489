// SPDX-License-Identifier: GPL-3.0-or-later
//
// Faults known numbers of pages, a step for each word of its command line, and prints for each
// an object of JSON: where, how many, and what getrusage() says of it.
//   faulter anon=4000 heap=3000 wait stack=500
// What the steps do is in the tables of faulter-*.c. The code of step X that faults is in
// touch_X(). Steps that read pages of files touch only one of 64 KiB: the kernel maps those around
// it, too, and all of a large folio. What getrusage() says is what counts.
#include "faulter.h"

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

size_t page;
const char *step_value;

void
fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

void
report(const char *step, const volatile char *start, size_t count, size_t stride,
	const struct rusage *before, const struct rusage *after)
{
	dprintf(STDOUT_FILENO,
		"{\"step\": \"%s\", \"pid\": %d, \"start\": %ju, \"count\": %zu, \"stride\": %zu, "
		"\"minor\": %ld, \"major\": %ld}\n",
		step, getpid(), (uintmax_t)(uintptr_t)start, count, stride,
		after->ru_minflt - before->ru_minflt, after->ru_majflt - before->ru_majflt);
}

void
measure(const char *step, toucher *touch, void *start, size_t count, size_t stride)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &after);
	touch(start, 0, stride); /* its own page is there from now on */
	getrusage(RUSAGE_SELF, &before);
	touch(start, count, stride);
	getrusage(RUSAGE_SELF, &after);
	report(step, start, count, stride, &before, &after);
}

void *
map(size_t size, int protection, int flags, int fd)
{
	void *start = mmap(NULL, size, protection, flags, fd, 0);

	if (start == MAP_FAILED)
		fail("mmap");
	return start;
}

void *
map_anonymous(size_t size, int flags)
{
	return map(size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1);
}

static void
step_name(size_t count)
{
	(void)count;
	prctl(PR_SET_NAME, step_value);
}

static void
step_pause(size_t count)
{
	poll(NULL, 0, (int)count);
}

static void
step_wait(size_t count)
{
	char byte;

	(void)count;
	if (write(STDOUT_FILENO, "ready\n", 6) != 6 || read(STDIN_FILENO, &byte, 1) != 1)
		_exit(EXIT_FAILURE);
}

static void
step_exit(size_t count)
{
	_exit((int)count);
}

/* clang-format off */
static const struct step other_steps[] = {
	{ "name", step_name },   /* the name of the process */
	{ "pause", step_pause }, /* ms */
	{ "wait", step_wait },   /* say "ready" and wait for a byte */
	{ "exit", step_exit },   /* with that status */
	{ NULL, NULL },
};
/* clang-format on */

static const struct step *
find_step(const char *name, size_t length)
{
	static const struct step *const tables[] = { memory_steps, relative_steps, shape_steps,
		other_steps };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct step *step = tables[i]; step->name; step++)
			if (strlen(step->name) == length && strncmp(step->name, name, length) == 0)
				return step;
	return NULL;
}

static void
run_step(const char *word)
{
	size_t length = strcspn(word, "=");
	const struct step *step = find_step(word, length);

	if (!step) {
		fprintf(stderr, "faulter: %s: no such step\n", word);
		exit(EXIT_FAILURE);
	}
	step_value = word + length + (word[length] == '=');
	step->run(strtoul(step_value, NULL, 10));
}

int
main(int argument_count, char **arguments)
{
	static const struct rusage none;
	struct rusage all;

	page = (size_t)sysconf(_SC_PAGESIZE);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	for (int i = 1; i < argument_count; i++)
		run_step(arguments[i]);
	getrusage(RUSAGE_SELF, &all);
	report("all", NULL, 0, 0, &none, &all);
	_exit(EXIT_SUCCESS);
}
