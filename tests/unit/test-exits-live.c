// SPDX-License-Identifier: GPL-3.0-or-later
#include "rights.h"
#include "unit.h"

#include "base/clock.h"
#include "base/known.h"
#include "collect/exit-socket.h"
#include "collect/exits.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 300, STORM = 10000, THREADS = 4 };
static const size_t large_size = (size_t)120 << 20;

static struct exits *exits;
static struct snapshot *snapshot;

static void
read_exits(void)
{
	snapshot_reset(snapshot);
	exits_read(exits, snapshot);
}

/* Whether the kernel reports here; else says why it does not. */
static bool
is_reported(void)
{
	const struct hint *hint = snapshot_find_hint(snapshot, NEED_EXITS);
	char text[HINT_TEXT_SIZE];

	if (!hint)
		return true;
	hint_text(hint, text);
	print_message("# skipped: %s\n", text);
	return false;
}

static void
sleep_ms(int64_t ms)
{
	struct timespec time = clock_timespec(ms * NS_PER_MS);

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		continue;
}

/* More than a second: then it is certain that all threads of what begins now are seen. */
static int
begin(void **state)
{
	exits = exits_create();
	snapshot = calloc(1, sizeof(*snapshot));
	read_exits();
	sleep_ms(1100);
	return 0;
}

static int
finish(void **state)
{
	exits_destroy(exits);
	snapshot_finish(snapshot);
	free(snapshot);
	return 0;
}

static void
touch(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		_exit(99);
	for (size_t i = 0; i < size; i += 4096)
		*(volatile char *)(memory + i) = 1;
	munmap(memory, size);
}

static pid_t
start(void (*run)(int), int argument)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		run(argument);
		_exit(argument);
	}
	return pid;
}

static struct rusage
wait_for(pid_t pid)
{
	struct rusage usage;
	int status;

	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	return usage;
}

static size_t
count_of(pid_t pid)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->exits.count; i++)
		count += exit_at(&snapshot->exits, i)->pid == pid;
	return count;
}

static size_t
count_of_children(void)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->exits.count; i++)
		count += exit_at(&snapshot->exits, i)->parent == getpid();
	return count;
}

static const struct process_exit *
only(pid_t pid)
{
	assert_int_equal(count_of(pid), 1);
	for (size_t i = 0; i < snapshot->exits.count; i++)
		if (exit_at(&snapshot->exits, i)->pid == pid)
			return exit_at(&snapshot->exits, i);
	return NULL;
}

/* After the record the end of a process may cost some faults more. */
static void
assert_like_usage(const struct process_exit *row, const struct rusage *usage)
{
	int64_t peak = (int64_t)usage->ru_maxrss * 1024;

	assert_in_range(row->peak, peak - peak / 50, peak + peak / 50);
	assert_true(row->peak_virtual >= row->peak);
	assert_in_range(row->minor_faults, usage->ru_minflt - 16, usage->ru_minflt);
	assert_true(row->major_faults >= 0 && row->major_faults <= usage->ru_majflt);
	assert_true(row->cpu_time >= 0);
}

static void
run_short(int number)
{
	sleep_ms(number);
}

static void
run_large(int number)
{
	prctl(PR_SET_NAME, "large one", 0, 0, 0);
	touch(large_size);
}

static void *
run_thread(void *argument)
{
	prctl(PR_SET_NAME, "a thread", 0, 0, 0);
	touch((size_t)2 << 20);
	return NULL;
}

static void
run_threads(int number)
{
	pthread_t threads[THREADS];

	prctl(PR_SET_NAME, "first thread", 0, 0, 0);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, run_thread, NULL) != 0)
			_exit(98);
	/* With 1 they end beside it. */
	for (size_t i = 0; i < THREADS && number != 1; i++)
		pthread_join(threads[i], NULL);
}

static void
run_killed(int number)
{
	raise(SIGKILL);
}

static void
each_process_is_one_row(void **state)
{
	int64_t before = clock_ns(CLOCK_REALTIME);
	pid_t pids[20];

	read_exits();
	if (!is_reported())
		skip();
	for (int i = 0; i < 20; i++)
		pids[i] = start(run_short, i);
	for (int i = 0; i < 20; i++)
		wait_for(pids[i]);
	read_exits();
	for (int i = 0; i < 20; i++) {
		const struct process_exit *row = only(pids[i]);

		assert_int_equal(row->status, i);
		assert_true(row->signal == UNKNOWN);
		assert_int_equal(row->parent, getpid());
		assert_int_equal(row->uid, getuid());
		assert_non_null(row->user);
		assert_true(row->lifetime >= i * NS_PER_MS);
		assert_true(row->ended >= before && row->ended <= clock_ns(CLOCK_REALTIME));
		assert_true(row->started >= before - NS_PER_SEC);
		assert_true(row->started + row->lifetime == row->ended);
	}
	read_exits();
	for (int i = 0; i < 20; i++)
		assert_int_equal(count_of(pids[i]), 0);
}

static void
the_peak_of_a_large_process_is_known(void **state)
{
	const struct process_exit *row;
	struct rusage usage;
	pid_t pid;

	read_exits();
	if (!is_reported())
		skip();
	pid = start(run_large, 3);
	usage = wait_for(pid);
	read_exits();
	row = only(pid);
	assert_like_usage(row, &usage);
	assert_true(row->peak >= (int64_t)large_size);
	assert_true(row->cpu_time > 0);
	assert_string_equal(row->comm, "large one");
	assert_int_equal(row->status, 3);
}

/* E2, E5: in every other round they end with the first one, on both CPUs. */
static void
threads_are_one_row_with_their_sums(void **state)
{
	read_exits();
	if (!is_reported())
		skip();
	for (int round = 0; round < 10; round++) {
		pid_t pid = start(run_threads, round % 2);
		struct rusage usage = wait_for(pid);
		const struct process_exit *row;

		read_exits();
		row = only(pid);
		assert_like_usage(row, &usage);
		if (round % 2 == 0)
			assert_true(row->minor_faults >= THREADS * 512);
		assert_string_equal(row->comm, "first thread");
		assert_int_equal(row->status, round % 2);
		assert_int_equal(count_of_children(), 1);
	}
}

static void
wait_and_run_a_thread(int fd)
{
	pthread_t thread;
	char byte = 1;

	if (pthread_create(&thread, NULL, run_thread, NULL) != 0 ||
		pthread_join(thread, NULL) != 0 || write(fd, &byte, 1) != 1)
		_exit(98);
	pause();
}

/* E1. */
static void
a_thread_that_ends_is_no_row(void **state)
{
	int pipes[2];
	pid_t pid;
	char byte;

	read_exits();
	if (!is_reported())
		skip();
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = start(wait_and_run_a_thread, pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	read_exits();
	assert_int_equal(count_of(pid), 0);
	assert_int_equal(count_of_children(), 0);
	kill(pid, SIGTERM);
	wait_for(pid);
	read_exits();
	assert_int_equal(only(pid)->signal, SIGTERM);
	assert_true(only(pid)->minor_faults >= 512);
	close(pipes[0]);
	close(pipes[1]);
}

static void
a_signal_is_told_from_a_status(void **state)
{
	pid_t pid;

	read_exits();
	if (!is_reported())
		skip();
	pid = start(run_killed, 0);
	wait_for(pid);
	read_exits();
	assert_int_equal(only(pid)->signal, SIGKILL);
	assert_true(only(pid)->status == UNKNOWN);
}

static void
run_for_a_fifth_of_a_second(int number)
{
	if (number == 1)
		touch(large_size);
	sleep_ms(200);
}

static void
many_processes_between_two_readings_are_all_counted(void **state)
{
	pid_t pids[MANY];

	read_exits();
	if (!is_reported())
		skip();
	for (int i = 0; i < MANY; i++)
		pids[i] = start(run_for_a_fifth_of_a_second, i == 100);
	for (int i = 0; i < MANY; i++)
		wait_for(pids[i]);
	read_exits();
	for (int i = 0; i < MANY; i++) {
		const struct process_exit *row = only(pids[i]);

		assert_true(row->lifetime >= 200 * NS_PER_MS);
		assert_true((row->peak >= (int64_t)large_size) == (i == 100));
	}
	assert_true(is_reported());
}

/* The cheapest process: it lives in the memory of this one. */
static pid_t
start_shortest(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(0);
	assert_true(pid > 0);
	return pid;
}

/* While nobody reads, a thread does. */
static void
more_than_the_socket_holds_are_all_counted(void **state)
{
	static pid_t pids[STORM];

	read_exits();
	if (!is_reported())
		skip();
	for (int i = 0; i < STORM; i++) {
		pids[i] = start_shortest();
		wait_for(pids[i]);
	}
	read_exits();
	assert_true(is_reported());
	assert_int_equal(count_of_children(), STORM);
	for (int i = 0; i < STORM; i += 100)
		assert_true(count_of(pids[i]) >= 1);
}

/* Without the thread: it is said that some are missing, and what comes later is there. */
static void
an_overflow_of_the_socket_is_noticed(void **state)
{
	enum { SMALL_SIZE = 64 * 1024, SMALL_STORM = 1000 };
	char message[EXIT_MESSAGE_SIZE];
	const int small = SMALL_SIZE;
	struct exit_socket bare;
	size_t count = 0, overflows = 0;
	ssize_t size;

	read_exits();
	if (!is_reported())
		skip();
	assert_int_equal(exit_socket_open(&bare), 0);
	assert_int_equal(setsockopt(bare.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	for (int i = 0; i < SMALL_STORM; i++)
		wait_for(start_shortest());
	while ((size = exit_socket_receive(&bare, message)) != -EAGAIN) {
		assert_true(size > 0 || size == -ENOBUFS);
		count += size > 0;
		overflows += size < 0;
	}
	assert_true(overflows > 0 && count > 50 && count < SMALL_STORM);
	wait_for(start_shortest());
	assert_true(exit_socket_receive(&bare, message) > 0);
	exit_socket_close(&bare);
}

struct answer {
	int error;
	char text[HINT_TEXT_SIZE];
};

static void
ask_in_a_child(const void *question, void *answer)
{
	struct answer *told = answer;
	struct exits *own = exits_create();
	const struct hint *hint;

	for (int i = 0; i < 2; i++) {
		snapshot_reset(snapshot);
		exits_read(own, snapshot);
	}
	hint = snapshot_find_hint(snapshot, NEED_EXITS);
	told->error = hint ? hint->error : 0;
	if (hint)
		hint_text(hint, told->text);
	exits_destroy(own);
}

static void
without_the_capability_a_hint_says_so(void **state)
{
	struct answer answer = { .error = 0 };

	if (!run_with_rights(as_nobody, ask_in_a_child, NULL, &answer, sizeof(answer)))
		skip();
	assert_int_equal(answer.error, EACCES);
	assert_non_null(strstr(answer.text, "CAP_NET_ADMIN"));
}

static bool
in_a_network_namespace(void)
{
	return unshare(CLONE_NEWNET) == 0;
}

/* E4. */
static void
in_a_network_namespace_a_hint_says_so(void **state)
{
	struct answer answer = { .error = 0 };

	read_exits();
	if (!is_reported() || !run_with_rights(in_a_network_namespace, ask_in_a_child, NULL,
				      &answer, sizeof(answer)))
		skip();
	assert_int_equal(answer.error, ENONET);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_process_is_one_row),
		cmocka_unit_test(the_peak_of_a_large_process_is_known),
		cmocka_unit_test(threads_are_one_row_with_their_sums),
		cmocka_unit_test(a_thread_that_ends_is_no_row),
		cmocka_unit_test(a_signal_is_told_from_a_status),
		cmocka_unit_test(many_processes_between_two_readings_are_all_counted),
		cmocka_unit_test(more_than_the_socket_holds_are_all_counted),
		cmocka_unit_test(an_overflow_of_the_socket_is_noticed),
		cmocka_unit_test(without_the_capability_a_hint_says_so),
		cmocka_unit_test(in_a_network_namespace_a_hint_says_so),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
