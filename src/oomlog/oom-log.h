// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oomlog/oom-kill.h"

/*
 * Finds kills in a log that comes line by line: reports of the kernel's OOM killer of Linux 4.19
 * to 6.18 (mm/oom_kill.c, mm/memcontrol.c, mm/show_mem.c) and the lines of systemd-oomd and
 * earlyoom. Reports may be cut anywhere, and other lines may stand among theirs. Each line costs
 * the same, and what is kept does not grow.
 */
struct oom_log;

struct oom_log_clock {
	int64_t now;  /* nanoseconds since the epoch: tells the year where the log does not */
	int64_t boot; /* the epoch's time at which the kernel's clock was 0; UNKNOWN: not known */
};

struct oom_log *oom_log_create(const struct oom_log_clock *clock);
void oom_log_destroy(struct oom_log *log);

/*
 * Takes one line, without its newline; `is_ended` says whether it had one. A value at the end of a
 * line that is not ended may have been cut, and is unknown. Take all kills after each line: only a
 * few are kept. A line need not be text.
 */
void oom_log_feed(struct oom_log *log, const char *line, bool is_ended);

/* Whether all there was is JSON, in none of whose objects a message was found. */
bool oom_log_is_no_log(const struct oom_log *log);

/*
 * Nothing more will come: a report without a victim is given as it is. Or nothing more for the
 * time being: gives the kills to which further lines might still add something.
 */
void oom_log_end(struct oom_log *log);
void oom_log_pause(struct oom_log *log);

/*
 * The process that a number stands for, by which the kernel called a victim: where its first
 * thread had ended that is a thread's. The number itself where the log tells no other.
 */
int64_t oom_log_process_of(const struct oom_log *log, int64_t number);

/* Moves the next kill out. The caller finishes it. Returns false where there is none. */
bool oom_log_take(struct oom_log *log, struct oom_kill *ret_kill);
