// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"
#include "base/memory.h"
#include "command/command.h"
#include "sampler/demangle-child.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROGRAM_SIZE = 64 };

/*
 * A closed standard descriptor would go to the next file opened, and output into that file.
 * Writing to what stands in for it fails.
 */
static void
guard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			exit(EXIT_FAILURE);
}

int
main(int argc, char **argv)
{
	static char program[PROGRAM_SIZE] = "memtop";
	int status, error, taken = 0;
	const struct command *command;

	demangle_child_main(argc, argv);
	memory_share_heap();
	signal(SIGCHLD, SIG_DFL); /* else the kernel would reap children */
	command = command_find(argv + 1, argc - 1, &taken);
	guard_descriptors();
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of that write alone */
	setlocale(LC_CTYPE, "");
	if (command) {
		snprintf(program, sizeof(program), "memtop %s", command->name);
		argc -= taken;
		argv += taken;
	} else if (argc > 1 && argv[1][0] != '-') {
		log_set_program(program);
		return command_refuse_name(argv[1]);
	}
	log_set_program(program);
	command = command ? command : commands[0];
	status = command->run(command, argc, argv);
	error = command_flush();
	return status == EXIT_SUCCESS && error < 0 ? command_failure_status("write error", error)
						   : status;
}
