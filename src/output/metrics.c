// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/metrics.h"

#include "base/macros.h"
#include "model/budget.h"
#include "model/growth-list.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "output/output.h"
#include "output/prometheus.h"
#include "table/order.h"

#include <string.h>

enum { CANDIDATES = 3 };

static const char other[] = "other";

/* The kinds of groups, and their columns; of units and containers also what the kernel charges. */
#define HELD "footprint,anon,swap,pte,processes,growth_10m,growth_1h"
#define CHARGED                                                                                    \
	HELD ",current,workset,effective,headroom,full,high_events,max_events,ooms,kills,"         \
	     "psi_some,psi_full"
static const struct {
	enum group_kind kind;
	const char *columns;
} kinds[METRICS_KINDS] = {
	{ GROUP_BY_UNIT, CHARGED },
	{ GROUP_BY_CONTAINER, CHARGED },
	{ GROUP_BY_PROGRAM, HELD },
	{ GROUP_BY_USER, HELD },
};

uint64_t
metrics_needs(void)
{
	uint64_t needs = NEED_OVERVIEW | VERDICT_NEEDS | NEED_BADNESS | NEED_BUDGET | NEED_ZONES |
			 NEED_EVENTS | NEED_PSS | NEED_GROWTH | NEED_CHARGE | NEED_CHARGE_STAT |
			 NEED_CHARGE_MAX | NEED_CHARGE_OWN_MAX | NEED_CHARGE_EVENTS |
			 NEED_CHARGE_PRESSURE;

	for (size_t i = 0; i < METRICS_KINDS; i++)
		needs |= group_kinds[kinds[i].kind].need;
	return needs;
}

/* These columns of the rows, each a metric. */
static void
write_rows(FILE *file, const struct snapshot *now, const struct table *table, const char *columns,
	const struct row_list *rows)
{
	struct output output = { .format = &output_prometheus, .file = file };
	struct selection selection = { .table = table };
	size_t position;

	selection_parse(&selection, columns, &position);
	output_prometheus.write(&output, now, &selection, rows);
	selection_finish(&selection);
}

/* The same of all rows that are worth showing. */
static void
write_table(FILE *file, const struct snapshot *now, const struct table *table, const char *columns,
	const struct rows *rows, bool (*is_worth_showing)(const void *row))
{
	struct row_list list = { .count = 0 };

	order_build(&list, table, rows->data, rows->count, NULL, &(struct order){ NULL });
	if (is_worth_showing)
		row_list_keep(&list, is_worth_showing);
	write_rows(file, now, table, columns, &list);
	row_list_finish(&list);
}

static void
write_memory(FILE *file, const struct snapshot *now)
{
	static const char name[] = "memtop_memory_state";
	const struct row_list row = { .rows = (const void *[]){ &now->system }, .count = 1 };
	enum verdict_state state = verdict_state_named(now->system.verdict.state);

	write_rows(file, now, &system_table,
		"total,available,oom_kills,headroom,exhaustion,exhaustion_least", &row);
	if (state == VERDICT_UNKNOWN)
		return;
	prometheus_begin(file, name, "gauge", "Whether memory is well: 1 for the present state.");
	for (enum verdict_state i = 0; i < VERDICT_UNKNOWN; i++)
		prometheus_sample(file, name,
			&(struct prometheus_label){ "state", verdict_states[i].name }, 1,
			i == state);
}

static bool
is_item(const void *row)
{
	return !((const struct budget_row *)row)->part;
}

static bool
is_present(const void *row)
{
	return ((const struct zone *)row)->present > 0;
}

static struct kill_count *
known_kill(struct metrics *metrics, const char *program, const char *scope)
{
	for (size_t i = 0; i < metrics->kill_count; i++)
		if (strcmp(metrics->kills[i].program, program) == 0 &&
			strcmp(metrics->kills[i].scope, scope) == 0)
			return &metrics->kills[i];
	return NULL;
}

/* The kernel forgets the victim: what is counted is what this program has seen. */
static struct kill_count *
find_kill(struct metrics *metrics, const struct event *event)
{
	const char *program = event->victim.comm ? event->victim.comm : "-";
	const char *scope = !event->constraint                                    ? "-"
			    : strcmp(event->constraint, EVENT_LIMIT_MACHINE) == 0 ? "machine"
										  : "cgroup";
	struct kill_count *kill = known_kill(metrics, program, scope);

	if (!kill && metrics->kill_count + 1 >= METRICS_MOST_KILLS) {
		program = scope = other;
		kill = known_kill(metrics, program, scope);
	}
	if (kill)
		return kill;
	kill = &metrics->kills[metrics->kill_count++];
	kill->program = arena_text(&metrics->texts, program);
	kill->scope = arena_text(&metrics->texts, scope);
	return kill;
}

static void
write_kills(struct metrics *metrics, const struct snapshot *now, FILE *file)
{
	static const char name[] = "memtop_oom_kills_total";

	for (size_t i = 0; i < now->events.count; i++)
		find_kill(metrics, event_at(&now->events, i))->count++;
	if (metrics->kill_count > 0)
		prometheus_begin(file, name, "counter",
			"Processes killed for lack of memory since memtop export was started.");
	for (size_t i = 0; i < metrics->kill_count; i++) {
		const struct kill_count *kill = &metrics->kills[i];

		prometheus_sample(file, name,
			(const struct prometheus_label[]){
				{ "program", kill->program }, { "scope", kill->scope } },
			2, (double)kill->count);
	}
}

/* Who is killed next. Names are in a metric of their own, so that the figures go on under others.
 */
static void
write_candidates(const struct snapshot *now, FILE *file)
{
	static const char badness[] = "memtop_oom_candidate_badness_bytes",
			  info[] = "memtop_oom_candidate_info";
	size_t count = now->kill_count < CANDIDATES ? now->kill_count : CANDIDATES;

	if (count == 0)
		return;
	prometheus_begin(file, badness, "gauge",
		"What the OOM killer compares, of the processes that are killed first.");
	for (size_t i = 0; i < count; i++)
		if (now->kill_order[i]->weight->badness != UNKNOWN)
			prometheus_sample(file, badness,
				&(struct prometheus_label){
					"rank", (const char[]){ (char)('1' + i), '\0' } },
				1, (double)now->kill_order[i]->weight->badness);
	prometheus_begin(file, info, "gauge", "Which processes these are.");
	for (size_t i = 0; i < count; i++) {
		const struct process *process = now->kill_order[i];
		char unit[GROUP_TOP_NAME_SIZE];

		if (process->place->unit)
			group_top_name(unit, GROUP_BY_UNIT, process->place->unit);
		prometheus_sample(file, info,
			(const struct prometheus_label[]){
				{ "rank", (const char[]){ (char)('1' + i), '\0' } },
				{ "program", process->comm },
				{ "unit", process->place->unit ? unit : NULL },
				{ "user", process->user } },
			4, 1);
	}
}

static void
write_groups(struct metrics *metrics, struct snapshot *now, int64_t interval, FILE *file)
{
	for (size_t i = 0; i < METRICS_KINDS; i++) {
		groups_build(&metrics->groups, now, kinds[i].kind);
		if (interval > 0)
			growth_of_groups(&metrics->growth[i], &metrics->groups, now, interval);
		group_top_take(&metrics->tops[i], &metrics->groups, metrics->top);
		if (!group_top_has_names(&metrics->tops[i]))
			continue;
		write_table(
			file, now, &group_table, kinds[i].columns, &metrics->tops[i].rows, NULL);
	}
}

void
metrics_write(struct metrics *metrics, struct snapshot *now, int64_t interval, FILE *file)
{
	write_memory(file, now);
	write_table(file, now, &budget_table, "bytes", &now->budget,
		metrics->with_parts ? NULL : is_item);
	write_groups(metrics, now, interval, file);
	write_kills(metrics, now, file);
	write_candidates(now, file);
	write_table(file, now, &zone_table, "fragmentation,above", &now->kernel[KERNEL_ZONES],
		is_present);
}

void
metrics_finish(struct metrics *metrics)
{
	groups_finish(&metrics->groups);
	for (size_t i = 0; i < METRICS_KINDS; i++) {
		group_top_finish(&metrics->tops[i]);
		growth_set_finish(&metrics->growth[i]);
	}
	arena_finish(&metrics->texts);
}
