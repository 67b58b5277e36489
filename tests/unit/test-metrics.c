// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/macros.h"
#include "model/charge.h"
#include "model/group-top.h"
#include "model/snapshot.h"
#include "model/system.h"
#include "output/metrics.h"
#include "output/prometheus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
assert_label(const char *value, const char *expected)
{
	char *text, line[256];
	size_t size;
	FILE *file = open_memstream(&text, &size);

	prometheus_sample(file, "x",
		(const struct prometheus_label[]){ { "none", NULL }, { "name", value } }, 2, 1.5);
	fclose(file);
	snprintf(line, sizeof(line), "x{name=\"%s\"} 1.5\n", expected);
	assert_string_equal(text, line);
	free(text);
}

/* One wrong byte, and node_exporter leaves out the whole file. */
static void
any_text_can_be_a_label(void **state)
{
	static const struct {
		const char *value, *expected;
	} cases[] = {
		{ "db.service", "db.service" },
		{ "dev-disk-by\\x2dlabel.swap", "dev-disk-by\\\\\\\\x2dlabel.swap" },
		{ "a\"b", "a\\\"b" },
		{ "a\nb", "a\\\\nb" },
		{ "\x1b[31m", "\\\\x1b[31m" },
		{ "\xff", "\\\\xff" },
		{ "Grüße", "Grüße" },
		{ "\\xff", "\\\\\\\\xff" },
		{ "\\", "\\\\\\\\" },
		{ "\xe2\x80\xae", "\\\\u202e" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_label(cases[i].value, cases[i].expected);
}

static void
names_end_in_their_unit(void **state)
{
	static const struct {
		const struct table *table;
		const char *column, *expected;
	} cases[] = {
		{ &group_table, "footprint", "memtop_k_footprint_bytes" },
		{ &group_table, "headroom", "memtop_k_headroom_bytes" },
		{ &group_table, "processes", "memtop_k_processes" },
		{ &group_table, "kills", "memtop_k_kills_total" },
		{ &group_table, "full", "memtop_k_full_ratio" },
		{ &group_table, "growth_1h", "memtop_k_growth_1h_bytes_per_second" },
		{ &group_table, "majflt_rate", "memtop_k_majflt_rate_per_second" },
		{ &budget_table, "bytes", "memtop_k_bytes" },
		{ &system_table, "uptime", "memtop_k_uptime_seconds" },
		{ &system_table, "psi_full_total", "memtop_k_psi_full_total_seconds_total" },
	};
	char name[PROMETHEUS_NAME_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		prometheus_name(name, "k", table_column(cases[i].table, cases[i].column));
		assert_string_equal(name, cases[i].expected);
	}
}

static void
names_that_are_used_once_become_one(void **state)
{
	static const struct {
		enum group_kind kind;
		const char *name, *expected;
	} cases[] = {
		{ GROUP_BY_UNIT, "db.service", "db.service" },
		{ GROUP_BY_UNIT, "session-12.scope", "session-*.scope" },
		{ GROUP_BY_UNIT, "session-c1.scope", "session-*.scope" },
		{ GROUP_BY_UNIT, "session-manager.service", "session-manager.service" },
		{ GROUP_BY_UNIT, "run-u123.service", "run-*.service" },
		{ GROUP_BY_UNIT, "run-r3f2a77.scope", "run-*.scope" },
		{ GROUP_BY_PROGRAM, "run-parts", "run-parts" },
		{ GROUP_BY_CONTAINER, "run-db", "run-db" },
		{ GROUP_BY_UNIT, "app-gnome-firefox-4321.scope", "app-gnome-firefox-*.scope" },
		{ GROUP_BY_UNIT, "app-mail-2-x.service", "app-mail-2-x.service" },
		{ GROUP_BY_UNIT, "tmux-spawn-9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d.scope",
			"tmux-spawn-*.scope" },
		{ GROUP_BY_UNIT, "postgresql@15-main.service", "postgresql@15-main.service" },
		{ GROUP_BY_UNIT, "user@1000.service", "user@1000.service" },
		{ GROUP_BY_UNIT, "ssh@3-10.0.0.1:22-10.0.0.2:50000.service", "ssh@*.service" },
		{ GROUP_BY_UNIT, "ssh@a:b", "ssh@*" },
		{ GROUP_BY_UNIT, "docker-0123456789abcdef0123.scope", "docker-*.scope" },
		{ GROUP_BY_UNIT, "cafe-deadbeef.service", "cafe-deadbeef.service" },
		{ GROUP_BY_CONTAINER, "0123456789ab", "*" },
		{ GROUP_BY_USER, "", "" },
	};
	char name[GROUP_TOP_NAME_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool is_other = group_top_name(name, cases[i].kind, cases[i].name);

		assert_string_equal(name, cases[i].expected);
		assert_int_equal(is_other, strcmp(cases[i].name, cases[i].expected) != 0);
	}
}

struct fixture {
	struct groups groups;
	struct group_top top;
};

static int
set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	fixture->groups.kind = GROUP_BY_UNIT;
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	groups_finish(&fixture->groups);
	group_top_finish(&fixture->top);
	test_free(fixture);
	return 0;
}

static struct group *
add(struct fixture *fixture, const char *name, int64_t footprint)
{
	struct group *group = rows_add(&fixture->groups.rows, &group_table);

	group->name = name;
	group->by = "unit";
	group->sum = "PSS";
	group->processes = 1;
	group->footprint = footprint;
	group->anon = footprint / 2;
	group->charge = &charge_unknown;
	return group;
}

static const char *
names_of(struct fixture *fixture, size_t most)
{
	static char text[256];
	size_t length = 0;
	const struct group *rows;

	group_top_take(&fixture->top, &fixture->groups, most);
	rows_reset(&fixture->groups.rows);
	rows = fixture->top.rows.data;
	*text = '\0';
	for (size_t i = 0; i < fixture->top.rows.count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s=%lld ",
			rows[i].name,
			rows[i].footprint == UNKNOWN ? -1 : (long long)rows[i].footprint);
	return text;
}

static void
a_group_leaves_only_with_a_fifth_less(void **state)
{
	struct fixture *fixture = *state;
	static const int64_t sizes[] = { 95, 81, 79 };
	static const char *const expected[] = { "a=200 b=95 other=110 ", "a=200 b=81 other=110 ",
		"a=200 c=100 other=89 " };

	add(fixture, "a", 200);
	add(fixture, "b", 100);
	add(fixture, "c", 90);
	add(fixture, "d", 10);
	assert_string_equal(names_of(fixture, 2), "a=200 b=100 other=100 ");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		add(fixture, "a", 200);
		add(fixture, "b", sizes[i]);
		add(fixture, "c", 100);
		add(fixture, "d", 10);
		assert_string_equal(names_of(fixture, 2), expected[i]);
	}
}

/* With another session beside it its counters would be those of nobody. */
static void
what_may_stand_for_several_has_no_charge(void **state)
{
	struct fixture *fixture = *state;
	struct cgroup_charge charge = charge_unknown;
	const struct group *rows;

	charge.current = 1;
	add(fixture, "session-1.scope", 10)->charge = &charge;
	add(fixture, "db.service", 5)->charge = &charge;
	names_of(fixture, 3);
	rows = fixture->top.rows.data;
	assert_true(rows[0].charge->current == UNKNOWN);
	assert_int_equal(rows[1].charge->current, 1);
}

static void
the_rest_has_sums_and_what_is_only_a_bound_is_unknown(void **state)
{
	struct fixture *fixture = *state;
	const struct group *rows;

	add(fixture, "session-1.scope", 10);
	add(fixture, "session-2.scope", 20);
	add(fixture, NULL, 5);
	add(fixture, "other", 1000);
	add(fixture, "bound", 50)->sum = "at most";
	assert_string_equal(names_of(fixture, 3), "bound=-1 session-*.scope=30 -=5 other=1000 ");
	rows = fixture->top.rows.data;
	assert_int_equal(rows[1].processes, 2);
	assert_int_equal(rows[1].anon, 15);
	assert_int_equal(rows[3].processes, 1);
	assert_true(rows[3].charge->current == UNKNOWN);
	assert_true(rows[1].charge->current == UNKNOWN);
	assert_string_equal(names_of(fixture, 3), "");
	assert_false(group_top_has_names(&fixture->top));
	add(fixture, NULL, 5);
	names_of(fixture, 3);
	assert_false(group_top_has_names(&fixture->top));
	add(fixture, "a", 5);
	names_of(fixture, 3);
	assert_true(group_top_has_names(&fixture->top));
}

/* All that a snapshot without any figure has: no metric is there with a value made up. */
static void
unknown_figures_are_no_metrics(void **state)
{
	struct snapshot snapshot = { .bits = 0 };
	struct metrics metrics = { .top = 3 };
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	snapshot_reset(&snapshot);
	metrics_write(&metrics, &snapshot, 0, file);
	fclose(file);
	assert_string_equal(text, "");
	free(text);
	metrics_finish(&metrics);
	snapshot_finish(&snapshot);
}

static void
kills_are_counted_by_program_and_limit(void **state)
{
	static const char *const constraints[] = { EVENT_LIMIT_MACHINE, "cgroup", "cgroup", NULL };
	struct snapshot snapshot = { .bits = 0 };
	struct metrics metrics = { .top = 3 };
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	snapshot_reset(&snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(constraints); i++) {
		struct event *event = snapshot_add_event(&snapshot);

		event->victim.comm = "hog";
		event->constraint = constraints[i];
	}
	metrics_write(&metrics, &snapshot, 0, file);
	fclose(file);
	assert_non_null(strstr(text, "memtop_oom_kills_total{program=\"hog\",scope=\"machine\"} 1\n"
				     "memtop_oom_kills_total{program=\"hog\",scope=\"cgroup\"} 2\n"
				     "memtop_oom_kills_total{program=\"hog\",scope=\"-\"} 1\n"));
	free(text);
	metrics_finish(&metrics);
	snapshot_finish(&snapshot);
}

/* What has been counted is counted on under its name, and there is a row for all others. */
static void
kills_of_many_programs_are_bounded(void **state)
{
	struct snapshot snapshot = { .bits = 0 };
	struct metrics metrics = { .top = 3 };
	FILE *file = fopen("/dev/null", "w");
	int64_t others = 0;
	char name[16];

	for (int i = 0; i < 300; i++) {
		struct event *event;

		snapshot_reset(&snapshot);
		event = snapshot_add_event(&snapshot);
		snprintf(name, sizeof(name), "hog%d", i % 150);
		event->victim.comm = name;
		event->constraint = "cgroup";
		metrics_write(&metrics, &snapshot, 0, file);
	}
	fclose(file);
	assert_int_equal(metrics.kill_count, METRICS_MOST_KILLS);
	for (size_t i = 0; i < metrics.kill_count; i++)
		if (strcmp(metrics.kills[i].program, "other") == 0)
			others = metrics.kills[i].count;
		else
			assert_int_equal(metrics.kills[i].count, 2);
	assert_int_equal(others, 300 - 2 * (METRICS_MOST_KILLS - 1));
	metrics_finish(&metrics);
	snapshot_finish(&snapshot);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_text_can_be_a_label),
		cmocka_unit_test(names_end_in_their_unit),
		cmocka_unit_test(names_that_are_used_once_become_one),
		cmocka_unit_test_setup_teardown(
			a_group_leaves_only_with_a_fifth_less, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_rest_has_sums_and_what_is_only_a_bound_is_unknown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_may_stand_for_several_has_no_charge, set_up, tear_down),
		cmocka_unit_test(unknown_figures_are_no_metrics),
		cmocka_unit_test(kills_are_counted_by_program_and_limit),
		cmocka_unit_test(kills_of_many_programs_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
