// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct app;

/*
 * Lets the user choose a signal for the process that the page is about, the tagged processes or
 * the selected one, and sends it once that is confirmed.
 */
void choose_signal(struct app *app);
