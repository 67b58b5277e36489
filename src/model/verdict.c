// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/verdict.h"

#include "base/known.h"
#include "base/macros.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <stdio.h>
#include <string.h>

#define MINUTE (60 * NS_PER_SEC)

/* clang-format off */
const struct verdict_description verdict_states[VERDICT_STATES] = {
	[VERDICT_KILLED]   = { "killed", "The OOM killer has killed a process within the last ten minutes.", 2 },
	[VERDICT_STALLED]  = { "stalled", "All tasks waited for memory at once for much of the last 10 seconds.", 2 },
	[VERDICT_SWAPPING] = { "swapping", "Pages are read from swap soon after they were written there: more memory is in use than there is.", 1 },
	[VERDICT_LOW]      = { "low", "Little memory is available.", 2 },
	[VERDICT_LIMIT]    = { "limit", "A memory cgroup has little left below its limit.", 1 },
	[VERDICT_FILLING]  = { "filling", "Available memory falls steadily and will be gone soon if that goes on.", 1 },
	[VERDICT_OK]       = { "ok", "None of these.", 0 },
	[VERDICT_UNKNOWN]  = { "unknown", "The figures could not be read.", 3 },
};

const struct threshold verdict_thresholds[VERDICT_THRESHOLDS] = {
	[KILL_IS_NEWS]    = { "a kill is news for", UNIT_SPAN, 10 * MINUTE,
		"who is called because of it looks within this time; later it is the past" },
	[MUCH_STALL]      = { "stalled from (psi full 10s)", UNIT_PERCENT, 100,
		"nothing moved for a second in ten: users notice; compiles and copies on a machine with enough memory stay below 1 %" },
	[MUCH_SWAPPING]   = { "swapping from (read from swap, a second)", UNIT_BYTES, 1 << 20,
		"less is one program that is used again after a long time" },
	[SOME_REFAULTS]   = { "and refaults from (of the pages read)", UNIT_PERCENT, 250,
		"pages that were swapped long ago come back without refaults" },
	[SOME_PRESSURE]   = { "and pressure from (psi some 10s)", UNIT_PERCENT, 20,
		"it must last for some seconds and make tasks wait" },
	[LITTLE_LEFT]     = { "low below (available, of MemTotal)", UNIT_PERCENT, 50,
		"the kernel starts to reclaim at about 2 %; the rest is time to act" },
	[ENOUGH_LEFT]     = { "and below (available)", UNIT_BYTES, INT64_C(2) << 30,
		"on a large machine 5 % is much memory" },
	[LITTLE_HEADROOM] = { "limit below (headroom, of the limit)", UNIT_PERCENT, 50,
		"cache is counted as free already, so this is what a kill is away" },
	[GONE_SOON]       = { "filling where all is gone within", UNIT_SPAN, 60 * MINUTE,
		"who is called has an hour; an estimate for longer is worth little" },
	[STATE_LASTS]     = { "a state lasts at least", UNIT_SPAN, 10 * NS_PER_SEC,
		"a line that changes with each refresh cannot be read" },
};
/* clang-format on */

static int64_t
limit_of(enum verdict_threshold threshold)
{
	return verdict_thresholds[threshold].value;
}

void
verdict_init(struct verdict_history *history)
{
	*history = (struct verdict_history){
		.state = VERDICT_UNKNOWN, .since = UNKNOWN, .killed = UNKNOWN
	};
}

void
verdict_finish(struct verdict_history *history)
{
	course_finish(&history->course);
}

static bool
has_killed(const struct verdict_history *history, const struct snapshot *now)
{
	return history->killed != UNKNOWN && now->time - history->killed < limit_of(KILL_IS_NEWS);
}

static bool
is_stalled(const struct snapshot *now)
{
	return now->system.full_avg10 >= limit_of(MUCH_STALL);
}

/* Kernels before 5.9 do not count refaults of swap: there pages must go out as fast. */
static bool
is_swapping(const struct snapshot *now)
{
	const struct system *s = &now->system;
	int64_t again = s->anon_refault_rate != UNKNOWN ? s->anon_refault_rate : s->swap_out_rate;

	return s->swap_in_bytes_rate >= limit_of(MUCH_SWAPPING) &&
	       known_share(again, s->swap_in_rate) >= limit_of(SOME_REFAULTS) &&
	       (s->some_avg10 == UNKNOWN || s->some_avg10 >= limit_of(SOME_PRESSURE));
}

static bool
is_low(const struct snapshot *now)
{
	const struct system *s = &now->system;

	return s->available != UNKNOWN && s->available < limit_of(ENOUGH_LEFT) &&
	       known_share(s->available, s->total) < limit_of(LITTLE_LEFT);
}

static bool
is_at_limit(const struct snapshot *now)
{
	const struct nearest_limit *nearest = &now->system.nearest;
	int64_t share = known_share(nearest->headroom, nearest->max);

	return share != UNKNOWN && share < limit_of(LITTLE_HEADROOM);
}

static bool
is_filling(const struct snapshot *now)
{
	const struct verdict *verdict = &now->system.verdict;

	return verdict->gone != UNKNOWN && verdict->gone <= limit_of(GONE_SOON);
}

static bool
is_known(const struct snapshot *now)
{
	return now->system.total != UNKNOWN && now->system.available != UNKNOWN;
}

/* The first state that applies, without regard to kills. */
static enum verdict_state
judge(const struct snapshot *now)
{
	static bool (*const applies[])(const struct snapshot *now) = {
		[VERDICT_STALLED] = is_stalled,
		[VERDICT_SWAPPING] = is_swapping,
		[VERDICT_LOW] = is_low,
		[VERDICT_LIMIT] = is_at_limit,
		[VERDICT_FILLING] = is_filling,
		[VERDICT_OK] = is_known,
	};

	for (size_t i = VERDICT_STALLED; i < ARRAY_SIZE(applies); i++)
		if (applies[i](now))
			return (enum verdict_state)i;
	return VERDICT_UNKNOWN;
}

/* A better state must have lasted before it is shown. */
static void
settle(struct verdict_history *history, const struct snapshot *now)
{
	enum verdict_state state = judge(now);
	bool begins = history->since == UNKNOWN;

	if (!begins && state > history->state && now->monotonic < history->lasts_until)
		return;
	if (state < VERDICT_OK)
		history->lasts_until = now->monotonic + limit_of(STATE_LASTS);
	if (begins || state != history->state)
		history->since = now->time;
	history->state = state;
}

/*
 * Where nothing counts the kills, memtop may still have seen one. One that may have been much
 * earlier is no news.
 */
static void
note_kill(struct verdict_history *history, const struct snapshot *now)
{
	int64_t last = known_difference(now->system.last_kill_time, now->system.last_kill_doubt);

	if (last == UNKNOWN && now->events.count > 0)
		last = event_at(&now->events, now->events.count - 1)->time;
	if (last != UNKNOWN)
		history->killed = last;
}

static struct user
who_is_it(const struct verdict_history *history, const struct snapshot *now)
{
	struct user who = { .pid = UNKNOWN, .use = UNKNOWN, .growth = UNKNOWN };
	const struct process *process;

	switch (history->state) {
	case VERDICT_FILLING:
		return course_who_grows(&history->course, now);
	case VERDICT_STALLED:
	case VERDICT_SWAPPING:
	case VERDICT_LOW:
		if (course_largest(now, &process, 1) > 0)
			return (struct user){ process->comm, process->pid, course_bytes_of(process),
				UNKNOWN };
		return who;
	default:
		return who;
	}
}

static void
keep_who(struct verdict_history *history, const struct user *who)
{
	snprintf(history->name, sizeof(history->name), "%s", who->name ? who->name : "");
	history->who = *who;
	history->who.name = history->name[0] ? history->name : NULL;
}

/* A state that lasts keeps the figures it was judged by. */
static void
keep_estimate(struct verdict_history *history, struct snapshot *now)
{
	struct verdict *verdict = &now->system.verdict;

	if (is_filling(now)) {
		history->estimate = *verdict;
	} else if (history->state == VERDICT_FILLING) {
		verdict->use_growth = history->estimate.use_growth;
		verdict->gone = history->estimate.gone;
		verdict->gone_least = history->estimate.gone_least;
		verdict->gone_most = history->estimate.gone_most;
	}
}

static void
tell(const struct verdict_history *history, struct snapshot *now)
{
	const struct user *who = &history->who;
	const struct system *s = &now->system;
	bool is_news = has_killed(history, now);
	bool can_tell_kills = s->oom_kills != UNKNOWN || history->killed != UNKNOWN;

	now->system.verdict.state = verdict_states[is_news ? VERDICT_KILLED : history->state].name;
	now->system.verdict.state_now = verdict_states[history->state].name;
	now->system.verdict.since = is_news ? history->killed : history->since;
	now->system.verdict.since_now = history->since;
	now->system.verdict.kills = can_tell_kills ? is_news : UNKNOWN;
	now->system.verdict.who = arena_text(&now->texts, who->name);
	now->system.verdict.who_pid = who->pid;
	now->system.verdict.who_use = who->use;
	now->system.verdict.who_growth = who->growth;
}

void
verdict_take(struct verdict_history *history, struct snapshot *now, int64_t interval)
{
	bool is_new = !now->only_missing;
	struct user who;

	if (!(now->bits & NEED_VERDICT))
		return;
	if (is_new)
		course_follow(&history->course, now, interval);
	course_estimate(&history->course, &now->system);
	if (is_new) {
		note_kill(history, now);
		settle(history, now);
	}
	keep_estimate(history, now);
	if (is_new) {
		who = who_is_it(history, now);
		keep_who(history, &who);
	}
	tell(history, now);
}

enum verdict_state
verdict_state_named(const char *name)
{
	for (size_t i = 0; name && i < VERDICT_STATES; i++)
		if (strcmp(name, verdict_states[i].name) == 0)
			return (enum verdict_state)i;
	return VERDICT_UNKNOWN;
}
