// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-log.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/kernel-log.h"
#include "command/command.h"
#include "command/commands.h"
#include "output/oom-log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A text takes the last so many kills, as its chapters are only known at the end of the log. */
enum { TEXT_COUNT = 1000 };

struct oom_log_options {
	int64_t count; /* the last so many; 0: as many as there are */
	bool json;
};

/* The last kills of a log, the oldest at `first`. */
struct last_kills {
	struct oom_kill *list;
	size_t count, capacity, first;
	int64_t total, most; /* found; kept at most, 0: written as they come */
};

static int
apply_count(void *settings, const struct command_option *option, const char *value)
{
	struct oom_log_options *options = settings;

	if (text_to_number(value, &options->count) < 0 || options->count < 1)
		return option_complain(
			option, value, SIZE_MAX, "not a count from 1 to 9223372036854775807");
	return 0;
}

static int
apply_format(void *settings, const struct command_option *option, const char *value)
{
	struct oom_log_options *options = settings;

	options->json = strcmp(value, "json") == 0;
	if (!options->json && strcmp(value, "text") != 0)
		return option_complain(option, value, SIZE_MAX, "not one of text, json");
	return 0;
}

/* clang-format off */
static const struct command_option options[] = {
	{ "count", 'n', "COUNT", "only the last COUNT kills", apply_count, 0, 0 },
	{ "format", 0, "STYLE", "text, or json (one object a line)", apply_format, 0, 0 },
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

static void
take_kills(struct oom_log *log, struct last_kills *kills)
{
	struct oom_kill kill;

	while (oom_log_take(log, &kill))
		keep(kills, &kill);
}

/* The kernel's clock is that of CLOCK_MONOTONIC, nearly: it is not corrected while it runs. */
static struct oom_log_clock
clock_for(const char *path)
{
	int64_t time = clock_ns(CLOCK_REALTIME);

	return (struct oom_log_clock){ .now = time,
		.boot = strcmp(path, kernel_log_device) == 0 ? time - clock_ns(CLOCK_MONOTONIC)
							     : UNKNOWN };
}

static int
read_log(const char *path, struct kernel_log *lines, struct last_kills *kills)
{
	const struct oom_log_clock clock = clock_for(path);
	struct oom_log *log = oom_log_create(&clock);
	const char *line;
	int error;

	while ((error = kernel_log_next(lines, &line)) > 0) {
		oom_log_feed(log, line);
		take_kills(log, kills);
	}
	oom_log_end(log);
	take_kills(log, kills);
	oom_log_destroy(log);
	return error;
}

/* The oldest becomes the first of the list. */
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
write_text(const struct last_kills *kills, int64_t lost)
{
	if (kills->total == 0)
		printf("No kill for lack of memory is in the log.\n");
	if (lost > 0)
		printf("%lld records were overwritten before they could be read.\n",
			(long long)lost);
	if (kills->total > (int64_t)kills->count)
		printf("Of %lld kills in the log these are the last %zu.\n\n",
			(long long)kills->total, kills->count);
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
	write_text(kills, lost);
}

static int
complain(const char *path, int error)
{
	if (strcmp(path, kernel_log_device) == 0 && (error == -EPERM || error == -EACCES))
		log_error("cannot read the kernel's log: %s (needs CAP_SYSLOG or "
			  "kernel.dmesg_restrict=0; or try 'journalctl -k | memtop oom log -')",
			strerror(-error));
	else
		log_error("cannot read %s: %s", strcmp(path, "-") == 0 ? "standard input" : path,
			strerror(-error));
	return EXIT_FAILURE;
}

static int
explain(const char *path, const struct oom_log_options *settings)
{
	struct last_kills kills = {
		.most = settings->count  ? settings->count
			: settings->json ? 0
					 : TEXT_COUNT,
	};
	struct kernel_log *lines;
	int error = kernel_log_open(path, KERNEL_LOG_ALL, &lines);

	if (error < 0)
		return complain(path, error);
	error = read_log(path, lines, &kills);
	write_kills(&kills, settings, kernel_log_lost(lines));
	for (size_t i = 0; i < kills.count; i++)
		oom_kill_finish(&kills.list[i]);
	free(kills.list);
	kernel_log_close(lines);
	return error < 0 ? complain(path, error) : EXIT_SUCCESS;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct oom_log_options settings = { .count = 0 };
	int status, first = command_parse(command, argc, argv, &settings, &status);

	if (first < 0)
		return status;
	if (argc - first > 1) {
		log_error("unexpected word '%s'", argv[first + 1]);
		return command->usage_status;
	}
	return explain(first < argc ? argv[first] : kernel_log_device, &settings);
}

static void
describe(FILE *file)
{
	fputs("\nFILE is what dmesg, journalctl or a syslog daemon has written, - is standard "
	      "input.\nWithout FILE it is the log of the running kernel, /dev/kmsg.\n",
		file);
}

const struct command command_oom_log = {
	.name = "oom log",
	.summary = "past kills for lack of memory, explained from the kernel's log",
	.arguments = "[options] [FILE]",
	.options = options,
	.describe = describe,
	.usage_status = 2,
	.works_without_proc = true, /* a log is no file of it */
	.run = run,
};
