// SPDX-License-Identifier: GPL-3.0-or-later
//
// A process that does one thing for the tests to look at, says "ready" and stays as it is until
// its standard input ends:
//   actor name NAME | actor memory | actor hold MIB | actor zombie-leader [MIB] | actor vfork MIB
// or  actor push FILE: for each line that it gets it appends 2 MiB to FILE and says "more"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static void
stay(void)
{
	char byte;

	if (write(STDOUT_FILENO, "ready\n", 6) == 6)
		while (read(STDIN_FILENO, &byte, 1) > 0)
			continue;
	_exit(EXIT_SUCCESS);
}

static void
touch(size_t size, int flags)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		exit(EXIT_FAILURE);
	memset(memory, 1, size);
}

/* What is in a file of tmpfs belongs to nobody's RES, but to the writer's control group. */
static void
push(const char *path)
{
	static char block[64 * 1024];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	char byte;

	if (fd < 0 || write(STDOUT_FILENO, "ready\n", 6) != 6)
		exit(EXIT_FAILURE);
	while (read(STDIN_FILENO, &byte, 1) > 0) {
		for (size_t i = 0; i < 2 * MIB / sizeof(block); i++)
			if (write(fd, block, sizeof(block)) < 0)
				exit(EXIT_FAILURE);
		if (write(STDOUT_FILENO, "more\n", 5) != 5)
			break;
	}
	exit(EXIT_SUCCESS);
}

static size_t held = 200 * MIB;

static void *
hold(void *main_thread)
{
	pthread_join(*(pthread_t *)main_thread, NULL);
	touch(held, MAP_PRIVATE);
	stay();
	return NULL;
}

/* The first thread ends, the second holds the memory: the process is shown as a zombie. */
static void
lose_leader(void)
{
	static pthread_t main_thread;
	pthread_t holder;

	main_thread = pthread_self();
	if (pthread_create(&holder, NULL, hold, &main_thread) == 0)
		pthread_exit(NULL);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return EXIT_FAILURE;
	if (argc > 2 && strcmp(argv[1], "zombie-leader") == 0)
		held = (size_t)atoi(argv[2]) * MIB;
	if (strcmp(argv[1], "zombie-leader") == 0)
		lose_leader();
	if (strcmp(argv[1], "name") == 0 && argc > 2)
		prctl(PR_SET_NAME, argv[2]);
	if (strcmp(argv[1], "large") == 0 && argc > 2) {
		prctl(PR_SET_NAME, argv[2]);
		touch(8 * MIB, MAP_PRIVATE);
	}
	if (strcmp(argv[1], "memory") == 0) {
		touch(24 * MIB, MAP_PRIVATE);
		touch(6 * MIB, MAP_SHARED);
	}
	if (strcmp(argv[1], "hold") == 0 && argc > 2)
		touch((size_t)atoi(argv[2]) * MIB, MAP_PRIVATE);
	if (strcmp(argv[1], "vfork") == 0 && argc > 2) {
		touch((size_t)atoi(argv[2]) * MIB, MAP_PRIVATE);
		if (vfork() == 0)
			stay(); /* with the memory of its parent, which waits for its end */
		_exit(EXIT_SUCCESS);
	}
	if (strcmp(argv[1], "push") == 0 && argc > 2)
		push(argv[2]);
	stay();
}
