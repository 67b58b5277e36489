// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record;

/*
 * Tracks processes from records: their names, which are not in /proc after their end, and the
 * descendants of a watched process.
 */
struct process_tracker;

/* Names without a record are read below `root`, a descriptor of /proc (borrowed). */
struct process_tracker *process_tracker_create(int root);
void process_tracker_destroy(struct process_tracker *tracker);

/* Watches a process and what it forks from now on; `at_exec`: from its next exec on. */
void process_tracker_watch(struct process_tracker *tracker, int64_t pid, bool at_exec);

/* Applies a record of a process: a new name, a fork, an end. */
void process_tracker_apply(struct process_tracker *tracker, const struct record *record);

/* Whether it is the watched process or a descendant. */
bool process_tracker_has(const struct process_tracker *tracker, int64_t pid);

/* The name of a process, valid until the next record; NULL if it ended before any record. */
const char *process_tracker_comm(struct process_tracker *tracker, int64_t pid);

/* Forgets processes that have ended, if they are more than `most`. */
void process_tracker_trim(struct process_tracker *tracker, size_t most);
