// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/view.h"

/* Functions of struct view that the process views share. */
bool process_view_act(void *state, struct app *app, enum action action);
struct table_view *process_view_table(void *state, struct app *app);
