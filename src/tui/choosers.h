// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct tui;

/* The lists to choose from: of users that have processes, of columns to sort by, of signals. */
void choosers_user(struct tui *tui);
void choosers_order(struct tui *tui);
void choosers_signal(struct tui *tui);
