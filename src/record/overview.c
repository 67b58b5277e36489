// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/overview.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/text.h"
#include "record/block-index.h"
#include "record/cursor.h"
#include "record/decoder.h"
#include "record/files.h"

#include <fcntl.h>
#include <sys/stat.h>

static void
add_index(struct recording_overview *overview, const struct block_index *index)
{
	const struct block *first = index->samples, *last = &index->samples[index->count - 1];
	int64_t span = known_difference(last->boottime, first->boottime);

	overview->files++;
	overview->samples += index->count;
	overview->damaged += index->gap_count;
	for (size_t i = 0; i < index->gap_count; i++)
		overview->damaged_bytes += (int64_t)index->gaps[i].bytes;
	if (overview->begin == UNKNOWN)
		overview->begin = first->wall;
	overview->end = last->wall;
	if (span > 0)
		overview->span = known_sum(overview->span, span);
}

/* One that was deleted since it was listed is left out. */
static void
add_file(struct recording_overview *overview, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct block_index index;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return;
	if (block_index_open(&index, fd) == 0 && index.count > 0) {
		add_index(overview, &index);
		overview->bytes += status.st_size;
	}
	block_index_finish(&index);
}

static int64_t
number_of(const struct schema *schema, const char *name)
{
	const char *note = schema_note(schema, name);
	int64_t number;

	return note && text_to_number(note, &number) == 0 ? number : UNKNOWN;
}

/* What is said of the last sample. */
static void
read_notes(struct recording_overview *overview, const char *path)
{
	const struct recorded nothing = { NULL, 0 };
	const struct schema *schema;
	struct cursor *cursor;

	if (cursor_open(&cursor, path, &nothing) < 0)
		return;
	if (cursor_last(cursor) == 0) {
		schema = decoder_schema(cursor_decoder(cursor));
		overview->keep_bytes = number_of(schema, "keep_bytes");
		overview->keep_days = number_of(schema, "keep_days");
	}
	cursor_close(cursor);
}

int
recording_look_over(const char *path, struct recording_overview *ret_overview)
{
	struct recording_files files = { .count = 0 };
	int error = recording_files_find(&files, path);

	*ret_overview = (struct recording_overview){
		.begin = UNKNOWN, .end = UNKNOWN, .keep_bytes = UNKNOWN, .keep_days = UNKNOWN
	};
	read_notes(ret_overview, path);
	for (size_t i = 0; i < files.count; i++)
		add_file(ret_overview, files.files[i].path);
	recording_files_finish(&files);
	return error;
}
