// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>
#include <stdbool.h>

struct tui;

enum { PROMPT_SIZE = 256, PROMPT_COMPLAINT_SIZE = 200 };

/*
 * One line that the user edits at the bottom of the screen, or a question that one key answers.
 * While it is open it takes all keys, and the order of the rows stands still.
 */
struct prompt {
	const char *label; /* NULL: closed */
	char text[PROMPT_SIZE];
	size_t length, cursor;
	char question[PROMPT_SIZE];
	char complaint[PROMPT_COMPLAINT_SIZE];
	/* Called after each change, and at the end with `done`; true keeps it open. */
	bool (*changed)(struct tui *tui, struct prompt *prompt, bool done);
	void (*cancelled)(struct tui *tui);
	void (*answered)(struct tui *tui, bool yes);
};

/* Opens a line with `text` in it, or a question to which " y/n" is added. `label` is borrowed. */
void prompt_open(struct prompt *prompt, const char *label, const char *text,
	bool (*changed)(struct tui *, struct prompt *, bool), void (*cancelled)(struct tui *));
void prompt_ask(struct prompt *prompt, const char *question, void (*answered)(struct tui *, bool));

/* Takes a key. Returns false where no prompt is open. */
bool prompt_key(struct tui *tui, struct prompt *prompt, int key);
void prompt_draw(const struct prompt *prompt, WINDOW *window, int y);
