// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/keys.h"

#include <stdbool.h>

struct app;
struct filter_error;
struct order;

/*
 * Handles the common keys of all views with table rows (app_table): move, scroll, sort, search,
 * filter. Returns false for other actions.
 */
bool table_input(struct app *app, enum action action);

/* Searches again for what was not found before all rows had been read. */
void table_input_search_on(struct app *app);

/* Sorts the rows of the open view; filters them. Returns false if the text is not valid. */
void table_input_sort(struct app *app, struct order order);
bool table_input_filter(struct app *app, const char *text, struct filter_error *ret_error);
