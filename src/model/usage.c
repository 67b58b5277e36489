// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/usage.h"

#include "base/known.h"
#include "base/unit.h"

#include <stddef.h>

enum { NUMBERS = sizeof(struct usage) / sizeof(int64_t) };

void
usage_set(struct usage *usage, int64_t number)
{
	int64_t *numbers = (int64_t *)usage;

	for (size_t i = 0; i < NUMBERS; i++)
		numbers[i] = number;
}

/* What an old kernel cannot do, as huge pages of files, it does not have. */
static int64_t
sum_of_known(int64_t a, int64_t b)
{
	return a == UNKNOWN ? b : b == UNKNOWN ? a : known_sum(a, b);
}

void
usage_complete(struct usage *usage)
{
	usage->uss = known_sum(usage->private_clean, usage->private_dirty);
	usage->huge =
		sum_of_known(usage->anon_huge, sum_of_known(usage->shmem_huge, usage->file_huge));
	usage->hugetlb = known_sum(usage->shared_hugetlb, usage->private_hugetlb);
}

void
usage_add(struct usage *sum, const struct usage *usage)
{
	const int64_t *numbers = (const int64_t *)usage;
	int64_t *sums = (int64_t *)sum;

	for (size_t i = 0; i < NUMBERS; i++)
		sums[i] = known_sum(sums[i], numbers[i]);
}
