// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/row-slots.h"
#include "record/schema.h"

#include <stddef.h>
#include <stdint.h>

struct bytes;

/* When a sample was taken: the end of its interval. Nanoseconds. */
struct sample_time {
	int64_t boottime, wall;
};

/*
 * Makes blocks of samples. A chunk has at most 180 of them, at most an hour, and deltas that weigh
 * at most as much as five keyframes: then any of them is read in less than 50 ms.
 */
struct encoder;

/* `recorded` is borrowed, and has at least one table. The notes are copied into each chunk. */
struct encoder *encoder_create(
	const struct recorded *recorded, const struct note *notes, size_t note_count);
void encoder_destroy(struct encoder *encoder);

/*
 * Encodes a sample with the rows of each recorded table, as they differ from those of the last
 * sample: these must still be there as they were, unless this one begins a chunk. Returns 0; the
 * blocks are for block_writer_append(), until the next call. -EFBIG: it is above the limits and
 * left out.
 */
int encoder_add(struct encoder *encoder, const struct sample_time *time,
	const struct sample_rows *rows, const struct bytes **ret_blocks);

/*
 * Ends the chunk: makes its summary, the last block of a file that is left. No blocks where there
 * is no chunk.
 */
void encoder_end_chunk(struct encoder *encoder, const struct bytes **ret_blocks);

/* The same, with the block that says that the recorder has ended. */
void encoder_end(
	struct encoder *encoder, const struct sample_time *time, const struct bytes **ret_blocks);

/* The next sample begins a new chunk: the last blocks could not be written. */
void encoder_restart(struct encoder *encoder);

/* What of the last sample is not in the blocks, for it is above the limits. */
struct left_out {
	size_t rows, texts;
};
struct left_out encoder_left_out(const struct encoder *encoder);
