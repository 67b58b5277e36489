// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct process;
struct snapshot;

/* Command lines (cmdline): read reads, as the file may not answer for ever. */
struct command_lines;

/* `root` is a descriptor of /proc that stays open as long as this lives. */
struct command_lines *command_lines_create(int root);
void command_lines_destroy(struct command_lines *commands);

/*
 * Told of each row that failed, with its -errno; -ENODATA: it has no command line, as one that is
 * about to run another program has none for a moment.
 */
typedef void (*command_failed_fn)(void *context, const struct process *row, int error);

/* Before the first row of a refresh. `all`: also where many files do not answer. */
void command_lines_begin(struct command_lines *commands, struct snapshot *now, bool all,
	command_failed_fn failed, void *context);

/*
 * Asks for a row's. A kernel thread has no command line: its row is filled at once, as is that of
 * a process whose file has not answered since it was asked. Other rows are filled when many have
 * come together, and all at the end, with "[COMM]" where there is none.
 */
void command_lines_ask(struct command_lines *commands, struct process *row);
void command_lines_end(struct command_lines *commands);
