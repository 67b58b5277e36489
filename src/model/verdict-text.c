// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "model/growth-row.h"
#include "model/system.h"
#include "model/verdict.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 256 };

/* What a sentence is made of. */
struct sentence {
	const struct system *system;
	int64_t now;
	enum charset charset;
	char *text;
	size_t length;
	bool is_behind_kill; /* this is about the state after a kill: short */
};

__attribute__((format(printf, 2, 3))) static void
add(struct sentence *sentence, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_append(sentence->text, VERDICT_TEXT_SIZE, &sentence->length, format, arguments);
	va_end(arguments);
}

static void
add_unit(struct sentence *sentence, enum unit unit, int64_t number, const char *behind)
{
	char text[UNIT_FORMAT_SIZE];

	unit_format(text, unit, number, SCALE_HUMAN);
	add(sentence, "%s%s", text, behind);
}

static void
add_bytes(struct sentence *sentence, int64_t bytes, const char *behind)
{
	add_unit(sentence, UNIT_BYTES, bytes, behind);
}

static void
add_name(struct sentence *sentence, const char *name)
{
	char safe[NAME_SIZE];

	text_safe(safe, sizeof(safe), name, sentence->charset);
	add(sentence, "%s", safe);
}

static void
add_since(struct sentence *sentence)
{
	char when[UNIT_FORMAT_SIZE];

	if (!sentence->is_behind_kill &&
		unit_format_when(when, sentence->system->verdict.since_now, sentence->now) > 0)
		add(sentence, ", since %s", when);
}

static void
add_largest(struct sentence *sentence)
{
	const struct verdict *verdict = &sentence->system->verdict;

	if (!verdict->who)
		return;
	add(sentence, ", largest ");
	add_name(sentence, verdict->who);
	add(sentence, " ");
	add_bytes(sentence, verdict->who_use, "");
}

static void
add_exhaustion(struct sentence *sentence)
{
	const struct verdict *verdict = &sentence->system->verdict;
	const struct growth_end end = { verdict->gone, verdict->gone_least, verdict->gone_most };
	char text[GROWTH_END_SIZE];

	growth_end_text(text, &end);
	add(sentence, ", %s", text);
}

static void
add_available(struct sentence *sentence)
{
	const struct system *s = sentence->system;

	add_bytes(sentence, s->available, " available");
	if (s->swap_free != UNKNOWN && s->swap_free > 0 && s->verdict.gone != UNKNOWN) {
		add(sentence, " and ");
		add_bytes(sentence, s->swap_free, " of swap");
	}
}

static void say(struct sentence *sentence, enum verdict_state state);

/* A recording from anyone may say "killed" here too, which is no state after a kill. */
static enum verdict_state
state_behind_kill(const struct system *system)
{
	enum verdict_state state = verdict_state_named(system->verdict.state_now);

	return state == VERDICT_KILLED ? VERDICT_UNKNOWN : state;
}

static void
say_killed(struct sentence *sentence)
{
	char when[UNIT_FORMAT_SIZE];
	const struct system *s = sentence->system;
	enum verdict_state now = state_behind_kill(s);

	if (s->last_kill_comm)
		add_name(sentence, s->last_kill_comm);
	else
		add(sentence, "a process");
	if (unit_format_when(when, s->verdict.since, sentence->now) > 0)
		add(sentence, " at %s", when);
	if (s->oom_kills != UNKNOWN)
		add(sentence, ", %lld kill%s since boot", (long long)s->oom_kills,
			s->oom_kills == 1 ? "" : "s");
	add(sentence, "; now %s: ", verdict_states[now].name);
	sentence->is_behind_kill = true;
	say(sentence, now);
}

static void
say_stalled(struct sentence *sentence)
{
	add(sentence, "all tasks waited ");
	add_unit(sentence, UNIT_PERCENT, sentence->system->full_avg10, "% of 10 s");
	add_largest(sentence);
	add_since(sentence);
}

static void
say_swapping(struct sentence *sentence)
{
	add(sentence, "in ");
	add_unit(sentence, UNIT_BYTES_PER_SECOND, sentence->system->swap_in_bytes_rate, "/s, out ");
	add_unit(sentence, UNIT_BYTES_PER_SECOND, sentence->system->swap_out_bytes_rate, "/s");
	add_largest(sentence);
	add_since(sentence);
}

static void
say_low(struct sentence *sentence)
{
	add_bytes(sentence, sentence->system->available, " available of ");
	add_bytes(sentence, sentence->system->total, "");
	if (sentence->system->verdict.gone != UNKNOWN)
		add_exhaustion(sentence);
	add_largest(sentence);
	add_since(sentence);
}

static void
say_limit(struct sentence *sentence)
{
	const struct nearest_limit *nearest = &sentence->system->nearest;

	if (!nearest->cgroup) {
		add(sentence, "a cgroup was near its limit a moment ago");
		return;
	}
	add_name(sentence, nearest->cgroup);
	add(sentence, " has ");
	add_bytes(sentence, nearest->headroom, " left of ");
	add_bytes(sentence, nearest->max, "");
	add_since(sentence);
}

static void
say_filling(struct sentence *sentence)
{
	const struct verdict *verdict = &sentence->system->verdict;

	add_available(sentence);
	add_exhaustion(sentence);
	if (!verdict->who) {
		add(sentence, ": many processes together");
		return;
	}
	add(sentence, ": ");
	add_name(sentence, verdict->who);
	add(sentence, " +");
	add_unit(sentence, UNIT_BYTES_PER_MINUTE, verdict->who_growth, "/min");
}

static void
say_ok(struct sentence *sentence)
{
	const struct verdict *verdict = &sentence->system->verdict;

	add_available(sentence);
	if (verdict->gone != UNKNOWN)
		add_exhaustion(sentence);
	else if (verdict->use_growth == 0)
		add(sentence, ", steady");
}

static void
say_unknown(struct sentence *sentence)
{
	add(sentence, "the memory of the machine cannot be read");
}

static void
say(struct sentence *sentence, enum verdict_state state)
{
	static void (*const sayings[VERDICT_STATES])(struct sentence * sentence) = {
		[VERDICT_KILLED] = say_killed,
		[VERDICT_STALLED] = say_stalled,
		[VERDICT_SWAPPING] = say_swapping,
		[VERDICT_LOW] = say_low,
		[VERDICT_LIMIT] = say_limit,
		[VERDICT_FILLING] = say_filling,
		[VERDICT_OK] = say_ok,
		[VERDICT_UNKNOWN] = say_unknown,
	};

	sayings[state](sentence);
}

void
system_verdict_text(char text[static SYSTEM_TEXT_SIZE], const struct system *system, int64_t now,
	enum charset charset)
{
	enum verdict_state state = verdict_state_named(system->verdict.state);
	struct sentence sentence = { system, now, charset, text, 0, false };

	add(&sentence, "%s: ", verdict_states[state].name);
	say(&sentence, state);
}

void
verdict_text(char text[static VERDICT_TEXT_SIZE], const struct system *system,
	enum verdict_state state, int64_t now, enum charset charset)
{
	struct sentence sentence = { system, now, charset, text, 0, false };

	text[0] = '\0';
	say(&sentence, state);
}
