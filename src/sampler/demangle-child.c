// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/demangle-child.h"

#include "base/clock.h"
#include "base/index.h"
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

#include <linux/seccomp.h>

static const char child_name[] = "memtop-names";

/* Else the child would begin as its parent did, and start a child. */
static bool can_serve;

enum {
	MOST_STARTS = 8, /* where more symbols are bad, no further one has a name */
	STEP_MS = 5,
	MOST_STEPS = 200,
	NAMES_LOG = 8,
	NAMES = 1 << NAMES_LOG,
	LAST_CPU = 60, /* seconds, should memtop be killed meanwhile */
};

/* CPU time for one symbol, of which most take some microseconds, and for the start. */
#define MOST_CPU (20 * NS_PER_MS)
#define START_CPU NS_PER_SEC

struct name {
	char symbol[DEMANGLED_MOST_SYMBOL + 1];
	char text[DEMANGLED_SIZE]; /* "": it has none */
};

struct demangle_child {
	pid_t pid; /* 0: it does not run */
	int socket, starts;
	struct name *names; /* each at a place that follows from its symbol */
};

struct demangle_child *
demangle_child_create(void)
{
	return xcalloc(1, sizeof(struct demangle_child));
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
	char *const words[] = { (char *)child_name, NULL }, *const none[] = { NULL };
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
	error = posix_spawn(ret_pid, "/proc/self/exe", &actions, &attributes, words, none);
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

/* On a machine that is short of CPU it may take a while. */
static bool
has_answered(const struct demangle_child *child, int64_t most_cpu)
{
	struct pollfd answer = { .fd = child->socket, .events = POLLIN };
	int64_t until = cpu_time(child) + most_cpu;

	for (int step = 0; step < MOST_STEPS; step++) {
		if (poll(&answer, 1, STEP_MS) > 0)
			return true;
		if (cpu_time(child) > until)
			return false;
	}
	return false;
}

static bool
start_child(struct demangle_child *child)
{
	char ready[DEMANGLED_SIZE];
	int ends[2];

	if (!can_serve || child->starts == MOST_STARTS ||
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	child->starts++;
	child->socket = ends[0];
	if (spawn(ends[1], &child->pid) < 0) {
		child->pid = 0;
		close(ends[0]);
	}
	close(ends[1]);
	if (child->pid > 0 && has_answered(child, START_CPU) &&
		recv(child->socket, ready, sizeof(ready), 0) > 0)
		return true;
	end_child(child);
	return false;
}

static bool
exchange(const struct demangle_child *child, struct name *name)
{
	ssize_t length;

	if (send(child->socket, name->symbol, strlen(name->symbol), MSG_NOSIGNAL) < 0 ||
		!has_answered(child, MOST_CPU))
		return false;
	length = recv(child->socket, name->text, sizeof(name->text) - 1, 0);
	name->text[length > 0 ? length : 0] = '\0';
	return length > 0;
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
		if (child->pid == 0 && !start_child(child))
			return NULL;
		*name = (struct name){ .text = "" };
		strcpy(name->symbol, symbol);
		if (!exchange(child, name))
			end_child(child);
	}
	return *name->text ? name->text : NULL;
}

/* A sanitizer needs other system calls; then the library may have all. */
static void
give_up_rights(void)
{
	const struct rlimit no_core = { 0, 0 }, cpu = { LAST_CPU, LAST_CPU };

	setrlimit(RLIMIT_CORE, &no_core);
	setrlimit(RLIMIT_CPU, &cpu);
#ifdef RESTRICT_CHILD
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
#endif
}

static _Noreturn void
serve(void)
{
	static char symbol[DEMANGLED_MOST_SYMBOL + 1], text[DEMANGLED_SIZE];
	ssize_t length;

	prctl(PR_SET_NAME, child_name);
	/* This one has the heap set up, which needs further rights. The answer says: ready. */
	demangle(text, "_RNvC1au7caf_dma");
	give_up_rights();
	do {
		if (write(STDIN_FILENO, text, strlen(text) + 1) < 0)
			break;
		length = read(STDIN_FILENO, symbol, sizeof(symbol) - 1);
		symbol[length > 0 ? length : 0] = '\0';
		if (!demangle(text, symbol))
			text[0] = '\0';
	} while (length > 0);
	syscall(SYS_exit, 0); /* the only way that is permitted now */
	abort();
}

void
demangle_child_main(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], child_name) == 0)
		serve();
	can_serve = true;
}
