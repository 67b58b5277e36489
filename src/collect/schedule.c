// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/schedule.h"

#include "base/known.h"
#include "base/macros.h"

/* With a long interval, a few refreshes are too long. */
#define LONGEST_WAIT (60 * NS_PER_SEC)

/* In so many refreshes each sleeping process is read once: if its memory may have changed, else. */
enum { FAST_PERIOD = 4, SLOW_PERIOD = 16 };

/* The same for the names of those that have run. */
enum { NAMES_PERIOD = 32, UNSEEN_NAMES_PERIOD = 4 };

static bool
is_turn(int64_t pid, unsigned period, const struct pass_time *time)
{
	return (time->refresh + (unsigned)pid) % period == 0;
}

bool
schedule_is_turn(const struct schedule *schedule, int64_t pid, const struct pass_time *time)
{
	return is_turn(pid, time->period, time) || time->time - schedule->read_time >= LONGEST_WAIT;
}

bool
schedule_names_are_due(
	const struct schedule *schedule, int64_t pid, bool sees_exec, const struct pass_time *time)
{
	return schedule->names_may_differ &&
	       (is_turn(pid, sees_exec ? NAMES_PERIOD : UNSEEN_NAMES_PERIOD, time) ||
		       time->time - schedule->names_time >= LONGEST_WAIT);
}

unsigned
schedule_period(struct pace *pace, unsigned refresh, int64_t changes)
{
	if (changes == UNKNOWN || changes != pace->changes)
		pace->fast_until = refresh + FAST_PERIOD;
	pace->changes = changes;
	return refresh < pace->fast_until ? FAST_PERIOD : SLOW_PERIOD;
}
