// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/unit.h"
#include "table/order.h"
#include "tui/style.h"

#include <stdbool.h>
#include <stdio.h>

struct incident;

/* The settings of a process list. */
struct listing {
	struct selection columns; /* a last column of texts gets the rest of the line */
	struct order order;
	bool tree;
};

/* The user's settings; the screen changes them. */
struct tui_settings {
	struct listing processes, kill_order; /* for the views of these names */
	int64_t interval;                     /* nanoseconds */
	enum scale scale;
	bool kernel_threads, command_line, mouse, graph;
	struct palette palette;
	/* Writes why a process was killed; NULL: cannot. */
	void (*explain_kill)(FILE *file, const struct incident *incident);
};
