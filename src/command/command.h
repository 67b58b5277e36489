// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdio.h>

struct output;
struct row_list;
struct snapshot;
struct table;

/* One option: getopt_long, --help, the completions and the man page check follow from this row. */
struct command_option {
	const char *name;     /* --name; NULL ends the table */
	char letter;          /* -l, or 0 */
	const char *argument; /* what it takes, as --help shows it, or NULL */
	const char *help;
	/*
	 * Takes the value (NULL where the option has none) into the command's settings. Returns 0,
	 * or tells the user and returns -EINVAL.
	 */
	int (*apply)(void *settings, const struct command_option *option, const char *value);
	size_t offset; /* for the common values of `apply`: of the member that is set */
	int value;     /* for `apply` */
};

struct command {
	const char *name;      /* one word, or two with a blank between them */
	const char *summary;   /* one line, for `memtop --help` */
	const char *arguments; /* behind the name in the usage line */
	const struct command_option *options;
	const struct table *table;       /* whose columns options take; NULL: of processes */
	void (*describe)(FILE *file);    /* what --help says after the options, or NULL */
	void (*usage_error)(FILE *file); /* printed after an error, or NULL */
	int usage_status;                /* exit status for a wrong command line */
	int (*run)(const struct command *command, int argc, char **argv);
};

/* All commands; the first, which has no name on the command line, is `memtop` itself. */
extern const struct command *const commands[];

/*
 * Finds the command whose name is the first one or two of `count` words; NULL if there is none.
 * Of "oom" and "oom log" the longer one counts. *ret_taken is the number of words in its name.
 */
const struct command *command_find(char *const *words, int count, int *ret_taken);

/* What every command has: --help and --version. A command may use their letters otherwise. */
extern const struct command_option common_options[];

/*
 * Parses the options into `settings`. Returns the index of the first operand, or -1 where the
 * program is done: --help, --version or an error, with the exit status in *ret_status.
 */
int command_parse(
	const struct command *command, int argc, char **argv, void *settings, int *ret_status);

/* Writes what --help shows; up to the option `end` where that is not NULL. */
void command_write_help(const struct command *command, FILE *file, const char *end);

/* Common values of `apply`: a bool becomes true, a text is borrowed. */
int option_set_flag(void *settings, const struct command_option *option, const char *value);
int option_set_text(void *settings, const struct command_option *option, const char *value);

/*
 * Tells the user that the value of an option is wrong, and where: `position` counts from 0, or is
 * SIZE_MAX where the place does not matter. Returns -EINVAL.
 */
int option_complain(const struct command_option *option, const char *value, size_t position,
	const char *message);

/*
 * Tells that an action failed with -errno and returns the exit status. A reader that has gone away
 * ends the program quietly.
 */
int command_failure_status(const char *action, int error);

/*
 * A format without a place for hints leaves them to standard error. `processes` are the rows that
 * are shown; NULL: rows of another kind.
 */
void command_tell_hints(const struct output *output, const struct snapshot *snapshot,
	const struct row_list *processes);
