// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/check.h"

#include "base/macros.h"
#include "base/text.h"
#include "model/course.h"
#include "model/growth-list.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "output/json.h"
#include "table/filter.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

enum { NAME_SIZE = 64 };

static const char *const statuses[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

/* What is written, and where to. */
struct report {
	FILE *file;
	const struct snapshot *now;
	const struct system *system;
	const struct check_rule *rules;
	size_t rule_count;
	enum charset charset;
	int status;
	char text[VERDICT_TEXT_SIZE];
};

/*
 * Performance data: label=value[unit];warn;crit;min;max. `most` is the column of the maximum, or a
 * number, or "". Unknown figures are left out.
 */
static const struct performance {
	const char *label, *column, *unit, *most;
} performance[] = {
	{ "available", "available", "B", "total" },
	{ "used", "used", "B", "total" },
	{ "swap_used", "swap_used", "B", "swap_total" },
	{ "stalled", "psi_full_avg10", "%", "100" },
	{ "oom_kills", "oom_kills", "c", "" },
	{ "headroom", "headroom", "B", "nearest_limit" },
	{ "exhaustion", "exhaustion", "s", "" },
};

/* What stands behind | is performance data: names and expressions have another sign for it. */
void
check_write_words(FILE *file, const char *words)
{
	for (; *words; words++)
		fputc(*words == '|' ? '/' : *words, file);
}

/* Writes a line of words that may contain names. */
static void
write_line(const struct report *report, const char *label, const char *words)
{
	fprintf(report->file, "%s: ", label);
	check_write_words(report->file, words);
	fputc('\n', report->file);
}

/* Writes a figure in the unit of JSON; the text itself if that is no column. */
static void
write_number(const struct report *report, const char *name)
{
	const struct column *column = table_find(&system_table, name, strlen(name));
	int64_t number = column ? column_number(column, report->system) : UNKNOWN;

	if (!column)
		fputs(name, report->file);
	else if (number != UNKNOWN && column->unit == UNIT_PERCENT)
		fprintf(report->file, "%" PRId64 ".%" PRId64, number / 10, number % 10);
	else if (number != UNKNOWN)
		fprintf(report->file, "%" PRId64, number / unit_divisor(column->unit));
}

static void
write_performance(const struct report *report)
{
	const char *separator = " | ";

	for (size_t i = 0; i < ARRAY_SIZE(performance); i++) {
		const struct performance *one = &performance[i];

		if (!column_is_known(table_column(&system_table, one->column), report->system))
			continue;
		fprintf(report->file, "%s%s=", separator, one->label);
		write_number(report, one->column);
		fprintf(report->file, "%s;;;0;", one->unit);
		write_number(report, one->most);
		separator = " ";
	}
	fputc('\n', report->file);
}

/* Writes a label, then a figure of the totals with a unit behind it. */
static void
write_figure(const struct report *report, const char *label, const char *name, const char *behind)
{
	const struct column *column = table_column(&system_table, name);
	char text[UNIT_FORMAT_SIZE];

	unit_format(text, column->unit, column_number(column, report->system), SCALE_HUMAN);
	fprintf(report->file, "%s%s%s", label, text,
		column_is_known(column, report->system) ? behind : "");
}

static void
write_process(const struct report *report, const char *label, const struct process *process)
{
	char name[NAME_SIZE], size[UNIT_FORMAT_SIZE];

	text_safe(name, sizeof(name), process->comm ? process->comm : "-", report->charset);
	unit_format(size, UNIT_BYTES, course_bytes_of(process), SCALE_HUMAN);
	fputs(label, report->file);
	check_write_words(report->file, name);
	fprintf(report->file, " (%" PRId64 ") %s", process->pid, size);
}

static void
write_parts(const struct report *report)
{
	static const struct {
		const char *label, *column;
	} parts[] = { { ": anon ", "anon" }, { ", shared ", "shared" },
		{ ", kernel ", "kernel_memory" }, { ", huge pages ", "hugetlb" },
		{ ", other ", "other" }, { ", cache ", "file_cache" }, { ", free ", "free" } };

	write_figure(report, "of ", "total", "");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		write_figure(report, parts[i].label, parts[i].column, "");
	fputc('\n', report->file);
}

static void
write_swap(const struct report *report)
{
	write_figure(report, "swap ", "swap_used", "");
	write_figure(report, " of ", "swap_total", "");
	write_figure(report, ", in ", "swap_in_bytes_rate", "/s");
	write_figure(report, ", out ", "swap_out_bytes_rate", "/s");
	write_figure(report, "; all tasks stalled ", "psi_full_avg10", "% of the last 10 s, ");
	write_figure(report, "", "psi_full_avg300", "% of 5 min");
	fputc('\n', report->file);
}

static void
write_largest(const struct report *report)
{
	const struct process *rows[CHECK_LARGEST];
	size_t count = course_largest(report->now, rows, CHECK_LARGEST);

	for (size_t i = 0; i < count; i++)
		write_process(report, i == 0 ? "largest: " : ", ", rows[i]);
	if (count > 0)
		fputc('\n', report->file);
}

static void
write_growing(const struct report *report)
{
	const struct process *rows[CHECK_GROWING];
	size_t count = growth_fastest(report->now, rows, CHECK_GROWING);

	for (size_t i = 0; i < count; i++) {
		const struct growth_summary *growth = &rows[i]->extras->growth;
		bool has_hour = growth->hour != UNKNOWN;
		char slope[UNIT_FORMAT_SIZE];

		unit_format(slope, UNIT_BYTES, has_hour ? growth->hour : growth->ten_minutes,
			SCALE_HUMAN);
		write_process(report, i == 0 ? "growing: " : ", ", rows[i]);
		fprintf(report->file, " +%s/min in %s%s", slope, has_hour ? "1 h" : "10 min",
			strcmp(growth->verdict, growth_word(GROWTH_LEAK)) == 0 ? " (leak?)" : "");
	}
	if (count > 0)
		fputc('\n', report->file);
}

static void
write_kills(const struct report *report)
{
	const struct snapshot *now = report->now;
	char kills[SYSTEM_TEXT_SIZE];

	if (now->kill_count > 0) {
		write_process(report, "next to be killed: ", now->kill_order[0]);
		fputc('\n', report->file);
	}
	if (report->system->oom_kills == UNKNOWN)
		return;
	system_kills_text(kills, report->system, now->time, report->charset);
	write_line(report, "oom kills since boot", kills);
}

static void
write_limit(const struct report *report)
{
	char text[VERDICT_TEXT_SIZE];

	if (!report->system->nearest.cgroup)
		return;
	verdict_text(text, report->system, VERDICT_LIMIT, report->now->time, report->charset);
	write_line(report, "nearest limit", text);
}

static void
write_named_limits(const struct report *report)
{
	for (size_t i = 0; i < report->rule_count; i++) {
		const struct check_rule *rule = &report->rules[i];
		const struct nearest_limit *limit;
		char name[NAME_SIZE], max[UNIT_FORMAT_SIZE], left[UNIT_FORMAT_SIZE];

		if (!rule->group)
			continue;
		limit = &report->now->named_limits[rule->place].limit;
		text_safe(name, sizeof(name), rule->group, report->charset);
		unit_format(max, UNIT_BYTES, limit->max, SCALE_HUMAN);
		unit_format(left, UNIT_BYTES, limit->headroom, SCALE_HUMAN);
		check_write_words(report->file, name);
		if (limit->cgroup)
			fprintf(report->file, ": %s left of %s\n", left, max);
		else
			fputs(": no limit applies\n", report->file);
	}
}

static bool
holds(const struct report *report, const struct check_rule *rule)
{
	struct system system = *report->system;

	if (rule->group)
		system.nearest = report->now->named_limits[rule->place].limit;
	return filter_matches(rule->filter, &system);
}

static void
write_held(const struct report *report)
{
	for (size_t i = 0; i < report->rule_count; i++) {
		const struct check_rule *rule = &report->rules[i];

		if (holds(report, rule))
			write_line(report, statuses[rule->status], rule->text);
	}
}

/* The first line, then what holds and why. */
static void
write_text(struct report *report, enum verdict_state state)
{
	static void (*const lines[])(const struct report *report) = { write_parts, write_swap,
		write_limit, write_named_limits, write_largest, write_growing, write_kills };

	fprintf(report->file, "memory %s", statuses[report->status]);
	if (state != VERDICT_OK)
		fprintf(report->file, ", %s", verdict_states[state].name);
	fputs(": ", report->file);
	check_write_words(report->file, report->text);
	write_performance(report);
	write_held(report);
	for (size_t i = 0; state != VERDICT_UNKNOWN && i < ARRAY_SIZE(lines); i++)
		lines[i](report);
}

static void
write_json(struct report *report)
{
	json_t *object = json_begin("check", report->now->time), *held = json_array();

	for (size_t i = 0; i < report->rule_count; i++)
		if (holds(report, &report->rules[i]))
			json_array_append_new(held, json_text(report->rules[i].text));
	json_object_set_new(object, "status", json_text(statuses[report->status]));
	json_object_set_new(object, "text", json_text(report->text));
	json_object_set_new(object, "holds", held);
	json_columns(object, &system_table, report->now->bits, report->system);
	json_end(report->file, object);
}

int
check_write(FILE *file, const struct snapshot *now, const struct check_rule *rules,
	size_t rule_count, bool as_json)
{
	struct report report = { .file = file,
		.now = now,
		.system = &now->system,
		.rules = rules,
		.rule_count = rule_count,
		.charset = charset_of_locale() };
	enum verdict_state state = verdict_state_named(now->system.verdict.state);

	if (rule_count == 0 || state == VERDICT_UNKNOWN)
		report.status = verdict_states[state].severity;
	for (size_t i = 0; i < rule_count; i++)
		if (holds(&report, &rules[i]) && rules[i].status > report.status)
			report.status = rules[i].status;
	verdict_text(report.text, &now->system, state, now->time, report.charset);
	if (as_json)
		write_json(&report);
	else
		write_text(&report, state);
	return report.status;
}

void
check_describe(FILE *file)
{
	char value[UNIT_FORMAT_SIZE];

	fputs("\nStates, from the gravest:\n", file);
	for (size_t i = 0; i < VERDICT_STATES; i++)
		fprintf(file, "  %-9s %s %s.\n", verdict_states[i].name, verdict_states[i].meaning,
			statuses[verdict_states[i].severity]);
	fputs("\nThresholds:\n", file);
	for (size_t i = 0; i < VERDICT_THRESHOLDS; i++) {
		const struct threshold *threshold = &verdict_thresholds[i];

		unit_format(value, threshold->unit, threshold->value, SCALE_HUMAN);
		fprintf(file, "  %s %s%s: %s\n", threshold->what, value,
			threshold->unit == UNIT_PERCENT ? "%" : "", threshold->reason);
	}
}
