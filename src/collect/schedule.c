// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/schedule.h"

#include "base/known.h"
#include "base/macros.h"

enum { FAST_PERIOD = 4, SLOW_PERIOD = 16 };

static const struct {
	unsigned period; /* in refreshes, a power of two; 0: that of the pass */
	int64_t longest; /* nanoseconds, if the interval is long */
} turns[REREADS] = {
	[REREAD_OTHERS] = { 0, 300 * NS_PER_SEC },
	[REREAD_ALL] = { 256, 1800 * NS_PER_SEC },
	[REREAD_NAMES] = { 32, 300 * NS_PER_SEC },
	[REREAD_UNSEEN_NAMES] = { 4, 300 * NS_PER_SEC },
};

/* Each turn of a period is one of half the period too: nobody misses a turn when it is halved. */
bool
schedule_is_due(enum reread reread, int64_t pid, const struct pass_time *time)
{
	unsigned period = turns[reread].period ? turns[reread].period : time->period;

	while (period > 1 && period * time->interval > turns[reread].longest)
		period /= 2;
	return (time->refresh + (unsigned)pid) % period == 0;
}

unsigned
schedule_period(struct schedule *schedule, unsigned refresh, int64_t changes)
{
	if (changes == UNKNOWN || changes != schedule->changes)
		schedule->fast_until = refresh + FAST_PERIOD;
	schedule->changes = changes;
	return refresh < schedule->fast_until ? FAST_PERIOD : SLOW_PERIOD;
}
