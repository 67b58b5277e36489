// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "tui/style.h"

#include <curses.h>
#include <stdbool.h>

/*
 * Opens the screen, or returns false if there is none (TERM unset, dumb or unknown, no terminal on
 * standard input and output). screen_close() and every exit of the program restore the terminal,
 * also after a signal.
 */
bool screen_open(bool use_mouse, const struct palette *palette);
void screen_close(void);

/* For tests without a terminal: styles of a terminal with or without colours. */
void screen_prepare_styles(const struct palette *palette, bool has_colors);
attr_t screen_style(enum style style);
bool screen_has_colors(void);

/* The signal to end the program, or 0. */
int screen_end_signal(void);

/*
 * Write a safe text, cut at the edge of the window or to `width` columns. Return the columns
 * written. Nothing is written outside of the window.
 */
int screen_put(WINDOW *window, int y, int x, enum style style, const char *text);
int screen_printf(WINDOW *window, int y, int x, enum style style, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
int screen_put_within(WINDOW *window, int y, int x, int width, enum style style, const char *text);
/* Writes it so that it ends before column `end`; fills the whole line, with blanks after it. */
void screen_put_right(WINDOW *window, int y, int end, enum style style, const char *text);
void screen_put_line(WINDOW *window, int y, enum style style, const char *text);
/* Writes "KEY words  KEY words ...", each key in its own style. */
void screen_put_keys(WINDOW *window, int y, const char *keys);
/*
 * Breaks it into lines, each with blanks after it. Returns their number, at least one; y may be
 * negative.
 */
int screen_put_wrapped(WINDOW *window, int y, int x, enum style style, const char *text);
