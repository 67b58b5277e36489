// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"
#include "output/output.h"
#include "table/filter.h"
#include "tui/tui.h"

#include <stdbool.h>

struct row_list;

/* An option that is understood when the table and the settings that it is about are known. */
struct kept_option {
	const struct command_option *option;
	const char *value;
};

/* What the options about rows ask for: which, in what order, with which columns, how often. */
struct process_options {
	struct tui_settings settings; /* of a batch, too: columns, order, interval, scale */
	unsigned given;               /* which of the kept options are: bits 1 << enum kept_kind */
	int64_t count;                /* blocks; 0: for ever */
	int64_t top;                  /* rows of a block; 0: all */
	struct filter *filter;
	char *filter_text; /* how -p, -u and --filter were given, as one filter; NULL: none was */
	int64_t *pids;     /* ascending; NULL: all */
	size_t pid_count, pid_capacity;
	char **names; /* of processes; process_options_find() makes pids of them */
	size_t name_count, name_capacity;
	bool runs_command; /* a name that is not found may have been meant as one */
	int64_t width;     /* UNKNOWN: that of the terminal, if it is one */
	const struct output_format *format;
	int64_t pss_budget; /* share of the CPU that PSS may cost, per mille */
	bool exact, lock, batch, no_config, no_mouse;
	const char *config; /* the settings file; NULL: the user's own */
	struct kept_option *kept;
	size_t kept_count, kept_capacity;
};

/*
 * The options of every command that shows rows of a table, the same in each: --delay, --count,
 * --fields, --order, --filter, --format, --scale, --width, --top. The settings of such a command
 * begin with a struct process_options.
 */
extern const struct command_option table_options[];

/* Those of `memtop` and `memtop batch`. */
extern const struct command_option process_option_table[];

/*
 * Values of `apply` for rows of commands that say more of a shared option. process_keep() keeps it
 * for process_options_complete(), its `value` is one of these; the offset of process_apply_count()
 * is that of an int64_t.
 */
enum kept_kind { KEPT_DELAY, KEPT_FIELDS, KEPT_ORDER, KEPT_FILTER, KEPT_USER, KEPT_SCALE };
int process_keep(void *settings, const struct command_option *option, const char *value);
int process_apply_count(void *settings, const struct command_option *option, const char *value);

/* A list of PID and NAME for options that take one. */
int process_apply_pids(void *settings, const struct command_option *option, const char *value);

/* A value of `take_word`: one PID or NAME. */
int process_take_word(void *settings, const char *word);

void process_options_init(struct process_options *options);

/*
 * Understands the options about rows, which are of this table. Without `columns` and `order` those
 * of the settings count where the options name none. Returns 0, or tells what is wrong and returns
 * -EINVAL.
 */
int process_options_complete(struct process_options *options, const struct table *table,
	const char *columns, const char *order);

static inline bool
process_options_has(const struct process_options *options, enum kept_kind kind)
{
	return options->given & 1u << kind;
}

/* One block, where neither --count nor --delay is given. */
void process_options_default_to_one(struct process_options *options);

/* Whether processes are named, by PID or NAME. */
static inline bool
process_options_are_named(const struct process_options *options)
{
	return options->pid_count + options->name_count > 0;
}

/*
 * Finds the processes that are named: of several with the same name all, or the `largest` by
 * resident memory, which is told. Returns the exit status, and has told what could not be found.
 */
int process_options_find(struct process_options *options, bool largest);

/* Adds what an option asks for to `filter_text`: NAME and VALUE are a term of a filter. */
void process_options_note(struct process_options *options, const char *name, const char *value);

/*
 * Both for rows of all processes, of which only those named pass the filter. Returns the exit
 * status, and has told why it is not 0.
 */
int process_options_prepare(struct process_options *options);
void process_options_finish(struct process_options *options);

/*
 * Puts the rows that are asked for into a list, in order; without those that are not worth showing
 * (NULL: all are). Tells once where a regular expression of the filter took too long.
 */
void process_options_choose(const struct process_options *options, const void *rows, size_t count,
	bool (*is_worth_showing)(const void *row), struct row_list *list);

/*
 * At which column lines are cut: at the edge of the terminal, or where asked for; 0 where the
 * output is no terminal, as nothing is cut in a pipe.
 */
size_t process_options_width(const struct process_options *options);

/* Standard output as asked for: format, unit of sizes, width. The caller finishes it. */
struct output process_options_output(const struct process_options *options);

/* What PSS may cost in a refresh, in nanoseconds; 0: whatever it takes. */
int64_t process_options_rollup_budget(const struct process_options *options);

/* What --help says of the columns of a table, and of those of processes and the filter. */
void options_describe_columns(FILE *file, const struct table *table);
void process_options_describe(FILE *file);
