// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct app;

/* Takes the events of the mouse that have come, most of them as keys, which `press` takes. */
void mouse_take(struct app *app, bool (*press)(struct app *app, int key));
