// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/cut.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "model/snapshot.h"
#include "record/block-writer.h"
#include "record/cursor-move.h"
#include "record/cursor.h"
#include "record/decoder.h"
#include "record/encoder.h"
#include "record/recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cut {
	struct cursor *cursor;
	struct encoder *encoder; /* NULL before the first sample */
	struct block_writer writer;
	char *boot;
	struct snapshot snapshots[2], *now; /* the encoder compares the last sample with the next */
	struct sample_time last;
};

static int
write_blocks(struct cut *cut, const struct bytes *blocks)
{
	return block_writer_append(&cut->writer, blocks->data, blocks->count);
}

/* The new file says the same about itself. */
static void
begin(struct cut *cut, const struct cursor_place *place)
{
	const struct schema *schema = decoder_schema(cursor_decoder(cut->cursor));

	cut->encoder = encoder_create(&snapshot_recorded, schema->notes, schema->note_count);
	cut->boot = xstrdup(place->boot);
}

static int
copy_sample(struct cut *cut, const struct cursor_place *place)
{
	struct sample_rows samples[RECORDED_TABLES];
	const struct bytes *blocks;
	int error;

	cut->now = &cut->snapshots[cut->now == &cut->snapshots[0]];
	snapshot_reset(cut->now);
	snapshot_from_sample(cut->now, cursor_decoder(cut->cursor));
	snapshot_to_samples(cut->now, samples);
	cut->last = (struct sample_time){ place->boottime, place->wall };
	error = encoder_add(cut->encoder, &cut->last, samples, &blocks);
	return error < 0 ? error : write_blocks(cut, blocks);
}

static int
copy_samples(struct cut *cut, const struct moment *from, int64_t to, struct cut_result *result)
{
	const struct moment next = { .steps = 1 };
	struct cursor_place place;
	int error = cursor_move(cut->cursor, from);

	while (error == 0 && cursor_place(cut->cursor, &place) && place.wall <= to) {
		if (!cut->encoder)
			begin(cut, &place);
		result->ends_at_boot = strcmp(cut->boot, place.boot) != 0;
		if (result->ends_at_boot)
			return 0;
		error = copy_sample(cut, &place);
		result->is_of_output = error < 0;
		result->samples += error == 0;
		if (error == 0)
			error = cursor_move(cut->cursor, &next);
	}
	return error == -ENODATA && result->samples > 0 ? 0
	       : result->samples == 0 && error == 0     ? -ENODATA
							: error;
}

static int
copy_all(struct cut *cut, const struct moment *from, int64_t to, struct cut_result *result)
{
	int error = copy_samples(cut, from, to, result);
	const struct bytes *blocks;

	if (error < 0)
		return error;
	encoder_end(cut->encoder, &cut->last, &blocks);
	error = write_blocks(cut, blocks);
	if (error == 0)
		error = block_writer_sync(&cut->writer);
	result->is_of_output = error < 0;
	return error;
}

int
recording_cut(const char *path, const struct moment *from, int64_t to, const char *output,
	struct cut_result *ret_result)
{
	struct cut *cut = xcalloc(1, sizeof(*cut));
	int error = cursor_open(&cut->cursor, path, &snapshot_recorded);

	*ret_result = (struct cut_result){ .samples = 0 };
	if (error < 0) {
		free(cut);
		return error;
	}
	error = block_writer_create(&cut->writer, output);
	ret_result->is_of_output = error < 0;
	if (error == 0) {
		error = copy_all(cut, from, to, ret_result);
		block_writer_close(&cut->writer);
		if (error < 0)
			unlink(output);
	}
	cursor_close(cut->cursor);
	encoder_destroy(cut->encoder);
	snapshot_finish(&cut->snapshots[0]);
	snapshot_finish(&cut->snapshots[1]);
	free(cut->boot);
	free(cut);
	return error;
}
