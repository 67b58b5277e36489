// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/growth-set.h"

#include "base/macros.h"
#include "base/memory.h"
#include "model/growth-row.h"

#include <stdlib.h>

void
growth_set_finish(struct growth_set *set)
{
	free(set->figures);
	free(set->rings);
	free(set->least);
	index_finish(&set->index);
	*set = (struct growth_set){ .start = 0 };
}

static void
close_windows(struct growth_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		growth_rings_close(&set->rings[i], &set->clock, &set->least[i]);
		set->figures[i].is_judged = false;
	}
}

void
growth_set_begin(struct growth_set *set, int64_t monotonic, int64_t interval, int64_t span)
{
	int64_t width = growth_width(interval, span);

	if (set->start == 0 || width > set->clock.width || monotonic < set->start) {
		growth_set_finish(set);
		set->start = monotonic;
		growth_clock_init(&set->clock, width);
	}
	set->time = monotonic - set->start;
	set->refresh++;
	if (growth_clock_take(&set->clock, set->time))
		close_windows(set);
}

static uint32_t
find(const struct growth_set *set, uint64_t identity)
{
	uint32_t place = index_first(&set->index, identity);

	while (place != INDEX_END && set->figures[place].identity != identity)
		place = index_next(&set->index, place);
	return place;
}

bool
growth_set_has(const struct growth_set *set, uint64_t identity)
{
	return find(set, identity) != INDEX_END;
}

static uint32_t
add(struct growth_set *set, uint64_t identity, int64_t value)
{
	size_t count = set->count + 1;

	set->figures = array_reserve(set->figures, &set->capacity, count, sizeof(set->figures[0]));
	set->rings = array_reserve(set->rings, &set->ring_capacity, count, sizeof(set->rings[0]));
	set->least = array_reserve(set->least, &set->least_capacity, count, sizeof(set->least[0]));
	set->figures[set->count] = (struct growth_figure){ .identity = identity, .first = value };
	set->least[set->count] = GROWTH_NOTHING;
	growth_rings_begin(&set->rings[set->count], set->time, value);
	index_add(&set->index, identity);
	return (uint32_t)set->count++;
}

uint32_t
growth_set_note(struct growth_set *set, uint64_t identity, int64_t value)
{
	uint32_t place = find(set, identity);

	if (place == INDEX_END && (value == UNKNOWN || set->count >= GROWTH_MOST_FIGURES))
		return INDEX_END;
	if (place == INDEX_END)
		place = add(set, identity, value);
	growth_note(&set->least[place], value);
	set->figures[place].refresh = set->refresh;
	if (value != UNKNOWN)
		set->figures[place].last = value;
	return place;
}

const struct growth_figure *
growth_set_judge(struct growth_set *set, uint32_t place)
{
	struct growth_figure *figure = &set->figures[place];
	const struct growth_rings *rings = &set->rings[place];

	if (figure->is_judged)
		return figure;
	figure->is_judged = true;
	figure->verdict = growth_word(growth_rings_judge(rings, &set->clock).growth);
	figure->minute = growth_rings_slope(rings, &set->clock, 60 * NS_PER_SEC);
	figure->ten_minutes = growth_rings_slope(rings, &set->clock, 600 * NS_PER_SEC);
	figure->hour = growth_rings_slope(rings, &set->clock, 3600 * NS_PER_SEC);
	growth_trend(figure->trend, rings, &set->clock);
	return figure;
}

void
growth_set_row(const struct growth_set *set, uint32_t place, int64_t limit, struct growth_row *row)
{
	growth_row_fill(
		row, &set->rings[place], &set->clock, set->time, set->figures[place].last, limit);
}

void
growth_set_end(struct growth_set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (set->figures[i].refresh != set->refresh)
			continue;
		if (kept < i) {
			set->figures[kept] = set->figures[i];
			set->rings[kept] = set->rings[i];
			set->least[kept] = set->least[i];
		}
		kept++;
	}
	if (kept == set->count)
		return;
	set->count = kept;
	index_reset(&set->index);
	for (size_t i = 0; i < kept; i++)
		index_add(&set->index, set->figures[i].identity);
}
