// SPDX-License-Identifier: GPL-3.0-or-later
#include "rank-machine.h"

#include "unit.h"

#include "model/needs.h"

void
rank_machine_reset(struct snapshot *snapshot)
{
	snapshot_reset(snapshot);
	snapshot->bits = NEED_BADNESS;
	snapshot->system.total = INT64_C(64) << 30;
	snapshot->system.swap_total = 0;
	snapshot->system.kernel = "6.18.0";
}

int
rank_machine_set_up(void **state)
{
	*state = test_calloc(1, sizeof(struct snapshot));
	rank_machine_reset(*state);
	return 0;
}

int
rank_machine_tear_down(void **state)
{
	snapshot_finish(*state);
	test_free(*state);
	return 0;
}
