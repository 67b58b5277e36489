// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Runs a command with its output thrown away and prints what it cost: wall time in ns, user and
 * system time in us, peak resident memory in KiB. The last is why this is not left to Python:
 * ru_maxrss keeps the peak of what was there before exec, and this program is small.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t
microseconds(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static void
exec_command(char **command, int null)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	execvp(command[0], command);
	_exit(127);
}

int
main(int argument_count, char **arguments)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), status;
	int64_t start = now_ns(), end;
	struct rusage usage;
	pid_t pid;

	if (argument_count < 2 || null < 0)
		return EXIT_FAILURE;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	pid = fork();
	if (pid == 0)
		exec_command(arguments + 1, null);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return EXIT_FAILURE;
	end = now_ns();
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "meter: %s failed\n", arguments[1]);
		return EXIT_FAILURE;
	}
	printf("%jd %jd %jd %ld\n", (intmax_t)(end - start), (intmax_t)microseconds(usage.ru_utime),
		(intmax_t)microseconds(usage.ru_stime), usage.ru_maxrss);
	return EXIT_SUCCESS;
}
