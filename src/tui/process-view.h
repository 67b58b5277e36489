// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/view.h"

/* Functions of struct view that the process views share. */
void process_view_show(void *state, struct app *app);
bool process_view_act(void *state, struct app *app, enum action action);
void process_view_remember(void *state, struct app *app);
struct table_view *process_view_table(void *state, struct app *app);
