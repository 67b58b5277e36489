// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/process-key.h"

#include <stdbool.h>

struct tui;

/* Which signal goes to whom: bound to pid and start time before the signal is chosen. */
struct signal_order {
	const struct process_key *keys;
	size_t count;
	int number;
};

/* Asks whether the signal is to be sent; yes sends it. Returns false where nobody is left. */
bool signals_ask(struct tui *tui, int number);

/* What a signal is for, in a few words, or "". */
const char *signals_meaning(int number);
