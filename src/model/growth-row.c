// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/growth-row.h"

#include "base/macros.h"

#define FIELD(name) offsetof(struct growth_row, name)

const char growth_default_columns[] =
	"verdict,span,first,last,grown,seen,slope,slope_low,slope_high,accelerates,slope_1m,"
	"slope_10m,slope_1h,limit,exhaustion,exhaustion_least,exhaustion_most";

/* clang-format off */
static const struct column columns[] = {
	{ "of", "OF", NULL, "Of what: process, slab, budget, machine, or a kind of group. Unknown of a series.", UNIT_TEXT, 9, 0, FIELD(of), .is_constant = true },
	{ "pid", "PID", NULL, "The process ID. Unknown of others.", UNIT_ID, 7, 0, FIELD(pid) },
	{ "name", "NAME", NULL, "The program of the process, or the name of the slab cache or the group. Unknown of a series.", UNIT_TEXT, 20, 0, FIELD(name) },
	{ "verdict", "VERDICT", NULL, "How it changes: young (too short to say), steady, varying, jump, levelling, slowing, growing or leak?.", UNIT_TEXT, 9, 0, FIELD(verdict), .is_constant = true },
	{ "span", "SPAN", NULL, "The time that the verdict is about.", UNIT_SPAN, 8, 0, FIELD(span) },
	{ "first", "FIRST", NULL, "The first value.", UNIT_BYTES, 7, 0, FIELD(first) },
	{ "last", "LAST", NULL, "The last value.", UNIT_BYTES, 7, 0, FIELD(last) },
	{ "grown", "GROWN", NULL, "LAST - FIRST.", UNIT_BYTES, 7, 0, FIELD(grown) },
	{ "seen", "SEEN", NULL, "The time from the first value to the last.", UNIT_SPAN, 8, 0, FIELD(seen) },
	{ "slope", "+/min", NULL, "Growth per minute over SPAN, while it grows: the median of the slopes between its minima.", UNIT_BYTES_PER_MINUTE, 7, 0, FIELD(slope) },
	{ "slope_low", "LOW", NULL, "One in twenty of these slopes is below it.", UNIT_BYTES_PER_MINUTE, 7, 0, FIELD(slope_low) },
	{ "slope_high", "HIGH", NULL, "One in twenty of these slopes is above it.", UNIT_BYTES_PER_MINUTE, 7, 0, FIELD(slope_high) },
	{ "accelerates", "ACCEL", NULL, "1: it grows faster and faster, so that HIGH is no bound. 0: it does not.", UNIT_NUMBER, 5, 0, FIELD(accelerates) },
	{ "slope_1m", "+1m", NULL, "Growth of the minimum over the last minute, per minute.", UNIT_BYTES_PER_MINUTE, 7, 0, FIELD(minute) },
	{ "slope_10m", "+10m", NULL, "Growth of the minimum over the last 10 minutes, per minute.", UNIT_BYTES_PER_MINUTE, 7, 0, FIELD(ten_minutes) },
	{ "slope_1h", "+1h", NULL, "Growth of the minimum over the last hour, per minute.", UNIT_BYTES_PER_MINUTE, 7, 0, FIELD(hour) },
	{ "limit", "LIMIT", NULL, "The limit.", UNIT_BYTES, 7, 0, FIELD(limit) },
	{ "exhaustion", "GONE", NULL, "The time until the limit is reached at this rate, while it grows.", UNIT_SPAN, 8, 0, FIELD(end.time) },
	{ "exhaustion_least", "LEAST", NULL, "The shorter end of the range of that estimate. Unknown where it grows faster and faster.", UNIT_SPAN, 8, 0, FIELD(end.least) },
	{ "exhaustion_most", "MOST", NULL, "The longer end of that range.", UNIT_SPAN, 8, 0, FIELD(end.most) },
};
/* clang-format on */

const struct table growth_table = {
	.name = "growth",
	.search = "name,verdict",
	.key = "of,name,pid",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct growth_row),
};

static void
fill_slopes(struct growth_row *row, const struct growth_verdict *verdict)
{
	const struct growth_slope *slope = &verdict->slope;

	if (verdict->growth < GROWTH_GROWING)
		return;
	row->slope = growth_per_minute(slope->middle, verdict->width);
	row->slope_low = growth_per_minute(slope->low, verdict->width);
	row->slope_high = growth_per_minute(slope->high, verdict->width);
	row->accelerates = slope->is_faster;
	row->end = growth_end_of(slope, verdict->width, known_difference(row->limit, row->last));
}

void
growth_row_fill(struct growth_row *row, const struct growth_rings *rings,
	const struct growth_clock *clock, int64_t time, int64_t last, int64_t limit)
{
	const struct growth_verdict verdict = growth_rings_judge(rings, clock);
	const int64_t minute = 60 * NS_PER_SEC;

	table_reset_row(&growth_table, row);
	row->growth = verdict.growth;
	row->verdict = growth_word(verdict.growth);
	row->span = verdict.span;
	row->first = growth_rings_first(rings);
	row->last = last;
	row->grown = known_difference(last, row->first);
	row->seen = time - growth_rings_first_time(rings);
	row->minute = growth_rings_slope(rings, clock, minute);
	row->ten_minutes = growth_rings_slope(rings, clock, 10 * minute);
	row->hour = growth_rings_slope(rings, clock, 60 * minute);
	row->limit = limit;
	fill_slopes(row, &verdict);
}
