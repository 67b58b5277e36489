// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/schedule.h"

#include "base/macros.h"

/* With a long interval, a few refreshes are too long. */
#define OLDEST_LOOK (5 * NS_PER_SEC)
#define OLDEST_ALL (60 * NS_PER_SEC)
#define OLDEST_NAMES (30 * NS_PER_SEC)

/* Each process has its turn once in so many refreshes. */
enum { FULL_CYCLE = 64, NAMES_CYCLE = 32, UNSEEN_NAMES_CYCLE = 4 };

static bool
is_turn(int64_t pid, unsigned cycle, const struct pass_time *time)
{
	return (time->refresh + (unsigned)pid) % cycle == 0;
}

bool
schedule_is_due(const struct schedule *schedule, const struct pass_time *time)
{
	return time->refresh >= schedule->due || time->time - schedule->look_time >= OLDEST_LOOK;
}

bool
schedule_is_full_read(const struct schedule *schedule, int64_t pid, const struct pass_time *time)
{
	return is_turn(pid, FULL_CYCLE, time) || time->time - schedule->all_time >= OLDEST_ALL;
}

bool
schedule_names_are_due(
	const struct schedule *schedule, int64_t pid, bool sees_exec, const struct pass_time *time)
{
	return schedule->has_run &&
	       (time->time - schedule->names_time >= OLDEST_NAMES ||
		       is_turn(pid, sees_exec ? NAMES_CYCLE : UNSEEN_NAMES_CYCLE, time));
}

/* The number of refreshes to the next check: to the next multiple of `step` for this process. */
static unsigned
wait_of(unsigned step, int64_t pid, const struct pass_time *time)
{
	return step - (time->refresh + (unsigned)pid) % step;
}

void
schedule_note_check(
	struct schedule *schedule, int64_t pid, enum change change, const struct pass_time *time)
{
	static const unsigned steps[] = { 1, 2, 4 };

	if (change != CHANGE_NONE)
		schedule->unchanged = 0;
	else if (schedule->unchanged + 1 < ARRAY_SIZE(steps))
		schedule->unchanged++;
	schedule->is_active = change == CHANGE_SOME;
	schedule->has_run = schedule->has_run || schedule->is_active;
	schedule->look_time = time->time;
	schedule->due = time->refresh + wait_of(steps[schedule->unchanged], pid, time);
}
