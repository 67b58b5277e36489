// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/snapshot.h"

/* Makes it a machine of 64 GiB without swap whose kernel is of our days: for ranks. */
void rank_machine_reset(struct snapshot *snapshot);

/* For a state that is a snapshot. */
int rank_machine_set_up(void **state);
int rank_machine_tear_down(void **state);
