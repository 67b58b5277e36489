// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct table;

/* One option: getopt_long, --help, the completions and the man page check use this row. */
struct command_option {
	const char *name;     /* --name; NULL ends the table */
	char letter;          /* -l, or 0 */
	const char *argument; /* as --help shows it, or NULL; "[=X]": it may be left out */
	const char *help;
	/*
	 * Stores the value (NULL if the option has none) at `offset` in the command's settings.
	 * Returns 0, or tells the user and returns -EINVAL.
	 */
	int (*apply)(void *member, const struct command_option *option, const char *value);
	size_t offset;
	int value; /* for `apply` */
	/* An older form, accepted but not shown: the letter, or the name if there is no letter. */
	bool hidden;
};

/* Whether the value of an option may be left out: --name[=VALUE]. */
static inline bool
command_option_is_optional(const struct command_option *option)
{
	return option->argument && *option->argument == '[';
}

/* Options of several commands, and the offset of their values in a command's settings. */
struct shared_options {
	const struct command_option *options;
	size_t offset;
};

/* Exit status for a wrong command line, except in commands that imitate another program. */
enum { USAGE_STATUS = 2 };

struct command {
	const char *name;      /* one word, or two with a blank */
	const char *summary;   /* one line, for `memtop --help` */
	const char *arguments; /* after the name in the usage line */
	const struct command_option *options;
	struct shared_options shared[4]; /* ends with a zeroed one */
	const struct table *table;       /* for options with columns; NULL: processes */
	void (*describe)(FILE *file);    /* text of --help after the options; NULL: the columns */
	const char *usage_end;           /* errors show --help before this option; NULL: one line */
	int usage_status;                /* USAGE_STATUS, or that of the imitated program */
	/*
	 * Stores a word that is no option at `word_offset` in the settings. Returns 0; 1 if it is
	 * part of a command to run; or tells the user and returns -EINVAL. NULL: command_parse()
	 * leaves all words to the caller.
	 */
	int (*take_word)(void *member, const char *word);
	size_t word_offset;
	bool runs_command;       /* the words after -- are one */
	bool works_without_proc; /* or reports the error itself */
	int (*run)(const struct command *command, int argc, char **argv);
};

/* All commands; the first one is `memtop` itself, without a name on the command line. */
extern const struct command *const commands[];

/*
 * Finds the command with the longest name in the first of `count` words; NULL if there is none.
 * *ret_taken is the number of words in its name.
 */
const struct command *command_find(char *const *words, int count, int *ret_taken);

/* Reports an unknown command, and the nearest name. Returns the exit status. */
int command_refuse_name(const char *name);

/* An option of a command, with its letter there and its offset in the settings. */
struct listed_option {
	const struct command_option *option;
	char letter;
	size_t offset;
};

/* All options: its own, the shared ones, --help and --version, hidden ones. */
struct option_list {
	struct listed_option rows[64];
	size_t count;
	size_t shared, common, hidden; /* start of these parts */
};

void command_list_options(const struct command *command, struct option_list *ret_list);

/*
 * Parses the options into `settings`. Returns the index of the first word that `take_word` did not
 * take, with all others after it. Returns -1 if the program is done (--help, --version, an error,
 * or a missing /proc) and sets *ret_status to the exit status. For a wrong value of a shared option
 * that is USAGE_STATUS.
 */
int command_parse(
	const struct command *command, int argc, char **argv, void *settings, int *ret_status);

/* A `take_word` for commands without words. */
int command_refuse_word(void *member, const char *word);

/* Writes the text of --help; before the option `end` if that is not NULL. */
void command_write_help(const struct command *command, FILE *file, const char *end);

/* Writes the columns of a table for --help. */
void command_describe_columns(const struct table *table, FILE *file);

void command_write_list(FILE *file);

/*
 * Common `apply` functions: a bool becomes true, a text is borrowed, an int64_t is 1 or more, an
 * interval is in nanoseconds.
 */
int option_set_flag(void *member, const struct command_option *option, const char *value);
int option_set_text(void *member, const struct command_option *option, const char *value);
int option_set_count(void *member, const struct command_option *option, const char *value);
int option_set_interval(void *member, const struct command_option *option, const char *value);

/* For others: a number within these bounds, or an error with the message. */
int option_set_number(int64_t *number, const struct command_option *option, const char *value,
	int64_t least, int64_t most, const char *message);

/* Writes a message to standard error: for lock_self(). */
void command_tell(void *context, const char *message);

/*
 * Reports an error of the command line in one line, with a similar word (NULL: none) and a
 * reference to --help. Returns -EINVAL.
 */
int command_complain(const char *near, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The same for an option's value: `position` counts characters from 0, or is SIZE_MAX for no place.
 * Returns -EINVAL.
 */
int option_complain_at(const struct command_option *option, const char *value, size_t position,
	const char *near, const char *message);
int option_complain(const struct command_option *option, const char *value, const char *message);

/* A word of the command line, safe to show and cut if it is long. */
enum { COMMAND_WORD_SIZE = 96 };
const char *command_safe_word(const char *word, char safe[static COMMAND_WORD_SIZE]);

/*
 * Reports that an action failed with -errno. Returns the exit status. For -EPIPE it reports
 * nothing, and the status is success.
 */
int command_failure_status(const char *action, int error);

/*
 * Writes out what is left of standard output. Returns 0 if all of it was written since the start,
 * or -errno: -EPIPE if nobody reads it any more, -EIO if the cause is not known.
 */
int command_flush(void);
