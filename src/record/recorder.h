// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/encoder.h"
#include "record/retention.h"

#include <stdbool.h>
#include <stdint.h>

struct snapshot;

/*
 * Writes snapshots to the files of a folder, one a day and boot, or more if they are large. Of two
 * recorders of a folder the second is refused. A crash loses the samples that are not written yet,
 * hardly ever more than one; a loss of power at most a minute. When the disk is full the oldest
 * file goes.
 */
struct recorder;

enum recorded_command { COMMANDS_REDACTED, COMMANDS_FULL, COMMANDS_NONE };

struct recorder_options {
	const char *folder, *boot; /* borrowed; boot: tells a boot from all others */
	struct retention keep;
	enum recorded_command commands;
	bool without_users;
	int64_t interval; /* the usual time between two samples, nanoseconds */
};

/* Returns 0 or -errno; -EBUSY: the process *ret_holder records there, 0 if it is not known. */
int recorder_open(struct recorder **ret_recorder, const struct recorder_options *options,
	int64_t *ret_holder);

/*
 * The snapshot for the next sample, to be reset and filled, and that of the sample before; NULL:
 * there is none. The recorder owns both, for it writes how they differ.
 */
struct snapshot *recorder_next(struct recorder *recorder, const struct snapshot **ret_before);

/*
 * Records the snapshot of recorder_next(), which loses its secrets. Returns 0 or -errno: this one
 * is lost, the next may succeed. -ETIMEDOUT: the disk does not answer, and 60 samples wait for it.
 */
int recorder_add(struct recorder *recorder);

/* What was not recorded of the last snapshot, for it was above the limits of a file. */
struct left_out recorder_left_out(const struct recorder *recorder);

/* Whether samples wait for the disk. */
bool recorder_is_behind(const struct recorder *recorder);

/*
 * How many samples were lost that recorder_add() had taken, as the disk did not answer and then
 * failed; and why the last ones were (-errno).
 */
int64_t recorder_lost(const struct recorder *recorder, int *ret_error);

/* How many files were removed to make room, all together. */
int64_t recorder_removed(const struct recorder *recorder);

/*
 * Notes that it has ended, and has all put on the disk. Returns 0, or -errno if samples are lost;
 * -ETIMEDOUT if the disk does not answer for ten seconds.
 */
int recorder_close(struct recorder *recorder);
