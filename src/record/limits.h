// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

/*
 * What a recording may have. A reader looks at these limits before it allocates, for a recording
 * may come from anyone; the encoder keeps within them.
 */
enum {
	MOST_RAW = 64 * 1024 * 1024,        /* bytes of a block, compressed or not */
	MOST_CHUNK_RAW = 256 * 1024 * 1024, /* of a chunk, decompressed */
	MOST_CHUNK_BLOCKS = 1024,
	MOST_BLOCKS = 1024 * 1024, /* of a file */
	MOST_GAPS = 4096,
	MOST_NOTES = 64,
	MOST_NOTE = 4096, /* bytes */
	MOST_TABLES = 64,
	MOST_FIELDS = 512,                  /* of a table */
	MOST_NAME = 64,                     /* bytes */
	MOST_ROWS = 128 * 1024,             /* of a table */
	MOST_CELLS = 8 * 1024 * 1024,       /* numbers of all tables that the reader takes */
	MOST_TEXTS = 1024 * 1024,           /* different ones in a chunk */
	MOST_TEXT = 64 * 1024 - 1,          /* bytes of one */
	MOST_TEXT_BYTES = 32 * 1024 * 1024, /* of all in a chunk */
	MOST_FILES = 4096,                  /* of a folder */
};

/*
 * The window of the compressor: with a larger one the bytes are as many, its memory twice as much.
 * A reader takes that of older versions, too.
 */
enum { WINDOW_LOG = 16, MOST_WINDOW_LOG = 17, COMPRESSION_LEVEL = 1 };
