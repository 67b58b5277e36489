// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/keys.h"

#include <stdbool.h>
#include <stddef.h>

/* Which of some rows is selected and which are on the screen. */
struct list {
	size_t count, height; /* rows there are, rows that fit */
	size_t selected, top;
	int line; /* of the screen, of the first one that is shown; -1: not there */
};

/* Moves as the request asks. Returns false where it is not about moving. */
bool list_request(struct list *list, enum request request);

/* For a page of `lines` lines that has no selected one: `selected` is the first that is shown. */
void list_fit_page(struct list *list, size_t lines, size_t height);

/* Keeps the selected row within the list and on the screen. */
void list_fit(struct list *list, size_t count, size_t height);
