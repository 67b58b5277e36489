// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"
#include "collect/exit-record.h"
#include "model/exit.h"

/*
 * Puts the threads that ended together to processes that ended. The kernel's own sum over a process
 * has no faults, and lacks threads that ended at the same time on another CPU (E2).
 */
struct exit_threads;

/* What is kept of a process that has ended. `row` has no texts. */
struct ended {
	struct process_exit row;
	char comm[EXIT_COMM_SIZE]; /* "" if unknown */
};

/* When a record was received, after it was sent. Before that: a moment when none waited. */
struct exit_clock {
	int64_t time;      /* nanoseconds since the epoch */
	int64_t monotonic; /* the same moment, CLOCK_MONOTONIC */
	int64_t empty;     /* CLOCK_MONOTONIC */
};

/* Processes of which threads have ended and that are followed. */
enum { MOST_EXIT_PROCESSES = 4096 };

/* How long a process may wait for its parent before it counts as ended. */
#define MOST_EXIT_WAIT NS_PER_SEC

/* `monotonic`: from when on all records are seen. */
struct exit_threads *exit_threads_create(int64_t monotonic);
void exit_threads_destroy(struct exit_threads *threads);

/*
 * Takes the next record. Returns whether that was the end of a process that is fully known, in
 * *ret_ended; one with several threads comes later, from exit_threads_next().
 */
bool exit_threads_take(struct exit_threads *threads, const struct exit_record *record,
	const struct exit_clock *clock, struct ended *ret_ended);

/*
 * Notes which of the processes that wait will send no more records: `is_gone` says so, or they wait
 * for too long. Then all records that have come must be taken. Returns whether some wait.
 */
bool exit_threads_look(
	struct exit_threads *threads, int64_t monotonic, bool (*is_gone)(int64_t pid));

/* Gives the next of the processes that exit_threads_look() has noted, until there is none. */
bool exit_threads_next(struct exit_threads *threads, struct ended *ret_ended);

/* Records were lost, up to now: what needs all threads is unknown of processes that have begun. */
void exit_threads_lose(struct exit_threads *threads, int64_t monotonic);
