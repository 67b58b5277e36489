// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/style.h"

#include "base/macros.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BRIGHT = 8, MOST_COLOR = 255 };

const char *const theme_names[THEMES] = { "default", "mono", "contrast" };

/* Colours mean something: what is bad is yellow or red, and nothing else is. */
/* clang-format off */
static const struct {
	const char *name, *looks[THEMES]; /* default, mono, contrast */
} roles[STYLE_COUNT] = {
	[STYLE_NORMAL]   = { "normal",   { "", "", "" } },
	[STYLE_DIM]      = { "dim",      { "dim", "", "" } },
	[STYLE_BOLD]     = { "bold",     { "bold", "bold", "bold" } },
	[STYLE_HEADING]  = { "heading",  { "reverse", "underline", "bold white on blue" } },
	[STYLE_SORTED]   = { "sorted",   { "bold reverse", "bold underline", "bold black on white" } },
	[STYLE_SELECTED] = { "selected", { "black on cyan", "reverse", "bold black on bright cyan" } },
	[STYLE_TAGGED]   = { "tagged",   { "bold magenta", "bold", "bold bright magenta" } },
	[STYLE_WARNING]  = { "warning",  { "bold yellow", "bold", "bold black on bright yellow" } },
	[STYLE_ALARM]    = { "alarm",    { "bold red", "bold reverse", "bold bright white on red" } },
	[STYLE_KEY]      = { "key",      { "bold", "bold", "bold bright white on black" } },
	[STYLE_ZERO]     = { "zero",     { "dim", "", "" } },
	[STYLE_LARGE]    = { "large",    { "bold", "bold", "bold" } },
	[STYLE_ANON]     = { "anon",     { "green", "", "bright green" } },
	[STYLE_SHARED]   = { "shared",   { "cyan", "", "bright cyan" } },
	[STYLE_KERNEL]   = { "kernel",   { "magenta", "", "bright magenta" } },
	[STYLE_HUGE]     = { "huge",     { "bright magenta", "", "magenta" } },
	[STYLE_OTHER]    = { "other",    { "", "", "" } },
	[STYLE_CACHE]    = { "cache",    { "bold blue", "", "bright blue" } },
};

static const struct {
	const char *name;
	size_t offset;
} attributes[] = {
	{ "bold", offsetof(struct look, bold) },
	{ "dim", offsetof(struct look, dim) },
	{ "reverse", offsetof(struct look, reverse) },
	{ "underline", offsetof(struct look, underline) },
	{ "italic", offsetof(struct look, italic) },
};

/* Their numbers are those of the terminal. */
static const char *const colors[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"
};
/* clang-format on */

const char *
style_name(enum style style)
{
	return roles[style].name;
}

const char *
palette_look(const struct palette *palette, enum style style)
{
	return palette->looks[style][0] ? palette->looks[style]
					: roles[style].looks[palette->theme];
}

static bool
is_word(const char *word, size_t length, const char *known)
{
	return strlen(known) == length && strncasecmp(word, known, length) == 0;
}

static bool
take_attribute(const char *word, size_t length, struct look *look)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		if (is_word(word, length, attributes[i].name)) {
			*(bool *)((char *)look + attributes[i].offset) = true;
			return true;
		}
	return false;
}

/* The number of a colour, -1 for the default, -2 for no colour. */
static short
color_of(const char *word, size_t length)
{
	char *end;
	long number;

	if (is_word(word, length, "default"))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(colors); i++)
		if (is_word(word, length, colors[i]))
			return (short)i;
	if (*word < '0' || *word > '9')
		return -2;
	number = strtol(word, &end, 10);
	return end == word + length && number <= MOST_COLOR ? (short)number : -2;
}

int
look_parse(const char *text, struct look *ret_look)
{
	struct look look = { .foreground = -1, .background = -1 };
	bool is_bright = false, is_behind = false, has_background = false;

	for (size_t length; *(text += strspn(text, " \t")); text += length) {
		short color;

		length = strcspn(text, " \t");
		if (is_word(text, length, "bright") && !is_bright) {
			is_bright = true;
		} else if (is_word(text, length, "on") && !is_behind && !is_bright) {
			is_behind = true;
		} else if (is_bright || !take_attribute(text, length, &look)) {
			color = color_of(text, length);
			if (color < -1 || (is_bright && (color < 0 || color >= BRIGHT)))
				return -EINVAL;
			color = (short)(color + (is_bright ? BRIGHT : 0));
			*(is_behind ? &look.background : &look.foreground) = color;
			has_background = is_behind;
			is_bright = false;
		}
	}
	if (is_bright || is_behind != has_background)
		return -EINVAL;
	*ret_look = look;
	return 0;
}
