// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/known.h"
#include "model/growth.h"

#include <stdlib.h>

#define MIB INT64_C(1048576)

enum { WIDTH = 10 };

static enum growth
judge(int64_t (*value)(int i))
{
	int64_t minima[GROWTH_WINDOWS];

	for (int i = 0; i < GROWTH_WINDOWS; i++)
		minima[i] = 100 * MIB + value(i);
	return growth_judge(minima, GROWTH_WINDOWS, 4 * MIB);
}

static int64_t
flat(int i)
{
	return i % 3 * MIB;
}

static int64_t
line(int i)
{
	return i * 2 * MIB + i % 3 * MIB;
}

static int64_t
step(int i)
{
	return i < 11 ? 0 : 80 * MIB;
}

static int64_t
levels(int i)
{
	return i < 8 ? i * 10 * MIB : 80 * MIB + i * MIB / 4;
}

static int64_t
slows(int i)
{
	return i < 12 ? i * 10 * MIB : 120 * MIB + (i - 12) * 4 * MIB;
}

static int64_t
faster(int i)
{
	return i * i * MIB;
}

static int64_t
up_and_down(int i)
{
	return i % 6 * 8 * MIB + i * MIB / 2;
}

static int64_t
burst(int i)
{
	return i > 8 && i < 12 ? 500 * MIB : 0;
}

static int64_t
dips(int i)
{
	return i == 12 ? 0 : i * MIB;
}

/* A process that has given its memory back at last. */
static int64_t
freed(int i)
{
	return i < 23 ? i * 10 * MIB : -50 * MIB;
}

static void
each_shape_has_its_word(void **state)
{
	assert_int_equal(judge(flat), GROWTH_STEADY);
	assert_int_equal(judge(burst), GROWTH_STEADY);
	assert_int_equal(judge(line), GROWTH_GROWING);
	assert_int_equal(judge(faster), GROWTH_GROWING);
	assert_int_equal(judge(dips), GROWTH_GROWING);
	assert_int_equal(judge(step), GROWTH_JUMP);
	assert_int_equal(judge(levels), GROWTH_LEVELLING);
	assert_int_equal(judge(slows), GROWTH_SLOWING);
	assert_int_equal(judge(up_and_down), GROWTH_VARYING);
	assert_int_equal(judge(freed), GROWTH_VARYING);
}

static void
few_windows_say_nothing(void **state)
{
	const int64_t minima[GROWTH_LEAST_WINDOWS - 1] = { 0 };

	assert_int_equal(growth_judge(minima, GROWTH_LEAST_WINDOWS - 1, 0), GROWTH_YOUNG);
	assert_int_equal(growth_judge(minima, 0, 0), GROWTH_YOUNG);
}

static void
a_slope_has_a_range(void **state)
{
	int64_t minima[GROWTH_WINDOWS];
	struct growth_slope slope;

	for (int i = 0; i < GROWTH_WINDOWS; i++)
		minima[i] = line(i);
	slope = growth_slope_of(minima, GROWTH_WINDOWS);
	assert_true(slope.low > 1.5 * MIB && slope.low <= slope.middle);
	assert_true(slope.middle > 1.9 * MIB && slope.middle < 2.1 * MIB);
	assert_true(slope.high < 2.5 * MIB && slope.high >= slope.middle);
	assert_false(slope.is_faster);
	for (int i = 0; i < GROWTH_WINDOWS; i++)
		minima[i] = faster(i);
	assert_true(growth_slope_of(minima, GROWTH_WINDOWS).is_faster);
}

static void
an_unknown_window_counts_nowhere(void **state)
{
	int64_t minima[GROWTH_WINDOWS];
	struct growth_slope slope;

	for (int i = 0; i < GROWTH_WINDOWS; i++)
		minima[i] = i % 2 ? UNKNOWN : 100 * MIB + line(i);
	assert_int_equal(growth_judge(minima, GROWTH_WINDOWS, 4 * MIB), GROWTH_GROWING);
	assert_int_equal(growth_judge(minima, GROWTH_WINDOWS - 2, 4 * MIB), GROWTH_YOUNG);
	slope = growth_slope_of(minima, GROWTH_WINDOWS);
	assert_true(slope.middle > 1.9 * MIB && slope.middle < 2.1 * MIB);
}

static void
room_ends_within_a_range(void **state)
{
	const struct growth_slope slope = { .low = 1 * MIB, .middle = 2 * MIB, .high = 4 * MIB };
	struct growth_slope other = slope;
	struct growth_end end = growth_end_of(&slope, WIDTH, 8 * MIB);

	assert_true(end.time == 4 * WIDTH && end.least == 2 * WIDTH && end.most == 8 * WIDTH);
	assert_int_equal(growth_end_of(&slope, WIDTH, -MIB).time, 0);
	assert_int_equal(growth_end_of(&slope, WIDTH, UNKNOWN).time, UNKNOWN);
	other.is_faster = true;
	end = growth_end_of(&other, WIDTH, 8 * MIB);
	assert_true(end.time == 4 * WIDTH && end.least == UNKNOWN && end.most == 8 * WIDTH);
	other.low = 0;
	end = growth_end_of(&other, WIDTH, 8 * MIB);
	assert_true(end.time == UNKNOWN && end.most == UNKNOWN);
	assert_int_equal(growth_per_minute(2 * MIB, 30 * NS_PER_SEC), 4 * MIB);
}

static void
a_window_keeps_the_least_value(void **state)
{
	struct growth_ring ring;
	int64_t minima[GROWTH_WINDOWS];

	growth_restart(&ring, WIDTH);
	for (int64_t time = 0; time < 3 * WIDTH; time++)
		assert_int_equal(growth_add(&ring, time, time % WIDTH == 5 ? time : 1000 + time),
			time == WIDTH || time == 2 * WIDTH);
	assert_int_equal(growth_minima(&ring, GROWTH_WINDOWS, minima), 2);
	assert_int_equal(minima[0], 5);
	assert_int_equal(minima[1], 15);
	assert_int_equal(growth_minima(&ring, 1, minima), 1);
	assert_int_equal(minima[0], 15);
}

static void
only_the_last_windows_are_kept(void **state)
{
	struct growth_ring ring;
	int64_t minima[GROWTH_WINDOWS];

	growth_restart(&ring, WIDTH);
	for (int64_t i = 0; i <= 100; i++)
		growth_add(&ring, i * WIDTH, i);
	assert_int_equal(growth_minima(&ring, GROWTH_WINDOWS, minima), GROWTH_WINDOWS);
	assert_int_equal(minima[0], 100 - GROWTH_WINDOWS);
	assert_int_equal(minima[GROWTH_WINDOWS - 1], 99);
}

/* A reading may come a little late; after a long gap what was before says nothing. */
static void
a_gap_begins_anew(void **state)
{
	struct growth_ring ring;
	int64_t minima[GROWTH_WINDOWS];

	growth_restart(&ring, WIDTH);
	for (int64_t i = 0; i < 5; i++)
		growth_add(&ring, i * WIDTH, i);
	growth_add(&ring, 6 * WIDTH - 1, 5);
	assert_int_equal(growth_minima(&ring, GROWTH_WINDOWS, minima), 5);
	assert_false(growth_add(&ring, 10 * WIDTH, 6));
	assert_int_equal(growth_minima(&ring, GROWTH_WINDOWS, minima), 0);
	assert_true(growth_add(&ring, 11 * WIDTH, 7));
	assert_int_equal(growth_minima(&ring, GROWTH_WINDOWS, minima), 1);
	assert_int_equal(minima[0], 6);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_has_its_word),
		cmocka_unit_test(few_windows_say_nothing),
		cmocka_unit_test(a_slope_has_a_range),
		cmocka_unit_test(an_unknown_window_counts_nowhere),
		cmocka_unit_test(room_ends_within_a_range),
		cmocka_unit_test(a_window_keeps_the_least_value),
		cmocka_unit_test(only_the_last_windows_are_kept),
		cmocka_unit_test(a_gap_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
