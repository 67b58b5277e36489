// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct process;
struct snapshot;

/* Command lines (cmdline), read with blocking_reads because the file may block for ever. */
struct command_lines;

/* `root` is a descriptor of /proc; it must outlive this. */
struct command_lines *command_lines_create(int root);
void command_lines_destroy(struct command_lines *commands);

/*
 * Called for each row that failed, with -errno; -ENODATA: the command line is empty, as it is for a
 * moment during an exec.
 */
typedef void (*command_failed_fn)(void *context, struct process *row, int error);

/* Call it before the first row of a refresh. `all`: tolerate more files that block. */
void command_lines_begin(struct command_lines *commands, struct snapshot *now, bool all,
	command_failed_fn failed, void *context);

/*
 * Asks for the command line of a row. Kernel threads, and processes whose file still blocks, are
 * filled at once, others batch by batch and at the latest in command_lines_end(). Rows without a
 * command line get "[COMM]".
 */
void command_lines_ask(struct command_lines *commands, struct process *row);
void command_lines_end(struct command_lines *commands);
