// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/cursor-move.h"

#include "base/known.h"
#include "record/cursor.h"

#include <errno.h>
#include <stdbool.h>

static int
step(struct cursor *cursor, int64_t steps)
{
	int result = cursor_step(cursor, steps);

	if (result == -ENODATA && steps > 0 && cursor_follow(cursor) == 0)
		result = cursor_step(cursor, steps);
	return result;
}

static int
go_to_mark(struct cursor *cursor, bool forward)
{
	int result = cursor_mark(cursor, forward);

	if (result == -ENODATA && forward && cursor_follow(cursor) == 0)
		result = cursor_mark(cursor, forward);
	return result;
}

static int64_t
time_of(struct cursor *cursor)
{
	struct cursor_place place;

	return cursor_place(cursor, &place) ? place.wall : UNKNOWN;
}

/* The sample at a time is the last one before it. */
static int
go_since(struct cursor *cursor, int64_t time)
{
	int result = cursor_go(cursor, time);

	if (result == -ENODATA)
		return cursor_first(cursor);
	while (result == 0 && time_of(cursor) < time)
		result = step(cursor, 1);
	return result;
}

static bool
is_at_kill(struct cursor *cursor)
{
	struct cursor_place place;

	return cursor_place(cursor, &place) && place.marks & MARK_EVENTS;
}

/* To the machine as it was before it, if that was recorded. */
static int
go_to_last_kill(struct cursor *cursor)
{
	struct cursor_spot spot = cursor_spot(cursor);
	int result = cursor_last(cursor);

	while (result == 0 && !is_at_kill(cursor))
		result = cursor_mark(cursor, false);
	if (result == 0)
		cursor_step(cursor, -1);
	return cursor_end_move(cursor, &spot, result);
}

int
cursor_move(struct cursor *cursor, const struct moment *moment)
{
	switch (moment->kind) {
	case MOMENT_STEP:
		return moment->steps ? step(cursor, moment->steps) : cursor_again(cursor);
	case MOMENT_AT:
		cursor_follow(cursor);
		return cursor_go(cursor, moment->time);
	case MOMENT_SINCE:
		return go_since(cursor, moment->time);
	case MOMENT_FIRST:
		return cursor_first(cursor);
	case MOMENT_LAST:
		cursor_follow(cursor);
		return cursor_last(cursor);
	case MOMENT_LAST_KILL:
		cursor_follow(cursor);
		return go_to_last_kill(cursor);
	case MOMENT_MARK:
		return go_to_mark(cursor, moment->steps >= 0);
	case MOMENT_PEAK: /* see peak.h */
		break;
	}
	return -EINVAL;
}
