// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct app;

/* Lets the user choose one of those whose processes are listed, and filters by that. */
void choose_user(struct app *app);
