// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/block.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The samples of a file, found by its headers alone: there is no other file that could disagree.
 * What is damaged is left out up to the next keyframe, and is a gap.
 */
struct block_index {
	int fd;
	struct block *samples; /* that can be read: keyframes and the deltas that follow them */
	size_t count, capacity;
	struct chunk {
		struct block schema;
		struct block summary; /* kind 0: it has none, or it cannot be read */
		size_t first;         /* its keyframe in `samples` */
	} * chunks;                   /* those that have samples */
	size_t chunk_count, chunk_capacity;
	struct gap {
		size_t sample;  /* the first one after it; `count`: there is none yet */
		uint64_t bytes; /* that could not be read */
	} * gaps;
	size_t gap_count, gap_capacity;
	uint64_t end;       /* behind the last whole block */
	bool has_ended;     /* that one is BLOCK_END */
	bool is_full;       /* there are more blocks than MOST_BLOCKS, which are not looked at */
	size_t block_count; /* of all kinds */
	/* of the walk */
	uint64_t searched; /* no block begins between `end` and here */
	struct block last; /* of the chunk that the last block belongs to; kind 0: cannot be read */
	uint64_t chunk_raw;
};

/* Begins with an open file, which it borrows, and walks over it. Returns 0 or -errno. */
int block_index_open(struct block_index *index, int fd);

/*
 * Takes what has been appended since. A last block that is not whole yet is no gap: it is looked at
 * again. If the file has become shorter, all is read anew. Returns 0 or -errno.
 */
int block_index_follow(struct block_index *index);

void block_index_finish(struct block_index *index);

/* The chunk of a sample. */
size_t block_index_chunk(const struct block_index *index, size_t sample);

/*
 * Leaves out a sample that turned out to be damaged, with the rest of its chunk: a gap. Later
 * samples have lower numbers then.
 */
void block_index_leave_out(struct block_index *index, size_t sample);

/* Whether something is missing right before the sample. */
bool block_index_is_after_gap(const struct block_index *index, size_t sample);
