// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decoder;
struct recorded;

/*
 * A place in a recording: in a file, or in all files of a folder as if they were one. To go
 * anywhere costs a keyframe and at most the deltas of its chunk; what turns out to be damaged is
 * passed over, and is a gap from then on.
 */
struct cursor;

/*
 * Opens a recording, which may have no samples yet; the cursor stands nowhere. `recorded` is
 * borrowed. Returns 0 or -errno.
 */
int cursor_open(struct cursor **ret_cursor, const char *path, const struct recorded *recorded);
void cursor_close(struct cursor *cursor);

/*
 * Go to a sample. Return 0, or -ENODATA if there is no such sample, or -errno; then the cursor
 * stays where it was, if that can still be read.
 */
int cursor_first(struct cursor *cursor);
int cursor_last(struct cursor *cursor);

/*
 * Where it stands, for several moves that are one: if the last of them fails it goes back there. If
 * that file was deleted, the sample that is next to it will do, and is no failure. Returns the
 * result. The numbers of samples change when damage is found, and those of files by
 * cursor_follow().
 */
struct cursor_spot {
	size_t file;
	uint64_t offset;
	bool is_there;
};
struct cursor_spot cursor_spot(const struct cursor *cursor);
int cursor_end_move(struct cursor *cursor, const struct cursor_spot *spot, int result);

/* Reads the sample again where it stands, with the one before for cursor_watch(). */
int cursor_again(struct cursor *cursor);

/* So many samples on, or back if it is below 0; where there are fewer, to the last of them. */
int cursor_step(struct cursor *cursor, int64_t steps);

static inline int
cursor_next(struct cursor *cursor)
{
	return cursor_step(cursor, 1);
}

static inline int
cursor_previous(struct cursor *cursor)
{
	return cursor_step(cursor, -1);
}

/*
 * The sample that was the latest at this time of the wall clock (ns since the epoch). If the clock
 * was set back, so that there are two, the later of them.
 */
int cursor_go(struct cursor *cursor, int64_t wall);

/*
 * Takes what a recorder has appended since, also new files of the folder. If the file where it
 * stands was deleted, it goes to the sample that is the latest at that time, or to the first.
 * Returns 0 or -errno.
 */
int cursor_follow(struct cursor *cursor);

/*
 * Goes to the next sample with a mark, or to the one before. As the other moves; -ENODATA too if it
 * stands nowhere.
 */
int cursor_mark(struct cursor *cursor, bool forward);

/* Where the cursor stands. Valid until it moves. */
struct cursor_place {
	const char *file, *boot;
	int64_t boottime, wall; /* ns; of the sample */
	int64_t since;    /* ns since the sample before it; UNKNOWN: it is the first of its boot */
	int64_t interval; /* ns; the usual time between two samples here */
	unsigned marks;   /* of enum past_mark */
};
bool cursor_place(struct cursor *cursor, struct cursor_place *ret_place);

/* When the first sample was taken that the files begin with. UNKNOWN: there is none. */
int64_t cursor_begin(const struct cursor *cursor);

/*
 * Before the cursor moves to a sample, `before` is called when cursor_decoder() has the rows of the
 * one before that, if it is in the same file and nothing is missing between. That costs nothing,
 * but for the first sample of a chunk. Before each try `place` is NULL: none is known yet.
 */
void cursor_watch(struct cursor *cursor,
	void (*before)(void *context, const struct cursor_place *place), void *context);

/* The rows of that sample. */
struct decoder *cursor_decoder(struct cursor *cursor);

/*
 * The gaps of the file as far as they are known, from the last sample before to the first one
 * after; UNKNOWN if there is none. False if there is no gap of that number.
 */
struct cursor_gap {
	int64_t from, to; /* wall clock, ns */
	uint64_t bytes;
};
bool cursor_gap(const struct cursor *cursor, size_t number, struct cursor_gap *ret_gap);
