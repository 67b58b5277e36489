// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * When a process is checked again: in the next refresh while it changes, else after two and then
 * four, at the latest after five seconds. The pid decides which of four refreshes it is, so that
 * each has about the same work.
 */
struct schedule {
	unsigned due;       /* the refresh of the next check */
	unsigned unchanged; /* consecutive checks without a change */
	bool is_active;     /* the last check found a change */
	bool has_run;       /* since its names were read */
	int64_t look_time, all_time,
		names_time; /* of the last check, full read, names; monotonic */
};

/* The current refresh. */
struct pass_time {
	unsigned refresh;
	int64_t time;
};

bool schedule_is_due(const struct schedule *schedule, const struct pass_time *time);

/* Whether to read all of it, even if it seems unchanged: other programs may change it. */
bool schedule_is_full_read(
	const struct schedule *schedule, int64_t pid, const struct pass_time *time);

/*
 * Whether to read names again although no exec was seen: a process that has run may have
 * overwritten its arguments. `sees_exec`: stat would show an exec.
 */
bool schedule_names_are_due(
	const struct schedule *schedule, int64_t pid, bool sees_exec, const struct pass_time *time);

/* Notes a check and schedules the next one. The first check has nothing to compare with. */
enum change { CHANGE_NEW, CHANGE_SOME, CHANGE_NONE };
void schedule_note_check(
	struct schedule *schedule, int64_t pid, enum change change, const struct pass_time *time);
