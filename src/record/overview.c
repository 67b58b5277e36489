// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/overview.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/text.h"
#include "record/block-index.h"
#include "record/files.h"

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

static int64_t
note_of(int fd, const struct block *schema, const char *name)
{
	_cleanup_free_ char *note = recording_note(fd, schema, name);
	int64_t number;

	return note && text_to_number(note, &number) == 0 ? number : UNKNOWN;
}

/* One that was deleted since it was listed is left out. The last one says how long all are kept. */
static void
add_file(struct recording_overview *overview, const char *path)
{
	struct block_index index;
	_cleanup_close_ int fd = recording_open_index(path, &index);
	struct stat status;

	if (fd >= 0 && index.count > 0 && fstat(fd, &status) == 0) {
		const struct block *schema = &index.chunks[index.chunk_count - 1].schema;

		add_index(overview, &index);
		overview->bytes += status.st_size;
		overview->keep_bytes = note_of(fd, schema, "keep_bytes");
		overview->keep_days = note_of(fd, schema, "keep_days");
	}
	block_index_finish(&index);
}

int
recording_look_over(const char *path, struct recording_overview *ret_overview)
{
	struct recording_files files = { .count = 0 };
	int error = recording_files_find(&files, path);

	*ret_overview = (struct recording_overview){
		.begin = UNKNOWN, .end = UNKNOWN, .keep_bytes = UNKNOWN, .keep_days = UNKNOWN
	};
	for (size_t i = 0; i < files.count; i++)
		add_file(ret_overview, files.files[i].path);
	recording_files_finish(&files);
	return error;
}
