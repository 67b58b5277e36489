// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/glance.h"
#include "collect/kept.h"
#include "collect/turn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct needs;
struct snapshot;

/* One refresh of the processes. */
struct refresh {
	struct snapshot *now;
	const struct snapshot *before; /* NULL: it is the first */
	const struct needs *needs;
	bool swapless;
	struct moment moment;
};

/* What is kept of a process from one refresh to the next, beside its row. */
struct known {
	int64_t pid, start_time, start_code, start_stack;
	int64_t exec_time; /* when it was seen to run another program; 0: never */
	uint64_t stat_hash;
	struct glance glance;
	struct turn turn;
	uint32_t row;     /* in the last snapshot; NO_ROW: it had none */
	unsigned read;    /* the needs that row has been filled for, */
	unsigned refused; /* those of them that are not permitted, */
	unsigned absent;  /* and those whose file does not exist */
	struct kept kept;
	bool is_fresh; /* its row was read, not taken over */
};

#define NO_ROW UINT32_MAX
