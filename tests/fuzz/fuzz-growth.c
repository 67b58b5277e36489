// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/clock.h"
#include "model/growth-rings.h"
#include "model/growth-row.h"

#include <math.h>
#include <string.h>

/* What the rings may have seen. */
struct seen {
	int64_t least, most;
};

static void
check_minima(
	const struct growth_rings *rings, const struct growth_clock *clock, const struct seen *seen)
{
	int64_t minima[GROWTH_WINDOWS];

	for (size_t ring = 0; ring < GROWTH_RINGS; ring++) {
		size_t count = growth_rings_minima(rings, clock, ring, minima);

		CHECK(count <= GROWTH_WINDOWS);
		for (size_t i = 0; i < count; i++)
			CHECK(minima[i] == UNKNOWN ||
				((float)minima[i] >= (float)seen->least &&
					(float)minima[i] <= (float)seen->most));
	}
}

static void
check_verdict(const struct growth_rings *rings, const struct growth_clock *clock)
{
	const struct growth_verdict verdict = growth_rings_judge(rings, clock);
	bool grows = verdict.growth == GROWTH_GROWING || verdict.growth == GROWTH_LEAK;

	CHECK(growth_word(verdict.growth));
	CHECK((verdict.span == UNKNOWN) == (verdict.growth == GROWTH_YOUNG));
	CHECK(!grows || verdict.width > 0);
}

static void
check_trend(const struct growth_rings *rings, const struct growth_clock *clock)
{
	char trend[GROWTH_TREND + 1];

	growth_trend(trend, rings, clock);
	CHECK(strlen(trend) <= GROWTH_TREND && strspn(trend, "01234567-") == strlen(trend));
}

static void
check_row(const struct growth_rings *rings, const struct growth_clock *clock, int64_t time,
	int64_t last, int64_t limit)
{
	char text[GROWTH_TEXT_SIZE];
	struct growth_row row;

	growth_row_fill(&row, rings, clock, time, last, limit);
	CHECK(row.verdict && row.seen >= 0);
	CHECK(row.end.time == UNKNOWN || row.end.time >= 0);
	growth_row_text(text, &row, SCALE_HUMAN);
	CHECK(strlen(text) > 0 && strlen(text) < sizeof(text));
}

/* A step: how far the time goes, or back, and a value; 0xffff is UNKNOWN. */
static int64_t
value_of(const uint8_t *step)
{
	int64_t number = step[2] << 8 | step[3];

	return number == 0xffff ? UNKNOWN : number << step[1] % 44;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t widths[] = { 5, 60, 600, 604800 };
	struct seen seen = { INT64_MAX, 0 };
	struct growth_clock clock;
	struct growth_rings rings;
	float least = GROWTH_NOTHING;
	int64_t time = 0, latest = 0, last = UNKNOWN, width;

	if (size < 1)
		return 0;
	width = widths[data[0] % 4] * NS_PER_SEC;
	growth_clock_init(&clock, width);
	for (const uint8_t *step = data + 1; step + 4 <= data + size; step += 4) {
		int64_t value = value_of(step), pace = (int64_t)(step[0] & 0x3f) - 4;
		bool closes;

		time += pace * (step[0] & 0x40 ? width / 3 : NS_PER_SEC);
		time = time < 0 ? 0 : time;
		latest = time > latest ? time : latest;
		if (last == UNKNOWN && value == UNKNOWN)
			continue;
		closes = growth_clock_take(&clock, time);
		if (last == UNKNOWN)
			growth_rings_begin(&rings, time, value);
		else if (closes)
			growth_rings_close(&rings, &clock, &least);
		growth_note(&least, value);
		if (value == UNKNOWN)
			continue;
		last = value;
		seen.least = value < seen.least ? value : seen.least;
		seen.most = value > seen.most ? value : seen.most;
	}
	if (last == UNKNOWN)
		return 0;
	check_minima(&rings, &clock, &seen);
	check_verdict(&rings, &clock);
	check_trend(&rings, &clock);
	check_row(&rings, &clock, latest, last, data[0] & 0x80 ? UNKNOWN : last + (last >> 1));
	return 0;
}
