// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/overview.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "record/block-index.h"
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

int
recording_look_over(const char *path, struct recording_overview *ret_overview)
{
	struct recording_files files = { .count = 0 };
	int error = recording_files_find(&files, path);

	*ret_overview = (struct recording_overview){ .begin = UNKNOWN, .end = UNKNOWN };
	for (size_t i = 0; i < files.count; i++)
		add_file(ret_overview, files.files[i].path);
	recording_files_finish(&files);
	return error;
}
