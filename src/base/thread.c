// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/thread.h"

#include "base/macros.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void
block_signals(sigset_t *ret_before)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	sigset_t blocked;

	sigfillset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigdelset(&blocked, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, ret_before);
}

int
thread_start(pthread_t *ret_thread, void *(*run)(void *argument), void *argument)
{
	pthread_attr_t attributes;
	sigset_t before;
	int error = pthread_attr_init(&attributes);

	if (error == 0) {
		pthread_attr_setstacksize(&attributes, THREAD_STACK_SIZE);
		block_signals(&before);
		error = pthread_create(ret_thread, &attributes, run, argument);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		pthread_attr_destroy(&attributes);
	}
	return -error;
}

void
thread_init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

bool
thread_sleeps(pid_t tid)
{
	char path[64], text[512];
	const char *name_end;
	int fd;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[length < 0 ? 0 : length] = '\0';
	name_end = strrchr(text, ')');
	return !name_end || strncmp(name_end, ") R", 3) != 0;
}
