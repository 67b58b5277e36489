// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"
#include "table/order.h"

#include <stdbool.h>

/* How processes are listed. */
struct listing {
	struct selection columns; /* the last one, if a text, takes the rest of the line */
	struct order order;
	bool tree;
};

/* What the user chooses; the screen changes it. */
struct tui_settings {
	struct listing processes, kill_order; /* of the views with these names */
	int64_t interval;                     /* nanoseconds */
	enum scale scale;
	bool kernel_threads, command_line, mouse;
};
