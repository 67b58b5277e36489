// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/index.h"
#include "model/budget.h"
#include "model/charge.h"
#include "model/event.h"
#include "model/exit.h"
#include "model/fault.h"
#include "model/hint.h"
#include "model/history.h"
#include "model/incident.h"
#include "model/kernel.h"
#include "model/map.h"
#include "model/process.h"
#include "model/system.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row_list;

/* Of a recording: what the sample is. Nanoseconds. */
struct past {
	bool is_there;              /* the snapshot is a sample of a recording */
	unsigned marks;             /* of enum past_mark */
	int64_t interval;           /* since the sample before; UNKNOWN: there is none */
	int64_t usual;              /* time between two samples: the recorder's, without gaps */
	bool is_other_boot;         /* than the sample that was read before this one */
	int64_t begin, end;         /* of the recording, since the epoch */
	int64_t day_begin, day_end; /* of the local day of the sample, with NEED_HISTORY */
};

/* What badness_rank() works with. */
struct ranking {
	size_t *owners; /* by row, of badness_find_owners() */
	struct oom_group {
		const char *name;
		int64_t rank;
	} * groups;         /* of candidates that are killed together */
	struct index index; /* of groups */
	size_t owner_capacity, group_capacity;
};

/* The data of one refresh. Owns its rows and their texts; a zeroed one is empty. */
struct snapshot {
	int64_t time;      /* nanoseconds since the epoch */
	int64_t monotonic; /* nanoseconds of CLOCK_BOOTTIME */
	/*
	 * The time on the clock of which start times are. It is the same, which a time namespace
	 * shifts as it shifts them; only a tree of another machine's files has its own, the uptime.
	 * That of a container is no such clock.
	 */
	int64_t start_clock;
	struct past past;
	struct system system;
	struct process *processes; /* by ascending pid */
	size_t process_count, process_capacity;
	size_t command_bytes; /* size of all command lines */
	struct limit
		limits[LIMIT_KINDS]; /* of the process in focus, and of the cgroups above it: */
	struct nearest_limit focus_limit;
	struct named_limit {
		bool is_there; /* the group */
		struct nearest_limit limit;
	} * named_limits;     /* of needs.groups, in their order; NULL: not asked for */
	struct rows mappings; /* of the process in focus, ascending; or its segments, without
				 NEED_EACH_MAPPING */
	int64_t mappings_of;  /* PID of `mappings`; 0: not read */
	struct rows budget;
	struct budget_figures budget_figures; /* the source of `budget` */
	struct rows kernel[KERNEL_PARTS];
	struct rows charges;         /* of memory cgroups; each after the one above it */
	uint64_t bits;               /* the needs it was read for */
	int64_t focus, focus_start;  /* the process with additional needs; 0: none */
	uint64_t focus_bits;         /* the additional needs */
	bool exact;                  /* nothing is copied from the previous snapshot */
	bool only_missing;           /* it is the previous one, with what was missing */
	bool sizes_only;             /* only what is seen has been read in full, see needs.h */
	struct process **kill_order; /* processes with a rank, in order, after badness_rank() */
	size_t kill_count, kill_capacity;
	struct ranking ranking;
	struct rows faults;    /* since the last refresh, in no order */
	struct rows day;       /* with NEED_HISTORY: memory in use over the day of the sample, */
	struct rows history;   /* and RES of the process in focus; struct history_part */
	struct rows incidents; /* by ascending time */
	struct rows events;    /* since the last refresh, by ascending time */
	struct rows exits;     /* since the last refresh, as they were reported */
	struct hint hints[MOST_HINTS];
	size_t hint_count;
	struct arena texts;
};

/* Empties it, sets totals to UNKNOWN and keeps its memory, unless it was far too much. */
void snapshot_reset(struct snapshot *snapshot);
void snapshot_finish(struct snapshot *snapshot);

/* Adds a row of UNKNOWNs. Earlier rows may move. */
struct process *snapshot_add_process(struct snapshot *snapshot);

/* The name of the row before: many programs run several times. NULL: there is none. */
const char *snapshot_last_comm(const struct snapshot *snapshot, const struct process *row);

/* Takes the last row back. */
void snapshot_drop_last_process(struct snapshot *snapshot);

/*
 * Adds a copy of a row of another snapshot, which owns the texts: with its status if `needs` has
 * NEED_STATUS, with what smaps_rollup said last, and of the extras only memory_of.
 */
struct process *snapshot_copy_process(
	struct snapshot *snapshot, const struct process *row, uint64_t needs);

/*
 * Puts rows of another snapshot, with copies of their texts but those of extras, in the place of
 * those of the same processes, of which they are copies.
 */
void snapshot_take_rows(struct snapshot *snapshot, const struct snapshot *rows);

/* Stores a command line; after MOST_COMMAND_BYTES in total only its first SHORT_COMMAND bytes. */
enum { MOST_COMMAND_BYTES = 8 * 1024 * 1024, SHORT_COMMAND = 256 };
const char *snapshot_keep_command(struct snapshot *snapshot, const char *text, size_t length);

/* Sets the place of a row, whose texts the snapshot has: that of the row before if it is the same.
 */
void snapshot_set_place(
	struct snapshot *snapshot, struct process *row, const struct process_place *place);

/* Parts of a row of this snapshot, writable. */
struct process_weight *snapshot_weight(struct snapshot *snapshot, struct process *row);
struct process_rollup *snapshot_rollup(struct snapshot *snapshot, struct process *row);
struct process_status *snapshot_status(struct snapshot *snapshot, struct process *row);
struct process_extras *snapshot_extras(struct snapshot *snapshot, struct process *row);

/*
 * Records that data of a process is missing; `error` is a -errno. A process that ended during the
 * read is no gap.
 */
void snapshot_note_gap(struct snapshot *snapshot, struct process *row, uint64_t need, int error);

/* Adds an event of UNKNOWNs. Earlier ones may move. */
struct event *snapshot_add_event(struct snapshot *snapshot);

/* Returns NULL if the process is not in the snapshot. */
struct process *snapshot_find_process(const struct snapshot *snapshot, int64_t pid);

/*
 * The processes with the greatest weight, the greatest first and the first of those with the same;
 * none whose weight is UNKNOWN. Returns how many of the `most` rows were filled.
 */
size_t snapshot_most(const struct snapshot *snapshot,
	int64_t (*weight)(const struct process *process), const struct process **ret_rows,
	size_t most);

/*
 * Records that `need` failed with `error` (-errno): for the machine (`rows` is 0), or for so many
 * processes that are not rows or are in focus. A failure of a row goes to snapshot_note_gap().
 * EPERM counts as EACCES, so that each cause has one hint.
 */
void snapshot_add_hint(struct snapshot *snapshot, uint64_t need, int error, int64_t rows);

/*
 * The hints to show with these rows: the snapshot's own, then the gaps of the rows, which are
 * processes (NULL: rows of another kind, without gaps). Skips data of a process that ended during
 * the read. Returns the number of hints.
 */
size_t snapshot_hints(const struct snapshot *snapshot, const struct row_list *processes,
	struct hint hints[static MOST_HINTS]);

/* Forgets a hint: what it is about only adds to what is shown. */
void snapshot_drop_hint(struct snapshot *snapshot, uint64_t need, int error);

/* The first of the snapshot's own hints about a need, or NULL. */
const struct hint *snapshot_find_hint(const struct snapshot *snapshot, uint64_t need);
