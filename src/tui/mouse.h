// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct app;

/* Handles the pending mouse events, most of them as keys. */
void mouse_take(struct app *app);
