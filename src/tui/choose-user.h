// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct app;

/* Lets the user choose a user of the listed processes, and filters by it. */
void choose_user(struct app *app);
