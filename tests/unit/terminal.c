// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include "tui/screen.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *nothing;
static SCREEN *terminal;

bool
terminal_open(void)
{
	nothing = fopen("/dev/null", "r+e");
	setlocale(LC_ALL, "");
	setenv("LINES", "60", 1);
	setenv("COLUMNS", "200", 1);
	terminal = nothing ? newterm("xterm-256color", nothing, nothing) : NULL;
	if (!terminal) {
		puts("1..0 # SKIP no terminal description of xterm-256color");
		return false;
	}
	start_color();
	use_default_colors();
	screen_prepare_styles(&(struct palette){ .theme = THEME_DEFAULT }, false);
	return true;
}

void
terminal_close(void)
{
	endwin();
	delscreen(terminal);
	fclose(nothing);
}
