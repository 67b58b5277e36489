// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/demangle-child.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/index.h"
#include "base/macros.h"
#include "base/memory.h"
#include "config.h"
#include "sampler/demangle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

static const char child_name[] = "memtop-names";

/* Else the child would begin as its parent did, and start a child. */
static bool can_serve;

enum {
	MOST_BAD = 8,      /* where more symbols are bad, no further one has a name */
	MOST_ASKED = 4096, /* of one child: the library may lose memory where a name is cut */
	PART_OF_TIME = 25, /* one in so many nanoseconds of CPU time, in the long run */
	STEP_MS = 5,
	NAMES_LOG = 8,
	NAMES = 1 << NAMES_LOG,
	LAST_CPU = 60, /* seconds, should memtop be killed meanwhile */
	MOST_MEMORY = 64 * 1024 * 1024,
};

/*
 * CPU time for one symbol, of which most take some microseconds. What is waited for an answer and
 * for the start, on a machine that is short of CPU or memory, and the pause after that was in vain.
 */
#define MOST_CPU (20 * NS_PER_MS)
#define MOST_WAIT (200 * NS_PER_MS)
#define START_WAIT (5 * NS_PER_SEC)
#define PAUSE (10 * NS_PER_SEC)

struct name {
	char symbol[DEMANGLED_MOST_SYMBOL + 1];
	char text[DEMANGLED_SIZE]; /* "": it has none */
};

struct demangle_child {
	pid_t pid; /* 0: it does not run */
	int socket;
	int bad, asked;
	int64_t most_cpu, cpu_left; /* nanoseconds */
	int64_t refilled;           /* CLOCK_MONOTONIC, like the next one */
	int64_t resume;             /* not before that */
	struct name *names;         /* each at a place that follows from its symbol */
};

struct demangle_child *
demangle_child_create(int64_t most_cpu)
{
	struct demangle_child *child = xcalloc(1, sizeof(*child));

	child->most_cpu = child->cpu_left = most_cpu;
	child->refilled = clock_ns(CLOCK_MONOTONIC);
	return child;
}

static void
end_child(struct demangle_child *child)
{
	if (child->pid == 0)
		return;
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	close(child->socket);
	child->pid = 0;
}

void
demangle_child_destroy(struct demangle_child *child)
{
	if (!child)
		return;
	end_child(child);
	free(child->names);
	free(child);
}

/* Its standard input is the socket, and its output. */
static int
spawn(int socket, pid_t *ret_pid)
{
	char *const words[] = { (char *)child_name, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, no_signals;
	int error;

	sigfillset(&all);
	sigemptyset(&no_signals);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes,
		POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &no_signals);
	error = posix_spawn(ret_pid, "/proc/self/exe", &actions, &attributes, words, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

static int64_t
cpu_time(const struct demangle_child *child)
{
	clockid_t clock;

	return clock_getcpuclockid(child->pid, &clock) == 0 ? clock_ns(clock) : 0;
}

/* Returns 0, or -ETIME if it has used too much CPU time, or -ETIMEDOUT. */
static int
wait_for_answer(const struct demangle_child *child, int64_t most_cpu, int64_t most_wait)
{
	struct pollfd answer = { .fd = child->socket, .events = POLLIN };
	int64_t last_cpu = cpu_time(child) + most_cpu;
	int64_t until = clock_ns(CLOCK_MONOTONIC) + most_wait;

	while (poll(&answer, 1, STEP_MS) <= 0) {
		if (cpu_time(child) > last_cpu)
			return -ETIME;
		if (clock_ns(CLOCK_MONOTONIC) >= until)
			return -ETIMEDOUT;
	}
	return 0;
}

static void
begin(struct demangle_child *child, int ends[static 2])
{
	child->asked = 0;
	child->socket = ends[0];
	if (spawn(ends[1], &child->pid) < 0) {
		child->pid = 0;
		close(ends[0]);
	}
	close(ends[1]);
}

static bool
start_child(struct demangle_child *child)
{
	char ready[DEMANGLED_SIZE];
	int ends[2];

	if (!can_serve || child->bad == MOST_BAD || clock_ns(CLOCK_MONOTONIC) < child->resume ||
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	begin(child, ends);
	if (child->pid > 0 && wait_for_answer(child, START_WAIT, START_WAIT) == 0 &&
		recv(child->socket, ready, sizeof(ready), 0) > 0)
		return true;
	end_child(child);
	child->resume = clock_ns(CLOCK_MONOTONIC) + PAUSE;
	return false;
}

/* Returns 0 with the name, or -errno: the child cannot be used any more. */
static int
exchange(struct demangle_child *child, struct name *name)
{
	ssize_t length;
	int error;

	child->asked++;
	if (send(child->socket, name->symbol, strlen(name->symbol), MSG_NOSIGNAL) < 0)
		return -errno;
	error = wait_for_answer(child, MOST_CPU, MOST_WAIT);
	if (error < 0)
		return error;
	length = recv(child->socket, name->text, sizeof(name->text) - 1, 0);
	name->text[length > 0 ? length : 0] = '\0';
	return length > 0 ? 0 : -EPIPE;
}

/* Many symbols may take much CPU time, each a little less than it may. */
static bool
has_time(struct demangle_child *child)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	child->cpu_left += (now - child->refilled) / PART_OF_TIME;
	if (child->cpu_left > child->most_cpu)
		child->cpu_left = child->most_cpu;
	child->refilled = now;
	return child->cpu_left > 0;
}

/* A symbol that was too much for the child has no name; after another failure it may have one. */
static void
read_name(struct demangle_child *child, struct name *name, const char *symbol)
{
	int64_t before = cpu_time(child);
	int error;

	*name = (struct name){ .text = "" };
	strcpy(name->symbol, symbol);
	error = exchange(child, name);
	child->cpu_left -= cpu_time(child) - before;
	if (error == 0 && child->asked < MOST_ASKED)
		return;
	end_child(child);
	if (error == -ETIME || error == -EPIPE) {
		child->bad++;
	} else if (error < 0) {
		child->resume = clock_ns(CLOCK_MONOTONIC) + PAUSE;
		name->symbol[0] = '\0';
	}
}

const char *
demangle_child_ask(struct demangle_child *child, const char *symbol)
{
	struct name *name;

	if (!is_mangled(symbol))
		return NULL;
	if (!child->names)
		child->names = xcalloc(NAMES, sizeof(child->names[0]));
	name = &child->names[index_mix_text(0, symbol) >> (64 - NAMES_LOG)];
	if (strcmp(name->symbol, symbol) != 0) {
		if (!has_time(child) || (child->pid == 0 && !start_child(child)))
			return NULL;
		read_name(child, name, symbol);
	}
	return *name->text ? name->text : NULL;
}

const char *
demangle_child_trouble(const struct demangle_child *child)
{
	return child->bad == MOST_BAD
		       ? "names of C++ and Rust functions are not read any more: symbols of a file "
			 "took too much time"
		       : NULL;
}

/* Sanitizers need more system calls, and memory. */
#ifdef CHILD_ARCHITECTURE
#ifdef SYS_mmap2
#define CHILD_MMAP SYS_mmap2
#else
#define CHILD_MMAP SYS_mmap
#endif
#define PERMIT(number)                                                                             \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),                                       \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* To read, write, allocate memory and end. Works below a filter of a container, too. */
static int
restrict_child(void)
{
	const struct rlimit memory = { MOST_MEMORY, MOST_MEMORY };
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CHILD_ARCHITECTURE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		PERMIT(SYS_read),
		PERMIT(SYS_write),
		PERMIT(SYS_brk),
		PERMIT(CHILD_MMAP),
		PERMIT(SYS_munmap),
		PERMIT(SYS_exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	setrlimit(RLIMIT_DATA, &memory);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
			       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0
		       ? -errno
		       : 0;
}
#else
static int
restrict_child(void)
{
	return 0;
}
#endif

/* That memtop is hardly ever killed for lack of memory (--lock) is not for what it starts. */
static int
give_up_protection(void)
{
	_cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	char sign;

	if (fd < 0 || read(fd, &sign, 1) != 1 || sign != '-')
		return 0;
	return pwrite(fd, "0", 1, 0) < 0 ? -errno : 0;
}

/* Without that it must not read what comes from anyone. */
static void
give_up_rights(void)
{
	const struct rlimit none = { 0, 0 }, cpu = { LAST_CPU, LAST_CPU };

	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_CPU, &cpu);
	if (give_up_protection() < 0)
		_exit(EXIT_FAILURE);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* its files in /proc are root's from now on */
	if (restrict_child() < 0)
		_exit(EXIT_FAILURE);
}

static _Noreturn void
serve(void)
{
	static char symbol[DEMANGLED_MOST_SYMBOL + 1], text[DEMANGLED_SIZE];
	ssize_t length;

	prctl(PR_SET_NAME, child_name);
	demangle(text, "_RNvC1au7caf_dma"); /* has the heap set up, which needs further calls */
	give_up_rights();
	do { /* the first answer says: ready */
		if (write(STDIN_FILENO, text, strlen(text) + 1) < 0)
			break;
		length = read(STDIN_FILENO, symbol, sizeof(symbol) - 1);
		symbol[length > 0 ? length : 0] = '\0';
		if (!demangle(text, symbol))
			text[0] = '\0';
	} while (length > 0);
	_exit(EXIT_SUCCESS);
}

void
demangle_child_main(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], child_name) == 0)
		serve();
	can_serve = true;
}
