// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/budget.h"
#include "model/event.h"
#include "model/fault.h"
#include "model/hint.h"
#include "model/kernel.h"
#include "model/map.h"
#include "model/process.h"
#include "model/system.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row_list;

enum { SNAPSHOT_HINTS = 24 };

/* All that one refresh has read. Owns its rows and their texts; a zeroed one is empty. */
struct snapshot {
	int64_t time;      /* nanoseconds since the epoch */
	int64_t monotonic; /* nanoseconds of a clock that is never set */
	struct system system;
	struct process *processes; /* by ascending pid */
	size_t process_count, process_capacity;
	size_t command_bytes;             /* of all command lines */
	struct limit limits[LIMIT_KINDS]; /* of the process in focus */
	struct rows mappings;             /* of the process in focus, ascending: */
	int64_t mappings_of;              /* its number; 0: they were not read */
	struct rows budget;
	struct budget_figures budget_figures; /* that it was built of */
	struct rows kernel[KERNEL_PARTS];
	uint64_t bits;               /* the needs that it was read for */
	int64_t focus;               /* the process that more was read of; 0: none */
	uint64_t focus_bits;         /* that is: these as well */
	bool exact;                  /* nothing was taken from the one before */
	struct process **kill_order; /* by rank, after badness_rank(): those that have one */
	size_t kill_count, kill_capacity;
	struct rows faults; /* since the last refresh, in no order */
	struct rows events; /* since the last refresh, by ascending time */
	struct hint hints[SNAPSHOT_HINTS];
	size_t hint_count;
	struct arena texts;
};

/* Empties it for the next refresh and keeps its memory, if that was not far too much. All totals
 * become UNKNOWN. */
void snapshot_reset(struct snapshot *snapshot);
void snapshot_finish(struct snapshot *snapshot);

/* Adds a row of UNKNOWNs. It may move all earlier rows. */
struct process *snapshot_add_process(struct snapshot *snapshot);

/*
 * The same with a copy of a row of another snapshot, whose texts are still that one's; without
 * extras and gaps.
 */
struct process *snapshot_copy_process(struct snapshot *snapshot, const struct process *row);

/*
 * Keeps a command line. Where all of them take MOST_COMMAND_BYTES, no more than the first
 * SHORT_COMMAND bytes of each further one.
 */
enum { MOST_COMMAND_BYTES = 8 * 1024 * 1024, SHORT_COMMAND = 256 };
const char *snapshot_keep_command(struct snapshot *snapshot, const char *text, size_t length);

/* The extras of a row of this snapshot, to be written. */
struct process_extras *snapshot_extras(struct snapshot *snapshot, struct process *row);

/* Adds a row of UNKNOWNs. It may move all earlier rows. */
struct fault *snapshot_add_fault(struct snapshot *snapshot);

/* Adds an event of which nothing is known. It may move all earlier ones. */
struct event *snapshot_add_event(struct snapshot *snapshot);

/* Finds a process; NULL if it is not there. */
struct process *snapshot_find_process(const struct snapshot *snapshot, int64_t pid);

/*
 * Tells that `need` was not met, because of `error` (-errno): of the machine, `rows` is 0 then, or
 * of so many processes that are not rows of the snapshot or are in focus. What is missing in a row
 * is noted in the row (process_note_gap). EPERM counts as EACCES, so that each cause is told once.
 */
void snapshot_add_hint(struct snapshot *snapshot, uint64_t need, int error, int64_t rows);

/*
 * What is to be told where these rows are shown: the snapshot's own hints, then what is missing in
 * the rows, which are processes (NULL: rows of another kind, of which nothing is told). That
 * something has ended while it was read is no news. Returns how many hints there are.
 */
size_t snapshot_hints(const struct snapshot *snapshot, const struct row_list *processes,
	struct hint hints[static SNAPSHOT_HINTS]);

/* The first of the snapshot's own hints about a need, or NULL. */
const struct hint *snapshot_find_hint(const struct snapshot *snapshot, uint64_t need);
