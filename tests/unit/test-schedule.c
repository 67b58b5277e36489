// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/process-cache.h"
#include "collect/schedule.h"
#include "collect/system.h"

/* With a long interval more often, and still with the same work in each refresh. */
static void
each_process_has_its_turn_once_in_a_period(void **state)
{
	static const struct {
		enum reread reread;
		bool is_fast;
		int64_t interval;
		unsigned expected;
	} cases[] = {
		{ REREAD_SIZES, true, 1, 4 },
		{ REREAD_SIZES, false, 0, 32 },
		{ REREAD_SIZES, false, 1, 32 },
		{ REREAD_SIZES, false, 5, 32 },
		{ REREAD_SIZES, false, 10, 16 },
		{ REREAD_OTHERS, true, 1, 4 },
		{ REREAD_OTHERS, false, 0, 16 },
		{ REREAD_OTHERS, false, 1, 16 },
		{ REREAD_OTHERS, false, 30, 8 },
		{ REREAD_OTHERS, false, 1000, 1 },
		{ REREAD_ALL, true, 1, 256 },
		{ REREAD_ALL, true, 60, 16 },
		{ REREAD_NAMES, false, 1, 32 },
		{ REREAD_UNSEEN_NAMES, false, 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (int64_t pid = 1; pid < 40; pid++) {
			struct pass_time time = { .refresh = 7,
				.is_fast = cases[i].is_fast,
				.interval = cases[i].interval * NS_PER_SEC };
			unsigned turns = 0;

			for (; time.refresh < 7 + cases[i].expected; time.refresh++)
				turns += schedule_is_due(cases[i].reread, pid, &time);
			assert_int_equal(turns, 1);
		}
}

static void
turns_are_fast_for_four_refreshes_after_a_change(void **state)
{
	static const struct {
		int64_t changes;
		bool is_fast;
	} refreshes[] = { { 5, true }, { 5, true }, { 5, true }, { 5, true }, { 5, false },
		{ 5, false }, { 6, true }, { 6, true }, { 7, true }, { 7, true }, { 7, true },
		{ 7, true }, { 7, false }, { UNKNOWN, true } };
	struct schedule schedule = { .changes = UNKNOWN };

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(refreshes); i++)
		assert_int_equal(schedule_is_fast(&schedule, i + 1, refreshes[i].changes),
			refreshes[i].is_fast);
}

/* Of the counters that stand for what is changed by others, each one counts, and no other. */
static void
what_the_kernel_does_to_sleeping_processes_is_counted(void **state)
{
	static const struct {
		const char *text;
		int64_t changes;
	} cases[] = {
		{ "", 0 },
		{ "nr_free_pages 5\npgfault 7\npgmajfault 1\npswpout 3\n", 3 },
		{ "pgsteal_kswapd 2\npgsteal_direct 3\npgscan_direct 100\n", 5 },
		{ "pgsteal_kswapd_normal 2\noom_kill 1", 3 },
		{ "thp_collapse_alloc 1\nthp_fault_alloc 9\nthp_split_page 2\nthp_split_pmd 8\n",
			3 },
		{ "cow_ksm 1\nksm_swpin_copy 1\nswpin_zero 1\nzswpout 1\n", 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(vmstat_changes(cases[i].text), cases[i].changes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_process_has_its_turn_once_in_a_period),
		cmocka_unit_test(turns_are_fast_for_four_refreshes_after_a_change),
		cmocka_unit_test(what_the_kernel_does_to_sleeping_processes_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
