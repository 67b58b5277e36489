// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct app;

/*
 * Lets the user choose a signal for the targets (see app_targets()), asks for confirmation, and
 * sends it.
 */
void choose_signal(struct app *app);
