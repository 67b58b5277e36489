// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What a part of an address space is for. */
enum segment {
	SEGMENT_TEXT,
	SEGMENT_RODATA,
	SEGMENT_DATA,
	SEGMENT_HEAP,
	SEGMENT_ANON,
	SEGMENT_FILE,
	SEGMENT_SHARED,
	SEGMENT_STACK,
	SEGMENT_VDSO,
	SEGMENT_UNKNOWN,
	SEGMENT_KINDS,
};

struct segment_description {
	const char *name; /* for machines and people: one lower-case word, never changes */
	const char *help; /* one sentence */
};
extern const struct segment_description segment_descriptions[SEGMENT_KINDS];

/* What may be done with a mapping, and whether others see what is written to it. */
enum {
	MAPPING_READ = 1 << 0,
	MAPPING_WRITE = 1 << 1,
	MAPPING_EXECUTE = 1 << 2,
	MAPPING_SHARED = 1 << 3,
};

/* One mapping of an address space. Addresses reach to the last byte, so they have no sign. */
struct mapping {
	uint64_t start, end, offset; /* `end` is the first byte behind it */
	uint64_t inode;              /* 0: of no file */
	const char *name;            /* as the kernel calls it; "" where it has none */
	uint32_t major, minor;       /* of the file's device */
	unsigned permissions;        /* MAPPING_ bits */
	enum segment segment;
};

/*
 * What stands for a name that there is no room for: the name itself where it is short, else one
 * that has the same kind.
 */
const char *mapping_without_name(const char *name);

/* How far mapping_classify() looks to both sides of a mapping. */
enum { MAPPING_REACH = 9 };

/*
 * Finds out what each of some mappings is for. They are in ascending order and do not overlap;
 * what an entry is depends on MAPPING_REACH entries before and behind it, so that a few of a list
 * can be classified alone.
 *
 * A file is taken for a program or a library where one of its mappings near by can be executed.
 * Nameless memory right behind its variables is taken for bss, even where something else happens to
 * begin there.
 */
void mapping_classify(struct mapping *mappings, size_t count);

/*
 * What /proc/PID/smaps says of one mapping, or the sums of several, in bytes. UNKNOWN is what the
 * kernel does not have. All members are numbers, so that usage_add() needs no list of them.
 */
struct usage {
	int64_t size, rss, pss, pss_dirty;
	int64_t shared_clean, shared_dirty, private_clean, private_dirty;
	int64_t referenced, anonymous, ksm, lazyfree;
	int64_t anon_huge, shmem_huge, file_huge;
	int64_t shared_hugetlb, private_hugetlb;
	int64_t swap, swap_pss, locked;
	int64_t uss, huge, hugetlb; /* sums of those above, by usage_complete() */
};

/* Makes all of it `number`: UNKNOWN, or 0 for a sum. */
void usage_set(struct usage *usage, int64_t number);

/* Fills what is a sum of others. */
void usage_complete(struct usage *usage);

/* Adds to a sum. What is unknown in one of both is unknown in the sum. */
void usage_add(struct usage *sum, const struct usage *usage);
