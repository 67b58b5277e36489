// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The use of a part of an address space. */
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
	const char *name;  /* for machines and people: one lower-case word, never changes */
	const char *words; /* for people */
	const char *help;  /* one sentence */
};
extern const struct segment_description segment_descriptions[SEGMENT_KINDS];

/* The permissions of a mapping. */
enum {
	MAPPING_READ = 1 << 0,
	MAPPING_WRITE = 1 << 1,
	MAPPING_EXECUTE = 1 << 2,
	MAPPING_SHARED = 1 << 3,
};

/* One mapping. Addresses use all 64 bits, so they are unsigned. */
struct mapping {
	uint64_t start, end, offset; /* `end` is the first byte after it */
	uint64_t inode;              /* 0: no file */
	const char *name;            /* the kernel's name; "" if none */
	uint32_t major, minor;       /* device of the file */
	unsigned permissions;        /* MAPPING_ bits */
	enum segment segment;
};

/*
 * Replaces a name that does not fit in memory: a short one stays, else a general name of the same
 * kind.
 */
const char *mapping_without_name(const char *name);

/* mapping_classify() looks at so many mappings before and after each. */
enum { MAPPING_REACH = 9 };

/*
 * Sets the segment of each mapping. The mappings are in ascending order and do not overlap. The
 * result depends on MAPPING_REACH entries before and after, so part of a list can be classified
 * alone.
 *
 * A file counts as a program or library if it has an executable mapping near by. Memory without a
 * name right after its variables counts as bss, even if something else happens to begin there.
 */
void mapping_classify(struct mapping *mappings, size_t count);

/*
 * The figures of /proc/PID/smaps for one mapping, or a sum, in bytes. UNKNOWN if the kernel lacks
 * them. All members are int64_t: usage_add() uses them as an array.
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

/* Sets all members to `number`: UNKNOWN, or 0 for a sum. */
void usage_set(struct usage *usage, int64_t number);

/* Computes uss, huge and hugetlb. */
void usage_complete(struct usage *usage);

/* Adds to a sum. A figure that is UNKNOWN in either is UNKNOWN in the sum. */
void usage_add(struct usage *sum, const struct usage *usage);
