// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A sample of a recording that is asked for. A zeroed one is the last that was read. */
struct moment {
	enum moment_kind {
		MOMENT_STEP,  /* so many samples on, `steps`; below 0: back; 0: the same */
		MOMENT_AT,    /* the sample that was the latest at `time` */
		MOMENT_SINCE, /* the first one at `time` or after it */
		MOMENT_FIRST,
		MOMENT_LAST,
		MOMENT_LAST_KILL, /* the sample before the last kill */
		MOMENT_MARK, /* the next one with a kill, a gap or another event; `steps` -1: the
				one before */
		MOMENT_PEAK, /* the next time within a day at which RES of the process `pid`
				that began at `start` was largest, or with `pid` 0 memory in use;
				`steps` -1: the one before */
	} kind;
	int64_t steps;
	int64_t time; /* nanoseconds since the epoch */
	int64_t pid, start;
};

/* What happened between a sample and the one before. */
enum past_mark {
	MARK_EVENTS = 1 << 0, /* a kill: the sample has its rows */
	MARK_DAMAGE = 1 << 1, /* something is missing that was recorded */
	MARK_PAUSE = 1 << 2, /* no sample for long: no recorder ran, or the machine was suspended */
	MARK_CLOCK = 1 << 3, /* the wall clock was set */
	MARK_BOOT = 1 << 4,  /* the machine was booted */
	MARK_START = 1 << 5, /* the recorder was started */
};

/* Whether local clocks show this time twice, as in the hour that the end of summer time repeats. */
bool moment_is_twice(int64_t time);

/*
 * Reads a moment as people write it: "03:12" (the last time that it was so late), "yesterday
 * 03:12", "2026-11-28 03:12:10", the same as JSON has it, "2026-11-28", "-2h", "+10m", "@EPOCH",
 * "first", "last", "oom" (the last kill). Of a local time that was there twice the later one
 * counts. `now` is in nanoseconds since the epoch. Returns 0 or -EINVAL.
 */
int moment_parse(const char *text, int64_t now, struct moment *ret_moment);

/* For messages. */
#define MOMENT_FORMS                                                                               \
	"03:12, 'yesterday 03:12', 2026-11-28T03:12:10, -2h, @SECONDS, first, last, oom"
