// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/loop.h"
#include "command/table-options.h"
#include "model/reading.h"
#include "model/snapshot.h"

struct needs;

/* Space for two lines about the scope of OOM kills and a warning. */
enum { TABLE_HEAD_SIZE = 6 * 1024 };

/* One run of a command that lists a table. */
struct table_run {
	const struct table_command *command;
	struct table_options *options;
	void *own;    /* settings and state of the command */
	char **words; /* of a command to start, ending in NULL */
	struct reading reading;
	struct snapshot snapshots[2];
	struct snapshot *now;          /* the last reading */
	const struct snapshot *before; /* the one before it, or NULL */
	int64_t number;                /* of the block, from 1 */
	struct row_list rows;
	struct output output;
	int status;           /* the exit status if all else succeeds */
	bool ended;           /* the pipe of the output is closed, or the recording ends */
	struct moment moment; /* of the recording: the next one */
	char head[TABLE_HEAD_SIZE];
	struct hint told[MOST_HINTS]; /* the hints written on standard error */
	size_t told_count;
	struct throttle throttle;
	bool throttle_is_told;
	int64_t took; /* nanoseconds for the last reading */
};

/* A command's functions for its table. All except `rows` may be NULL. */
struct table_command {
	const char *columns, *order; /* defaults; order NULL: rows stay as they are */
	uint64_t needs;              /* more than those of columns, order and filter */
	int64_t patience;            /* for the sampler, see source_create(); 0: without */
	bool carries;                /* a reading may reuse unchanged data of the last */
	bool has_no_rates;           /* readings are not compared */
	bool is_throttled;           /* fewer blocks if reading takes long */
	/*
	 * Completes the options, instead of table_options_complete() with the table of the command
	 * and the defaults above. Returns 0, or reports an error and returns -EINVAL or an exit
	 * status.
	 */
	int (*prepare)(struct table_run *run);
	/* Adds needs that are not from columns, order, filter and `needs`. */
	void (*ask)(const struct table_run *run, struct needs *needs);
	/*
	 * Makes rows from the snapshot and lists them with table_run_list(). Returns TABLE_NO_BLOCK
	 * if there is nothing to show yet, or an exit status; reports why it is not EXIT_SUCCESS.
	 */
	int (*rows)(struct table_run *run);
	/* Writes the head with table_run_head(); without any text the head has the totals. */
	void (*head)(struct table_run *run);
	/* Writes the text of --explain, instead of rows. */
	void (*explain)(const struct table_run *run);
	/* Writes a block, instead of table_run_write(). Returns 0 or -errno. */
	int (*write)(struct table_run *run);
	/* Shows all blocks, instead of one each interval. Returns an exit status. */
	int (*show)(struct table_run *run);
};

enum { TABLE_NO_BLOCK = -1 };

/*
 * Runs a command: parses the command line into `own` (its options) and `options` (a member of it,
 * or the same), reads and shows. Returns the exit status.
 */
int table_command_run(const struct command *command, const struct table_command *lists, void *own,
	struct table_options *options, int argc, char **argv);

/* The same with complete options. */
int table_command_show(const struct table_command *lists, void *own, struct table_options *options);

/* Lists the rows that pass the options and are worth showing (NULL: all), in order, with no top. */
int table_run_list(struct table_run *run, const void *rows, size_t count,
	bool (*is_worth_showing)(const void *row));

/* Appends to the head. */
void table_run_head(struct table_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes the block; if its format has no space for hints, reports each once. */
int table_run_write(struct table_run *run);

/*
 * For `show`: read once (TABLE_NO_BLOCK: the recording has ended), write one block, or one each
 * interval. All return an exit status.
 */
int table_run_read(struct table_run *run);
int table_run_block(struct table_run *run);
int table_run_blocks(struct table_run *run);

/* The same as table_run_block() with what has been read. */
int table_run_last_block(struct table_run *run);
