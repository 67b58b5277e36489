// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/macros.h"
#include "base/memory.h"
#include "model/growth-list.h"
#include "model/growth-row.h"
#include "model/kernel.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "output/check.h"
#include "table/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)
#define INTERVAL (10 * NS_PER_SEC)

struct fixture {
	struct growth_set set;
	struct growth_list list;
	struct snapshot now;
	int64_t monotonic;
};

static int
set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	fixture->monotonic = 500 * NS_PER_SEC;
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	growth_set_finish(&fixture->set);
	growth_list_finish(&fixture->list);
	snapshot_finish(&fixture->now);
	test_free(fixture);
	return 0;
}

/* Begins the next snapshot. */
static void
next(struct fixture *fixture)
{
	snapshot_reset(&fixture->now);
	fixture->now.bits = NEED_GROWTH;
	fixture->now.monotonic = fixture->monotonic += INTERVAL;
	fixture->now.system.total = 1000 * MIB;
	fixture->now.system.available = 600 * MIB;
}

static struct process *
add(struct fixture *fixture, int64_t pid, int64_t start_time, int64_t anon, int64_t swap)
{
	struct process *process = snapshot_add_process(&fixture->now);

	process->pid = pid;
	process->start_time = start_time;
	process->comm = process->command = "program";
	process->resident = process->anon = anon;
	process->swap = swap;
	return process;
}

static const struct growth_summary *
growth(struct fixture *fixture, size_t row)
{
	return &fixture->now.processes[row].extras->growth;
}

static void
a_leak_a_sawtooth_and_what_is_small_are_told_apart(void **state)
{
	struct fixture *fixture = *state;

	for (int64_t i = 0; i < 20 * 6; i++) {
		next(fixture);
		add(fixture, 1, 1, 20 * MIB + i * MIB / 2, 0);      /* 3 MiB a minute */
		add(fixture, 2, 1, 20 * MIB + i % 12 * 5 * MIB, 0); /* every 2 minutes */
		add(fixture, 3, 1, 3 * MIB, 0);
		add(fixture, 4, 1, 50 * MIB - i * MIB / 4, i * MIB / 4); /* it is swapped out */
		add(fixture, 5, 1, UNKNOWN, 0);
		growth_of_processes(&fixture->set, &fixture->now, INTERVAL);
		if (i == 5)
			assert_string_equal(growth(fixture, 0)->verdict, "young");
	}
	assert_string_equal(growth(fixture, 0)->verdict, "growing");
	assert_int_equal(growth(fixture, 0)->grown, 119 * MIB / 2);
	assert_in_range(growth(fixture, 0)->minute, 29 * MIB / 10, 31 * MIB / 10);
	assert_in_range(growth(fixture, 0)->ten_minutes, 29 * MIB / 10, 31 * MIB / 10);
	assert_true(growth(fixture, 0)->hour == UNKNOWN);
	assert_string_equal(growth(fixture, 0)->trend, "0122345567");
	assert_string_equal(growth(fixture, 3)->trend, "7777777777");
	assert_string_not_equal(growth(fixture, 1)->verdict, "growing");
	assert_null(growth(fixture, 2)->verdict);
	assert_true(growth(fixture, 2)->grown == UNKNOWN);
	assert_string_equal(growth(fixture, 3)->verdict, "steady");
	assert_int_equal(growth(fixture, 3)->grown, 0);
	assert_null(growth(fixture, 4)->verdict);
	assert_int_equal(fixture->set.count, 3);
}

/* A PID that is used again is another process; one that is smaller for a while is the same. */
static void
a_process_is_followed_from_8_mib_on_and_forgotten_when_it_ends(void **state)
{
	static const struct {
		int64_t start_time, mib, grown, followed;
	} steps[] = {
		{ 1, 7, UNKNOWN, 0 },
		{ 1, 10, 0, 1 },
		{ 1, 16, 6, 1 },
		{ 1, 5, -5, 1 },
		{ 1, 9, -1, 1 },
		{ 2, 30, 0, 1 },
		{ 2, 2, UNKNOWN, 0 },
		{ 2, 12, 0, 1 },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int64_t grown = steps[i].grown;

		next(fixture);
		add(fixture, 7, steps[i].start_time, steps[i].mib * MIB, 0);
		growth_of_processes(&fixture->set, &fixture->now, INTERVAL);
		assert_true(growth(fixture, 0)->grown == (grown == UNKNOWN ? grown : grown * MIB));
		assert_int_equal(fixture->set.count, steps[i].followed);
	}
	next(fixture);
	growth_of_processes(&fixture->set, &fixture->now, INTERVAL);
	assert_int_equal(fixture->set.count, 0);
}

static void
more_figures_than_the_bound_are_not_followed(void **state)
{
	struct fixture *fixture = *state;
	struct growth_set *set = &fixture->set;

	growth_set_begin(set, NS_PER_SEC, INTERVAL, UNKNOWN);
	for (uint64_t i = 0; i < GROWTH_MOST_FIGURES; i++)
		assert_int_equal(growth_set_note(set, index_mix(0, i), 1), i);
	assert_int_equal(growth_set_note(set, index_mix(0, 1u << 20), 1), INDEX_END);
	assert_int_equal(growth_set_note(set, index_mix(0, 5), 2), 5);
	growth_set_end(set);
	growth_set_begin(set, 2 * NS_PER_SEC, INTERVAL, UNKNOWN);
	assert_int_equal(growth_set_note(set, index_mix(0, 9), UNKNOWN), 9); /* still there */
	assert_int_equal(growth_set_note(set, index_mix(0, 1u << 21), UNKNOWN), INDEX_END);
	growth_set_end(set);
	assert_int_equal(set->count, 1);
	assert_int_equal(growth_set_judge(set, 0)->last, 1);
}

/* The row with a name, or NULL. */
static const struct growth_row *
row(const struct growth_list *list, const char *of, const char *name)
{
	for (size_t i = 0; i < list->rows.count; i++) {
		const struct growth_row *found = (struct growth_row *)list->rows.data + i;

		if (strcmp(found->of, of) == 0 && strcmp(found->name, name) == 0)
			return found;
	}
	return NULL;
}

static void
a_list_has_sums_budget_caches_and_processes_with_what_is_left_for_them(void **state)
{
	struct fixture *fixture = *state;
	static const char *const items[] = { "free", "cache", "unaccounted" };
	struct growth_list *list = &fixture->list;

	for (int64_t i = 0; i < 20 * 6; i++) {
		struct slab *slab;

		next(fixture);
		fixture->now.system.available = 600 * MIB - i * MIB / 2;
		add(fixture, 1, 1, 20 * MIB + i * MIB / 2, 0);
		for (size_t j = 0; j < ARRAY_SIZE(items); j++) {
			struct budget_row *item = rows_add(&fixture->now.budget, &budget_table);

			item->item = item->name = items[j];
			item->bytes = 70 * MIB;
		}
		slab = rows_add(&fixture->now.kernel[KERNEL_SLABS], &slab_table);
		slab->name = "dentry";
		slab->bytes = 40 * MIB;
		growth_list_take(list, &fixture->now, GROWTH_OF_PROCESSES, INTERVAL, UNKNOWN);
	}
	assert_int_equal(list->rows.count, 4);
	assert_int_equal(row(list, "budget", "unaccounted")->last, 70 * MIB);
	assert_string_equal(row(list, "machine", "in use")->verdict, "growing");
	assert_int_equal(row(list, "machine", "in use")->limit, 1000 * MIB);
	assert_int_equal(row(list, "process", "program")->grown, 119 * MIB / 2);
	assert_int_equal(row(list, "process", "program")->pid, 1);
	/* 540 MiB are left, at 3 MiB a minute */
	assert_in_range(row(list, "process", "program")->end.time, 178 * 60 * NS_PER_SEC,
		182 * 60 * NS_PER_SEC);
	assert_string_equal(row(list, "slab", "dentry")->verdict, "steady");
	assert_string_equal(row(list, "budget", "unaccounted")->verdict, "steady");
	assert_null(row(list, "machine", "swap"));
}

/* It may be that of a cgroup above its own, whose charge is not read. */
static void
a_process_reaches_the_limit_of_its_cgroup_first(void **state)
{
	static const struct process_place places[] = { { .cgroup = "/a/b" }, { .cgroup = "/ab" } };
	struct fixture *fixture = *state;
	struct growth_list *list = &fixture->list;

	for (int64_t i = 0; i < 2; i++) {
		next(fixture);
		for (int64_t j = 0; j < 2; j++)
			add(fixture, j + 1, 1, 20 * MIB, 0)->place = &places[j];
		charge_add(&fixture->now.charges)->path = "/a";
		charge_at(&fixture->now.charges, 0)->available = 5 * MIB;
		growth_list_take(list, &fixture->now, GROWTH_OF_PROCESSES, INTERVAL, UNKNOWN);
	}
	for (size_t i = 0; i < list->rows.count; i++) {
		const struct growth_row *found = (struct growth_row *)list->rows.data + i;

		if (found->pid != UNKNOWN)
			assert_int_equal(found->limit, (found->pid == 1 ? 25 : 620) * MIB);
	}
	assert_int_equal(list->rows.count, 3);
}

/* Of groups the memory counts that each has alone, and only where it is known. */
static void
groups_are_followed_by_their_anonymous_memory(void **state)
{
	struct fixture *fixture = *state;
	struct growth_list *list = &fixture->list;

	for (int64_t i = 0; i < 20 * 6; i++) {
		next(fixture);
		for (int64_t pid = 1; pid <= 3; pid++) {
			struct process *process = add(fixture, pid, 1, 900 * MIB, 0);
			struct process_rollup *rollup = snapshot_rollup(&fixture->now, process);

			process->user = pid == 3 ? "other" : "web";
			if (pid == 3)
				continue;
			rollup->pss = rollup->pss_anon = 20 * MIB + i * MIB / 4;
			rollup->pss_file = rollup->pss_shmem = 0;
		}
		growth_list_take(list, &fixture->now, GROUP_BY_USER, INTERVAL, UNKNOWN);
	}
	assert_string_equal(row(list, "user", "web")->verdict, "growing");
	assert_int_equal(row(list, "user", "web")->grown, 119 * MIB / 2);
	assert_null(row(list, "user", "other"));
}

/* Now and then the PSS of a process is not known, since it ends while it is read. */
static void
a_figure_that_is_not_known_for_a_while_is_followed_on(void **state)
{
	struct fixture *fixture = *state;
	struct growth_list *list = &fixture->list;

	for (int64_t i = 0; i < 20 * 6; i++) {
		int64_t bytes = 20 * MIB + i * MIB / 4;
		struct process_rollup *rollup;

		next(fixture);
		rollup = snapshot_rollup(&fixture->now, add(fixture, 1, 1, bytes, 0));
		fixture->now.processes[0].user = "web";
		rollup->pss = rollup->pss_anon = i % 7 == 6 ? UNKNOWN : bytes;
		rollup->pss_file = rollup->pss_shmem = 0;
		growth_list_take(list, &fixture->now, GROUP_BY_USER, INTERVAL, UNKNOWN);
	}
	assert_string_equal(row(list, "user", "web")->verdict, "growing");
	assert_int_equal(row(list, "user", "web")->grown, 119 * MIB / 4);
	for (int64_t i = 0; i < 3; i++) {
		next(fixture);
		add(fixture, 2, 1, i == 1 ? UNKNOWN : (20 + i) * MIB, 0);
		growth_of_processes(&fixture->set, &fixture->now, INTERVAL);
	}
	assert_int_equal(growth(fixture, 0)->grown, 2 * MIB);
}

/* Between two refreshes: whatever has 8 MiB is seen for the first time. */
static void
new_rows_have_not_grown_so_far(void **state)
{
	struct fixture *fixture = *state;

	next(fixture);
	add(fixture, 1, 1, 20 * MIB, 0);
	add(fixture, 2, 1, 7 * MIB, 0);
	add(fixture, 3, 1, UNKNOWN, 0);
	growth_of_new_rows(&fixture->now);
	assert_string_equal(growth(fixture, 0)->verdict, "young");
	assert_int_equal(growth(fixture, 0)->grown, 0);
	assert_true(growth(fixture, 0)->hour == UNKNOWN);
	assert_null(growth(fixture, 1)->verdict);
	assert_null(growth(fixture, 2)->verdict);
}

/* A process with a growth, in a sample or in what lives. */
static struct process *
add_growing(struct snapshot *snapshot, int64_t pid, const char *verdict, int64_t ten_minutes,
	int64_t hour)
{
	struct process *process = snapshot_add_process(snapshot);

	process->pid = process->start_time = pid;
	process->comm = "leaky";
	process->anon = 100 * MIB;
	process->swap = 0;
	snapshot_extras(snapshot, process)->growth = (struct growth_summary){ verdict, 50 * MIB,
		UNKNOWN, ten_minutes, hour, "01234567" };
	return process;
}

static void
check_names_what_grows_as_the_recorder_has_seen_it(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot sample = { .time = 100 * NS_PER_SEC, .monotonic = 50 * NS_PER_SEC };
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	add_growing(&sample, 1, "growing", 3 * MIB, UNKNOWN);
	add_growing(&sample, 2, "steady", 0, 0);
	add_growing(&sample, 3, "leak?", 9 * MIB, 5 * MIB);
	add_growing(&sample, 4, "growing", 9 * MIB, UNKNOWN)->start_time = 1;
	add_growing(&sample, 5, "growing", MIB, MIB);
	add_growing(&sample, 6, "growing", 2 * MIB, 2 * MIB);
	add_growing(&sample, 7, "growing", 9 * MIB, 9 * MIB); /* it has ended */
	next(fixture);
	for (int64_t pid = 1; pid <= 6; pid++)
		add_growing(&fixture->now, pid, NULL, UNKNOWN, UNKNOWN);
	fixture->now.time = 401 * NS_PER_SEC;
	fixture->now.monotonic = 350 * NS_PER_SEC;
	growth_of_recorded(&fixture->now, &sample);
	assert_null(growth(fixture, 0)->verdict); /* it is too old */
	fixture->now.time = 400 * NS_PER_SEC;
	growth_of_recorded(&fixture->now, &sample);
	snapshot_finish(&sample);
	fixture->now.system.verdict.state = "ok";
	check_write(file, &fixture->now, NULL, 0, false);
	fclose(file);
	assert_non_null(strstr(text,
		"\ngrowing: leaky (3) 100M +5.0M/min in 1 h (leak?), "
		"leaky (1) 100M +3.0M/min in 10 min, leaky (6) 100M +2.0M/min in 1 h\n"));
	free(text);
}

/* Names, and an expression, that would begin performance data or add to it. */
static void
a_bar_in_a_name_is_no_performance_data(void **state)
{
	struct fixture *fixture = *state;
	struct filter *filter = filter_create(&system_table);
	struct filter_error error;
	char group[] = "g|r";
	const struct check_rule rules[] = {
		{ "who~a|b", CHECK_WARNING, filter, group, 0 },
	};
	struct named_limit named = { true, { "g|r", 2 * MIB, MIB } };
	char *text, *line;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	next(fixture);
	filter_add(filter, "who~a|x", &error);
	fixture->now.named_limits = &named;
	fixture->now.system.nearest = (struct nearest_limit){ "n|l", 2 * MIB, MIB };
	fixture->now.system.oom_kills = 1;
	fixture->now.system.last_kill_time = fixture->now.time = 400 * NS_PER_SEC;
	fixture->now.system.last_kill_comm = "k|l";
	fixture->now.system.verdict.state = fixture->now.system.verdict.state_now = "low";
	fixture->now.system.verdict.who = "x|used=0B";
	add(fixture, 1, 1, 50 * MIB, 0)->comm = "x|used=0B";
	check_write(file, &fixture->now, rules, ARRAY_SIZE(rules), false);
	fclose(file);
	filter_destroy(filter);
	line = strchr(text, '\n');
	assert_non_null(strstr(text, ", largest x/used=0B "));
	assert_ptr_equal(strchr(text, '|'), strstr(text, " | available=") + 1);
	assert_true(strrchr(text, '|') < line);
	assert_ptr_equal(strrchr(text, '|'), strchr(text, '|'));
	assert_non_null(strstr(line, "\nWARNING: who~a/b\n"));
	assert_non_null(strstr(line, "\nnearest limit: n/l "));
	assert_non_null(strstr(line, "\ng/r: 1.0M left "));
	assert_non_null(strstr(line, "\nlargest: x/used=0B (1) "));
	assert_non_null(strstr(line, " k/l\n"));
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_leak_a_sawtooth_and_what_is_small_are_told_apart),
		TEST(a_process_is_followed_from_8_mib_on_and_forgotten_when_it_ends),
		TEST(more_figures_than_the_bound_are_not_followed),
		TEST(a_list_has_sums_budget_caches_and_processes_with_what_is_left_for_them),
		TEST(a_process_reaches_the_limit_of_its_cgroup_first),
		TEST(groups_are_followed_by_their_anonymous_memory),
		TEST(a_figure_that_is_not_known_for_a_while_is_followed_on),
		TEST(new_rows_have_not_grown_so_far),
		TEST(check_names_what_grows_as_the_recorder_has_seen_it),
		TEST(a_bar_in_a_name_is_no_performance_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
