// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/budget.h"
#include "tui/table-page.h"

/* The state of the view of the budget. */
struct budget_page {
	struct table_page table;
	struct rows rows;  /* of the snapshot that is shown, with what has changed since: */
	struct rows first; /* the first one that was read, with the texts: */
	struct arena texts;
	int64_t first_time;
};

void budget_page_init(struct budget_page *page);
void budget_page_finish(struct budget_page *page);
