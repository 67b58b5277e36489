// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block;
struct block_index;

#define RECORDING_SUFFIX ".mtr"

/* Whether a file is called like a recording. */
bool recording_is_named(const char *name);

/* The recordings of a folder, by boot and time. A zeroed one is empty. */
struct recording_files {
	struct recording_file {
		char *path;
		char *boot; /* the note "boot" of its first chunk; "" if there is none */
		int64_t boottime, wall;         /* of its first sample */
		int64_t boot_wall;              /* of the first sample of that boot */
		int64_t end_boottime, end_wall; /* of its last sample, */
		bool has_end;                   /* if that was looked for; UNKNOWN: none */
	} * files;
	size_t count, capacity;
};

/*
 * Finds the recordings in a folder, or takes the one file. Those that are known are not looked at
 * again. Left out are those without any sample, and those that cannot be read, unless it is the
 * only one. Returns 0 or -errno; -ENODATA: it has no sample.
 */
int recording_files_find(struct recording_files *files, const char *path);
void recording_files_finish(struct recording_files *files);

/* Opens a recording for reading. Nothing waits for a pipe. Returns a descriptor or -errno. */
int recording_open(const char *path);

/*
 * The same, and walks over it. Whatever it returns, the index is for block_index_finish(); without
 * a descriptor, or if it cannot be read, it has no samples.
 */
int recording_open_index(const char *path, struct block_index *index);

/*
 * A note that a block with a schema has. The caller frees it. NULL: there is none, or the block
 * cannot be read.
 */
char *recording_note(int fd, const struct block *schema, const char *name);

/* The last file that begins at this time of the wall clock or before it; `count` if none does. */
size_t recording_files_at(const struct recording_files *files, int64_t wall);
