// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/signal.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/text.h"
#include "collect/procfs.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>

/* Not every C library can name them. */
static const char *const names[] = {
	[SIGHUP] = "HUP",
	[SIGINT] = "INT",
	[SIGQUIT] = "QUIT",
	[SIGILL] = "ILL",
	[SIGTRAP] = "TRAP",
	[SIGABRT] = "ABRT",
	[SIGBUS] = "BUS",
	[SIGFPE] = "FPE",
	[SIGKILL] = "KILL",
	[SIGUSR1] = "USR1",
	[SIGSEGV] = "SEGV",
	[SIGUSR2] = "USR2",
	[SIGPIPE] = "PIPE",
	[SIGALRM] = "ALRM",
	[SIGTERM] = "TERM",
#ifdef SIGSTKFLT /* not on every machine */
	[SIGSTKFLT] = "STKFLT",
#endif
	[SIGCHLD] = "CHLD",
	[SIGCONT] = "CONT",
	[SIGSTOP] = "STOP",
	[SIGTSTP] = "TSTP",
	[SIGTTIN] = "TTIN",
	[SIGTTOU] = "TTOU",
	[SIGURG] = "URG",
	[SIGXCPU] = "XCPU",
	[SIGXFSZ] = "XFSZ",
	[SIGVTALRM] = "VTALRM",
	[SIGPROF] = "PROF",
	[SIGWINCH] = "WINCH",
	[SIGIO] = "POLL",
	[SIGPWR] = "PWR",
	[SIGSYS] = "SYS",
};

const char *
signal_name(int number)
{
	return number > 0 && (size_t)number < ARRAY_SIZE(names) ? names[number] : NULL;
}

int
signal_parse(const char *name)
{
	int64_t number;

	if (text_to_number(name, &number) == 0)
		return number > 0 && number < NSIG ? (int)number : -EINVAL;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (int i = 1; i < NSIG; i++) {
		const char *known = signal_name(i);

		if (known && strcasecmp(known, name) == 0)
			return i;
	}
	return -EINVAL;
}

static int
start_time_of(int64_t pid, int64_t *ret_start_time)
{
	_cleanup_close_ int root = procfs_open_root("/proc");
	struct procfs_stat stat;
	char path[32], text[1024];
	ssize_t length;

	if (root < 0)
		return root;
	snprintf(path, sizeof(path), "%lld/stat", (long long)pid);
	length = procfs_read(root, path, text, sizeof(text));
	if (length < 0)
		return (int)length;
	if (procfs_parse_stat(text, (size_t)length, &stat) < 0)
		return -EINVAL;
	*ret_start_time = stat.start_time;
	return 0;
}

/* Opens the descriptor first: if the start time then fits, it is the right process. */
int
signal_send(int64_t pid, int64_t start_time, int signal)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	int64_t started;
	int error;

	if (pidfd < 0)
		return -errno;
	error = start_time_of(pid, &started);
	if (error < 0)
		return error == -ENOENT ? -ESRCH : error;
	if (started != start_time)
		return -ESRCH;
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}
