// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "growth-shapes.h"
#include "model/growth-rings.h"

#include <stdio.h>

#define MIB INT64_C(1048576)
#define SECOND NS_PER_SEC
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

/* One figure that is followed. */
struct followed {
	struct growth_clock clock;
	struct growth_rings rings;
	float least;
	bool has_begun;
};

static struct followed
start(int64_t width)
{
	struct followed figure = { .least = GROWTH_NOTHING };

	growth_clock_init(&figure.clock, width);
	return figure;
}

/* Returns whether a window closed. */
static bool
feed(struct followed *figure, int64_t time, int64_t value)
{
	bool closes = growth_clock_take(&figure->clock, time);

	if (!figure->has_begun && value != UNKNOWN) {
		growth_rings_begin(&figure->rings, time, value);
		figure->has_begun = true;
	} else if (closes && figure->has_begun) {
		growth_rings_close(&figure->rings, &figure->clock, &figure->least);
	}
	growth_note(&figure->least, value);
	return closes;
}

static struct growth_verdict
judge(const struct followed *figure)
{
	return growth_rings_judge(&figure->rings, &figure->clock);
}

static size_t
minima_of(const struct followed *figure, size_t ring, int64_t minima[static GROWTH_WINDOWS])
{
	return growth_rings_minima(&figure->rings, &figure->clock, ring, minima);
}

static void
a_ring_has_the_minima_of_the_one_before(void **state)
{
	struct followed figure = start(MINUTE);
	int64_t minima[GROWTH_WINDOWS];

	for (int64_t i = 0; i <= 2 * 64 * 4; i++)
		feed(&figure, i * MINUTE / 2, (1000 - i) * MIB);
	assert_int_equal(minima_of(&figure, 0, minima), GROWTH_WINDOWS);
	assert_int_equal(minima[GROWTH_WINDOWS - 1], (1000 - 511) * MIB);
	assert_int_equal(minima[0], (1000 - 511 + 2 * 23) * MIB);
	assert_int_equal(minima_of(&figure, 1, minima), GROWTH_WINDOWS);
	assert_int_equal(minima[0], (1000 - 511 + 8 * 23) * MIB);
	assert_int_equal(minima_of(&figure, 3, minima), 4);
	for (int64_t i = 0; i < 4; i++)
		assert_int_equal(minima[i], (1000 - 127 - 128 * i) * MIB);
	assert_int_equal(minima_of(&figure, 4, minima), 1);
	assert_int_equal(growth_rings_width(&figure.clock, 4), 256 * MINUTE);
}

static void
the_largest_machines_and_less_than_nothing_have_room(void **state)
{
	static const int64_t sizes[] = { 4096 * MIB, INT64_C(1) << 46, INT64_C(1) << 59, 4096, 0,
		-8 };
	int64_t minima[GROWTH_WINDOWS];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct followed figure = start(MINUTE);

		feed(&figure, 0, sizes[i]);
		feed(&figure, MINUTE, sizes[i]);
		assert_int_equal(minima_of(&figure, 0, minima), 1);
		assert_int_equal(minima[0], sizes[i]);
		assert_int_equal(growth_rings_first(&figure.rings), sizes[i]);
	}
	for (int64_t size = 24 * MIB * MIB, i = 0; i < 2; size = INT64_MAX, i++) {
		struct followed figure = start(MINUTE);

		for (int64_t time = 0; time < 30; time++)
			feed(&figure, time * MINUTE, time % 2 ? size : -size);
		assert_int_equal(judge(&figure).growth, GROWTH_VARYING);
	}
}

/* Grows by a MiB a minute, without the values from `from` on until `until`. */
static struct followed
with_a_gap(int64_t from, int64_t until, int64_t end)
{
	struct followed figure = start(MINUTE);

	for (int64_t i = 0; i <= end; i++)
		if (i < from || i >= until)
			feed(&figure, i * MINUTE, (100 + i) * MIB);
	return figure;
}

static void
a_gap_restarts_only_the_rings_that_it_is_long_for(void **state)
{
	int64_t minima[GROWTH_WINDOWS];
	struct followed figure = with_a_gap(200, 201, 256);

	assert_int_equal(minima_of(&figure, 0, minima), GROWTH_WINDOWS);
	figure = with_a_gap(250, 251, 256);
	assert_int_equal(minima_of(&figure, 0, minima), GROWTH_WINDOWS);
	assert_int_equal(minima[GROWTH_WINDOWS - 6], UNKNOWN);
	assert_int_equal(minima[GROWTH_WINDOWS - 5], 351 * MIB);
	figure = with_a_gap(240, 250, 256); /* two windows of the second ring, none of the third */
	assert_int_equal(minima_of(&figure, 0, minima), 6);
	assert_int_equal(minima_of(&figure, 1, minima), 2);
	assert_int_equal(minima_of(&figure, 2, minima), 16);
	figure = with_a_gap(240, 100000, 100000); /* longer than all rings */
	for (int64_t i = 100000; i <= 100004; i++)
		feed(&figure, i * MINUTE, 7 * MIB);
	assert_int_equal(minima_of(&figure, 0, minima), 4);
	for (size_t ring = 2; ring < GROWTH_RINGS; ring++)
		assert_int_equal(minima_of(&figure, ring, minima), 0);
	assert_int_equal(judge(&figure).growth, GROWTH_YOUNG);
	assert_int_equal(growth_rings_first(&figure.rings), 100 * MIB);
}

static void
what_is_unknown_is_not_0(void **state)
{
	int64_t minima[GROWTH_WINDOWS];
	struct followed figure = start(MINUTE);

	for (int64_t i = 0; i <= 120; i++)
		feed(&figure, i * MINUTE / 2, i % 2 || i == 60 ? UNKNOWN : (100 + i) * MIB);
	assert_int_equal(minima_of(&figure, 0, minima), GROWTH_WINDOWS);
	for (size_t i = 0; i < GROWTH_WINDOWS; i++)
		assert_true(minima[i] > 100 * MIB);
	assert_int_equal(judge(&figure).growth, GROWTH_GROWING);
	assert_int_equal(growth_rings_slope(&figure.rings, &figure.clock, MINUTE), 2 * MIB);
	assert_int_equal(growth_rings_slope(&figure.rings, &figure.clock, MINUTE / 2), UNKNOWN);
	assert_int_equal(growth_rings_slope(&figure.rings, &figure.clock, HOUR), UNKNOWN);
}

static void
growing_is_said_after_two_closings_and_leak_after_12_hours(void **state)
{
	struct followed figure = start(MINUTE);
	int64_t growing = 0, leak = 0;

	for (int64_t i = 0; i < 24 * 60; i++) {
		struct growth_verdict verdict;

		feed(&figure, i * MINUTE, (100 + i) * MIB);
		verdict = judge(&figure);
		if (verdict.growth == GROWTH_YOUNG)
			continue;
		growing = growing ? growing : i;
		leak = leak || verdict.growth < GROWTH_LEAK ? leak : i;
		assert_true(verdict.growth >= GROWTH_GROWING);
		assert_true(verdict.slope.middle ==
			    (double)MIB * (double)verdict.width / (double)MINUTE);
		assert_true((verdict.growth == GROWTH_LEAK) == (verdict.span >= 12 * HOUR));
		assert_true(verdict.span <= i * MINUTE);
	}
	assert_int_equal(growing, 13);
	assert_true(leak >= 12 * 60 && leak < 15 * 60);
	assert_string_equal(growth_word(judge(&figure).growth), "leak?");
}

/* After a day the ring of 26 hours no longer has the start, and the next has no opinion yet. */
static void
a_logarithm_is_no_leak_after_a_day(void **state)
{
	struct followed figure = start(MINUTE);
	double size = 100 * MIB;

	for (int64_t i = 0; i < 60 * 60; i++) {
		size += 200.0 * MIB / (double)(i + 1);
		feed(&figure, i * MINUTE, (int64_t)size);
		assert_int_not_equal(judge(&figure).growth, GROWTH_LEAK);
	}
	assert_true(judge(&figure).growth < GROWTH_GROWING);
}

static void
a_slope_is_over_the_time_asked_for(void **state)
{
	struct followed figure = start(MINUTE);

	for (int64_t i = 0; i <= 8 * 60; i++)
		feed(&figure, i * MINUTE, (100 + (i < 455 ? i : 455 + 11 * (i - 455))) * MIB);
	assert_int_equal(growth_rings_slope(&figure.rings, &figure.clock, MINUTE), 11 * MIB);
	assert_int_equal(growth_rings_slope(&figure.rings, &figure.clock, 10 * MINUTE), 11 * MIB);
	assert_in_range(growth_rings_slope(&figure.rings, &figure.clock, HOUR), 4 * MIB, 6 * MIB);
	assert_int_equal(growth_rings_slope(&figure.rings, &figure.clock, 400 * HOUR), UNKNOWN);
}

static void
windows_follow_the_interval_and_the_span(void **state)
{
	assert_int_equal(growth_width(SECOND, UNKNOWN), MINUTE);
	assert_int_equal(growth_width(10 * MINUTE, UNKNOWN), 10 * MINUTE);
	assert_int_equal(growth_width(SECOND, 24 * HOUR), MINUTE);
	assert_int_equal(growth_width(INT64_MAX, INT64_MAX), 168 * HOUR);
	assert_int_equal(growth_width(SECOND, 599 * SECOND), 25 * SECOND);
	assert_int_equal(growth_width(SECOND, 9 * SECOND), 5 * SECOND);
	assert_int_equal(growth_width(30 * SECOND, 9 * MINUTE), 30 * SECOND);
}

/* Times and values of any kind, against a search through all values. */
static void
nothing_breaks_over_chance(void **state)
{
	struct chance chance = { .state = 1 };

	for (int round = 0; round < 300; round++) {
		struct followed figure = start(1 + (int64_t)(chance_share(&chance) * 1e9));
		int64_t time = (int64_t)(chance_share(&chance) * 1e18), minima[GROWTH_WINDOWS];

		for (int i = 0; i < 300; i++) {
			double share = chance_share(&chance), jump = chance_share(&chance);
			double most = jump < 0.02 ? 1e15 : jump < 0.1 ? 1e11 : 1e9;
			int64_t value = (int64_t)((chance_share(&chance) - 0.5) * 1.8e19);

			time += (int64_t)(share * most);
			feed(&figure, jump > 0.9 ? time / 2 : time,
				jump > 0.5 && jump < 0.6 ? UNKNOWN : value);
			for (size_t ring = 0; ring < GROWTH_RINGS && figure.has_begun; ring++) {
				size_t count = minima_of(&figure, ring, minima);

				assert_true(count <= GROWTH_WINDOWS);
				assert_true(count == 0 || minima[0] != UNKNOWN);
			}
			if (figure.has_begun) {
				struct growth_verdict verdict = judge(&figure);

				assert_true(verdict.growth == GROWTH_YOUNG || verdict.span > 0);
				growth_rings_slope(&figure.rings, &figure.clock, HOUR);
			}
		}
	}
}

/* Bounds over all made-up courses. */

static const struct duration {
	const char *name;
	double interval;
	size_t count;
} durations[] = { { "10 min", 1, 600 }, { "1 h", 10, 361 }, { "6 h", 30, 721 },
	{ "24 h", 60, 1441 } };

/* Of each shape with each noise. */
enum { SEEDS = 8 };

/* Of some courses. */
struct tally {
	int courses, growing_ever, growing, leak_ever, closings, growing_closings;
};

static void
follow_course(const int64_t *values, size_t count, double interval, struct tally *tally)
{
	int64_t step = (int64_t)(interval * 1e9);
	struct followed figure = start(growth_width(step, (int64_t)count * step));
	struct growth_verdict verdict = { .growth = GROWTH_YOUNG };
	bool leak = false, ever = false;

	for (size_t i = 0; i < count; i++) {
		if (!feed(&figure, (int64_t)i * step, values[i]))
			continue;
		verdict = judge(&figure);
		leak = leak || verdict.growth == GROWTH_LEAK;
		ever = ever || verdict.growth >= GROWTH_GROWING;
		tally->closings++;
		tally->growing_closings += verdict.growth >= GROWTH_GROWING;
	}
	tally->courses++;
	tally->growing += verdict.growth >= GROWTH_GROWING;
	tally->growing_ever += ever;
	tally->leak_ever += leak;
}

static struct tally
follow_shape(const struct growth_shape *shape, const struct duration *duration)
{
	static int64_t values[SHAPE_MOST];
	size_t count = shape->needs_days ? SHAPE_MOST : duration->count;
	struct tally tally = { 0 };
	for (size_t noise = 0; noise < NOISES; noise++)
		for (uint64_t seed = 0; seed < SEEDS; seed++) {
			growth_shape_fill(shape, noise, seed, duration->interval, count, values);
			follow_course(values, count, duration->interval, &tally);
		}
	return tally;
}

static void
report(const struct duration *duration, const struct growth_shape *shape, const struct tally *tally)
{
	printf("# %s, %s: %d of %d growing at the end, %d ever, %.1f %% of the time; leak? %d\n",
		shape->needs_days ? "48 h" : duration->name, shape->name, tally->growing,
		tally->courses, tally->growing_ever,
		100.0 * tally->growing_closings / tally->closings, tally->leak_ever);
}

static void
leaks_are_found_and_little_else(void **state)
{
	int courses[2] = { 0 }, growing[2] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(durations); i++)
		for (const struct growth_shape *shape = growth_shapes;
			shape < growth_shapes + SHAPES; shape++) {
			struct tally tally;

			if (shape->needs_days && durations[i].interval < 60)
				continue;
			tally = follow_shape(shape, &durations[i]);
			report(&durations[i], shape, &tally);
			courses[shape->is_leak] += tally.courses;
			growing[shape->is_leak] += tally.growing;
			assert_true(tally.leak_ever == 0 || shape->may_be_a_leak);
		}
	printf("# %d of %d leaks, %d of %d others\n", growing[true], courses[true], growing[false],
		courses[false]);
	assert_true(100 * growing[true] >= 95 * courses[true]);
	assert_true(100 * growing[false] <= courses[false]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_has_the_minima_of_the_one_before),
		cmocka_unit_test(the_largest_machines_and_less_than_nothing_have_room),
		cmocka_unit_test(a_gap_restarts_only_the_rings_that_it_is_long_for),
		cmocka_unit_test(what_is_unknown_is_not_0),
		cmocka_unit_test(growing_is_said_after_two_closings_and_leak_after_12_hours),
		cmocka_unit_test(a_logarithm_is_no_leak_after_a_day),
		cmocka_unit_test(a_slope_is_over_the_time_asked_for),
		cmocka_unit_test(windows_follow_the_interval_and_the_span),
		cmocka_unit_test(nothing_breaks_over_chance),
		cmocka_unit_test(leaks_are_found_and_little_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
