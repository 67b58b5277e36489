// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A mapping with only what samples need: there may be a hundred thousand. */
struct range {
	uint64_t start, end, offset;
	const char *name; /* equal names are equal pointers */
	uint8_t permissions;
	uint8_t segment; /* SEGMENT_KINDS: not determined yet */
	bool is_read;    /* read from /proc/PID/maps; else from a record */
	bool is_old;     /* was not in maps any more */
};

/*
 * Ranges in ascending order, without overlaps. A process and its forks share them until one of them
 * changes its own.
 */
struct ranges {
	size_t owners, count, capacity;
	size_t steps; /* rows written or moved since the caller has set this to 0 */
	struct range rows[];
};

struct ranges *ranges_create(void);
void ranges_release(struct ranges *ranges); /* NULL is allowed */

/*
 * Inserts a range and replaces all that it overlaps, or, with `keep_read`, only the parts that were
 * not read. Returns how many more ranges were allocated; the ranges may have moved.
 */
size_t ranges_put(struct ranges **ranges, const struct range *range, bool keep_read);

/* The mapping at an address. */
struct place {
	enum segment segment;
	/*
	 * The file, or the kernel's name for it; "" if it has no name. Equal names are equal
	 * pointers until address_spaces_trim(). A line feed in a name from maps is "\012".
	 */
	const char *name;
	uint64_t offset; /* in the file; else in the mapping, for a stack from its end */
};

/* The address space of one process, as far as it is known. */
struct address_space {
	int64_t pid;
	struct ranges *ranges; /* NULL: unknown */
	size_t last[2];        /* the last ranges found */
	const char *program;   /* its file */
	uint64_t program_end;  /* end of its data and bss, below the heap; 0: unknown */
	int64_t read_time;     /* of /proc/PID/maps; UNKNOWN: never, all is from records */
	int64_t read_in;       /* the drain of that read */
	int64_t looked_at;     /* the last drain that used it */
	int64_t next_reading;  /* the first drain that may read maps again */
	bool in_program;       /* since its exec, only the program itself has been mapped */
	bool has_old, has_ended;
};

/* Fixed names, unlike any other text: equal names are equal pointers. */
extern const char address_space_no_name[], address_space_heap[], address_space_stack[];

/* After an exec: forgets all that is older than `time`. Returns as ranges_put() does. */
size_t address_space_exec(struct address_space *space, int64_t time);

/* Adds a mapping from a record of that time. Returns as ranges_put() does. */
size_t address_space_map(struct address_space *space, const struct range *range, int64_t time);

/*
 * Takes the ranges read from maps at that time. Earlier ranges that are missing there become old.
 * Returns as ranges_put() does.
 */
size_t address_space_read(struct address_space *space, struct ranges *ranges, int64_t time);

/* Removes old ranges. Returns as ranges_put() does. */
size_t address_space_drop_old(struct address_space *space);

/* Forgets all of it. */
void address_space_forget(struct address_space *space);

/* Shares the ranges of another process. */
void address_space_copy(struct address_space *space, const struct address_space *other);

/* Returns whether the mapping at an address is known. */
bool address_space_find(struct address_space *space, uint64_t address, struct place *ret_place);
