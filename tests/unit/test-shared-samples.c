// SPDX-License-Identifier: GPL-3.0-or-later
#include "rights.h"
#include "unit.h"

#include "base/clock.h"
#include "base/unit.h"
#include "collect/perf-ring.h"
#include "collect/procfs.h"
#include "sampler/attribute.h"
#include "sampler/events.h"
#include "sampler/record.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * F8: each fault of a program is also a sample of an event of another program. The kernel prepares
 * the sample for the event that was switched on last. That is the other one here: it belongs to a
 * task and is switched on with it, ours belong to CPUs.
 *
 * The program maps two files in turn at one address, and touches each on another CPU than the one
 * on which it was mapped.
 */
enum { ROUNDS = 20, PAGES = 50, FILES = 2, TOUCHED = ROUNDS * PAGES, NO_CLOCK = -1, KEPT = 2048 };

static const char *const names[FILES] = { "even", "odd" };

/* The event of the other program. */
struct other {
	const char *name;
	bool is_open;
	uint64_t sample_type; /* with IP, TID and TIME */
	int clock;            /* NO_CLOCK: the kernel's, which has no name */
	bool is_in_namespace; /* of PIDs */
};

/* clang-format off */
static const struct other others[] = {
	{ .name = "no other program" },
	{ "one with our clock and an identifier", true, RECORD_SAMPLE_TYPE, CLOCK_MONOTONIC, false },
	{ "perf record -c 1", true, 0, NO_CLOCK, false },
	{ "one with a period", true, PERF_SAMPLE_PERIOD, CLOCK_MONOTONIC, false },
	{ "one whose clock is ahead", true, 0, CLOCK_REALTIME, false },
	{ "the same with an identifier", true, PERF_SAMPLE_IDENTIFIER, CLOCK_REALTIME, false },
	{ "perf record -g -k mono", true, PERF_SAMPLE_CALLCHAIN, CLOCK_MONOTONIC, false },
	{ "perf record -g", true, PERF_SAMPLE_CALLCHAIN, NO_CLOCK, false },
	{ "perf record --call-graph dwarf", true,
		PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER, NO_CLOCK, false },
};
static const struct other in_namespace = { "one in another PID namespace", true, 0, NO_CLOCK, true };
/* clang-format on */

struct answer {
	bool is_set_up, is_open;
	enum access_level access;
	int64_t touched[FILES], lost;
	bool has_doubts;
};

/* Needs no ring: a sample is prepared before a place is looked for. */
static bool
open_other(const struct other *other)
{
	struct perf_event_attr attributes = { .size = sizeof(attributes),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_PAGE_FAULTS_MIN,
		.sample_period = 1,
		.sample_type =
			PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | other->sample_type,
		.exclude_kernel = geteuid() != 0,
		.use_clockid = other->clock != NO_CLOCK,
		.clockid = other->clock != NO_CLOCK ? other->clock : 0 };

	if (other->sample_type & PERF_SAMPLE_CALLCHAIN)
		attributes.exclude_callchain_kernel = geteuid() != 0;
	if (other->sample_type & PERF_SAMPLE_STACK_USER) {
		attributes.sample_regs_user = 1; /* the first register */
		attributes.sample_stack_user = 256;
	}
	return perf_open(&attributes, 0, -1) >= 0;
}

/* On the next of the CPUs that there are; with only one: there. */
static void
go_to_next_cpu(void)
{
	cpu_set_t all, one;
	int cpu = sched_getcpu();

	CPU_ZERO(&one);
	if (cpu < 0 || sched_getaffinity(getppid(), sizeof(all), &all) < 0)
		return;
	for (int i = 1; i <= CPU_SETSIZE; i++)
		if (CPU_ISSET((cpu + i) % CPU_SETSIZE, &all)) {
			CPU_SET((cpu + i) % CPU_SETSIZE, &one);
			break;
		}
	sched_setaffinity(0, sizeof(one), &one);
}

static void
map_and_touch(bool is_moving)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = PAGES * page;
	char *memory = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int files[FILES];

	go_to_next_cpu(); /* and stays there, unless it moves */
	for (int i = 0; i < FILES; i++) {
		files[i] = memfd_create(names[i], MFD_CLOEXEC);
		if (files[i] < 0 || ftruncate(files[i], (off_t)size) < 0)
			_exit(1);
	}
	for (int i = 0; i < FILES * ROUNDS; i++) {
		if (mmap(memory, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			    files[i % FILES], 0) != memory)
			_exit(1);
		if (is_moving)
			go_to_next_cpu();
		for (size_t j = 0; j < PAGES; j++)
			memory[j * page] = 1;
	}
}

/* In a PID namespace of its own: only there has it the number that the other program knows. */
static void
enter_namespace(void)
{
	pid_t child;
	int status;

	if (unshare(CLONE_NEWPID) < 0)
		_exit(2);
	child = fork();
	if (child > 0)
		_exit(waitpid(child, &status, 0) != child || status != 0);
	if (child < 0)
		_exit(2);
}

/* Begins when the pipe is closed. Its status is 2 where there is no other program. */
static pid_t
start_program(const struct other *other, bool is_moving, int *ret_go)
{
	int pipes[2];
	char byte;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		_exit(1);
	child = fork();
	if (child != 0) {
		close(pipes[0]);
		*ret_go = pipes[1];
		return child;
	}
	close(pipes[1]);
	if (read(pipes[0], &byte, 1) != 0)
		_exit(1);
	if (other->is_in_namespace)
		enter_namespace();
	if (other->is_open && !open_other(other))
		_exit(2);
	map_and_touch(is_moving);
	_exit(0);
}

/* Empties the rings until the program has ended, and once more. Returns its status. */
static int
drain_until_end(struct attribution *attribution, struct events *events, pid_t child)
{
	int status = -1;

	while (waitpid(child, &status, WNOHANG) == 0) {
		struct pollfd woken = { .fd = events_fd(events), .events = POLLIN };

		poll(&woken, 1, 5);
		events_acknowledge(events);
		attribution_drain(attribution, events, clock_ns(CLOCK_MONOTONIC));
	}
	attribution_drain(attribution, events, clock_ns(CLOCK_MONOTONIC));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void
read_report(struct attribution *attribution, struct answer *answer)
{
	struct fault_report report = { .samples = 0 };

	attribution_report(attribution, &report);
	for (size_t i = 0; i < report.faults.count; i++) {
		const struct fault *row = fault_at(&report.faults, i);

		for (int file = 0; file < FILES; file++)
			if (row->mapping && strstr(row->mapping, names[file]))
				answer->touched[file] += known_or_zero(row->minor);
	}
	answer->has_doubts = report.doubt != NULL;
	fault_report_finish(&report);
}

/* Samples the program as `target` says, of which the process is filled in here. */
static struct answer
sample(const struct other *other, struct sampling_target target, bool is_moving)
{
	struct answer answer = { .is_set_up = true };
	int root = procfs_open_root("/proc"), go, status;
	struct attribution *attribution = attribution_create(root);
	pid_t child = start_program(other, is_moving, &go);
	struct events *events;

	target.pid = target.pid ? child : 0;
	attribution_watch(
		attribution, &(struct fault_request){ .pid = child, .only = true, .period = 1 });
	events = events_open(&target, NULL);
	answer.access = events_access(events);
	close(go);
	status = drain_until_end(attribution, events, child);
	if (status != 0 && status != 2)
		_exit(1);
	answer.is_open = status == 0;
	answer.lost = events_lost(events);
	read_report(attribution, &answer);
	events_close(events);
	attribution_destroy(attribution);
	close(root);
	return answer;
}

struct question {
	const struct other *other;
	struct sampling_target target;
	bool is_moving;
};

/* Who has changed its user may not be traced by it at first. */
static void
answer_question(const void *context, void *answer)
{
	const struct question *question = context;

	if (prctl(PR_SET_DUMPABLE, 1) == 0)
		*(struct answer *)answer =
			sample(question->other, question->target, question->is_moving);
}

static struct answer
ask(bool (*set_up)(void), const struct other *other, struct sampling_target target, bool is_moving)
{
	const struct question question = { other, target, is_moving };
	struct answer answer = { .access = ACCESS_NONE };

	run_with_rights(set_up, answer_question, &question, &answer, sizeof(answer));
	print_message("# beside %s: %d and %d of %d, %d lost%s\n", other->name,
		(int)answer.touched[0], (int)answer.touched[1], TOUCHED, (int)answer.lost,
		answer.has_doubts ? ", doubts" : "");
	return answer;
}

static void
skip_because(const char *reason)
{
	print_message("# skipped: %s\n", reason);
	skip();
}

static void
skip_unless(const struct answer *answer, enum access_level access)
{
	if (!answer->is_set_up)
		skip_because("this needs root");
	if (answer->access != access)
		skip_because("perf events are permitted or forbidden in another way here");
	if (!answer->is_open)
		skip_because("the other program may not sample itself");
}

/* Each page once, unless the faults of others filled the ring. */
static bool
is_exact(const struct answer *answer)
{
	for (int file = 0; file < FILES; file++)
		if (answer->touched[file] > TOUCHED ||
			answer->touched[file] + answer->lost < TOUCHED)
			return false;
	return true;
}

static void
F8_beside_any_other_program_the_split_is_right(void **state)
{
	const struct sampling_target target = { .period = 1, .pages = KEPT };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		const struct answer answer = ask(as_root, &others[i], target, true);

		skip_unless(&answer, ACCESS_ALL);
		assert_true(is_exact(&answer));
	}
}

/* How the process is numbered cannot be found out, but that it may be wrong is said. */
static void
F8_beside_a_program_in_another_pid_namespace_there_is_a_doubt(void **state)
{
	const struct answer answer = ask(as_root, &in_namespace,
		(struct sampling_target){ .period = 1, .pages = KEPT }, true);

	skip_unless(&answer, ACCESS_ALL);
	assert_true(answer.has_doubts);
}

/*
 * Events of a task have no clock of their own: on one CPU the order of the ring mostly tells the
 * mapping, but not where a drain came between a sample and the mapping that follows it.
 */
static void
F8_an_ordinary_user_gets_the_right_split_or_a_doubt(void **state)
{
	const struct sampling_target target = { .pid = 1, .period = 1, .pages = 64 };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		for (int is_moving = 0; is_moving < 2; is_moving++) {
			const struct answer answer =
				ask(as_nobody, &others[i], target, is_moving != 0);

			skip_unless(&answer, ACCESS_USER);
			assert_true(is_exact(&answer) || answer.has_doubts);
			if (!others[i].is_open)
				assert_false(answer.has_doubts);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(F8_beside_any_other_program_the_split_is_right),
		cmocka_unit_test(F8_beside_a_program_in_another_pid_namespace_there_is_a_doubt),
		cmocka_unit_test(F8_an_ordinary_user_gets_the_right_split_or_a_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
