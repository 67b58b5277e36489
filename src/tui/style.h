// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/* What a text on the screen is. How each looks is in a table of style.c, and in the settings. */
enum style {
	STYLE_NORMAL,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_HEADING,
	STYLE_SORTED, /* heading of the sorted column */
	STYLE_SELECTED,
	STYLE_TAGGED,
	STYLE_WARNING,
	STYLE_ALARM,
	STYLE_KEY,  /* in the last line */
	STYLE_ZERO, /* a figure that is 0 */
	STYLE_LARGE,
	STYLE_ANON, /* the parts of the memory bar */
	STYLE_SHARED,
	STYLE_KERNEL,
	STYLE_HUGE,
	STYLE_OTHER,
	STYLE_CACHE,
	STYLE_COUNT,
};

/* The theme, and the roles that look different from it; a zeroed one is the default. */
enum { LOOK_SIZE = 48 };
struct palette {
	enum theme { THEME_DEFAULT, THEME_MONO, THEME_CONTRAST, THEMES } theme;
	char looks[STYLE_COUNT][LOOK_SIZE]; /* "": as in the theme */
};

extern const char *const theme_names[THEMES];

/* The name of a role in the settings. */
const char *style_name(enum style style);

/* The look of a role as text, such as "bold yellow" or "black on cyan". */
const char *palette_look(const struct palette *palette, enum style style);

/*
 * A parsed look. Its words are the attributes bold, dim, reverse, underline and italic, a colour,
 * and a colour after "on". A colour is default, black, red, green, yellow, blue, magenta, cyan or
 * white, the same with bright before it, or a number from 0 to 255. Returns 0 or -EINVAL.
 */
struct look {
	short foreground, background; /* -1: the terminal's default */
	bool bold, dim, reverse, underline, italic;
};
int look_parse(const char *text, struct look *ret_look);
