// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/kernel.h"
#include "tui/table-page.h"

struct tui;

/* What the kernel keeps: one of several pages, each with an order of its own. */
struct kernel_view {
	struct table_page pages[KERNEL_PAGES];
	size_t page;
};

void kernel_view_init(struct kernel_view *view);
void kernel_view_finish(struct kernel_view *view);

/* The need of the page that is open. */
unsigned kernel_view_needs(const struct tui *tui);
