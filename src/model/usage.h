// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

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
