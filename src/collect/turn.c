// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/turn.h"

#include "base/macros.h"

/* Where refreshes are far apart, a few of them are too long a time. */
#define OLDEST_LOOK (5 * NS_PER_SEC)
#define OLDEST_ALL (60 * NS_PER_SEC)
#define OLDEST_NAMES (30 * NS_PER_SEC)

/* In refreshes. */
enum { TURN_ALL = 64, TURN_NAMES = 32, TURN_UNSEEN_NAMES = 4 };

static bool
is_turn(int64_t pid, unsigned turn, const struct moment *moment)
{
	return (moment->refresh + (unsigned)pid) % turn == 0;
}

bool
turn_is_due(const struct turn *turn, const struct moment *moment)
{
	return moment->refresh >= turn->due || moment->time - turn->look_time >= OLDEST_LOOK;
}

bool
turn_is_for_all(const struct turn *turn, int64_t pid, const struct moment *moment)
{
	return is_turn(pid, TURN_ALL, moment) || moment->time - turn->all_time >= OLDEST_ALL;
}

bool
turn_is_for_names(const struct turn *turn, int64_t pid, bool sees_exec, const struct moment *moment)
{
	return turn->has_run &&
	       (moment->time - turn->names_time >= OLDEST_NAMES ||
		       is_turn(pid, sees_exec ? TURN_NAMES : TURN_UNSEEN_NAMES, moment));
}

/* The refreshes to the next look: the next one that is a multiple of `step` for this process. */
static unsigned
wait_of(unsigned step, int64_t pid, const struct moment *moment)
{
	return step - (moment->refresh + (unsigned)pid) % step;
}

void
turn_note_look(struct turn *turn, int64_t pid, enum finding finding, const struct moment *moment)
{
	static const unsigned steps[] = { 1, 2, 4 };

	if (finding != FOUND_SAME)
		turn->unchanged = 0;
	else if (turn->unchanged + 1 < ARRAY_SIZE(steps))
		turn->unchanged++;
	turn->is_active = finding == FOUND_CHANGED;
	turn->has_run = turn->has_run || turn->is_active;
	turn->look_time = moment->time;
	turn->due = moment->refresh + wait_of(steps[turn->unchanged], pid, moment);
}
