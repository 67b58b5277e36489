// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/lock.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/jansson.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"
#include "command/loop.h"
#include "command/oom-log.h"
#include "command/process-options.h"
#include "command/reader-thread.h"
#include "command/settings.h"
#include "model/needs.h"
#include "model/process.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "table/pattern.h"
#include "tui/screen.h"
#include "tui/tui.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* During many resizes, waits before drawing again. */
enum { RESIZE_QUIET_NS = 30 * 1000000, FIRST_ROWS_NS = 200 * 1000000, COMPLAINT_SIZE = 256 };

extern const struct command command_replay;

struct top_options {
	struct process_options process;
	struct tui_settings screen;
	bool no_config, no_mouse;
	const char *config; /* the settings file; NULL: the default */
};

struct top {
	struct app *tui;
	struct reader_thread *reader;
	const struct top_options *options;
	const char *path; /* of the settings, or NULL */
	int64_t started;  /* start of the last read */
	int64_t next;     /* time of the next read */
	struct throttle throttle;
	int stretch;         /* intervals from the last read to the next */
	int64_t quiet_until; /* no drawing before */
	int64_t taken;       /* refreshes so far */
	bool is_again;       /* the current read is of the sample on the screen */
	bool is_lost;        /* that one cannot be read any more */
	bool only_missing;   /* the current read is between two refreshes, for a column */
	bool rows_only;      /* and only for some rows */
	bool is_new;         /* the snapshot has not been drawn */
	bool changed, input_ended;
	int error;
};

static bool
is_past(const struct top *top)
{
	return top->options->process.table.past.is_asked;
}

/* A sample of a recording: the one that is wanted next, or the same where it lacks something. */
static void
start_past(struct top *top)
{
	struct moment moment = { .kind = MOMENT_STEP };
	struct needs needs;

	if (reader_thread_is_busy(top->reader) ||
		(!tui_take_moment(top->tui, &moment) &&
			(top->is_lost || tui_is_complete(top->tui))))
		return;
	top->is_again = moment.kind == MOMENT_STEP && moment.steps == 0;
	needs = tui_needs(top->tui);
	needs.moment = moment;
	needs.rows_only = needs.sizes_only = false;
	needs.bits |= NEED_EVENTS;
	reader_thread_start(top->reader, &needs);
}

static void
start_read(struct top *top)
{
	const struct process_options *options = &top->options->process;
	struct needs needs;
	bool is_between;

	if (is_past(top)) {
		start_past(top);
		return;
	}
	/* A request during a read is kept. */
	if (tui_is_frozen(top->tui) || reader_thread_is_busy(top->reader))
		return;
	is_between = tui_stands_still(top->tui) ||
		     (!tui_wants_refresh(top->tui) && loop_now() < top->next) ||
		     (top->taken == 0 && !tui_has_rows_to_draw(top->tui));
	if (is_between && tui_is_complete(top->tui))
		return;
	needs = tui_needs(top->tui);
	needs.only_missing = is_between && !(needs.bits & NEED_SAMPLED);
	needs.sizes_only = needs.sizes_only && (is_between || top->started == 0);
	needs.bits |= NEED_EVENTS;
	needs.pids = options->named.pids;
	needs.pid_count = options->named.pid_count;
	needs.exact = needs.exact || options->exact;
	needs.interval = top->options->screen.interval * (top->stretch > 0 ? top->stretch : 1);
	needs.pss_budget = process_options_pss_budget(options, top->options->screen.interval);
	needs.rows_only = needs.rows_only && needs.only_missing;
	top->only_missing = needs.only_missing;
	top->rows_only = needs.rows_only;
	if (!top->only_missing)
		top->started = loop_now();
	reader_thread_start(top->reader, &needs);
}

/* The screen of a recording stays: its files may have been deleted. */
static void
miss_moment(struct top *top)
{
	char text[COMPLAINT_SIZE];

	if (!is_past(top) || top->error == 0 || top->taken == 0)
		return;
	snprintf(text, sizeof(text), "cannot read %s: %s",
		top->is_again ? "this sample again" : "the recording",
		top->error == -ENODATA ? "it was deleted" : strerror(-top->error));
	top->is_lost = top->is_again;
	if (top->error == -ENODATA && !top->is_again)
		tui_miss_moment(top->tui);
	else
		tui_tell(top->tui, text);
	top->error = 0;
	top->changed = true;
}

static void
take_snapshot(struct top *top)
{
	const struct snapshot *snapshot;
	int64_t interval = top->options->screen.interval;

	if (tui_is_frozen(top->tui) && !is_past(top))
		return;
	snapshot = reader_thread_take(top->reader, &top->error);
	if (!snapshot) {
		miss_moment(top);
		return;
	}
	top->is_lost = false;
	if (!top->only_missing)
		top->stretch =
			throttle_next(&top->throttle, reader_thread_took(top->reader), interval);
	top->next = top->started + top->stretch * interval;
	if (top->rows_only)
		tui_show_rows(top->tui);
	else
		tui_show(top->tui, snapshot, top->stretch);
	if (top->taken == 0)
		top->quiet_until = 0;
	top->changed = top->is_new = true;
}

static void
save_settings(struct top *top)
{
	char message[PATH_MAX + 64];
	int error = top->path ? settings_save(top->path, &top->options->screen) : -ENOENT;

	if (error < 0) /* the cause first: a long path may be cut */
		snprintf(message, sizeof(message), "cannot write the settings: %s (%s)",
			strerror(-error), top->path ? top->path : "no file");
	else
		snprintf(message, sizeof(message), "settings written to %s", top->path);
	tui_tell(top->tui, message);
}

/* Takes all waiting keys. Returns false if one of them quits. */
static bool
take_keys(struct top *top)
{
	int key, count = 0;

	while ((key = getch()) != ERR) {
		count++;
		if (key == KEY_RESIZE)
			top->quiet_until = loop_now() + RESIZE_QUIET_NS;
		if (!tui_key(top->tui, key))
			return false;
		if (tui_wants_save(top->tui)) /* at once: the next key may quit */
			save_settings(top);
	}
	top->changed = top->changed || count > 0;
	top->input_ended = count == 0; /* readable, but without data */
	return true;
}

/* doupdate() ignores SIGTSTP while it writes, and drops a pending one: handles it before. */
static void
let_stop(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
}

/* The first screen waits a little for what its rows lack, so that they are drawn once. */
static bool
waits_for_rows(const struct top *top)
{
	return top->taken == 0 && top->quiet_until == 0 && !tui_has_rows_to_draw(top->tui);
}

static void
draw(struct top *top)
{
	if (!top->changed || loop_now() < top->quiet_until)
		return;
	tui_draw(top->tui); /* which shows what is wanted of which rows */
	if (top->is_new)
		top->taken += tui_is_complete(top->tui);
	top->is_new = false;
	if (waits_for_rows(top)) {
		top->quiet_until = loop_now() + FIRST_ROWS_NS;
		return;
	}
	let_stop();
	doupdate();
	top->changed = false;
}

/*
 * Signals are unblocked only while the loop waits: else a signal between the check and the wait
 * would be seen only with the next key.
 */
static void
block_signals(sigset_t *ret_before)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGTSTP };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(&blocked, numbers[i]);
	pthread_sigmask(SIG_BLOCK, &blocked, ret_before);
}

/* Waits for a key, a snapshot, a signal or the next timed event. */
static int
wait_for_events(const struct top *top, struct pollfd *waits, nfds_t count, const sigset_t *mask)
{
	bool idle = tui_is_frozen(top->tui) || reader_thread_is_busy(top->reader);
	int64_t next = is_past(top) ? tui_next_moment(top->tui) : top->next;
	int64_t until = idle || next == INT64_MAX ? loop_now() + NS_PER_SEC : next;
	struct timespec pause;

	if (top->changed && top->quiet_until < until)
		until = top->quiet_until;
	until -= loop_now();
	pause = clock_timespec(until < 0 ? 0 : until);
	return ppoll(waits, count, &pause, mask);
}

static void
run_loop(struct top *top, const sigset_t *mask)
{
	int64_t count = top->options->process.table.count;
	struct pollfd waits[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = reader_thread_fd(top->reader), .events = POLLIN },
	};

	while (!screen_end_signal() && top->error == 0) {
		int ready;

		draw(top);
		if (count == 0 || top->taken < count)
			start_read(top);
		else if (!top->changed)
			return; /* -n: all refreshes are done */
		waits[1].fd = tui_is_frozen(top->tui) && !is_past(top)
				      ? -1
				      : reader_thread_fd(top->reader);
		ready = wait_for_events(top, waits, 2, mask);
		if (ready < 0 && errno != EINTR)
			return;
		if (ready < 0 ? !take_keys(top) : waits[0].revents && !take_keys(top))
			return;
		if (ready > 0 && waits[0].revents && top->input_ended)
			return;
		if (ready > 0 && waits[1].revents)
			take_snapshot(top);
	}
}

/* Closes the screen after a key, an error, or a signal, which then ends the program. */
static int
finish(const struct top *top)
{
	int signal_number = screen_end_signal();

	screen_close();
	if (signal_number) {
		signal(signal_number, SIG_DFL);
		raise(signal_number);
	}
	if (top->error == 0)
		return EXIT_SUCCESS;
	if (is_past(top))
		return past_tell_failure(&top->options->process.table.past, top->error);
	return command_failure_status("cannot read /proc", top->error);
}

/* The screen is open already. `source` is of a recording, or NULL. */
static int
run_screen(
	struct top_options *options, struct source *source, const char *path, const char *complaint)
{
	struct top top = { .options = options, .path = path };
	const struct table_options *table = &options->process.table;
	sigset_t mask;
	int status;

	top.error = source ? 0 : source_create(PATIENCE_OF_SCREEN, &source);
	if (top.error == 0)
		top.error = reader_thread_create(source, &top.reader);
	top.tui = tui_create(&options->screen, table->filter, table->filter_text,
		table->past.is_asked ? &table->past.from : NULL);
	tui_tell(top.tui, complaint);
	top.changed = true;
	block_signals(&mask);
	if (top.error == 0)
		run_loop(&top, &mask);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	status = finish(&top);
	reader_thread_destroy(top.reader);
	tui_destroy(top.tui);
	return status;
}

static void
describe(FILE *file)
{
	command_write_list(file);
	process_options_describe(file);
}

/* Errors at the start go to standard error; the first one also to the screen. */
static void
note_complaint(void *context, const char *message)
{
	char *first = context;

	log_error("%s", message);
	if (!*first)
		snprintf(first, COMPLAINT_SIZE, "%s", message);
}

/* Swaps the common options of the two: columns, order, interval, scale. */
static void
exchange(struct table_options *table, struct tui_settings *screen)
{
	const struct table_options given = *table;
	struct listing *listing = &screen->processes;

	table->columns = listing->columns;
	table->order = listing->order;
	table->interval = screen->interval;
	table->scale = screen->scale;
	listing->columns = given.columns;
	listing->order = given.order;
	screen->interval = given.interval;
	screen->scale = given.scale;
}

/* Options have priority over settings, so they are parsed after them. */
static int
prepare(struct top_options *options, char **ret_path, char complaint[static COMPLAINT_SIZE])
{
	struct tui_settings *screen = &options->screen;

	*ret_path = options->config ? xstrdup(options->config) : settings_default_path();
	exchange(&options->process.table, screen);
	if (!options->process.batch && !options->no_config && *ret_path)
		settings_load(
			*ret_path, options->config != NULL, screen, note_complaint, complaint);
	if (options->no_mouse)
		screen->mouse = false;
	exchange(&options->process.table, screen);
	return process_options_prepare(&options->process);
}

static int
show(struct top_options *options, const char *path, char complaint[static COMPLAINT_SIZE])
{
	const struct past_options *past = &options->process.table.past;
	struct source *source = NULL;

	if (options->process.lock) {
		pattern_load();
		jansson_load(); /* for names of containers */
		lock_self(note_complaint, complaint);
	}
	if (options->process.batch)
		return batch_run(&options->process);
	if (past->is_asked && past_source_create(past, &source) != EXIT_SUCCESS)
		return EXIT_FAILURE;
	if (screen_open(options->screen.mouse, &options->screen.palette)) {
		exchange(&options->process.table, &options->screen);
		return run_screen(options, source, path, complaint);
	}
	if (source)
		source->destroy(source);
	log_error("no screen is possible here: one block of 'memtop batch' instead");
	options->process.table.count = 1;
	return batch_run(&options->process);
}

static void
init(struct top_options *options)
{
	size_t position;

	*options = (struct top_options){
		.screen = { .kill_order = { .columns = { .table = &process_table },
				    .order = order_of(table_column(&process_table, "rank")) },
			.mouse = true,
			.graph = true,
			.explain_kill = oom_log_explain },
	};
	process_options_init(&options->process);
	selection_parse(&options->screen.kill_order.columns, process_kill_order_columns, &position);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct top_options options;
	_cleanup_free_ char *path = NULL;
	char complaint[COMPLAINT_SIZE] = "";
	int status;

	init(&options);
	options.process.table.past.is_asked = command == &command_replay;
	if (command_parse(command, argc, argv, &options, &status) >= 0) {
		status = prepare(&options, &path, complaint);
		if (status == EXIT_SUCCESS)
			status = show(&options, path, complaint);
	}
	selection_finish(&options.screen.processes.columns);
	selection_finish(&options.screen.kill_order.columns);
	process_options_finish(&options.process);
	return status;
}

/* The recording to show. */
static int
take_recording(void *settings, const char *word)
{
	struct top_options *options = settings;
	struct past_options *past = &options->process.table.past;

	if (past->path)
		return command_refuse_word(settings, word);
	past->path = word;
	return 0;
}

#define SETTING(member) offsetof(struct top_options, member)
#define SCREEN_OPTIONS                                                                             \
	{ "config", 0, "FILE", "read and write the settings of the screen there", option_set_text, \
		SETTING(config), 0 },                                                              \
		{ "no-config", 0, NULL, "read no settings", option_set_flag, SETTING(no_config),   \
			0 },                                                                       \
		{ "no-mouse", 0, NULL, "leave the mouse to the terminal, as for selecting text",   \
			option_set_flag, SETTING(no_mouse), 0 },

/* clang-format off */
static const struct command_option options_table[] = {
	{ "batch", 'b', NULL, "print blocks instead of opening the screen", option_set_flag, SETTING(process.batch), 0 },
	SCREEN_OPTIONS
	{ .name = NULL },
};

static const struct command_option replay_options[] = {
	{ "begin", 'b', "TIME", "start there instead of with the first sample: " MOMENT_FORMS, past_set_from, SETTING(process.table.past), 0 },
	{ "pid", 'p', "PID,...", "only these processes; a NAME stands for all of that name where it starts", process_names_apply, SETTING(process.named), 0 },
	{ "user", 'u', "USER", "only processes of USER (name or number); !USER: of all others", table_options_keep, SETTING(process.table), KEPT_USER },
	{ "fields", 'F', "FIELD,...", "columns to show", table_options_keep, SETTING(process.table), KEPT_FIELDS },
	{ "order", 'o', "FIELD", "column to sort by; + before it: largest first, -: smallest first", table_options_keep, SETTING(process.table), KEPT_ORDER },
	{ "filter", 0, "EXPR", "only rows for which EXPR holds", table_options_keep, SETTING(process.table), KEPT_FILTER },
	{ "scale", 'e', "UNIT", "show sizes in b, k, m, g, t or p instead of the unit that fits", table_options_keep, SETTING(process.table), KEPT_SCALE },
	SCREEN_OPTIONS
	{ .name = NULL },
};
/* clang-format on */

const struct command command_top = {
	.name = "",
	.summary = "the screen",
	.arguments = "[options]\n memtop COMMAND [options]",
	.options = options_table,
	.shared = { { process_option_rows, SETTING(process) },
		{ table_option_rows, SETTING(process.table) } },
	.describe = describe,
	.usage_status = USAGE_STATUS,
	.take_word = command_refuse_word,
	.run = run,
};

const struct command command_replay = {
	.name = "replay",
	.summary = "the screen of what memtop record has recorded",
	.arguments = "[options] [FILE | FOLDER]",
	.options = replay_options,
	.describe = process_options_describe,
	.usage_status = USAGE_STATUS,
	.take_word = take_recording,
	.works_without_proc = true,
	.run = run,
};
