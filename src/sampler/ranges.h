// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
