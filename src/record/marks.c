// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/marks.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/text.h"
#include "model/moment.h"
#include "record/block-index.h"
#include "record/files.h"

#include <string.h>

/* By so much the wall clock may drift from the other between two samples; above it it was set. */
#define CLOCK_SET NS_PER_SEC

/* So many intervals without a sample are a pause. */
enum { LONG_INTERVALS = 3 };

/* Seconds; of a file that does not say it. */
enum { USUAL_INTERVAL = 10, MOST_INTERVAL = 1000 * 1000 * 1000 };

static int64_t
read_interval(const struct block_index *index, size_t chunk)
{
	_cleanup_free_ char *note =
		recording_note(index->fd, &index->chunks[chunk].schema, "interval");
	double seconds;

	if (!note || text_to_decimal(note, &seconds) < 0 || seconds > MOST_INTERVAL)
		seconds = USUAL_INTERVAL;
	return (int64_t)(seconds * NS_PER_SEC);
}

static const struct block *
first_of(const struct block_index *index, size_t chunk)
{
	return &index->samples[index->chunks[chunk].first];
}

static bool
begins_recorder(const struct block_index *index, size_t chunk)
{
	return first_of(index, chunk)->flags & BLOCK_BEGINS;
}

/* All chunks of one run of a recorder say the same. */
static int64_t
interval_at(const struct block_index *index, size_t sample, struct usual_interval *usual)
{
	uint64_t offset = index->samples[sample].offset;
	size_t first, end;

	if (offset >= usual->from && offset < usual->to)
		return usual->interval;
	first = block_index_chunk(index, sample);
	for (end = first + 1; end < index->chunk_count && !begins_recorder(index, end);)
		end++;
	while (first > 0 && !begins_recorder(index, first))
		first--;
	*usual = (struct usual_interval){
		.from = first_of(index, first)->offset,
		.to = end < index->chunk_count ? first_of(index, end)->offset : UINT64_MAX,
		.interval = read_interval(index, first),
	};
	return usual->interval;
}

/* One that was deleted has no end. */
static void
find_end(struct recording_file *file)
{
	struct block_index index;
	_cleanup_close_ int fd = recording_open_index(file->path, &index);

	file->has_end = true;
	file->end_boottime = file->end_wall = UNKNOWN;
	if (fd >= 0 && index.count > 0) {
		file->end_boottime = index.samples[index.count - 1].boottime;
		file->end_wall = index.samples[index.count - 1].wall;
	}
	block_index_finish(&index);
}

static bool
is_of_other_boot(const struct recording_file *file)
{
	return strcmp(file->boot, file[-1].boot) != 0;
}

struct time_of_sample {
	int64_t boottime, wall;
};

/* Of the sample before, UNKNOWN if it is of another boot. The first file begins with the boot that
 * it was recorded in. */
static struct time_of_sample
time_before(struct recording_files *files, size_t number, const struct block_index *index,
	size_t sample)
{
	struct recording_file *file = &files->files[number];

	if (sample > 0)
		return (struct time_of_sample){ index->samples[sample - 1].boottime,
			index->samples[sample - 1].wall };
	if (number == 0 || is_of_other_boot(file))
		return (struct time_of_sample){ UNKNOWN, UNKNOWN };
	if (!file[-1].has_end)
		find_end(&file[-1]);
	return (struct time_of_sample){ file[-1].end_boottime, file[-1].end_wall };
}

struct sample_story
sample_story(struct recording_files *files, size_t file, const struct block_index *index,
	size_t sample, struct usual_interval *usual)
{
	const struct block *block = &index->samples[sample];
	struct time_of_sample before = time_before(files, file, index, sample);
	int64_t span = known_difference(block->boottime, before.boottime);
	int64_t drift = known_difference(known_difference(block->wall, before.wall), span);
	int64_t interval = interval_at(index, sample, usual);
	unsigned marks = block->flags & BLOCK_HAS_EVENTS ? MARK_EVENTS : 0;

	if (block->flags & BLOCK_BEGINS)
		marks |= MARK_START;
	if (block_index_is_after_gap(index, sample))
		marks |= MARK_DAMAGE;
	if (sample == 0 && file > 0 && is_of_other_boot(&files->files[file]))
		marks |= MARK_BOOT;
	if (drift != UNKNOWN && (drift > CLOCK_SET || drift < -CLOCK_SET))
		marks |= MARK_CLOCK;
	if (span > LONG_INTERVALS * interval)
		marks |= MARK_PAUSE;
	return (struct sample_story){ marks, span, interval };
}
