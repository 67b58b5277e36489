// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "unit.h"
#include "world.h"

/*
 * A live process that has slept for so long that its files are no longer read in each refresh, and
 * then does something: its row is right within 16 refreshes, and nearly always in the next one. A
 * virtual machine whose host is busy may count a short run as time that was stolen from it.
 */

enum { IDLE_REGION = 4 << 20, IDLE_WITHIN = 16, IDLE_WARM_UP = 12 };

struct idle {
	struct world world;
	int64_t pid, other;  /* 0: there is no other */
	int orders, answers; /* pipes to and from the process */
};

/* It holds IDLE_REGION bytes. All of it is looked at in each refresh. */
int idle_set_up(void **state);

/* Nobody looks at it: only its sizes are read in each refresh. Another one is before it. */
int idle_set_up_unseen(void **state);
int idle_tear_down(void **state);
void idle_end_other(struct idle *idle);

/*
 * Has it do what the letter says: e another program, u another user, l ends its first thread, g
 * gives a page back, t touches all again, n another name, m maps a page, c has a child. Its CPU
 * clock has moved at the latest when it sleeps again; an ended thread does not.
 */
void idle_order(const struct idle *idle, char what);

/* Its row in the next refresh, and after the refreshes in which all must have been seen. */
const struct process *idle_row(struct idle *idle);
const struct process *idle_row_within_bound(struct idle *idle);
