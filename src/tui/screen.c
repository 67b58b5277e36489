// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/screen.h"

#include "base/log.h"
#include "base/macros.h"
#include "base/thread.h"
#include "tui/restore.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ESCAPE_DELAY_MS = 25, LINE_SIZE = 2048, LEAST_COLORS = 8 };

/*
 * All presses and releases, even unused ones: curses drops other events, and then blocks until the
 * next key.
 */
#define MOUSE_EVENTS                                                                               \
	(NCURSES_MOUSE_MASK(1, PRESS_AND_RELEASE) | NCURSES_MOUSE_MASK(2, PRESS_AND_RELEASE) |     \
		NCURSES_MOUSE_MASK(3, PRESS_AND_RELEASE) |                                         \
		NCURSES_MOUSE_MASK(4, PRESS_AND_RELEASE) |                                         \
		NCURSES_MOUSE_MASK(5, PRESS_AND_RELEASE))
#define PRESS_AND_RELEASE (NCURSES_BUTTON_PRESSED | NCURSES_BUTTON_RELEASED)

static const int end_signals[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };

static attr_t styles[STYLE_COUNT];
static bool uses_colors;
static volatile sig_atomic_t end_signal;
static bool is_open;
static SCREEN *terminal;

static void
note_end(int signal)
{
	end_signal = signal;
}

static void
catch_signals(void)
{
	struct sigaction end = { .sa_handler = note_end };

	for (size_t i = 0; i < ARRAY_SIZE(end_signals); i++) {
		struct sigaction before;

		/* Ignored signals stay ignored, such as HUP below nohup. */
		if (sigaction(end_signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(end_signals[i], &end, NULL);
	}
}

static attr_t
attributes_of(const struct look *look)
{
	return (look->bold ? A_BOLD : 0) | (look->dim ? A_DIM : 0) |
	       (look->reverse ? A_REVERSE : 0) | (look->underline ? A_UNDERLINE : 0) |
	       (look->italic ? A_ITALIC : 0);
}

/* Bright colours are bold ones where there are only eight. */
static short
color_here(short color, attr_t *bold)
{
	if (color < COLORS)
		return color;
	if (color >= 16 || color < LEAST_COLORS)
		return -1;
	*bold |= A_BOLD;
	return (short)(color - LEAST_COLORS);
}

void
screen_prepare_styles(const struct palette *palette, bool has_colors_too)
{
	struct palette mono = *palette;

	uses_colors = has_colors_too;
	if (!has_colors_too)
		mono.theme = THEME_MONO;
	for (short i = 0; i < STYLE_COUNT; i++) {
		struct look look = { .foreground = -1, .background = -1 };
		attr_t bold = 0, ignored;

		look_parse(palette_look(&mono, (enum style)i), &look);
		styles[i] = attributes_of(&look);
		if (!has_colors_too || (look.foreground < 0 && look.background < 0))
			continue;
		init_pair((short)(i + 1), color_here(look.foreground, &bold),
			color_here(look.background, &ignored));
		styles[i] |= bold | COLOR_PAIR(i + 1);
	}
}

attr_t
screen_style(enum style style)
{
	return styles[style];
}

bool
screen_has_colors(void)
{
	return uses_colors;
}

static void
start_colors(const struct palette *palette)
{
	const char *no_color = secure_getenv("NO_COLOR");
	bool wanted = !(no_color && *no_color) && has_colors();

	if (wanted) {
		start_color();
		use_default_colors();
	}
	screen_prepare_styles(
		palette, wanted && COLORS >= LEAST_COLORS && COLOR_PAIRS > STYLE_COUNT);
}

static void *
open_terminal(void *unused)
{
	terminal = newterm(NULL, stdout, stdin);
	return NULL;
}

/* Reading terminfo needs more than 64 KiB of stack, perhaps more than this thread has. */
static bool
has_opened_terminal(void)
{
	pthread_t thread;

	return thread_start(&thread, open_terminal, NULL) == 0 && pthread_join(thread, NULL) == 0 &&
	       terminal;
}

bool
screen_open(bool use_mouse, const struct palette *palette)
{
	const char *name = getenv("TERM"); /* only a name: curses decides where to search it */

	if (!name || !*name || strcmp(name, "dumb") == 0 || !isatty(STDIN_FILENO) ||
		!isatty(STDOUT_FILENO))
		return false;
	restore_save_modes();
	set_escdelay(ESCAPE_DELAY_MS);
	if (!has_opened_terminal())
		return false;
	is_open = true;
	restore_prepare(use_mouse);
	log_set_restore(screen_close);
	catch_signals();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	if (use_mouse) {
		mousemask(MOUSE_EVENTS, NULL);
		mouseinterval(0);
	}
	start_colors(palette);
	return true;
}

void
screen_close(void)
{
	if (!is_open)
		return;
	is_open = false;
	log_set_restore(NULL);
	endwin();
	delscreen(terminal);
}

int
screen_end_signal(void)
{
	return end_signal;
}

int
screen_put_within(WINDOW *window, int y, int x, int width, enum style style, const char *text)
{
	int room = getmaxx(window) - x;
	size_t length;

	width = width < room ? width : room;
	if (y < 0 || y >= getmaxy(window) || x < 0 || width <= 0)
		return 0;
	length = text_fit(text, (size_t)width);
	wattrset(window, styles[style]);
	mvwaddnstr(window, y, x, text, (int)length);
	wattrset(window, A_NORMAL);
	return text[length] ? width : (int)text_width(text);
}

int
screen_put(WINDOW *window, int y, int x, enum style style, const char *text)
{
	return screen_put_within(window, y, x, getmaxx(window), style, text);
}

void
screen_put_right(WINDOW *window, int y, int end, enum style style, const char *text)
{
	screen_put(window, y, end - (int)text_width(text), style, text);
}

void
screen_put_line(WINDOW *window, int y, enum style style, const char *text)
{
	mvwhline(window, y, 0, ' ' | styles[style], getmaxx(window));
	screen_put(window, y, 0, style, text);
}

void
screen_put_keys(WINDOW *window, int y, const char *keys)
{
	for (int x = 0; *keys && x < getmaxx(window);) {
		const char *end = strstr(keys, "  ");
		size_t length = end ? (size_t)(end - keys) : strlen(keys), key = strcspn(keys, " ");

		if (key > length)
			key = length;
		screen_printf(window, y, x, STYLE_KEY, "%.*s", (int)key, keys);
		screen_printf(window, y, x + (int)key, STYLE_NORMAL, "%.*s", (int)(length - key),
			keys + key);
		x += (int)length + 2;
		keys += length + (end ? 2 : 0);
	}
}

int
screen_put_wrapped(WINDOW *window, int y, int x, enum style style, const char *text)
{
	int width = getmaxx(window) - x, lines = 0;

	while (*text && width > 0) {
		size_t length = text_wrap(text, (size_t)width);

		mvwhline(window, y + lines, x, ' ', width);
		if (length == 0)
			break;
		wattrset(window, styles[style]);
		mvwaddnstr(window, y + lines, x, text, (int)length);
		wattrset(window, A_NORMAL);
		lines++;
		text += length + (text[length] == ' ');
	}
	return lines > 0 ? lines : 1;
}

int
screen_printf(WINDOW *window, int y, int x, enum style style, const char *format, ...)
{
	char text[LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return screen_put(window, y, x, style, text);
}
