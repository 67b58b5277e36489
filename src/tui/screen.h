// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"

#include <curses.h>
#include <stdbool.h>

/* How a part of the screen looks; colours are used only where they mean something. */
enum style {
	STYLE_NORMAL,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_HEADING,
	STYLE_SORTED, /* the heading of the column that is sorted by */
	STYLE_SELECTED,
	STYLE_TAGGED,
	STYLE_WARNING,
	STYLE_ANON, /* the parts of the memory bar */
	STYLE_CACHE,
	STYLE_SHMEM,
	STYLE_KERNEL,
	STYLE_HUGE,
	STYLE_OTHER,
	STYLE_COUNT,
};

/*
 * Takes the terminal over, or returns false where none can be had (TERM unset, dumb or unknown,
 * no terminal on standard input and output). It is given back by screen_close() and on every way
 * out of the program, also by a signal.
 */
bool screen_open(bool use_mouse);
void screen_close(void);

/* Without a terminal, for tests: styles are those of a terminal with or without colours. */
void screen_prepare_styles(bool has_colors);
attr_t screen_style(enum style style);

/* The signal that asked the program to leave, or 0. Readable as soon as one has come. */
int screen_end_signal(void);

/*
 * Writes a safe text at a place, cut to `width` columns and, with `fill`, filled up with blanks.
 * Returns the columns written. Nothing is written outside of the window.
 */
int screen_put(
	WINDOW *window, int y, int x, int width, enum style style, bool fill, const char *text);
/* The same over as many lines as it takes, at least one, which it returns; y may be above all. */
int screen_put_wrapped(WINDOW *window, int y, int x, enum style style, const char *text);
int screen_printf(WINDOW *window, int y, int x, enum style style, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
