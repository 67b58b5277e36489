// SPDX-License-Identifier: GPL-3.0-or-later
#include "oomlog/oom-log.h"
#include "base/clock.h"
#include "base/known.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/scan.h"
#include "base/text.h"
#include "collect/kernel-log.h"
#include "command/command.h"
#include "command/oom-log.h"
#include "model/incident.h"
#include "oomlog/stamp.h"
#include "output/oom-log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A text keeps only the last kills: its chapters are known at the end of the log. */
enum { TEXT_COUNT = 1000 };

struct oom_log_options {
	int64_t count; /* the last kills; 0: all */
	int64_t since; /* nanoseconds since the epoch, or UNKNOWN */
	bool json;
	const char *path, *name; /* log file, or NULL; victim, or NULL */
	int64_t pid;             /* of the victim, or UNKNOWN */
};

/* The last kills of a log; the oldest is at `first`. */
struct last_kills {
	struct oom_kill *list;
	size_t count, capacity, first;
	int64_t total, most; /* number found; the most to keep, 0: written at once */
	int64_t doubt;       /* their times may be too late by so much */
};

/* "30m": the time 30 minutes ago, in nanoseconds; UNKNOWN for another form. */
static int64_t
time_ago(const char *text)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
	int64_t count = scan_next_number(&text);

	for (size_t i = 0; count >= 0 && i < ARRAY_SIZE(units); i++)
		if (strcmp(text, units[i].name) == 0)
			return known_difference(clock_ns(CLOCK_REALTIME),
				known_product(count, units[i].seconds * NS_PER_SEC));
	return UNKNOWN;
}

static int
apply_since(void *settings, const struct command_option *option, const char *value)
{
	struct oom_log_options *options = settings;
	struct log_stamp stamp;
	char day[32];
	const char *end;

	snprintf(day, sizeof(day), "%s%s", value, strlen(value) == 10 ? " 00:00:00" : "");
	options->since = time_ago(value);
	if (options->since == UNKNOWN && (end = log_stamp_read(day, &stamp)) && *end == '\0')
		options->since = log_stamp_time(&stamp, clock_ns(CLOCK_REALTIME));
	if (options->since == UNKNOWN)
		return option_complain(option, value,
			"not a time such as 2026-11-22, 2026-11-22T14:00:00, 90m, 2h or 3d");
	return 0;
}

static int
apply_format(void *settings, const struct command_option *option, const char *value)
{
	struct oom_log_options *options = settings;

	options->json = strcmp(value, "json") == 0;
	if (!options->json && strcmp(value, "text") != 0)
		return option_complain(option, value, "not one of text, json");
	return 0;
}

/* clang-format off */
static const struct command_option options[] = {
	{ "count", 'n', "COUNT", "only the last COUNT kills", option_set_count, offsetof(struct oom_log_options, count), 0 },
	{ "format", 0, "STYLE", "text, or json (one object a line)", apply_format, 0, 0 },
	{ "since", 0, "TIME", "only kills since TIME: a date, a date and time, or 90m, 2h, 3d ago", apply_since, 0, 0 },
	{ .name = NULL },
};
/* clang-format on */

static void
keep(struct last_kills *kills, struct oom_kill *kill)
{
	kills->total++;
	if (kills->most == 0) {
		oom_log_write_json(stdout, kill);
		oom_kill_finish(kill);
	} else if (kills->count < (uint64_t)kills->most) {
		kills->list = array_reserve(
			kills->list, &kills->capacity, kills->count + 1, sizeof(*kill));
		kills->list[kills->count++] = *kill;
	} else {
		oom_kill_finish(&kills->list[kills->first]);
		kills->list[kills->first] = *kill;
		kills->first = (kills->first + 1) % kills->count;
	}
}

/* A kill of unknown time may be too early. */
static bool
is_chosen(const struct oom_log_options *settings, const struct oom_kill *kill)
{
	if (settings->since != UNKNOWN && (kill->time == UNKNOWN || kill->time < settings->since))
		return false;
	if (settings->pid != UNKNOWN && kill->victim.pid != settings->pid)
		return false;
	return !settings->name ||
	       (kill->victim.comm && strcmp(kill->victim.comm, settings->name) == 0);
}

static void
take_kills(struct oom_log *log, struct last_kills *kills, const struct oom_log_options *settings)
{
	struct oom_kill kill;

	while (oom_log_take(log, &kill)) {
		if (is_chosen(settings, &kill))
			keep(kills, &kill);
		else
			oom_kill_finish(&kill);
	}
}

static struct oom_log_clock
clock_for(const char *path, int64_t *ret_doubt)
{
	bool is_device = strcmp(path, kernel_log_device) == 0;

	*ret_doubt = 0;
	return (struct oom_log_clock){ .now = clock_ns(CLOCK_REALTIME),
		.boot = is_device ? kernel_log_boot(ret_doubt) : UNKNOWN };
}

static int
read_log(struct kernel_log *lines, const struct oom_log_options *settings, struct last_kills *kills)
{
	const struct oom_log_clock clock = clock_for(settings->path, &kills->doubt);
	struct oom_log *log = oom_log_create(&clock);
	char *line;
	int error;

	while ((error = kernel_log_next(lines, &line)) > 0) {
		oom_log_feed(log, line, kernel_log_line_ended(lines));
		take_kills(log, kills, settings);
	}
	oom_log_end(log);
	take_kills(log, kills, settings);
	if (error == 0 && oom_log_is_no_log(log))
		error = -ENOMSG;
	oom_log_destroy(log);
	return error;
}

/* Moves the oldest kill to the start of the list. */
static void
straighten(struct last_kills *kills)
{
	struct oom_kill *list;

	if (kills->first == 0)
		return;
	list = xreallocarray(NULL, kills->count, sizeof(*list));
	for (size_t i = 0; i < kills->count; i++)
		list[i] = kills->list[(kills->first + i) % kills->count];
	free(kills->list);
	kills->list = list;
	kills->first = 0;
}

static void
write_doubt(int64_t doubt)
{
	char span[UNIT_FORMAT_SIZE];

	unit_format(span, UNIT_SPAN, doubt, SCALE_HUMAN);
	printf("The machine was suspended for %s since boot, which the clock of the log does not\n"
	       "count: a kill before that was up to so much earlier than its time says.\n\n",
		span);
}

static void
write_text(const struct last_kills *kills, bool is_all, int64_t lost)
{
	if (kills->total == 0)
		printf("No %skill for lack of memory is in the log.\n", is_all ? "" : "such ");
	if (lost > 0)
		printf("%lld records were overwritten before they could be read.\n",
			(long long)lost);
	if (kills->total > (int64_t)kills->count)
		printf("Of %lld kills in the log these are the last %zu.\n\n",
			(long long)kills->total, kills->count);
	if (kills->doubt > 0 && kills->count > 0)
		write_doubt(kills->doubt);
	oom_log_write_text(stdout, kills->list, kills->count, charset_of_locale());
}

static void
write_kills(struct last_kills *kills, const struct oom_log_options *settings, int64_t lost)
{
	straighten(kills);
	if (settings->json) {
		for (size_t i = 0; i < kills->count; i++)
			oom_log_write_json(stdout, &kills->list[i]);
		return;
	}
	write_text(kills, !settings->name && settings->pid == UNKNOWN && settings->since == UNKNOWN,
		lost);
}

static int
complain(const char *path, int error, const char *kind)
{
	if (error == -ENOMSG)
		kind = "it is JSON without messages";
	if (kind)
		log_error(
			"%s is no log: %s", strcmp(path, "-") == 0 ? "standard input" : path, kind);
	else if (strcmp(path, kernel_log_device) == 0 && (error == -EPERM || error == -EACCES))
		log_error("cannot read the kernel's log: %s (needs CAP_SYSLOG or "
			  "kernel.dmesg_restrict=0; or try 'journalctl -k | memtop oom log -')",
			strerror(-error));
	else
		log_error("cannot read %s: %s", strcmp(path, "-") == 0 ? "standard input" : path,
			strerror(-error));
	return EXIT_FAILURE;
}

static void
finish(struct last_kills *kills)
{
	for (size_t i = 0; i < kills->count; i++)
		oom_kill_finish(&kills->list[i]);
	free(kills->list);
}

static int
explain(const struct oom_log_options *settings)
{
	struct last_kills kills = {
		.most = settings->count  ? settings->count
			: settings->json ? 0
					 : TEXT_COUNT,
	};
	struct kernel_log *lines;
	int status, error = kernel_log_open(settings->path, KERNEL_LOG_ALL, &lines);

	if (error < 0)
		return complain(settings->path, error, NULL);
	error = read_log(lines, settings, &kills);
	if (error != -EILSEQ && error != -ENOMSG)
		write_kills(&kills, settings, kernel_log_lost(lines));
	status = error < 0 ? complain(settings->path, error, kernel_log_kind(lines)) : EXIT_SUCCESS;
	finish(&kills);
	kernel_log_close(lines);
	return status;
}

static void
explain_event(FILE *file, const struct event *event)
{
	struct oom_kill kill;

	oom_kill_init(&kill);
	oom_kill_of_event(&kill, event);
	oom_log_write_chapters(file, &kill, 1, charset_of_locale());
	oom_kill_finish(&kill);
}

void
oom_log_explain(FILE *file, const struct incident *incident)
{
	const struct oom_log_options settings = { .path = kernel_log_device,
		.pid = incident->pid,
		.since = known_difference(incident->time, NS_PER_SEC) }; /* parts of a second */
	struct last_kills kills = { .most = TEXT_COUNT };
	struct kernel_log *lines;

	if (incident->event) {
		explain_event(file, incident->event);
		return;
	}
	if (kernel_log_open(settings.path, KERNEL_LOG_ALL, &lines) < 0) {
		fputs("The log of the kernel cannot be read.\n", file);
		return;
	}
	read_log(lines, &settings, &kills);
	if (kills.count > 0)
		oom_log_write_chapters(file, &kills.list[kills.first], 1, charset_of_locale());
	else
		fputs("The log of the kernel does not have it any more.\n", file);
	finish(&kills);
	kernel_log_close(lines);
}

/* A word with a slash, "-" or the name of a file is a file; else the victim's PID or name. */
static bool
take_operand(struct oom_log_options *settings, const char *word)
{
	bool is_file = strchr(word, '/') || strcmp(word, "-") == 0 || access(word, F_OK) == 0;

	if (is_file) {
		if (settings->path)
			return false;
		settings->path = word;
		return true;
	}
	if (settings->name || settings->pid != UNKNOWN)
		return false;
	if (text_to_number(word, &settings->pid) < 0) {
		settings->pid = UNKNOWN;
		settings->name = word;
	}
	return true;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct oom_log_options settings = { .since = UNKNOWN, .pid = UNKNOWN };
	int status, first = command_parse(command, argc, argv, &settings, &status);

	if (first < 0)
		return status;
	for (int i = first; i < argc; i++)
		if (!take_operand(&settings, argv[i])) {
			log_error("unexpected word '%s'", argv[i]);
			return command->usage_status;
		}
	settings.path = settings.path ? settings.path : kernel_log_device;
	return explain(&settings);
}

static void
describe(FILE *file)
{
	fputs("\nNAME or PID: only the kills of that process.\n"
	      "FILE is what dmesg, journalctl or a syslog daemon has written, - is standard "
	      "input.\nWithout FILE it is the log of the running kernel, /dev/kmsg. A word with "
	      "a slash\n(./FILE), - and the name of a file that is there are a FILE; all else "
	      "is a NAME or PID.\n",
		file);
}

const struct command command_oom_log = {
	.name = "oom log",
	.summary = "past kills for lack of memory, explained from the kernel's log",
	.arguments = "[options] [NAME|PID] [FILE]",
	.options = options,
	.describe = describe,
	.usage_status = 2,
	.works_without_proc = true, /* a log is not in /proc */
	.run = run,
};
