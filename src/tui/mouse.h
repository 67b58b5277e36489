// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct app;

/* Handles the pending mouse events, most of them as keys with `press`. */
void mouse_take(struct app *app, bool (*press)(struct app *app, int key));
