// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/peak.h"

#include "base/known.h"
#include "base/macros.h"
#include "model/snapshot.h"
#include "record/cursor.h"
#include "record/decoder.h"
#include "record/history.h"
#include "record/recorded.h"

#include <errno.h>
#include <stdbool.h>

static bool
is_peak(const struct rows *history, size_t number)
{
	const struct history_part *part = (const struct history_part *)history->data + number;

	return (number == 0 || part->most > part[-1].most) &&
	       (number + 1 == history->count || part->most >= part[1].most);
}

/* The peak that begins after this time, or ended before it; NULL: none. */
static const struct history_part *
find_peak(const struct rows *history, int64_t time, bool forward)
{
	const struct history_part *parts = history->data, *found = NULL;

	for (size_t i = 0; i < history->count; i++) {
		bool is_beyond = forward ? parts[i].begin > time : parts[i].end < time;

		if (!is_beyond || !is_peak(history, i))
			continue;
		found = &parts[i];
		if (forward)
			return found;
	}
	return found;
}

static bool
is_within(struct cursor *cursor, const struct history_part *part)
{
	struct cursor_place place;

	return cursor_place(cursor, &place) && place.wall <= part->end;
}

/* The first sample of the part in which it was so large; a summary may say what is not there. */
static int
find_sample(
	struct cursor *cursor, const struct history_part *part, const struct summary_query *query)
{
	size_t table = query->key_count > 0 ? RECORDED_PROCESSES : RECORDED_SYSTEM;
	struct cursor_spot spot = cursor_spot(cursor);
	int result = cursor_go(cursor, part->begin);

	while (result == 0 && decoder_value(cursor_decoder(cursor), table, query->field,
				      query->keys, query->key_count) != part->most) {
		result = cursor_next(cursor);
		if (result == 0 && !is_within(cursor, part))
			result = -ENODATA;
	}
	return cursor_end_move(cursor, &spot, result);
}

int
cursor_go_to_peak(struct cursor *cursor, const char *path, const struct moment *moment)
{
	const struct summary_query of_machine = { .table = system_table.name, .field = "used" };
	const struct summary_query of_process = { .table = process_table.name,
		.field = "res",
		.keys = { moment->pid, moment->start },
		.key_count = 2 };
	const struct summary_query *query = moment->pid ? &of_process : &of_machine;
	struct rows history = { .count = 0 };
	const struct history_part *peak;
	struct cursor_place place;
	int result;

	if (!cursor_place(cursor, &place))
		return -ENODATA;
	result = recording_history(
		path, query, place.wall - NS_PER_DAY, place.wall + NS_PER_DAY, &history);
	peak = find_peak(&history, place.wall, moment->steps >= 0);
	if (result == 0)
		result = peak ? find_sample(cursor, peak, query) : -ENODATA;
	rows_finish(&history);
	return result;
}
