// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/* Remembers the modes of the terminal as they are before curses changes them. */
void restore_save_modes(void);

/*
 * Catches the signals of a crash: the terminal is given back without curses, then the signal ends
 * the program as it would have. Call it after curses has opened the terminal.
 */
void restore_prepare(bool use_mouse);
