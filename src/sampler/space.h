// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mapping.h"
#include "sampler/ranges.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an address belongs to. */
struct place {
	enum segment segment;
	/*
	 * The file, or what the kernel calls it; "" where it has no name. Equal names are equal
	 * pointers, until spaces_trim() says otherwise. A line feed in a name from maps is "\012".
	 */
	const char *name;
	uint64_t offset; /* in the file; else in the mapping, in a stack from its end */
	bool is_known;
};

/* The address space of one process: what is known of it, and what that says of an address. */
struct space {
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
extern const char space_no_name[], space_heap[], space_stack[];

/* A new program: all that was known before `time` is over. Returns as ranges_put() does. */
size_t space_exec(struct space *space, int64_t time);

/* Takes a mapping that a record of that time tells of. Returns as ranges_put() does. */
size_t space_map(struct space *space, const struct range *range, int64_t time);

/*
 * Takes over what was read at that time. What was known before and stands there no more becomes
 * old. Returns as ranges_put() does.
 */
size_t space_read(struct space *space, struct ranges *ranges, int64_t time);

/* Forgets what is old. Returns as ranges_put() does. */
size_t space_drop_old(struct space *space);

/* Takes over what another has. */
void space_copy(struct space *space, const struct space *other);

/* Returns whether it is known what is at an address. */
bool space_find(struct space *space, uint64_t address, struct place *ret_place);

void space_forget(struct space *space);
