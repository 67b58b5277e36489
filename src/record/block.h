// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A recording is a file of blocks, one after the other and nothing else. A block is a header of
 * BLOCK_HEADER_SIZE bytes and a payload; both have a checksum. All numbers are little-endian.
 *
 *	magic 4 bytes | kind u8 | flags u8 | number u16 | payload bytes u32 | raw bytes u32 |
 *	CLOCK_BOOTTIME ns i64 | wall clock ns i64 | checksum of the payload u32 | of the header u32
 *
 * A chunk is a schema, a keyframe and deltas, each a flush of one zstd stream: it can be read
 * without the chunks before it. A summary of it may follow.
 */
enum block_kind {
	BLOCK_SCHEMA = 1, /* number 0 of a chunk: what is recorded, see schema.h */
	BLOCK_KEYFRAME,   /* number 1: a sample */
	BLOCK_DELTA,      /* the further numbers: a sample as the difference to the one before */
	BLOCK_SUMMARY,    /* after the last sample of a chunk: see summary.h; a stream of its own */
	BLOCK_END,        /* empty: the recorder has ended, nothing is missing after it */
};

/* What a reader finds by the headers alone. */
enum block_flag {
	BLOCK_HAS_EVENTS = 1, /* there are rows of a table of events */
	BLOCK_BEGINS = 2,     /* the first sample of a recorder: before it none ran */
};

enum { BLOCK_HEADER_SIZE = 40, BLOCK_MAGIC_SIZE = 4 };

struct block {
	uint64_t offset; /* in the file */
	int64_t boottime, wall;
	uint32_t size, raw_size; /* of the payload: as it is, and decompressed */
	uint32_t check;          /* of the payload */
	uint16_t number;         /* in its chunk */
	uint8_t flags;           /* of enum block_flag; others of later versions */
	uint8_t kind;            /* may be one that this version does not know */
};

/* The checksum of a payload: the low half of XXH3, 64 bits. */
uint32_t block_check(const void *payload, size_t size);

void block_write_header(uint8_t header[static BLOCK_HEADER_SIZE], const struct block *block);

/*
 * Reads a header. False if it is damaged, or says what a block cannot have. `offset` is where it
 * stands in the file.
 */
bool block_read_header(
	const uint8_t header[static BLOCK_HEADER_SIZE], uint64_t offset, struct block *ret_block);

/*
 * Whether it is the first header of a sample that begins a chunk: of its schema, or of the summary
 * of the chunk before.
 */
bool block_begins_chunk(const uint8_t header[static BLOCK_HEADER_SIZE]);

/* The place of the first magic in so many bytes; `size` if there is none. */
size_t block_find_magic(const uint8_t *bytes, size_t size);

/* Whether these bytes, perhaps fewer than a magic has, may be the start of a block. */
bool block_may_begin(const uint8_t *bytes, size_t size);

/* Where the next block stands. */
static inline uint64_t
block_end(const struct block *block)
{
	return block->offset + BLOCK_HEADER_SIZE + block->size;
}

/*
 * Reads the payload, whose size has been checked against the file, into `payload`. Returns 0, or
 * -EBADMSG if it is damaged or the file ends before it, or -errno.
 */
int block_read_payload(int fd, const struct block *block, void *payload);

/* pread() of as much as there is. Returns the number of bytes or -errno. */
int64_t block_pread(int fd, void *data, size_t size, uint64_t offset);
