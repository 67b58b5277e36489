// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/unit.h"
#include "collect/budget.h"
#include "model/budget.h"

/* Of any /proc/meminfo the budget adds up to MemTotal, and no share is above the whole. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct budget_part part = { "shmem", "/dev/shm", "tmpfs", 1 << 20 };
	static struct rows budget;
	struct budget_figures figures;
	char *text = text_of(data, size);
	int64_t sum = 0, balloon, kept;
	int error;

	budget_reset_figures(&figures);
	error = budget_parse_meminfo(text, &figures);
	CHECK(error == 0 || figures.total == UNKNOWN || figures.total <= 0);
	budget_build(&budget, &figures, &part, 1);
	CHECK(error == 0 || budget.count == 0);
	for (size_t i = 0; i < budget.count; i++) {
		CHECK(budget_at(&budget, i)->share == UNKNOWN ||
			budget_at(&budget, i)->share <= 1000);
		if (!budget_at(&budget, i)->part)
			sum += known_or_zero(budget_at(&budget, i)->bytes);
	}
	CHECK(budget.count == 0 || sum == figures.total);
	budget_beyond(&budget, &figures, &balloon, &kept);
	CHECK(balloon >= 0 && (kept >= 0 || kept == UNKNOWN));
	free(text);
	return 0;
}
