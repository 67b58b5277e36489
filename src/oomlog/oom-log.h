// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oomlog/oom-kill.h"

/*
 * Finds kills in a log, line by line: reports of the kernel's OOM killer of Linux 4.19 to 6.18
 * (mm/oom_kill.c, mm/memcontrol.c, mm/show_mem.c) and lines of systemd-oomd and earlyoom. Reports
 * may be cut anywhere and mixed with other lines. Each line has the same cost, and memory is
 * bounded.
 */
struct oom_log;

struct oom_log_clock {
	int64_t now;  /* nanoseconds since the epoch: gives the year if the log has none */
	int64_t boot; /* time since the epoch when the kernel's clock was 0; or UNKNOWN */
};

struct oom_log *oom_log_create(const struct oom_log_clock *clock);
void oom_log_destroy(struct oom_log *log);

/*
 * Parses one line without its newline; it need not be valid text. `is_ended` tells whether it had a
 * newline: if not, a value at its end may be cut and is UNKNOWN. The line is changed in place. Take
 * all kills after each line: only a few are stored.
 */
void oom_log_feed(struct oom_log *log, char *line, bool is_ended);

/* Whether the input is JSON without a message in any object. */
bool oom_log_is_no_log(const struct oom_log *log);

/*
 * oom_log_end(): no more lines; gives a report without a victim as it is. oom_log_pause(): no more
 * lines for now; gives the kills that later lines might complete.
 */
void oom_log_end(struct oom_log *log);
void oom_log_pause(struct oom_log *log);

/*
 * Returns the process of a victim's number: the number is that of a thread if the first thread had
 * ended. Returns the number itself if the log has no other.
 */
int64_t oom_log_process_of(const struct oom_log *log, int64_t number);

/*
 * How many lines since the last call were about the death of a victim that is told already. With
 * memory.oom.group the kernel kills the first victim again with its group, and counts it again.
 */
int64_t oom_log_take_repeats(struct oom_log *log);

/* Moves the next kill out; the caller finishes it. Returns false if there is none. */
bool oom_log_take(struct oom_log *log, struct oom_kill *ret_kill);
