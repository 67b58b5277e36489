// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/check.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/loop.h"
#include "model/course.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "model/verdict.h"
#include "table/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_STEP (5 * NS_PER_SEC)

struct check_options {
	struct check_rule rules[CHECK_RULES];
	size_t rule_count;
	int64_t over; /* nanoseconds */
	bool json;
};

static int
add_rule(void *settings, const struct command_option *option, const char *value)
{
	struct check_options *options = settings;
	struct check_rule *rule = &options->rules[options->rule_count];
	struct filter_error error;

	if (options->rule_count == CHECK_RULES)
		return option_complain(option, value, "too many expressions");
	*rule = (struct check_rule){
		.text = value, .status = option->value, .filter = filter_create(&system_table)
	};
	options->rule_count++;
	if (filter_add(rule->filter, value, &error) < 0)
		return option_complain_at(option, value, error.position, error.near, error.message);
	if (!value[strspn(value, " \t\n")])
		return option_complain(option, value, "an expression is missing");
	return 0;
}

static int
set_over(void *settings, const struct command_option *option, const char *value)
{
	struct check_options *options = settings;

	if (unit_parse(UNIT_SPAN, value, &options->over) < 0 || options->over < NS_PER_SEC / 10 ||
		options->over > 3600 * NS_PER_SEC)
		return option_complain(option, value, "not a time from 0.1 to 3600 seconds");
	return 0;
}

static int
set_format(void *settings, const struct command_option *option, const char *value)
{
	struct check_options *options = settings;

	options->json = strcmp(value, "json") == 0;
	return options->json || strcmp(value, "text") == 0
		       ? 0
		       : option_complain(option, value, "not one of text, json");
}

/* clang-format off */
static const struct command_option options_table[] = {
	{ "warn", 'w', "EXPR", "WARNING if this holds, such as 'available<10% or headroom<100M'", add_rule, 0, CHECK_WARNING },
	{ "crit", 'c', "EXPR", "CRITICAL if this holds", add_rule, 0, CHECK_CRITICAL },
	{ "over", 0, "TIME", "watch for so long, such as 2m; default: 1 second", set_over, 0, 0 },
	{ "format", 0, "FORMAT", "text or json", set_format, 0, 0 },
	{ .name = NULL },
};
/* clang-format on */

/* The readings of a check: the last has what the explanation needs. */
struct check_run {
	struct source *source;
	struct snapshot snapshots[2];
	struct snapshot *now;
	struct verdict_history verdicts;
	int64_t step;
};

static int
read_once(struct check_run *run, bool is_last)
{
	struct snapshot *before = run->now;
	struct needs needs = { .bits = NEED_OVERVIEW | NEED_VERDICT | NEED_SWAP,
		.interval = run->step };
	int error;

	if (is_last)
		needs.bits |= NEED_BADNESS;
	run->now = &run->snapshots[run->now == &run->snapshots[0]];
	error = run->source->read(run->source, run->now, before, &needs);
	if (error < 0)
		return error;
	derive(run->now, before);
	verdict_take(&run->verdicts, run->now, run->step);
	return 0;
}

static int
read_all(struct check_run *run, int64_t over)
{
	int64_t start = loop_now();
	int error = source_create(0, &run->source);

	for (int64_t time = 0; error == 0; time += run->step) {
		bool is_last = time >= over;

		loop_wait(start + time, -1);
		error = read_once(run, is_last);
		if (is_last)
			break;
	}
	return error;
}

static void
finish(struct check_run *run)
{
	verdict_finish(&run->verdicts);
	for (size_t i = 0; i < 2; i++)
		snapshot_finish(&run->snapshots[i]);
	if (run->source)
		run->source->destroy(run->source);
}

static int
check(const struct check_options *options)
{
	_cleanup_free_ struct check_run *run = xcalloc(1, sizeof(*run));
	int status, error;

	run->step = options->over < LONGEST_STEP ? options->over : LONGEST_STEP;
	verdict_init(&run->verdicts);
	error = read_all(run, options->over);
	if (error < 0) {
		printf("memory UNKNOWN: cannot read /proc: %s\n", strerror(-error));
		status = CHECK_UNKNOWN;
	} else {
		status = check_write(
			stdout, run->now, options->rules, options->rule_count, options->json);
	}
	if (fflush(stdout) != 0 && errno != EPIPE) {
		log_error("write error: %s", strerror(errno));
		status = CHECK_UNKNOWN;
	}
	finish(run);
	return status;
}

/* Says which expression would never be known. */
static int
refuse_young_course(const struct check_options *options)
{
	int64_t least = course_least(LONGEST_STEP);

	for (size_t i = 0; i < options->rule_count; i++)
		if (filter_needs(options->rules[i].filter) & NEED_COURSE && options->over < least)
			return command_complain(NULL,
				"'%s' is known only after %lld seconds: add --over %lld",
				options->rules[i].text, (long long)(least / NS_PER_SEC),
				(long long)(least / NS_PER_SEC));
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct check_options options = { .over = NS_PER_SEC };
	int status;

	if (command_parse(command, argc, argv, &options, &status) >= 0)
		status = refuse_young_course(&options) < 0 ? CHECK_UNKNOWN : check(&options);
	for (size_t i = 0; i < options.rule_count; i++)
		filter_destroy(options.rules[i].filter);
	return status;
}

static void
describe(FILE *file)
{
	check_describe(file);
	command_describe_columns(&system_table, file);
}

const struct command command_check = {
	.name = "check",
	.summary = "is memory well? one sentence and why, for people and monitoring",
	.arguments = "[options]",
	.options = options_table,
	.table = &system_table,
	.describe = describe,
	.usage_status = CHECK_UNKNOWN,
	.take_word = command_refuse_word,
	.works_without_proc = true,
	.run = run,
};
