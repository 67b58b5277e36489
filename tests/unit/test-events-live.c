// SPDX-License-Identifier: GPL-3.0-or-later
#include "rights.h"
#include "unit.h"

#include "base/unit.h"
#include "collect/perf-ring.h"
#include "sampler/counters.h"
#include "sampler/events.h"
#include "sampler/perf-calls.h"
#include "sampler/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 1500, RECORD_SIZE = 8192, THREADS = 3 };

static const char level_path[] = "/proc/sys/kernel/perf_event_paranoid";

/* What a child of the test found, with other rights than ours. */
struct answer {
	enum access_level access;
	bool is_set_up;
	size_t pages;
	int64_t samples, others, execs, maps, lost;
	char sentence[DENIAL_SENTENCE_SIZE];
};

static void
describe(struct events *events, struct answer *answer)
{
	const char *missing = events_missing(events);

	answer->access = events_access(events);
	answer->pages = events_pages(events);
	if (missing)
		snprintf(answer->sentence, sizeof(answer->sentence), "%s", missing);
}

/* Counts what is in the rings: samples of minor faults between two addresses, and all else. */
static void
drain(struct events *events, int64_t pid, const char *start, size_t size, struct answer *answer)
{
	static _Alignas(8) char bytes[RECORD_SIZE];
	struct record record;
	size_t taken;

	for (size_t i = 0; i < events_ring_count(events); i++) {
		struct perf_ring *ring = events_ring(events, i);
		uint64_t head = perf_ring_head(ring);

		while ((taken = perf_ring_take(ring, head, bytes, sizeof(bytes))) > 0) {
			if (!record_parse(bytes, taken, &record) || record.pid != pid)
				continue;
			answer->maps += record.kind == RECORD_MAP;
			answer->execs += record.kind == RECORD_COMM && record.is_exec;
			if (record.kind != RECORD_SAMPLE ||
				events_kind(events, &record) != FAULT_MINOR)
				continue;
			if (record.address - (uintptr_t)start < size)
				answer->samples++;
			else
				answer->others++;
		}
	}
	answer->lost = events_lost(events);
}

static char *
reserve(size_t pages)
{
	size_t size = pages * (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		_exit(1);
	madvise(memory, size, MADV_NOHUGEPAGE);
	return memory;
}

static void
touch(char *memory, size_t pages)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < pages; i++)
		memory[i * page] = 1;
}

/* Faults a known number of pages and counts them. */
static void
sample(struct events *events, struct answer *answer)
{
	size_t size = PAGES * (size_t)sysconf(_SC_PAGESIZE);
	char *memory = reserve(PAGES);

	describe(events, answer);
	touch(memory, PAGES);
	drain(events, getpid(), memory, size, answer);
	events_close(events);
}

static void
sample_itself(struct sampling_target *target, struct answer *answer)
{
	target->pid = target->pid ? getpid() : 0;
	sample(events_open(target, NULL), answer);
}

/* Beside another sampler: the kernel tells the one that was opened last first. */
static void
sample_beside_another(struct sampling_target *target, struct answer *answer)
{
	struct events *events = events_open(target, NULL), *other = events_open(target, NULL);

	sample(events, answer);
	events_close(other);
}

/* What a child is to do, and for what. */
struct question {
	struct sampling_target target;
	void (*run)(struct sampling_target *target, struct answer *answer);
};

static void
answer_question(const void *context, void *answer)
{
	struct question question = *(const struct question *)context;

	question.run(&question.target, answer);
}

static void
ask(bool (*set_up)(void), struct sampling_target target,
	void (*run)(struct sampling_target *target, struct answer *answer),
	struct answer *ret_answer)
{
	const struct question question = { target, run };

	*ret_answer = (struct answer){ .access = ACCESS_NONE };
	ret_answer->is_set_up = run_with_rights(
		set_up, answer_question, &question, ret_answer, sizeof(*ret_answer));
}

static void
skip_because(const char *reason)
{
	print_message("# skipped: %s\n", reason);
	skip();
}

/* Asks, or skips where the child could not become what it should. */
static struct answer
ask_or_skip(bool (*set_up)(void), struct sampling_target target)
{
	struct answer answer;

	ask(set_up, target, sample_itself, &answer);
	if (!answer.is_set_up)
		skip_because("this needs root");
	return answer;
}

/* Whether what root is refused here is refused by something around us. */
static void
skip_unless_root_may(void)
{
	struct answer answer = ask_or_skip(as_root, (struct sampling_target){ .period = 1 });

	if (answer.access != ACCESS_ALL)
		skip_because(answer.sentence);
}

/* Each page once, unless the faults of others filled the ring. */
static bool
is_exact(const struct answer *answer)
{
	return answer->samples <= PAGES && answer->samples + answer->lost >= PAGES;
}

static void
root_sees_each_fault_once(void **state)
{
	struct answer answer;

	skip_unless_root_may();
	answer = ask_or_skip(as_root, (struct sampling_target){ .period = 1, .pages = 512 });
	assert_string_equal(answer.sentence, "");
	assert_int_equal(answer.access, ACCESS_ALL);
	assert_true(is_exact(&answer));
	/* Trap 1. Faults of others on the same CPUs count in between: four standard errors. */
	answer = ask_or_skip(as_root, (struct sampling_target){ .pages = 512 });
	assert_in_range(answer.samples * 61, PAGES - 4 * 61 * 5, PAGES + 4 * 61 * 5);
}

static void
two_samplers_see_the_same_faults(void **state)
{
	struct answer answer;

	skip_unless_root_may();
	ask(as_root, (struct sampling_target){ .period = 1, .pages = 512 }, sample_beside_another,
		&answer);
	assert_string_equal(answer.sentence, "");
	assert_int_equal(answer.access, ACCESS_ALL);
	assert_true(is_exact(&answer));
}

static void
cap_perfmon_alone_gives_all(void **state)
{
	struct answer answer;

	skip_unless_root_may();
	if (perf_calls_real.paranoid() >= 3)
		skip_because("kernels with this level may want more than CAP_PERFMON");
	answer = ask_or_skip(with_perfmon_only, (struct sampling_target){ .period = 1 });
	assert_string_equal(answer.sentence, "");
	assert_int_equal(answer.access, ACCESS_ALL);
	assert_true(is_exact(&answer));
}

static void
seccomp_is_named(void **state)
{
	struct answer answer;

	ask(where_perf_is_not_permitted, (struct sampling_target){ .pid = 1 }, sample_itself,
		&answer);
	if (!answer.is_set_up)
		skip_because("no filter of system calls can be set");
	assert_int_equal(answer.access, ACCESS_NONE);
	assert_string_equal(answer.sentence,
		"page faults are not sampled: a container or sandbox forbids it (seccomp); it must "
		"allow perf_event_open");
	ask(where_perf_does_not_exist, (struct sampling_target){ .pid = 1 }, sample_itself,
		&answer);
	assert_int_equal(answer.access, ACCESS_NONE);
	assert_string_equal(answer.sentence,
		"page faults are not sampled: this kernel or sandbox has no perf events");
}

static bool
write_level(const char *level)
{
	int fd = open(level_path, O_WRONLY | O_CLOEXEC);
	ssize_t written = fd < 0 ? -1 : write(fd, level, strlen(level));

	if (fd >= 0)
		close(fd);
	return written == (ssize_t)strlen(level);
}

/*
 * Puts the level back when this program ends, even by SIGKILL: a child of it waits for the end of
 * a pipe. Returns the pipe's other end.
 */
static int
guard_level(int64_t level, pid_t *ret_child)
{
	char text[32], byte;
	int pipes[2];

	snprintf(text, sizeof(text), "%" PRId64, level);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	*ret_child = fork();
	assert_true(*ret_child >= 0);
	if (*ret_child > 0) {
		close(pipes[0]);
		return pipes[1];
	}
	close(pipes[1]);
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	while (read(pipes[0], &byte, 1) > 0)
		continue;
	_exit(!write_level(text));
}

struct level_case {
	const char *level;
	enum access_level mine, all;
	const char *sentence; /* of a target for one process; NULL: none */
};

/* Level 4 is 2 on a plain kernel; kernels of distributions refuse everything there. */
/* clang-format off */
static const struct level_case level_cases[] = {
	{ "2",  ACCESS_USER,    ACCESS_NONE, "only the user-mode faults of process" },
	{ "1",  ACCESS_PROCESS, ACCESS_NONE, "only the faults of process" },
	{ "0",  ACCESS_ALL,     ACCESS_ALL,  NULL },
	{ "-1", ACCESS_ALL,     ACCESS_ALL,  NULL },
};
/* clang-format on */

static bool
is_level_right(const struct level_case *expected, bool is_all)
{
	enum access_level access = is_all ? expected->all : expected->mine;
	const char *sentence = is_all && access == ACCESS_NONE ? "page faults are not sampled"
							       : expected->sentence;
	char now[16];
	struct answer answer;

	snprintf(now, sizeof(now), "(now %s)", expected->level);
	ask(as_nobody, (struct sampling_target){ .pid = !is_all, .period = 1 }, sample_itself,
		&answer);
	print_message("# level %s: access %d, %d samples, \"%s\"\n", expected->level,
		(int)answer.access, (int)answer.samples, answer.sentence);
	return answer.is_set_up && answer.access == access &&
	       (access == ACCESS_NONE ? answer.samples == 0 : is_exact(&answer)) &&
	       (sentence ? strstr(answer.sentence, sentence) && strstr(answer.sentence, now)
			 : answer.sentence[0] == '\0');
}

static void
an_ordinary_user_gets_what_the_level_permits(void **state)
{
	int64_t level = perf_calls_real.paranoid();
	bool is_right[ARRAY_SIZE(level_cases)][2] = { { false } }, is_written = true;
	char text[32];
	pid_t child;
	int guard, status;

	skip_unless_root_may();
	snprintf(text, sizeof(text), "%" PRId64, level);
	if (level == UNKNOWN || !write_level(text))
		skip_because("kernel.perf_event_paranoid cannot be written");
	guard = guard_level(level, &child);
	for (size_t i = 0; i < ARRAY_SIZE(level_cases) && is_written; i++) {
		is_written = write_level(level_cases[i].level);
		for (int all = 0; all < 2 && is_written; all++)
			is_right[i][all] = is_level_right(&level_cases[i], all);
	}
	close(guard);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(perf_calls_real.paranoid(), level);
	assert_true(is_written);
	for (size_t i = 0; i < ARRAY_SIZE(level_cases); i++)
		assert_true(is_right[i][0] && is_right[i][1]);
}

/* Holds the rings that target->pages gives, and asks for rings once more. */
static void
sample_twice(struct sampling_target *target, struct answer *answer)
{
	struct events *first, *second;

	target->pid = getpid();
	first = events_open(target, NULL);
	answer->others = events_access(first) != ACCESS_NONE;
	second = events_open(&(struct sampling_target){ .pid = getpid() }, NULL);
	describe(second, answer);
	events_close(second);
	events_close(first);
}

static int64_t
ring_budget_pages(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_mlock_kb", "re");
	long kib = -1;

	if (file && fscanf(file, "%ld", &kib) != 1)
		kib = -1;
	if (file)
		fclose(file);
	return kib < 0 ? -1 : kib * 1024 / sysconf(_SC_PAGESIZE);
}

static void
rings_shrink_to_what_memory_is_left(void **state)
{
	struct answer answer;

	if (ring_budget_pages() != 129 || perf_calls_real.paranoid() > 2 ||
		perf_calls_real.paranoid() < 0)
		skip_because(
			"kernel.perf_event_mlock_kb or perf_event_paranoid is not the usual one");
	ask(without_locked_memory, (struct sampling_target){ .pages = 64 }, sample_twice, &answer);
	if (!answer.is_set_up)
		skip_because("this needs root");
	if (!answer.others)
		skip_because(answer.sentence);
	assert_int_not_equal(answer.access, ACCESS_NONE); /* 65 of 129 pages a CPU are taken */
	assert_int_equal(answer.pages, 32);
	ask(without_locked_memory, (struct sampling_target){ .pages = 128 }, sample_twice, &answer);
	assert_true(answer.others);
	assert_int_equal(answer.access, ACCESS_NONE);
	assert_string_equal(answer.sentence,
		"page faults are not sampled: the memory for rings is used up; "
		"kernel.perf_event_mlock_kb or ulimit -l must be raised");
}

struct thread {
	pthread_barrier_t *barrier;
	char *memory;
};

static void *
touch_when_told(void *argument)
{
	const struct thread *thread = argument;

	pthread_barrier_wait(thread->barrier);
	touch(thread->memory, PAGES);
	return NULL;
}

static void
sample_threads(struct sampling_target *target, struct answer *answer)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = reserve((size_t)THREADS * PAGES);
	struct thread threads[THREADS];
	pthread_t ids[THREADS];
	pthread_barrier_t barrier;
	struct events *events;

	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (size_t i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){ &barrier, memory + i * PAGES * page };
		if (pthread_create(&ids[i], NULL, touch_when_told, &threads[i]) != 0)
			_exit(1);
	}
	target->pid = getpid();
	events = events_open(target, NULL);
	pthread_barrier_wait(&barrier);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(ids[i], NULL);
	describe(events, answer);
	drain(events, getpid(), memory, THREADS * PAGES * page, answer);
	events_close(events);
	pthread_barrier_destroy(&barrier);
}

/* Trap 10: events of a process do not cover threads that it has already. */
static void
trap_10_threads_that_run_already_are_sampled(void **state)
{
	struct answer answer;

	skip_unless_root_may();
	if (perf_calls_real.paranoid() != 2 && perf_calls_real.paranoid() != 1)
		skip_because("at this level it would not be a matter of threads");
	ask(as_nobody, (struct sampling_target){ .period = 61 }, sample_threads, &answer);
	assert_true(answer.is_set_up);
	assert_in_range(answer.access, ACCESS_PROCESS, ACCESS_USER);
	assert_in_range(answer.samples * 61, THREADS * PAGES * 9 / 10, THREADS * PAGES * 11 / 10);
}

/* Runs a program whose faults are counted from its exec on, and waits for its end. */
static void
sample_program(struct sampling_target *target, struct answer *answer)
{
	pid_t child = fork();
	struct events *events;
	struct pollfd woken = { .events = POLLIN };
	int status;

	if (child == 0) {
		raise(SIGSTOP);
		execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
		_exit(1);
	}
	waitpid(child, &status, WUNTRACED);
	target->pid = child;
	events = events_open(target, NULL);
	describe(events, answer);
	kill(child, SIGCONT);
	waitpid(child, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
		_exit(1);
	drain(events, child, NULL, SIZE_MAX, answer);
	for (int i = 0; i < 8; i++) { /* a process that has ended wakes once, not for ever */
		woken.fd = events_fd(events);
		if (poll(&woken, 1, 0) == 0)
			break;
		events_acknowledge(events);
	}
	answer->others = poll(&woken, 1, 0);
	events_close(events);
}

static void
a_program_is_sampled_from_its_exec_on(void **state)
{
	struct answer answer;

	skip_unless_root_may();
	ask(as_root, (struct sampling_target){ .on_exec = true, .period = 1 }, sample_program,
		&answer);
	assert_true(answer.is_set_up);
	assert_string_equal(answer.sentence, "");
	assert_int_equal(answer.access, ACCESS_PROCESS);
	assert_int_equal(answer.execs, 1);
	assert_in_range(answer.maps, 3, 100);
	assert_in_range(answer.samples, 20, 10000);
	assert_int_equal(answer.others, 0);
}

static void
nothing_stays_open(void **state)
{
	int before = dup(STDIN_FILENO), after;

	close(before);
	events_close(events_open(&(struct sampling_target){ .walks = true }, NULL));
	events_close(
		events_open(&(struct sampling_target){ .pid = getpid(), .walks = true }, NULL));
	counters_close(counters_open(NULL));
	after = dup(STDIN_FILENO);
	close(after);
	assert_int_equal(after, before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_sees_each_fault_once),
		cmocka_unit_test(two_samplers_see_the_same_faults),
		cmocka_unit_test(cap_perfmon_alone_gives_all),
		cmocka_unit_test(seccomp_is_named),
		cmocka_unit_test(an_ordinary_user_gets_what_the_level_permits),
		cmocka_unit_test(rings_shrink_to_what_memory_is_left),
		cmocka_unit_test(trap_10_threads_that_run_already_are_sampled),
		cmocka_unit_test(a_program_is_sampled_from_its_exec_on),
		cmocka_unit_test(nothing_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
