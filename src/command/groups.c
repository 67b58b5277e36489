// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "command/table-command.h"
#include "model/group.h"
#include "model/growth-list.h"
#include "model/needs.h"
#include "model/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct groups_run {
	struct table_options table;
	enum group_kind kind;
	bool has_kind; /* else by unit where there are units, by program elsewhere */
	int64_t depth; /* the most shown; UNKNOWN: all */
	bool exact;
	struct groups groups;
	struct growth_set growth;
};

#define SETTING(member) offsetof(struct groups_run, member)

static int
set_kind(void *settings, const struct command_option *option, const char *value)
{
	struct groups_run *own = settings;
	char kinds[GROUP_KINDS_SIZE], complaint[GROUP_KINDS_SIZE + 16];

	for (size_t i = 0; i < GROUP_KINDS; i++) {
		if (strcmp(value, group_kinds[i].name) != 0)
			continue;
		own->kind = (enum group_kind)i;
		own->has_kind = true;
		return 0;
	}
	group_kinds_list(kinds);
	snprintf(complaint, sizeof(complaint), "not one of %s", kinds);
	return option_complain(option, value, complaint);
}

static int
set_depth(void *member, const struct command_option *option, const char *value)
{
	return option_set_number(member, option, value, 0, INT64_MAX, "not a number of levels");
}

/* clang-format off */
static const struct command_option options_table[] = {
	{ "by", 'b', "KIND", "what the processes of a group have in common, see below; default: unit, without systemd program", set_kind, 0, 0 },
	{ "depth", 0, "LEVELS", "only groups so many levels below the outermost: with --by cgroup (default) or tree", set_depth, SETTING(depth), 0 },
	{ "exact", 0, NULL, "read the PSS of all processes, also of more than 1,000 beside the kernel's charge", option_set_flag, SETTING(exact), 0 },
	{ .name = NULL },
};
/* clang-format on */

static const char *
columns_of(enum group_kind kind)
{
	return group_kinds[kind].columns ? group_kinds[kind].columns : group_default_columns;
}

/* Without a kind it is --by unit until no unit is found, but --depth is of cgroups. */
static int
prepare(struct table_run *run)
{
	struct groups_run *own = run->own;

	if (own->depth != UNKNOWN && own->has_kind && !group_kinds[own->kind].is_tree)
		return command_complain(NULL, "--depth needs --by cgroup or --by tree");
	if (!own->has_kind)
		own->kind = own->depth == UNKNOWN ? GROUP_BY_UNIT : GROUP_BY_CGROUP;
	own->has_kind = own->has_kind || own->depth != UNKNOWN;
	if (own->kind == GROUP_BY_TREE && run->options->format == &output_prometheus)
		return command_complain(NULL, "--by tree makes no metrics: processes come and go");
	return table_options_complete(
		run->options, &group_table, columns_of(own->kind), "footprint");
}

static void
ask(const struct table_run *run, struct needs *needs)
{
	const struct groups_run *own = run->own;

	needs->bits |= NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_SWAP | NEED_MEMINFO;
	needs->bits |= group_kinds[own->kind].need;
	if (!own->has_kind)
		needs->bits |= group_kinds[GROUP_BY_PROGRAM].need;
	if (!group_kinds[own->kind].has_charge)
		needs->bits &= ~CHARGE_NEEDS;
	else if (!own->exact)
		needs->pss_most = NEEDS_MOST_PSS;
}

static bool
has_unit(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->process_count; i++)
		if (snapshot->processes[i].place->unit)
			return true;
	return false;
}

/* Chooses the kind by the first reading, and the columns that go with it. */
static void
choose_kind(struct table_run *run)
{
	struct groups_run *own = run->own;
	struct selection *columns = &run->options->columns;
	size_t position;

	own->has_kind = true;
	if (has_unit(run->now))
		return;
	own->kind = GROUP_BY_PROGRAM;
	if (table_options_has(run->options, KEPT_FIELDS))
		return;
	columns->count = 0;
	selection_parse(columns, columns_of(own->kind), &position);
}

/* The memory of groups that are not shown is in those above them. */
static void
leave_out_deeper(struct rows *groups, int64_t depth)
{
	struct group *rows = groups->data;
	size_t kept = 0;

	for (size_t i = 0; i < groups->count; i++)
		if (rows[i].depth <= depth)
			rows[kept++] = rows[i];
	groups->count = kept;
}

/* A metric cannot say that it is at most that. */
static void
leave_out_bounds(struct rows *groups)
{
	struct group *rows = groups->data;

	for (size_t i = 0; i < groups->count; i++)
		if (strcmp(rows[i].sum, "at most") == 0)
			rows[i].footprint = rows[i].share = UNKNOWN;
}

static void
note_unread(const struct table_run *run)
{
	const struct groups_run *own = run->own;
	struct snapshot *now = run->now;
	size_t unread = 0;

	if (!group_kinds[own->kind].has_charge || own->exact || run->reading.source->is_recording ||
		!(now->bits & NEED_PSS) || now->process_count <= NEEDS_MOST_PSS)
		return;
	for (size_t i = 0; i < now->process_count; i++)
		unread +=
			now->processes[i].rollup->time == UNKNOWN && now->processes[i].virtual > 0;
	if (unread > 0)
		snapshot_add_hint(now, NEED_PSS, -E2BIG, (int64_t)unread);
}

static int
list_groups(struct table_run *run)
{
	struct groups_run *own = run->own;

	if (!own->has_kind)
		choose_kind(run);
	groups_build(&own->groups, run->now, own->kind);
	note_unread(run);
	growth_of_groups(&own->growth, &own->groups, run->now, run->options->interval);
	if (own->depth != UNKNOWN)
		leave_out_deeper(&own->groups.rows, own->depth);
	if (run->options->format == &output_prometheus)
		leave_out_bounds(&own->groups.rows);
	return table_run_list(run, own->groups.rows.data, own->groups.rows.count, NULL);
}

/* What is in no group, so that all of memory is accounted for. */
static void
write_rest(struct table_run *run)
{
	const struct system *s = &run->now->system;
	const struct groups_run *own = run->own;
	enum { HELD, REST, TOTAL, KERNEL, FREE, SIZES };
	char sizes[SIZES][UNIT_FORMAT_SIZE];
	bool is_bound;
	int64_t held = groups_total(&own->groups, &is_bound);
	const int64_t numbers[SIZES] = { held, known_difference(s->total, held), s->total,
		s->kernel_memory, s->free };

	if (held == UNKNOWN || s->total == UNKNOWN || held > s->total)
		return;
	for (size_t i = 0; i < SIZES; i++)
		unit_format(sizes[i], UNIT_BYTES, numbers[i], run->output.scale);
	table_run_head(run,
		"%s%s in processes, %s%s of %s in none: kernel %s, free %s, the rest mostly page "
		"cache\n",
		is_bound ? "at most " : "", sizes[HELD], is_bound ? "at least " : "", sizes[REST],
		sizes[TOTAL], sizes[KERNEL], sizes[FREE]);
}

static void
write_head(struct table_run *run)
{
	const struct groups_run *own = run->own;
	char time[UNIT_FORMAT_SIZE];

	unit_format(time, UNIT_TIME, run->now->time, run->output.scale);
	table_run_head(run, "Groups by %s: %s  %s\n", group_kinds[own->kind].name,
		group_kinds[own->kind].has_charge
			? "FOOTPRINT is of processes, CURRENT as the kernel charges"
			: "what their processes hold, each page once",
		time);
	write_rest(run);
}

static const struct table_command lists = {
	.is_throttled = true,
	.prepare = prepare,
	.ask = ask,
	.rows = list_groups,
	.head = write_head,
};

static int
run(const struct command *command, int argc, char **argv)
{
	struct groups_run own = { .depth = UNKNOWN };
	int status = table_command_run(command, &lists, &own, &own.table, argc, argv);

	groups_finish(&own.groups);
	growth_set_finish(&own.growth);
	return status;
}

static void
describe(FILE *file)
{
	fputs("\nKinds:\n", file);
	for (size_t i = 0; i < GROUP_KINDS; i++)
		fprintf(file, " %-10s %s\n", group_kinds[i].name, group_kinds[i].help);
	command_describe_columns(&group_table, file);
}

const struct command command_groups = {
	.name = "groups",
	.summary = "show the memory of programs, units, containers and others, each page once",
	.arguments = "[options]",
	.options = options_table,
	.shared = { { table_option_rows, SETTING(table) },
		{ past_option_rows, SETTING(table.past) } },
	.table = &group_table,
	.describe = describe,
	.usage_status = USAGE_STATUS,
	.take_word = command_refuse_word,
	.run = run,
};
