// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "base/unit.h"
#include "model/course.h"
#include "model/system.h"

#include <stdint.h>

struct snapshot;

/* Whether memory is well, from the gravest to the best. */
enum verdict_state {
	VERDICT_KILLED,   /* the OOM killer has killed */
	VERDICT_STALLED,  /* all tasks wait for memory */
	VERDICT_SWAPPING, /* pages go to swap that are needed again soon */
	VERDICT_LOW,      /* little is available */
	VERDICT_LIMIT,    /* a memory cgroup is near its limit */
	VERDICT_FILLING,  /* available memory falls steadily */
	VERDICT_OK,
	VERDICT_UNKNOWN, /* the figures cannot be read */
	VERDICT_STATES,
};

struct verdict_description {
	const char *name, *meaning;
	int severity; /* as the exit status of a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3
		       */
};
extern const struct verdict_description verdict_states[VERDICT_STATES];

enum verdict_threshold {
	KILL_IS_NEWS,    /* nanoseconds */
	MUCH_STALL,      /* per mille of the last 10 seconds */
	MUCH_SWAPPING,   /* bytes a second */
	SOME_REFAULTS,   /* per mille of the pages that are read from swap */
	SOME_PRESSURE,   /* per mille of the last 10 seconds */
	LITTLE_LEFT,     /* per mille of MemTotal that is available */
	ENOUGH_LEFT,     /* bytes */
	LITTLE_HEADROOM, /* per mille of a limit */
	GONE_SOON,       /* nanoseconds */
	STATE_LASTS,     /* nanoseconds */
	VERDICT_THRESHOLDS,
};

struct threshold {
	const char *what;
	enum unit unit;
	int64_t value;
	const char *reason;
};
extern const struct threshold verdict_thresholds[VERDICT_THRESHOLDS];

/* What came before, for the next verdict. */
enum { VERDICT_NAME_SIZE = 64 };
struct verdict_history {
	struct course course;
	enum verdict_state state;   /* without regard to kills */
	int64_t since, lasts_until; /* of the state; nanoseconds since the epoch, and monotonic */
	int64_t killed;             /* the last kill, nanoseconds since the epoch, or UNKNOWN */
	struct verdict estimate;    /* the last one of a machine that fills */
	char name[VERDICT_NAME_SIZE];
	struct user who;
};

void verdict_init(struct verdict_history *history);
void verdict_finish(struct verdict_history *history);

/*
 * Takes the next snapshot, which has its rates (model/derive.h), and fills the verdict of its
 * system if that was asked for; the usual time between two is `interval` nanoseconds. A snapshot
 * with only what was missing gets the last verdict.
 */
void verdict_take(struct verdict_history *history, struct snapshot *now, int64_t interval);

/* The state of verdict.state or verdict.state_now. NULL and other names are VERDICT_UNKNOWN. */
enum verdict_state verdict_state_named(const char *name);

/*
 * One line about a state without its name: figures, since when, who. `now` is in nanoseconds since
 * the epoch. Safe for a terminal.
 */
enum { VERDICT_TEXT_SIZE = SYSTEM_TEXT_SIZE };
void verdict_text(char text[static VERDICT_TEXT_SIZE], const struct system *system,
	enum verdict_state state, int64_t now, enum charset charset);
