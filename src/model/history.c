// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/history.h"

#include "base/known.h"
#include "base/macros.h"
#include "model/needs.h"

#define FIELD(name) offsetof(struct history_part, name)

/* clang-format off */
static const struct column columns[] = {
	{ "begin", "BEGIN", NULL, "When this part of the past began.", UNIT_TIME, 25, NEED_HISTORY, FIELD(begin) },
	{ "end", "END", NULL, "When it ended.", UNIT_TIME, 25, NEED_HISTORY, FIELD(end) },
	{ "least", "LEAST", NULL, "The least value in it.", UNIT_BYTES, 7, NEED_HISTORY, FIELD(least) },
	{ "most", "MOST", NULL, "The greatest value in it.", UNIT_BYTES, 7, NEED_HISTORY, FIELD(most) },
	{ "last", "LAST", NULL, "The last value in it.", UNIT_BYTES, 7, NEED_HISTORY, FIELD(last) },
};
/* clang-format on */

const struct table history_table = {
	.name = "history",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct history_part),
};

/* The number of the part that a time is in; below 0 or `count` outside. */
static int64_t
part_at(int64_t time, int64_t begin, int64_t end, size_t count)
{
	double part =
		((double)time - (double)begin) * (double)count / ((double)end - (double)begin);

	return part < 0 ? -1 : part >= (double)count ? (int64_t)count : (int64_t)part;
}

void
history_spread(
	const struct rows *history, int64_t begin, int64_t end, int64_t *ret_most, size_t count)
{
	const struct history_part *parts = history->data;

	for (size_t i = 0; i < count; i++)
		ret_most[i] = UNKNOWN;
	for (size_t i = 0; i < history->count && end > begin; i++) {
		int64_t first = part_at(parts[i].begin, begin, end, count);
		int64_t last = part_at(parts[i].end, begin, end, count);

		for (int64_t at = first < 0 ? 0 : first; at <= last && at < (int64_t)count; at++)
			if (parts[i].most > ret_most[at]) /* UNKNOWN is below all */
				ret_most[at] = parts[i].most;
	}
}
