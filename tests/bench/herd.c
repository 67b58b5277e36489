// SPDX-License-Identifier: GPL-3.0-or-later
/* A herd of processes to be measured: each holds 1 MiB of its own, and most pause. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
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

#define SECOND INT64_C(1000000000)
#define SPARE_ADDRESS ((void *)0x200000000000) /* of memory that only others touch: compare.py */

enum {
	MEMBER_SIZE = 1024 * 1024,
	SPARE_SIZE = 1024 * 1024,
	PAGE = 4096,
	ACTIVE_SIZE = 64 * 1024, /* what an active member gives back and touches again */
	ACTIVE_NS = 200 * 1000,  /* and how long it computes, each second */
	READY = 3,               /* a member tells here that it is about to pause */
	COUNT_LIMIT = 1000 * 1000,
};

static const char usage[] =
	"Usage: herd [--active PERCENT] [--various PERCENT] [--renew PERCENT] COUNT\n"
	"\n"
	"Starts COUNT processes that hold 1 MiB each and pause, prints \"ready\", and ends\n"
	"them when it is itself told to end. Of these the share that is active causes page\n"
	"faults and uses 0.2 ms of CPU time once a second. The various ones change their memory,\n"
	"their names, their program or their threads, are stopped, zombies or vfork children. The\n"
	"share to be renewed ends each second, the oldest first, and as many others start.\n";

/* A member of the herd. */
struct member {
	char *memory, *argument; /* the name of its kind */
	bool is_anew;            /* it has started itself again */
};

struct herd {
	pid_t *members;
	long count, active, various, renew; /* the last three in percent */
	sigset_t mask;                      /* for the members */
	int signals, ready; /* to be told to end, and where a member tells that it is ready */
};

static int64_t
cpu_time_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
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

static void
rest(const struct member *member)
{
	(void)member;
	for (;;)
		pause();
}

static void
be_active(const struct member *member)
{
	for (;;) {
		sleep(1);
		stir(member->memory);
	}
}

/* Has another number of pages each time. */
static void
be_faulting(const struct member *member)
{
	for (size_t pages = 0;; pages = (pages + 7) % 32) {
		usleep(700 * 1000);
		madvise(member->memory, ACTIVE_SIZE * 2, MADV_DONTNEED);
		memset(member->memory, 1, pages * PAGE);
	}
}

/* Calls itself otherwise, also in its arguments. */
static void
be_naming(const struct member *member)
{
	char text[16];

	for (unsigned number = 0;; number++) {
		sleep(2);
		snprintf(text, sizeof(text), "name%02u", number % 100);
		prctl(PR_SET_NAME, text);
		memcpy(member->argument, text, strlen(member->argument));
	}
}

static void
be_program(const struct member *member)
{
	sleep(2);
	execl("/proc/self/exe", member->is_anew ? "herd" : "other", "program", "anew",
		(char *)NULL);
}

static void
be_stopped(const struct member *member)
{
	raise(SIGSTOP);
	rest(member);
}

static void
be_zombie(const struct member *member)
{
	if (fork() == 0)
		_exit(EXIT_SUCCESS);
	rest(member);
}

static void *
be_thread(void *seconds)
{
	sleep(*(const unsigned *)seconds);
	return NULL;
}

static void
be_threads(const struct member *member)
{
	static const unsigned seconds = 3;
	pthread_attr_t detached;
	pthread_t thread;

	(void)member;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;; sleep(2))
		pthread_create(&thread, &detached, be_thread, (void *)(uintptr_t)&seconds);
}

/* The first thread has ended; another one lives. */
static void
be_headless(const struct member *member)
{
	static const unsigned seconds = UINT32_MAX;
	pthread_t thread;

	(void)member;
	pthread_create(&thread, NULL, be_thread, (void *)(uintptr_t)&seconds);
	pthread_exit(NULL);
}

/* The parent waits for ever, while its child changes the memory of both. */
static void
be_vfork(const struct member *member)
{
	if (vfork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		be_faulting(member);
	}
}

static const struct {
	const char *name;
	void (*live)(const struct member *member);
} kinds[] = {
	{ "quiet", rest },
	{ "active", be_active },
	{ "faulting", be_faulting },
	{ "naming", be_naming },
	{ "program", be_program },
	{ "stopped", be_stopped },
	{ "zombie", be_zombie },
	{ "threads", be_threads },
	{ "headless", be_headless },
	{ "vfork", be_vfork },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* A member, after exec: so each has mappings of its own. */
static int
be_member(int kind, char *argument, bool is_anew)
{
	const int protection = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	struct member member = { .argument = argument, .is_anew = is_anew };

	member.memory = mmap(NULL, MEMBER_SIZE, protection, flags, -1, 0);
	if (member.memory == MAP_FAILED ||
		mmap(SPARE_ADDRESS, SPARE_SIZE, protection, flags | MAP_FIXED, -1, 0) == MAP_FAILED)
		return EXIT_FAILURE;
	memset(member.memory, 1, MEMBER_SIZE);
	if (!is_anew && write(READY, "", 1) != 1)
		return EXIT_FAILURE;
	close(READY);
	kinds[kind].live(&member);
	return EXIT_FAILURE;
}

static int
kind_of(const char *name)
{
	int kind = 0;

	while (kind < KINDS && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return kind;
}

static void
exec_member(const struct herd *herd, pid_t parent, const char *kind)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	dup2(herd->ready, READY);
	sigprocmask(SIG_SETMASK, &herd->mask, NULL);
	execl("/proc/self/exe", "herd", kind, (char *)NULL);
	_exit(EXIT_FAILURE);
}

/* Spread evenly: every whole number that i * percent / 100 reaches is one. */
static bool
is_one_of(long i, long percent)
{
	return (i + 1) * percent / 100 > i * percent / 100;
}

static const char *
kind_of_member(const struct herd *herd, long i)
{
	if (is_one_of(i, herd->active))
		return "active";
	return kinds[is_one_of(i, herd->various) ? i * herd->various / 100 % KINDS : 0].name;
}

static bool
start_member(struct herd *herd, long i)
{
	pid_t parent = getpid();

	herd->members[i] = fork();
	if (herd->members[i] == 0)
		exec_member(herd, parent, kind_of_member(herd, i));
	return herd->members[i] > 0;
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

/* Waits up to `ns`. */
static bool
is_told_to_end(int signals, int64_t ns)
{
	struct pollfd polled = { .fd = signals, .events = POLLIN };
	const struct timespec pause = { .tv_sec = ns / SECOND, .tv_nsec = ns % SECOND };

	return ppoll(&polled, 1, &pause, NULL) > 0;
}

static long
start_all(struct herd *herd)
{
	for (long i = 0; i < herd->count; i++)
		if (is_told_to_end(herd->signals, 0) || !start_member(herd, i))
			return i;
	return herd->count;
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
		if (members[i] > 0)
			kill(members[i], SIGKILL);
	for (long i = 0; i < count; i++)
		if (members[i] > 0)
			waitpid(members[i], NULL, 0);
}

/* Lets members end and start until it is told to end. Nobody waits for these to be ready. */
static void
renew_all(struct herd *herd)
{
	int64_t pause = SECOND * 100 / (herd->renew * herd->count);

	herd->ready = open("/dev/null", O_WRONLY | O_CLOEXEC);
	for (long i = 0; !is_told_to_end(herd->signals, pause); i = (i + 1) % herd->count) {
		end_all(&herd->members[i], 1);
		if (!start_member(herd, i))
			fprintf(stderr, "herd: cannot renew a process: %s\n", strerror(errno));
	}
}

static int
keep(struct herd *herd)
{
	sigset_t ending;
	int ready[2];
	long started;
	bool complete;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &herd->mask);
	herd->members = calloc((size_t)herd->count, sizeof(*herd->members));
	herd->signals = signalfd(-1, &ending, SFD_CLOEXEC);
	if (!herd->members || herd->signals < 0 || pipe2(ready, O_CLOEXEC) < 0)
		return EXIT_FAILURE;
	herd->ready = ready[1];
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* members inherit it */
	started = start_all(herd);
	close(ready[1]);
	complete = started == herd->count && wait_until_ready(ready[0], started, herd->signals);
	if (complete && puts("ready") >= 0 && fflush(stdout) == 0) {
		if (herd->renew > 0)
			renew_all(herd);
		else
			wait_for(-1, herd->signals);
	} else if (!is_told_to_end(herd->signals, 0)) {
		fprintf(stderr, "herd: cannot start all of %ld processes\n", herd->count);
	}
	end_all(herd->members, started);
	free(herd->members);
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
	struct herd herd = { .count = 0 };

	int kind = argument_count > 1 ? kind_of(arguments[1]) : KINDS;

	if (kind < KINDS)
		return be_member(kind, arguments[1], argument_count > 2);
	for (; argument_count > 3; argument_count -= 2, arguments += 2) {
		long *share = strcmp(arguments[1], "--active") == 0    ? &herd.active
			      : strcmp(arguments[1], "--various") == 0 ? &herd.various
			      : strcmp(arguments[1], "--renew") == 0   ? &herd.renew
								       : NULL;

		if (!share || !parse_number(arguments[2], 0, 100, share))
			break;
	}
	if (argument_count != 2 || !parse_number(arguments[1], 1, COUNT_LIMIT, &herd.count)) {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	return keep(&herd);
}
