// SPDX-License-Identifier: GPL-3.0-or-later
#include "rank-machine.h"
#include "unit.h"

#include "model/badness.h"
#include "model/needs.h"
#include "model/oom-plan.h"
#include "model/snapshot.h"

#define GIB (INT64_C(1) << 30)
#define MIB (INT64_C(1) << 20)

/* A machine of 10 GiB: pid 10 with 3, 20 with 2, 30 with 1 GiB; 21 is a child of 20, 22 of 21. */
static int
set_up(void **state)
{
	static const struct {
		int64_t pid, parent, resident, adj;
	} rows[] = {
		{ 10, 1, 3 * GIB, 0 },
		{ 20, 1, 2 * GIB, 0 },
		{ 21, 20, 300 * MIB, -1000 },
		{ 22, 21, 200 * MIB, 0 },
		{ 30, 1, 1 * GIB, 0 },
	};
	struct snapshot *snapshot = test_calloc(1, sizeof(*snapshot));
	struct badness_scope scope;

	snapshot_reset(snapshot);
	snapshot->bits = NEED_BADNESS;
	snapshot->system.total = 10 * GIB;
	snapshot->system.swap_total = 0;
	scope = badness_scope_of(snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct process *row = snapshot_add_process(snapshot);

		row->pid = rows[i].pid;
		row->parent = rows[i].parent;
		row->start_time = 7;
		row->state = "S";
		row->virtual = row->resident = row->anon = rows[i].resident;
		row->swap = row->page_tables = 0;
		row->oom_adj = rows[i].adj;
		row->oom_score = rows[i].adj == -1000 ? 0 : badness_score_of(row, &scope);
	}
	badness_rank(snapshot);
	*state = snapshot;
	return 0;
}

static void
a_preview_shows_who_dies_instead(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };
	const struct oom_effect *effect;

	oom_plan_add(&plan, snapshot_find_process(now, 10), -500);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 1);
	effect = &preview.effects[0];
	assert_int_equal(effect->before.rank, 1);
	assert_int_equal(effect->after.rank, 4);
	assert_int_equal(effect->before.adj, 0);
	assert_int_equal(effect->after.adj, -500);
	assert_int_equal(effect->before.badness, 3 * GIB);
	assert_int_equal(effect->after.badness, 3 * GIB + badness_adj_weight(-500, 10 * GIB));
	assert_int_equal(effect->before.score, 866);
	assert_int_equal(
		effect->after.score, badness_score(effect->after.badness, 10 * GIB, false));
	assert_int_equal(preview.first_before->pid, 10);
	assert_int_equal(preview.first_after->pid, 20);
	assert_int_equal(effect->next_before, 10);
	assert_int_equal(effect->next_after, 20);
	assert_int_equal(preview.ranked_before, 4);
	assert_int_equal(preview.ranked_after, 4);
	assert_int_equal(now->processes[0].oom_adj, 0); /* the snapshot is as it was */
	assert_int_equal(now->kill_order[0]->pid, 10);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

/* Kills and faults that a snapshot holds are its own, whatever is previewed. */
static void
a_preview_leaves_the_snapshot_what_it_has(void **state)
{
	struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	snapshot_add_event(now)->victim.pid = 77;
	fault_add(&now->faults)->pid = 78;
	oom_plan_add(&plan, snapshot_find_process(now, 10), -500);
	oom_preview(&preview, now, &plan);
	assert_int_equal(event_at(&now->events, 0)->victim.pid, 77);
	assert_int_equal(fault_at(&now->faults, 0)->pid, 78);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
protection_comes_and_goes_with_minus_1000(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 10), -1000);
	oom_plan_add(&plan, snapshot_find_process(now, 21), 0);
	oom_preview(&preview, now, &plan);
	assert_string_equal(preview.effects[0].after.protection, "adj -1000");
	assert_int_equal(preview.effects[0].after.score, 0);
	assert_true(preview.effects[0].after.rank == UNKNOWN);
	assert_string_equal(preview.effects[1].before.protection, "adj -1000");
	assert_null(preview.effects[1].after.protection);
	assert_int_equal(preview.effects[1].after.rank, 3);
	assert_int_equal(preview.effects[1].after.score, 686);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
who_shares_the_address_space_follows(void **state)
{
	struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	snapshot_extras(now, snapshot_find_process(now, 22))->memory_of = 21;
	snapshot_find_process(now, 21)->oom_adj = 0;
	snapshot_find_process(now, 21)->oom_score = 686;
	badness_rank(now);
	oom_plan_add(&plan, snapshot_find_process(now, 22), -1000);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 2);
	assert_true(preview.effects[0].follows == UNKNOWN);
	assert_int_equal(preview.effects[1].pid, 21);
	assert_int_equal(preview.effects[1].follows, 22);
	assert_int_equal(preview.effects[1].after.adj, -1000);
	snapshot_find_process(now, 22)->oom_score = 0; /* between vfork and exec it goes alone */
	badness_rank(now);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 1);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
a_tree_is_a_process_and_all_below_it(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 20), 100);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.children, 2);
	oom_plan_add_tree(&plan, now, snapshot_find_process(now, 20), 300);
	assert_int_equal(plan.count, 3);
	for (size_t i = 0; i < plan.count; i++)
		assert_int_equal(plan.changes[i].to, 300);
	assert_int_equal(plan.changes[2].pid, 22);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 3);
	assert_int_equal(preview.children, 0);
	assert_int_equal(preview.first_after->pid, 20);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
undoing_is_the_inverse_plan(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 }, inverse = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 10), 500);
	oom_plan_add(&plan, snapshot_find_process(now, 21), 200);
	oom_plan_invert(&plan, &inverse);
	oom_plan_invert(&plan, &inverse);
	assert_int_equal(inverse.count, 2);
	assert_int_equal(inverse.changes[0].pid, 21);
	assert_int_equal(inverse.changes[0].from, 200);
	assert_int_equal(inverse.changes[0].to, -1000);
	assert_int_equal(inverse.changes[1].pid, 10);
	assert_int_equal(inverse.changes[1].start_time, 7);
	oom_plan_finish(&plan);
	oom_plan_finish(&inverse);
}

static void
T30_a_plan_about_a_process_that_is_gone_shows_nothing(void **state)
{
	struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 10), 500);
	snapshot_find_process(now, 10)->start_time = 8;
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 0);
	assert_int_equal(preview.first_after->pid, 10);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
T36_the_old_scale_is_converted_as_the_kernel_does(void **state)
{
	static const int64_t pairs[][2] = { { -17, -1000 }, { -16, -941 }, { -1, -58 }, { 0, 0 },
		{ 1, 58 }, { 14, 823 }, { 15, 1000 } };

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		assert_int_equal(oom_from_legacy(pairs[i][0]), pairs[i][1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rank_machine_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_preview_shows_who_dies_instead),
		TEST(a_preview_leaves_the_snapshot_what_it_has),
		TEST(protection_comes_and_goes_with_minus_1000),
		TEST(who_shares_the_address_space_follows),
		TEST(a_tree_is_a_process_and_all_below_it),
		TEST(undoing_is_the_inverse_plan),
		TEST(T30_a_plan_about_a_process_that_is_gone_shows_nothing),
		cmocka_unit_test(T36_the_old_scale_is_converted_as_the_kernel_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
