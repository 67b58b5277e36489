// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

struct block_index;
struct recording_files;

/* The usual time between two samples, of those from one place in a file to another. Zeroed: none.
 */
struct usual_interval {
	uint64_t from, to;
	int64_t interval; /* ns */
};

/* What is known of a sample by its header and that of the one before. */
struct sample_story {
	unsigned marks;   /* of enum past_mark */
	int64_t since;    /* ns since the sample before it; UNKNOWN: there is none of this boot */
	int64_t interval; /* ns, the usual one here */
};

/*
 * Tells of a sample of the file of that number, whose index it is. The end of the file before is
 * looked for once, and the usual interval where `usual` is not about the sample.
 */
struct sample_story sample_story(struct recording_files *files, size_t file,
	const struct block_index *index, size_t sample, struct usual_interval *usual);
