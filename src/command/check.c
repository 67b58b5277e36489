// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/check.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/sort.h"
#include "command/command.h"
#include "command/loop.h"
#include "command/past.h"
#include "model/badness.h"
#include "model/course.h"
#include "model/derive.h"
#include "model/growth-list.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "model/verdict.h"
#include "record/folder.h"
#include "record/replay.h"
#include "table/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_STEP (5 * NS_PER_SEC)

enum { CANDIDATES = 32 };

struct check_options {
	struct check_rule rules[CHECK_RULES];
	size_t rule_count;
	int64_t over; /* nanoseconds */
	bool json;
	struct past_options past;
	const char *groups[CHECK_RULES]; /* of the rules that have one */
	size_t group_count;
};

static const char headroom[] = "headroom:";

/* The end of a name before an operator, a blank or a bracket. */
static size_t
name_length(const char *text)
{
	return strcspn(text, " \t\n!=<>~()");
}

/*
 * Takes NAME out of "headroom:NAME<100M", so that the rest is an expression over the columns.
 * Returns 0, or reports an error and returns -EINVAL.
 */
static int
take_group(
	const struct command_option *option, const char *value, char *text, struct check_rule *rule)
{
	char *at = strstr(text, headroom), *name;
	size_t length;

	if (!at)
		return 0;
	name = at + strlen(headroom);
	length = name_length(name);
	if (length == 0)
		return option_complain(option, value, "a cgroup is missing after 'headroom:'");
	if (strstr(name, headroom))
		return option_complain(option, value, "one cgroup is possible in an expression");
	rule->group = xstrndup(name, length);
	memmove(name - 1, name + length, strlen(name + length) + 1);
	return 0;
}

static int
add_rule(void *settings, const struct command_option *option, const char *value)
{
	struct check_options *options = settings;
	struct check_rule *rule = &options->rules[options->rule_count];
	_cleanup_free_ char *text = xstrdup(value);
	struct filter_error error;

	if (options->rule_count == CHECK_RULES)
		return option_complain(option, value, "too many expressions");
	*rule = (struct check_rule){
		.text = value, .status = option->value, .filter = filter_create(&system_table)
	};
	options->rule_count++;
	if (take_group(option, value, text, rule) < 0)
		return -EINVAL;
	if (rule->group) {
		rule->place = options->group_count;
		options->groups[options->group_count++] = rule->group;
	}
	if (filter_add(rule->filter, text, &error) < 0)
		return rule->group ? option_complain(option, value, error.message)
				   : option_complain_at(option, value, error.position, error.near,
					     error.message);
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
	{ "warn", 'w', "EXPR", "WARNING if this holds, such as 'available<10% or headroom:db.service<100M'", add_rule, 0, CHECK_WARNING },
	{ "crit", 'c', "EXPR", "CRITICAL if this holds", add_rule, 0, CHECK_CRITICAL },
	{ "over", 0, "TIME", "watch for so long, such as 2m; default: 1 second", set_over, 0, 0 },
	{ "format", 0, "FORMAT", "text or json", set_format, 0, 0 },
	{ "from", 0, "TIME", "of a recording, at TIME: " MOMENT_FORMS, past_set_from, offsetof(struct check_options, past), 0 },
	{ "recording", 'R', "PATH", "read this recording, a file or folder, instead of that of memtop record", past_set_path, offsetof(struct check_options, past), 0 },
	{ .name = NULL },
};
/* clang-format on */

/* The last two snapshots, and rows that the newer one takes. */
struct check_run {
	struct source *source;
	struct snapshot snapshots[2], rows;
	struct snapshot *now;
	struct verdict_history verdicts;
	int64_t step;
};

static int
read_snapshot(struct check_run *run, struct snapshot *snapshot, const struct needs *needs)
{
	int error = run->source->read(run->source, snapshot, run->now, needs);

	if (error == 0)
		derive(snapshot, run->now);
	return error;
}

static int
read_next(struct check_run *run, const struct needs *needs)
{
	struct snapshot *next = &run->snapshots[run->now == &run->snapshots[0]];
	int error = read_snapshot(run, next, needs);

	run->now = next;
	return error;
}

/* The kernel's score is in thousandths of all memory: of those with the same, the largest first. */
static int
compare_scores(const void *a, const void *b)
{
	const struct process *left = *(const struct process *const *)a,
			     *right = *(const struct process *const *)b;

	if (left->oom_score != right->oom_score)
		return left->oom_score > right->oom_score ? -1 : 1;
	return (left->resident < right->resident) - (left->resident > right->resident);
}

/* Puts the processes of which more is to be read into `pids`. Returns their number. */
static size_t
choose_rows(const struct snapshot *now, int64_t pids[static CHECK_LARGEST + CANDIDATES])
{
	_cleanup_free_ const struct process **rows =
		xreallocarray(NULL, now->process_count + CHECK_LARGEST, sizeof(rows[0]));
	size_t count = course_largest(now, rows, CHECK_LARGEST), candidates = 0;

	for (size_t i = 0; i < count; i++)
		pids[i] = rows[i]->pid;
	for (size_t i = 0; i < now->process_count; i++)
		rows[i] = &now->processes[i];
	if (now->process_count > 0)
		qsort(rows, now->process_count, sizeof(rows[0]), compare_scores);
	while (candidates < now->process_count && candidates < CANDIDATES)
		pids[count++] = rows[candidates++]->pid;
	qsort(pids, count, sizeof(pids[0]), compare_int64);
	return count;
}

/*
 * Growth takes minutes to see. Where memtop record runs it has seen them; without a recording
 * nothing is known of it.
 */
static void
read_growth(struct check_run *run)
{
	_cleanup_free_ char *path = recording_folder_to_read();
	const struct needs needs = { .bits = NEED_PROCESSES | NEED_GROWTH,
		.moment = { .kind = MOMENT_LAST } };
	struct snapshot *sample = &run->snapshots[run->now == &run->snapshots[0]];
	struct source *source;

	if (replay_create(path, &source) < 0)
		return;
	if (source->read(source, sample, NULL, &needs) == 0)
		growth_of_recorded(run->now, sample);
	source->destroy(source);
}

/*
 * Reads the little that sizes and scores of all processes tell, then all that the next victim
 * follows from, of those that may be it. Only status knows what is in swap.
 */
static int
read_last(struct check_run *run, const struct check_options *options)
{
	int64_t pids[CHECK_LARGEST + CANDIDATES];
	struct needs needs = { .bits = NEED_OVERVIEW | NEED_VERDICT | NEED_SWAP | NEED_OOM_SCORE,
		.sizes_only = run->now && run->now->system.swap_total == 0,
		.groups = options->groups,
		.group_count = options->group_count };
	int error = read_next(run, &needs);

	if (error < 0)
		return error;
	needs.bits =
		NEED_STAT | NEED_MEMORY | NEED_STATUS | NEED_SWAP | NEED_OOM_ADJ | NEED_OOM_SCORE;
	needs.sizes_only = false;
	needs.only_missing = needs.rows_only = true;
	needs.visible = pids;
	needs.visible_count = choose_rows(run->now, pids);
	error = read_snapshot(run, &run->rows, &needs);
	if (error < 0)
		return error;
	snapshot_take_rows(run->now, &run->rows);
	badness_rank(run->now);
	read_growth(run);
	verdict_take(&run->verdicts, run->now, run->step);
	return 0;
}

/* Before the last reading only rates need one, and in a longer run, who grows. */
static int
read_before(struct check_run *run, int64_t over)
{
	struct needs needs = { .bits = NEED_OVERVIEW & ~NEED_PROCESSES };
	int error;

	if (over >= course_least(run->step))
		needs.bits = NEED_OVERVIEW | NEED_VERDICT | NEED_SWAP;
	error = read_next(run, &needs);
	if (error == 0)
		verdict_take(&run->verdicts, run->now, run->step);
	return error;
}

static int
read_all(struct check_run *run, const struct check_options *options)
{
	int64_t start = loop_now(), over = options->over;
	int error = source_create(0, &run->source);

	for (int64_t time = 0; error == 0 && time < over; time += run->step) {
		loop_wait(start + time, -1);
		error = read_before(run, over);
	}
	if (error < 0)
		return error;
	loop_wait(start + over, -1);
	return read_last(run, options);
}

/* One sample, with what was recorded of the verdict. Returns 0, or -1 if the error is told. */
static int
read_past(struct check_run *run, const struct check_options *options)
{
	const struct needs needs = { .bits = NEED_OVERVIEW | NEED_VERDICT | NEED_BADNESS,
		.moment = options->past.from };
	struct snapshot *now = &run->snapshots[0];
	int error;

	if (past_source_create(&options->past, &run->source) != EXIT_SUCCESS)
		return -1;
	error = run->source->read(run->source, now, NULL, &needs);
	if (error < 0) {
		past_tell_failure(&options->past, error);
		return -1;
	}
	derive(now, run->source->before(run->source, NULL));
	run->now = now;
	return 0;
}

/* A monitoring of a group that is not there would never alarm. */
static bool
lacks_group(const struct check_run *run, const struct check_options *options)
{
	for (size_t i = 0; i < options->group_count; i++) {
		char safe[COMMAND_WORD_SIZE];

		if (run->now->named_limits[i].is_there)
			continue;
		fputs("memory UNKNOWN: there is no memory cgroup called '", stdout);
		check_write_words(stdout, command_safe_word(options->groups[i], safe));
		puts("'");
		return true;
	}
	return false;
}

static void
finish(struct check_run *run)
{
	verdict_finish(&run->verdicts);
	for (size_t i = 0; i < 2; i++)
		snapshot_finish(&run->snapshots[i]);
	snapshot_finish(&run->rows);
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
	error = options->past.is_asked ? read_past(run, options) : read_all(run, options);
	if (error < 0 && options->past.is_asked) {
		status = CHECK_UNKNOWN;
	} else if (error < 0) {
		printf("memory UNKNOWN: cannot read /proc: %s\n", strerror(-error));
		status = CHECK_UNKNOWN;
	} else if (lacks_group(run, options)) {
		status = CHECK_UNKNOWN;
	} else {
		status = check_write(
			stdout, run->now, options->rules, options->rule_count, options->json);
	}
	log_set_file(stderr);
	error = command_flush();
	if (error < 0 && command_failure_status("write error", error) != EXIT_SUCCESS)
		status = CHECK_UNKNOWN;
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

/* Of the past there is one sample, and no limits of named groups. */
static int
refuse_past(const struct check_options *options)
{
	if (options->past.is_asked && options->over != NS_PER_SEC)
		return command_complain(
			NULL, "a recording has no --over: --from says which sample");
	if (options->past.is_asked && options->group_count > 0)
		return command_complain(NULL, "limits of named groups are not recorded");
	return options->past.is_asked ? 0 : refuse_young_course(options);
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct check_options options = { .over = NS_PER_SEC };
	int status;

	past_options_init(&options.past);
	log_set_file(stdout); /* a runner of plugins reads nothing else */
	if (command_parse(command, argc, argv, &options, &status) >= 0)
		status = refuse_past(&options) < 0 ? CHECK_UNKNOWN : check(&options);
	for (size_t i = 0; i < options.rule_count; i++) {
		filter_destroy(options.rules[i].filter);
		free(options.rules[i].group);
	}
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
