// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/loop.h"
#include "command/table-options.h"
#include "model/snapshot.h"

struct needs;
struct source;

/* Enough for two lines about the scope of OOM kills and a warning. */
enum { TABLE_HEAD_SIZE = 6 * 1024 };

/* One run of a command that lists a table. */
struct table_run {
	const struct table_command *command;
	struct table_options *options;
	void *own;    /* settings and state of the command */
	char **words; /* of a command to start, ending in NULL */
	struct source *source;
	struct snapshot snapshots[2];
	struct snapshot *now;          /* the last reading */
	const struct snapshot *before; /* the one before it; NULL: there is none */
	int64_t number;                /* of the block, from 1 */
	struct row_list rows;
	struct output output;
	int status; /* the exit status where all else goes well */
	bool ended; /* the reader of the output has gone away */
	char head[TABLE_HEAD_SIZE];
	struct hint told[SNAPSHOT_HINTS];
	size_t told_count;
	struct throttle pace;
	bool told_pace;
	int64_t took; /* nanoseconds for the last reading */
};

/* What a command lists of its table, and how. All functions but `rows` may be NULL. */
struct table_command {
	const char *columns, *order; /* the usual ones; order NULL: the rows stay as they are */
	uint64_t needs;              /* besides those of columns, order and filter */
	int64_t patience;            /* with the sampler: see source_create(); 0: without */
	bool carries;                /* a reading may take from the last what has not changed */
	bool has_no_rates;           /* readings are not compared */
	bool is_paced;               /* blocks are fewer where reading takes long */
	/*
	 * Completes the options, where that is more than table_options_complete() with the table
	 * of the command and what stands above.
	 * Returns 0, or has told what is wrong: -EINVAL or an exit status.
	 */
	int (*prepare)(struct table_run *run);
	/* Says what is to be read, where that is more than columns, order, filter and `needs`. */
	void (*ask)(const struct table_run *run, struct needs *needs);
	/*
	 * Makes rows of what was read and has them listed: table_run_list(). Returns
	 * TABLE_NO_BLOCK where nothing is shown yet, or an exit status and has told why it is not
	 * EXIT_SUCCESS.
	 */
	int (*rows)(struct table_run *run);
	/* Writes what stands above the rows, with table_run_head(); nothing: the totals do. */
	void (*head)(struct table_run *run);
	/* Writes below the head what --explain asks for instead of rows. */
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

/* The same with options that are complete. */
int table_command_show(const struct table_command *lists, void *own, struct table_options *options);

/* Lists those of the rows that are asked for and worth showing (NULL: all are). */
int table_run_list(struct table_run *run, const void *rows, size_t count,
	bool (*is_worth_showing)(const void *row));

/* Adds to what stands above the rows. */
void table_run_head(struct table_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes the block and, where the format has no place for them, tells the hints: each once. */
int table_run_write(struct table_run *run);

/* For `show`: one reading, one block. Both return an exit status. */
int table_run_read(struct table_run *run);
int table_run_block(struct table_run *run);
