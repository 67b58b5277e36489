// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/command-lines.h"

#include "base/memory.h"
#include "collect/blocking-reads.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Larger batches switch less between the two threads, but cost memory. */
enum { COMMAND_SIZE = 4096, HANGS = 3, HANGS_OF_ALL = 32, MOST_AT_ONCE = 256 };

struct command_lines {
	struct blocking_reads *reads;
	/* For this refresh: */
	struct snapshot *now;
	command_failed_fn failed;
	void *context;
	int hangs; /* timeouts left before the rest is given up */
	int asked; /* since the last batch */
};

struct command_lines *
command_lines_create(int root)
{
	struct command_lines *commands = xcalloc(1, sizeof(*commands));

	commands->reads = blocking_reads_create(root);
	return commands;
}

void
command_lines_destroy(struct command_lines *commands)
{
	if (!commands)
		return;
	blocking_reads_destroy(commands->reads);
	free(commands);
}

void
command_lines_begin(struct command_lines *commands, struct snapshot *now, bool all,
	command_failed_fn failed, void *context)
{
	blocking_reads_reset(commands->reads); /* each batch was waited for */
	commands->now = now;
	commands->failed = failed;
	commands->context = context;
	commands->hangs = all ? HANGS_OF_ALL : HANGS;
	commands->asked = 0;
}

/* Kernel threads, and processes that have erased their arguments, have no command line. */
static void
name_by_comm(struct snapshot *now, struct process *row)
{
	char text[128];
	int length = snprintf(text, sizeof(text), "[%s]%s", row->comm ? row->comm : "?",
		row->extras->blocked ? " (blocked)" : "");

	row->command = snapshot_keep_command(now, text, (size_t)length);
}

static void
fail(struct command_lines *commands, struct process *row, int error)
{
	if (error == -ETIMEDOUT)
		snapshot_extras(commands->now, row)->blocked = "cmdline";
	name_by_comm(commands->now, row);
	commands->failed(commands->context, row, error);
}

/* Each argument ends in NUL; these become blanks. */
static void
take_command(struct command_lines *commands, const struct blocking_read *read, struct process *row)
{
	struct snapshot *now = commands->now;
	char text[COMMAND_SIZE];
	size_t length = read->command_length;

	while (length > 0 && read->command[length - 1] == '\0')
		length--;
	for (size_t i = 0; i < length; i++)
		text[i] = read->command[i] ? read->command[i] : ' ';
	if (length > 0)
		row->command = snapshot_keep_command(now, text, length);
	else
		fail(commands, row, -ENODATA);
}

static void
take_answer(struct command_lines *commands, const struct blocking_read *read)
{
	struct process *row = snapshot_find_process(commands->now, read->pid);

	commands->hangs -= read->error == -ETIMEDOUT;
	if (read->error < 0)
		fail(commands, row, read->error);
	else
		take_command(commands, read, row);
}

/* Reads the batch and waits for it. After too many timeouts the rest is given up. */
static void
read_asked(struct command_lines *commands)
{
	const struct blocking_read *reads;
	size_t count;

	commands->asked = 0;
	blocking_reads_submit(commands->reads);
	blocking_reads_wait(commands->reads, commands->hangs, INT64_MAX);
	reads = blocking_reads_results(commands->reads, &count);
	for (size_t i = 0; i < count; i++)
		take_answer(commands, &reads[i]);
	blocking_reads_reset(commands->reads);
}

void
command_lines_ask(struct command_lines *commands, struct process *row)
{
	struct blocking_read read = {
		.pid = row->pid, .start_time = row->start_time, .file = BLOCKING_COMMAND
	};

	if (row->is_kernel_thread) {
		name_by_comm(commands->now, row);
		return;
	}
	if (blocking_reads_is_blocked(commands->reads, row->pid, BLOCKING_COMMAND)) {
		fail(commands, row, -ETIMEDOUT);
		return;
	}
	if (commands->hangs <= 0) {
		fail(commands, row, -EAGAIN);
		return;
	}
	snprintf(read.directory, sizeof(read.directory), "%lld", (long long)row->pid);
	blocking_reads_add(commands->reads, &read);
	if (++commands->asked == MOST_AT_ONCE)
		read_asked(commands);
}

void
command_lines_end(struct command_lines *commands)
{
	read_asked(commands);
}
