// SPDX-License-Identifier: GPL-3.0-or-later
/* A herd of processes to be measured: each holds 1 MiB of its own and pauses. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MEMBER_SIZE = 1024 * 1024,
	ACTIVE_SIZE = 64 * 1024, /* what an active member gives back and touches again */
	ACTIVE_NS = 200 * 1000,  /* and how long it computes, each second */
	READY = 3,               /* a member tells here that it is about to pause */
	COUNT_LIMIT = 1000 * 1000,
};

static const char usage[] =
	"Usage: herd [--active PERCENT] COUNT\n"
	"\n"
	"Starts COUNT processes that hold 1 MiB each and pause, prints \"ready\", and ends\n"
	"them when it is itself told to end. Of these PERCENT cause page faults and use\n"
	"0.2 ms of CPU time once a second.\n";

static int64_t
cpu_time_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
stir(char *memory)
{
	int64_t end = cpu_time_ns() + ACTIVE_NS;

	madvise(memory, ACTIVE_SIZE, MADV_DONTNEED);
	memset(memory, 1, ACTIVE_SIZE);
	while (cpu_time_ns() < end)
		;
}

/* A member, after exec: so each has mappings of its own. */
static int
be_member(bool active)
{
	char *memory =
		mmap(NULL, MEMBER_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return EXIT_FAILURE;
	memset(memory, 1, MEMBER_SIZE);
	if (write(READY, "", 1) != 1)
		return EXIT_FAILURE;
	close(READY);
	while (active) {
		sleep(1);
		stir(memory);
	}
	pause();
	return EXIT_SUCCESS;
}

static void
exec_member(int ready, pid_t parent, const sigset_t *mask, bool active)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	dup2(ready, READY);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execl("/proc/self/exe", "herd", active ? "active" : "quiet", (char *)NULL);
	_exit(EXIT_FAILURE);
}

/* Whether there is something to read from `fd` before a signal tells to end. */
static bool
wait_for(int fd, int signals)
{
	struct pollfd polled[] = { { .fd = signals, .events = POLLIN },
		{ .fd = fd, .events = POLLIN } };

	while (poll(polled, 2, -1) < 0)
		;
	return polled[0].revents == 0;
}

static bool
is_told_to_end(int signals)
{
	struct pollfd polled = { .fd = signals, .events = POLLIN };

	return poll(&polled, 1, 0) > 0;
}

static long
start_all(pid_t *members, long count, long percent, const sigset_t *mask, int signals, int ready)
{
	pid_t parent = getpid();

	for (long i = 0; i < count; i++) {
		/* Spread evenly: every whole number that i * percent / 100 reaches is one. */
		bool active = (i + 1) * percent / 100 > i * percent / 100;

		members[i] = is_told_to_end(signals) ? -1 : fork();
		if (members[i] == 0)
			exec_member(ready, parent, mask, active);
		if (members[i] < 0)
			return i;
	}
	return count;
}

static bool
wait_until_ready(int ready, long count, int signals)
{
	char bytes[4096];

	while (count > 0 && wait_for(ready, signals)) {
		ssize_t length = read(ready, bytes, sizeof(bytes));

		if (length <= 0)
			break; /* a member has failed */
		count -= length;
	}
	return count == 0;
}

static void
end_all(const pid_t *members, long count)
{
	for (long i = 0; i < count; i++)
		kill(members[i], SIGKILL);
	for (long i = 0; i < count; i++)
		waitpid(members[i], NULL, 0);
}

static int
keep(long count, long percent)
{
	pid_t *members = calloc((size_t)count, sizeof(*members));
	sigset_t ending, mask;
	int signals, ready[2];
	long started;
	bool complete;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &mask);
	signals = signalfd(-1, &ending, SFD_CLOEXEC);
	if (!members || signals < 0 || pipe2(ready, O_CLOEXEC) < 0)
		return EXIT_FAILURE;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* members inherit it */
	started = start_all(members, count, percent, &mask, signals, ready[1]);
	close(ready[1]);
	complete = started == count && wait_until_ready(ready[0], count, signals);
	if (complete && puts("ready") >= 0 && fflush(stdout) == 0)
		wait_for(-1, signals);
	else if (!is_told_to_end(signals))
		fprintf(stderr, "herd: cannot start all of %ld processes\n", count);
	end_all(members, started);
	free(members);
	return complete ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool
parse_number(const char *text, long low, long high, long *ret_number)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || end == text || *end || number < low || number > high)
		return false;
	*ret_number = number;
	return true;
}

int
main(int argument_count, char **arguments)
{
	long count, percent = 0;

	if (argument_count == 2 && strcmp(arguments[1], "quiet") == 0)
		return be_member(false);
	if (argument_count == 2 && strcmp(arguments[1], "active") == 0)
		return be_member(true);
	if (argument_count == 4 && strcmp(arguments[1], "--active") == 0 &&
		parse_number(arguments[2], 0, 100, &percent)) {
		arguments += 2;
		argument_count -= 2;
	}
	if (argument_count != 2 || !parse_number(arguments[1], 1, COUNT_LIMIT, &count)) {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	return keep(count, percent);
}
