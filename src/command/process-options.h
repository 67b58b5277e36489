// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"
#include "model/filter.h"
#include "output/output.h"
#include "tui/tui.h"

#include <stdbool.h>

/* What the options about processes ask for: which, in what order, with which columns, how often. */
struct process_options {
	struct tui_settings settings; /* of a batch, too: columns, order, interval, scale */
	int64_t count;                /* blocks; 0: for ever */
	struct filter *filter;
	char *filter_text; /* how -p, -u and --filter were given, as one filter; NULL: none was */
	int64_t *pids;     /* ascending; NULL: all */
	size_t pid_count, pid_capacity;
	int64_t width; /* UNKNOWN: that of the terminal, if it is one */
	const struct output_format *format;
	int64_t pss_budget; /* share of the CPU that PSS may cost, per mille */
	bool exact, lock, batch, no_config;
	const char *config; /* the settings file; NULL: the user's own */
};

/* How many options at the start of the table are for the screen only. */
enum { PROCESS_SCREEN_OPTIONS = 4 };

/* The options of `memtop`; those of `memtop batch` are the same but for the first ones. */
extern const struct command_option process_option_table[];

/* Values of `apply` for other commands, whose settings begin with a struct process_options. */
int process_apply_count(void *settings, const struct command_option *option, const char *value);
int process_apply_delay(void *settings, const struct command_option *option, const char *value);
int process_apply_order(void *settings, const struct command_option *option, const char *value);
int process_apply_fields(void *settings, const struct command_option *option, const char *value);
int process_apply_pids(void *settings, const struct command_option *option, const char *value);
int process_apply_filter(void *settings, const struct command_option *option, const char *value);
int process_apply_width(void *settings, const struct command_option *option, const char *value);
int process_apply_scale(void *settings, const struct command_option *option, const char *value);
int process_apply_format(void *settings, const struct command_option *option, const char *value);

void process_options_init(struct process_options *options);

/* For rows of another table: no columns, no order and no filter are chosen yet. */
void process_options_use(struct process_options *options, const struct table *table);

/* Like command_parse(), and -1 where there is a word that is no option. */
int process_options_parse(const struct command *command, int argc, char **argv,
	struct process_options *options, int *ret_status);
void process_options_finish(struct process_options *options);

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
