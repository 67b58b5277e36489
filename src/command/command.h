// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table;

/* One option: getopt_long, --help, the completions and the man page check follow from this row. */
struct command_option {
	const char *name;     /* --name; NULL ends the table */
	char letter;          /* -l, or 0 */
	const char *argument; /* what it takes, as --help shows it, or NULL */
	const char *help;
	/*
	 * Takes the value (NULL where the option has none) into what is at `offset` in the
	 * command's settings. Returns 0, or tells the user and returns -EINVAL.
	 */
	int (*apply)(void *member, const struct command_option *option, const char *value);
	size_t offset;
	int value; /* for `apply` */
	/* A form of an earlier version, understood but not shown: the letter; without one the name.
	 */
	bool hidden;
};

/* Options of several commands, and where in the settings of one is what they set. */
struct shared_options {
	const struct command_option *options; /* NULL ends a list of these */
	size_t offset;
};

/* Exit status for a wrong command line, but where a command is like one with another. */
enum { USAGE_STATUS = 2 };

struct command {
	const char *name;      /* one word, or two with a blank between them */
	const char *summary;   /* one line, for `memtop --help` */
	const char *arguments; /* behind the name in the usage line */
	const struct command_option *options;
	const struct shared_options *shared; /* or NULL */
	const struct table *table;           /* whose columns options take; NULL: of processes */
	void (*describe)(FILE *file);        /* --help after the options; NULL: the table */
	const char *usage_end; /* an option: errors show --help up to it; NULL: they are one line */
	int usage_status;      /* USAGE_STATUS, or that of the program it is like */
	/*
	 * Takes a word that is no option into what is at `word_offset` in the settings. Returns 0,
	 * 1 where it begins or goes on with a command to be run, or tells the user and returns
	 * -EINVAL. NULL: command_parse() leaves all to the caller.
	 */
	int (*take_word)(void *member, const char *word);
	size_t word_offset;
	bool runs_command;       /* what stands behind -- is one */
	bool works_without_proc; /* or says so itself */
	int (*run)(const struct command *command, int argc, char **argv);
};

/* All commands; the first, which has no name on the command line, is `memtop` itself. */
extern const struct command *const commands[];

/*
 * Finds the command whose name is the first one or two of `count` words; NULL if there is none.
 * Of "oom" and "oom log" the longer one counts. *ret_taken is the number of words in its name.
 */
const struct command *command_find(char *const *words, int count, int *ret_taken);

/* Tells that there is no command of this name, and the nearest one. Returns the exit status. */
int command_refuse_name(const char *name);

/* An option of a command with the letter that it has there, and where in the settings it goes. */
struct listed_option {
	const struct command_option *option;
	char letter;
	size_t offset;
};

/* All options: its own, those of the shared tables, --help and --version; what stands before
 * counts. */
struct option_list {
	struct listed_option rows[64];
	size_t count;
	size_t shared, common; /* where these begin */
};

/* Without hidden ones. */
void command_list_options(const struct command *command, struct option_list *ret_list);

/*
 * Parses the options into `settings`. Returns the index of the first word that `take_word` did not
 * take, all others stand behind it; or -1 where the program is done: --help, --version, an error,
 * or no /proc where the command needs it; then with the exit status in *ret_status. A wrong value
 * of a shared option has USAGE_STATUS.
 */
int command_parse(
	const struct command *command, int argc, char **argv, void *settings, int *ret_status);

/* A value of `take_word` for a command that takes none. */
int command_refuse_word(void *member, const char *word);

/* Writes what --help shows; up to the option `end` where that is not NULL. */
void command_write_help(const struct command *command, FILE *file, const char *end);

/* Writes what --help says of the columns of a table. */
void command_describe_columns(const struct table *table, FILE *file);

/* Writes the name and summary of each command. */
void command_write_list(FILE *file);

/* Common values of `apply`: a bool becomes true, a text is borrowed, an int64_t is 1 or more. */
int option_set_flag(void *member, const struct command_option *option, const char *value);
int option_set_text(void *member, const struct command_option *option, const char *value);
int option_set_count(void *member, const struct command_option *option, const char *value);

/*
 * Tells the user in one line what is wrong with the command line, what may have been meant (NULL:
 * nothing known) and where to find help. Returns -EINVAL.
 */
int command_complain(const char *near, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The same of the value of an option: `position` counts characters from 0, or is SIZE_MAX where
 * the place does not matter. Returns -EINVAL.
 */
int option_complain(const struct command_option *option, const char *value, size_t position,
	const char *message);
int option_complain_near(const struct command_option *option, const char *value, size_t position,
	const char *near, const char *message);

/* A word of the command line so that it can be shown, cut where it is long. */
enum { COMMAND_WORD_SIZE = 96 };
const char *command_safe_word(const char *word, char safe[static COMMAND_WORD_SIZE]);

/*
 * Tells that an action failed with -errno and returns the exit status. A reader that has gone away
 * ends the program quietly.
 */
int command_failure_status(const char *action, int error);
