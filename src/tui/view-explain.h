// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/list.h"

struct column;
struct tui;
struct view;

/* The figures of the row that is selected in another view, and of the header. */
struct explain_page {
	const struct view *of;
	struct list list;
	int scrolled;                  /* lines of the explanation above its window */
	const struct column *selected; /* others may come before it; NULL: as the list says */
};

/* Explains the figures of the view that is open, which is about a row. */
void explain_open(struct tui *tui);
