// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct record;

/*
 * What the records tell of processes: their names, which are gone from /proc when they have ended,
 * and which descend from one that is watched.
 */
struct process_tracker;

/* Names that no record has told are looked for below `root`, a descriptor of /proc (borrowed). */
struct process_tracker *process_tracker_create(int root);
void process_tracker_destroy(struct process_tracker *tracker);

/* Watches a process and what it forks from now on; where `at_exec`, from its next exec on. */
void process_tracker_watch(struct process_tracker *tracker, int64_t pid, bool at_exec);

/* Takes a record about a process: a new name, a fork, an end. */
void process_tracker_apply(struct process_tracker *tracker, const struct record *record);

/* Whether it is the watched process or descends from it. */
bool process_tracker_has(const struct process_tracker *tracker, int64_t pid);

/* The name of a process, valid until the next record; NULL where it is gone and was never told. */
const char *process_tracker_comm(struct process_tracker *tracker, int64_t pid);

/* Whether it is worth while to forget those that have ended. */
bool process_tracker_are_many(const struct process_tracker *tracker);

/* Forgets those that have ended. */
void process_tracker_trim(struct process_tracker *tracker);
