// SPDX-License-Identifier: GPL-3.0-or-later
//
// Makes processes as fast as the machine can: storm SECONDS. Each calls itself "s" and its number.
// One of eight runs this program anew as "storm member NUMBER" and lives for up to 400 ms; the
// others end at once. Says how many there were.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ALIVE = 150, LIVES_ON = 8, LONGEST_MS = 400 };

static void
be_member(void)
{
	char name[16];
	long pid = getpid();

	snprintf(name, sizeof(name), "s%ld", pid);
	prctl(PR_SET_NAME, name);
	usleep((useconds_t)(pid * 7919 % LONGEST_MS) * 1000);
	_exit(EXIT_SUCCESS);
}

static void
be_born(long number)
{
	char text[24];

	if (number % LIVES_ON != 0)
		_exit(EXIT_SUCCESS);
	snprintf(text, sizeof(text), "%ld", (long)getpid());
	execl("/proc/self/exe", "storm", "member", text, (char *)NULL);
	_exit(EXIT_FAILURE);
}

static long
blow(double seconds)
{
	struct timespec start, now;
	long count = 0, alive = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		pid_t pid = fork();

		if (pid == 0)
			be_born(count);
		count += pid > 0;
		alive += pid > 0;
		while (alive > 0 &&
			waitpid(-1, NULL, alive < MOST_ALIVE && pid > 0 ? WNOHANG : 0) > 0)
			alive--;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 <
		 seconds);
	while (waitpid(-1, NULL, 0) > 0)
		continue;
	return count;
}

int
main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 0;
	pid_t second;

	if (argc > 1 && strcmp(argv[1], "member") == 0)
		be_member();
	second = fork(); /* one for each of two CPUs */
	printf("%ld\n", blow(seconds));
	fflush(stdout);
	if (second > 0)
		waitpid(second, NULL, 0);
	return EXIT_SUCCESS;
}
