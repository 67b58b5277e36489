// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A mapping of which no more is kept than a sample asks for: there may be a hundred thousand. */
struct range {
	uint64_t start, end, offset;
	const char *name; /* equal names are equal pointers */
	uint8_t permissions;
	uint8_t segment; /* SEGMENT_KINDS: not looked at yet */
	bool is_read;    /* stood in /proc/PID/maps; else it comes from a record */
	bool is_old;     /* did not stand there any more */
};

/*
 * An address space: ranges in ascending order that do not overlap. Those who have it share it, as
 * a process and its forks do, until one of them changes it.
 */
struct ranges {
	size_t owners, count, capacity;
	struct range rows[];
};

struct ranges *ranges_create(void);
struct ranges *ranges_share(struct ranges *ranges);
void ranges_release(struct ranges *ranges); /* NULL is allowed */

/*
 * Puts a range in place of all that it overlaps, or, where `keep_read` is set, only between what
 * was read. Returns for how many more ranges memory was taken; the ranges may have moved.
 */
size_t ranges_put(struct ranges **ranges, const struct range *range, bool keep_read);

/* Takes out those that are old or, where `unread` is set, that come from records. */
size_t ranges_drop(struct ranges **ranges, bool unread);

/* The number of the first range that ends behind an address; the count if there is none. */
size_t ranges_seek(const struct ranges *ranges, uint64_t address);

/* What a range is for, by its name and its neighbours. */
int ranges_segment(struct ranges *ranges, size_t place);

/* What an address belongs to. */
struct place {
	enum segment segment;
	/*
	 * The file, or what the kernel calls it; "" where it has no name. Equal names are equal
	 * pointers, until address_spaces_trim() says otherwise. A line feed in a name from maps is
	 * "\012".
	 */
	const char *name;
	uint64_t offset; /* in the file; else in the mapping, in a stack from its end */
	bool is_known;
};

/* The address space of one process: what is known of it, and what that says of an address. */
struct address_space {
	int64_t pid;
	struct ranges *ranges; /* NULL: nothing is known */
	size_t last[2];        /* the ranges that were found last */
	const char *program;   /* its file */
	uint64_t program_end;  /* of its data and bss, above which its heap begins; 0: unknown */
	int64_t read_time;     /* of /proc/PID/maps; UNKNOWN: all comes from records */
	int64_t read_in;       /* the drain in which that was done */
	int64_t looked_at;     /* the last drain in which it was asked for */
	int64_t next_reading;  /* the first drain in which maps may be read again */
	bool in_program;       /* only the program itself has been mapped since its exec */
	bool has_old, has_ended;
};

/* Names that are no others' texts: equal names are equal pointers. */
extern const char address_space_no_name[], address_space_heap[], address_space_stack[];

/* A new program: all that was known before `time` is over. Returns as ranges_put() does. */
size_t address_space_exec(struct address_space *space, int64_t time);

/* Takes a mapping that a record of that time tells of. Returns as ranges_put() does. */
size_t address_space_map(struct address_space *space, const struct range *range, int64_t time);

/*
 * Takes over what was read at that time. What was known before and stands there no more becomes
 * old. Returns as ranges_put() does.
 */
size_t address_space_read(struct address_space *space, struct ranges *ranges, int64_t time);

/* Forgets what is old. Returns as ranges_put() does. */
size_t address_space_drop_old(struct address_space *space);

/* Takes over what another has. */
void address_space_copy(struct address_space *space, const struct address_space *other);

/* Returns whether it is known what is at an address. */
bool address_space_find(struct address_space *space, uint64_t address, struct place *ret_place);

void address_space_forget(struct address_space *space);
