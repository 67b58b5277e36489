// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/* Saves the modes of the terminal before curses changes them. */
void restore_save_modes(void);

/*
 * Handles crash signals: restores the terminal without curses, then the signal ends the program as
 * usual. Call it after curses has opened the terminal.
 */
void restore_prepare(bool use_mouse);
