// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * When a process is looked at again: in the next refresh while anything happens to it, else after
 * two and then four, at the latest after five seconds. Refreshes are counted; which of four is a
 * process's own depends on its pid, so that each has as much to do.
 */
struct schedule {
	unsigned due;                            /* the refresh of the next look */
	unsigned unchanged;                      /* looks in a row that found it as it was */
	bool is_active;                          /* the last look did not */
	bool has_run;                            /* since its names were read */
	int64_t look_time, all_time, names_time; /* of the last look, of all, of names; monotonic */
};

/* The refresh that is being made. */
struct pass_time {
	unsigned refresh;
	int64_t time;
};

bool schedule_is_due(const struct schedule *schedule, const struct pass_time *time);

/* Whether all of it is to be read, though nothing seems to have changed: others may change it. */
bool schedule_is_full_read(
	const struct schedule *schedule, int64_t pid, const struct pass_time *time);

/*
 * Whether names that cost a file are to be read again although no exec was seen: what has run may
 * have written over its arguments. `sees_exec`: stat would show one.
 */
bool schedule_names_are_due(
	const struct schedule *schedule, int64_t pid, bool sees_exec, const struct pass_time *time);

/* Notes a look and sets the next one. What is looked at first has nothing to be compared with. */
enum change { CHANGE_NEW, CHANGE_SOME, CHANGE_NONE };
void schedule_note_check(
	struct schedule *schedule, int64_t pid, enum change change, const struct pass_time *time);
