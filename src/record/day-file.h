// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "record/block-writer.h"
#include "record/retention.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAY_FILE_NAME_SIZE = 64, DAY_FILE_BOOT_SIZE = 9 };

/* What is written at once: the blocks of a sample, or of the end of a chunk or recording. */
struct portion {
	const uint8_t *blocks;
	size_t size;
	int64_t time; /* of the sample, nanoseconds since the epoch */
	bool is_sample;
	bool is_urgent;   /* the machine may not last for long: it is put on the disk at once */
	bool begins_file; /* it goes to a new file, or on with the last one of a recorder before */
};

/*
 * The file that is written: one a day and boot, or more if they are large. When the disk is full
 * the oldest file of the folder goes.
 */
struct day_file {
	int folder;                   /* borrowed */
	const struct retention *keep; /* the same */
	char boot[DAY_FILE_BOOT_SIZE];
	struct block_writer writer; /* fd -1: no file is open */
	char name[DAY_FILE_NAME_SIZE];
	int64_t day;       /* of the file, since the epoch */
	int64_t most_size; /* of the file */
	int64_t synced;    /* CLOCK_MONOTONIC */
	int64_t removed;   /* files, to make room */
	bool has_begun;    /* a file was opened */
};

/* `boot` tells a boot from all others. */
void day_file_init(
	struct day_file *file, int folder, const char *boot, const struct retention *keep);

/* The day of a time, by UTC: days of summer time have 23 or 25 hours. */
int64_t day_file_day(int64_t time);

/* Whether a sample of this time begins a new file. */
bool day_file_is_complete(const struct day_file *file, int64_t time);

/*
 * Returns 0 or -errno: the portion is lost, and the next one must begin a chunk. -ESTALE: somebody
 * has deleted the file, so that one must begin a file, too.
 */
int day_file_write(struct day_file *file, const struct portion *portion);

/* Has all put on the disk. */
void day_file_close(struct day_file *file);
