// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/child.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/text.h"
#include "base/unit.h"
#include "command/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_RUN = 126, NOT_FOUND = 127, SIGNAL_STATUS = 128 };

/*
 * Ctrl-C is for the command: memtop writes its report after the end. The command gets the old
 * handlers back.
 */
static const int for_command[] = { SIGINT, SIGQUIT };
enum { SIGNALS = ARRAY_SIZE(for_command) };

static void
ignore_signals(void (*before[static SIGNALS])(int))
{
	for (size_t i = 0; i < SIGNALS; i++)
		before[i] = signal(for_command[i], SIG_IGN);
}

static void
give_signals_back(void (*const before[static SIGNALS])(int))
{
	for (size_t i = 0; i < SIGNALS; i++)
		signal(for_command[i], before[i]);
}

/* A line of log_error() has no space for more. */
enum { WORD_SIZE = 1024 };

/* SIGXFSZ is ignored since the start of memtop, and would be after exec. */
int
child_become(char **words)
{
	char word[WORD_SIZE];
	int error;

	signal(SIGXFSZ, SIG_DFL);
	execvp(words[0], words);
	error = errno;
	text_safe(word, sizeof(word), words[0], charset_of_locale());
	log_error("cannot run %s: %s", word, strerror(error));
	return error == ENOENT ? NOT_FOUND : CANNOT_RUN;
}

static void
run_command(int start_fd, char **words)
{
	char byte;

	if (read(start_fd, &byte, 1) != 1)
		_exit(CANNOT_RUN);
	_exit(child_become(words));
}

int
child_start(char **words, struct child *ret_child)
{
	void (*before[SIGNALS])(int);
	int ends[2], error;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	ignore_signals(before);
	pid = fork();
	if (pid == 0) {
		close(ends[1]); /* else the child would wait for itself when memtop ends */
		give_signals_back(before);
		run_command(ends[0], words);
	}
	error = -errno;
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return error;
	}
	*ret_child = (struct child){ .pid = pid,
		.start_fd = ends[1],
		.pid_fd = (int)syscall(SYS_pidfd_open, pid, 0),
		.minor_before = UNKNOWN,
		.major_before = UNKNOWN,
		.minor = UNKNOWN,
		.major = UNKNOWN };
	if (ret_child->pid_fd < 0) {
		error = -errno;
		child_finish(ret_child);
		return error;
	}
	return 0;
}

void
child_let_go(struct child *child)
{
	if (child->start_fd < 0)
		return;
	if (send(child->start_fd, "", 1, MSG_NOSIGNAL) != 1)
		log_error("the command does not start: %s", strerror(errno));
	close(child->start_fd);
	child->start_fd = -1;
}

static int64_t
since(int64_t now, int64_t before)
{
	return before == UNKNOWN ? UNKNOWN : now - before;
}

static void
reap(struct child *child)
{
	struct rusage usage;
	int status;

	if (wait4((pid_t)child->pid, &status, 0, &usage) < 0) {
		child->has_ended = errno != EINTR;
		return;
	}
	child->status =
		WIFSIGNALED(status) ? SIGNAL_STATUS + WTERMSIG(status) : WEXITSTATUS(status);
	child->minor = since(usage.ru_minflt, child->minor_before);
	child->major = since(usage.ru_majflt, child->major_before);
	child->has_ended = true;
}

bool
child_wait(struct child *child, int64_t until)
{
	struct pollfd end = { .fd = child->pid_fd, .events = POLLIN };
	int64_t left;

	while (!child->has_ended && (left = until - loop_now()) > 0) {
		const struct timespec pause = clock_timespec(left);

		if (ppoll(&end, 1, &pause, NULL) > 0)
			reap(child);
	}
	return child->has_ended;
}

/* A child that was not let go ends when its socket is closed. */
void
child_finish(struct child *child)
{
	if (child->start_fd >= 0)
		close(child->start_fd);
	child->start_fd = -1;
	while (!child->has_ended)
		reap(child);
	if (child->pid_fd >= 0)
		close(child->pid_fd);
}
