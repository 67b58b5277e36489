// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/compress.h"

#include "base/bytes.h"
#include "base/log.h"
#include "base/memory.h"
#include "record/limits.h"

#include <stdlib.h>
#include <zstd.h>

struct compressor {
	ZSTD_CCtx *context;
};

struct decompressor {
	ZSTD_DCtx *context;
};

/* With our settings nothing else can fail. */
static size_t
checked(size_t result)
{
	if (ZSTD_isError(result))
		log_fatal("zstd: %s", ZSTD_getErrorName(result));
	return result;
}

struct compressor *
compressor_create(void)
{
	struct compressor *compressor = xmalloc(sizeof(*compressor));

	compressor->context = ZSTD_createCCtx();
	if (!compressor->context)
		log_fatal("out of memory");
	checked(ZSTD_CCtx_setParameter(
		compressor->context, ZSTD_c_compressionLevel, COMPRESSION_LEVEL));
	checked(ZSTD_CCtx_setParameter(compressor->context, ZSTD_c_windowLog, WINDOW_LOG));
	return compressor;
}

void
compressor_destroy(struct compressor *compressor)
{
	if (!compressor)
		return;
	ZSTD_freeCCtx(compressor->context);
	free(compressor);
}

void
compressor_begin(struct compressor *compressor)
{
	checked(ZSTD_CCtx_reset(compressor->context, ZSTD_reset_session_only));
}

void
compressor_add(struct compressor *compressor, struct bytes *bytes, const void *data, size_t size,
	bool flush)
{
	ZSTD_inBuffer in = { data, size, 0 };
	size_t left;

	do {
		size_t room = ZSTD_compressBound(size - in.pos) + 64;
		ZSTD_outBuffer out = { bytes_reserve(bytes, room), room, 0 };

		left = checked(ZSTD_compressStream2(
			compressor->context, &out, &in, flush ? ZSTD_e_flush : ZSTD_e_continue));
		bytes->count += out.pos;
	} while (flush ? left > 0 : in.pos < in.size);
}

struct decompressor *
decompressor_create(void)
{
	struct decompressor *decompressor = xmalloc(sizeof(*decompressor));

	decompressor->context = ZSTD_createDCtx();
	if (!decompressor->context)
		log_fatal("out of memory");
	checked(ZSTD_DCtx_setParameter(
		decompressor->context, ZSTD_d_windowLogMax, MOST_WINDOW_LOG));
	return decompressor;
}

void
decompressor_destroy(struct decompressor *decompressor)
{
	if (!decompressor)
		return;
	ZSTD_freeDCtx(decompressor->context);
	free(decompressor);
}

void
decompressor_begin(struct decompressor *decompressor)
{
	checked(ZSTD_DCtx_reset(decompressor->context, ZSTD_reset_session_only));
}

bool
decompressor_take(struct decompressor *decompressor, const void *data, size_t size, void *raw,
	size_t raw_size)
{
	ZSTD_inBuffer in = { data, size, 0 };
	ZSTD_outBuffer out = { raw, raw_size, 0 };

	while (in.pos < in.size || out.pos < out.size) {
		size_t read = in.pos, written = out.pos;

		if (ZSTD_isError(ZSTD_decompressStream(decompressor->context, &out, &in)) ||
			(in.pos == read && out.pos == written))
			return false;
	}
	return true;
}
