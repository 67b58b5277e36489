// SPDX-License-Identifier: GPL-3.0-or-later
/* Programs whose faults and TLB walks are to be measured. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	HUGE = 2 * 1024 * 1024,
	FAULTED = 2048, /* pages that are touched in a round */
	MOST_ROUNDS = 1 << 18,
	CHASED = 65536, /* pages of the chase: 256 MiB */
};

static const char usage[] =
	"Usage: load rounds SECONDS [COMMAND...]\n"
	"       load chase PERCENT LOADS\n"
	"       load stalls MIB SECONDS\n"
	"       load blind COMMAND...\n"
	"\n"
	"rounds runs COMMAND over and over; without one it touches 2048 pages, gives them back, "
	"and so on, and does "
	"nothing else, for SECONDS or\n"
	"until it is told to end. It prints\n"
	"when each round ended (CLOCK_MONOTONIC) and its CPU time, ns. chase "
	"loads\n"
	"one pointer after the other from 256 MiB in an order that is random, "
	"from a new page each\n"
	"time; PERCENT of this memory are huge pages, the others small. It "
	"prints its CPU time in\n"
	"ns. stalls holds MIB in small pages, says so, maps one more page, touches "
	"and unmaps it\n"
	"over and over, and prints how long that took, ns: the median, 99.9 of 100, "
	"the longest,\n"
	"and how often it was done. blind runs a command that has no perf events.\n";

static int64_t
cpu_time_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static char *
map(size_t size)
{
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED) {
		perror("mmap");
		exit(EXIT_FAILURE);
	}
	return start;
}

static int64_t
now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static volatile sig_atomic_t is_ended;

static void
note_end(int signal)
{
	(void)signal;
	is_ended = 1;
}

/* The CPU time of each round of some work, and when it ended. */
struct rounds {
	int64_t ends[MOST_ROUNDS], costs[MOST_ROUNDS];
	size_t count;
};

static void
add_round(struct rounds *rounds, int64_t cost)
{
	rounds->costs[rounds->count] = cost;
	rounds->ends[rounds->count++] = now_ns();
}

static bool
goes_on(const struct rounds *rounds, int64_t end)
{
	return rounds->count < MOST_ROUNDS && !is_ended && now_ns() < end;
}

static void
print_rounds(const struct rounds *rounds)
{
	for (size_t i = 0; i < rounds->count; i++)
		printf("%jd %jd\n", (intmax_t)rounds->ends[i], (intmax_t)rounds->costs[i]);
}

static void
fault(struct rounds *rounds, int64_t end)
{
	volatile char *memory = map(FAULTED * PAGE);

	madvise((char *)memory, FAULTED * PAGE, MADV_NOHUGEPAGE);
	while (goes_on(rounds, end)) {
		int64_t start = cpu_time_ns();

		for (size_t i = 0; i < FAULTED; i++)
			memory[i * PAGE] = 1;
		add_round(rounds, cpu_time_ns() - start);
		madvise((char *)memory, FAULTED * PAGE, MADV_DONTNEED);
	}
}

static int64_t
children_time_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return ((int64_t)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
	       ((int64_t)usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

/* Runs a command over and over. */
static void
repeat(struct rounds *rounds, int64_t end, char **command)
{
	while (goes_on(rounds, end)) {
		int64_t start = children_time_ns();
		pid_t pid = fork();

		if (pid == 0) {
			execvp(command[0], command);
			_exit(127);
		}
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		add_round(rounds, children_time_ns() - start);
	}
}

static void
work(double seconds, char **command)
{
	static struct rounds rounds;
	int64_t end = now_ns() + (int64_t)(seconds * 1e9);

	signal(SIGTERM, note_end);
	if (command[0])
		repeat(&rounds, end, command);
	else
		fault(&rounds, end);
	print_rounds(&rounds);
}

/* The same numbers each time. */
static uint32_t
random_number(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

/* One circle through all pages, a pointer in each, not always in the same line of the cache. */
static void **
link_pages(char *memory)
{
	static uint32_t order[CHASED];

	for (uint32_t i = 0; i < CHASED; i++) {
		uint32_t other = random_number() % (i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	for (uint32_t i = 0; i < CHASED; i++) {
		char *here = memory + (size_t)order[i] * PAGE + order[i] % 64 * 64;
		uint32_t next = order[(i + 1) % CHASED];

		*(void **)here = memory + (size_t)next * PAGE + next % 64 * 64;
	}
	return (void **)(memory + (size_t)order[0] * PAGE + order[0] % 64 * 64);
}

static void
chase(size_t percent, long loads)
{
	size_t size = (size_t)CHASED * PAGE, huge = size / 100 * percent / HUGE * HUGE;
	char *memory = map(size + HUGE);
	void **volatile end;
	void **pointer;

	memory += -(uintptr_t)memory & (HUGE - 1);
	madvise(memory, huge, MADV_HUGEPAGE);
	madvise(memory + huge, size - huge, MADV_NOHUGEPAGE);
	memset(memory, 0, size);
	pointer = link_pages(memory);
	for (long i = 0; i < loads; i++)
		pointer = *pointer;
	end = pointer;
	(void)end;
}

/* Counts by 1/32 of a power of two: 3 % are exact enough. */
struct latencies {
	int64_t counts[64 * 32], count, longest;
};

static void
count_latency(struct latencies *latencies, int64_t ns)
{
	int power = ns < 32 ? 5 : 63 - __builtin_clzll((unsigned long long)ns);

	latencies->counts[power * 32 + (ns >> (power - 5)) % 32]++;
	latencies->count++;
	latencies->longest = ns > latencies->longest ? ns : latencies->longest;
}

static int64_t
latency_at(const struct latencies *latencies, double share)
{
	int64_t left = (int64_t)((double)latencies->count * share);
	int i = 5 * 32;

	while (i < 64 * 32 - 1 && (left -= latencies->counts[i]) >= 0)
		i++;
	return (int64_t)(32 + i % 32) << (i / 32 - 5);
}

static void
map_over_and_over(size_t mib, double seconds)
{
	static struct latencies latencies;
	size_t size = mib << 20;
	char *memory = map(size);
	int64_t end;

	madvise(memory, size, MADV_NOHUGEPAGE);
	memset(memory, 1, size);
	puts("ready");
	fflush(stdout);
	getchar();
	end = now_ns() + (int64_t)(seconds * 1e9);
	for (int64_t start; (start = now_ns()) < end;) {
		char *more = map(PAGE);

		*more = 1;
		munmap(more, PAGE);
		count_latency(&latencies, now_ns() - start);
	}
	printf("%jd %jd %jd %jd\n", (intmax_t)latency_at(&latencies, 0.5),
		(intmax_t)latency_at(&latencies, 0.999), (intmax_t)latencies.longest,
		(intmax_t)latencies.count);
}

static void
forbid_perf(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		perror("seccomp");
		exit(EXIT_FAILURE);
	}
}

int
main(int argument_count, char **arguments)
{
	if (argument_count >= 3 && strcmp(arguments[1], "rounds") == 0) {
		work(atof(arguments[2]), arguments + 3);
		return EXIT_SUCCESS;
	} else if (argument_count == 4 && strcmp(arguments[1], "chase") == 0) {
		chase((size_t)atol(arguments[2]), atol(arguments[3]));
	} else if (argument_count == 4 && strcmp(arguments[1], "stalls") == 0) {
		map_over_and_over((size_t)atol(arguments[2]), atof(arguments[3]));
		return EXIT_SUCCESS;
	} else if (argument_count > 2 && strcmp(arguments[1], "blind") == 0) {
		forbid_perf();
		execvp(arguments[2], arguments + 2);
		perror(arguments[2]);
		return EXIT_FAILURE;
	} else {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	printf("%jd\n", (intmax_t)cpu_time_ns());
	return EXIT_SUCCESS;
}
