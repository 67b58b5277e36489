// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

/*
 * A stream of zstd for each chunk, flushed at the end of each block: so a block can be decompressed
 * when all blocks of the chunk before it have been. Memory that cannot be had ends the program.
 */
struct compressor;
struct compressor *compressor_create(void);
void compressor_destroy(struct compressor *compressor);
void compressor_begin(struct compressor *compressor);

/* Appends the compressed data to `bytes`, with `flush` all that has been added. */
void compressor_add(struct compressor *compressor, struct bytes *bytes, const void *data,
	size_t size, bool flush);

struct decompressor;
struct decompressor *decompressor_create(void);
void decompressor_destroy(struct decompressor *decompressor);
void decompressor_begin(struct decompressor *decompressor);

/* Decompresses one block. False if it is damaged, or does not give exactly `raw_size` bytes. */
bool decompressor_take(struct decompressor *decompressor, const void *data, size_t size, void *raw,
	size_t raw_size);
