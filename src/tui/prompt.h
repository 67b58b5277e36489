// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>
#include <stdbool.h>

struct app;

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
	bool (*changed)(struct app *app, struct prompt *prompt, bool done);
	void (*cancelled)(struct app *app, struct prompt *prompt);
	void (*answered)(struct app *app, bool yes);
	void *data; /* of whoever opened it */
};

/* Opens a line with `text` in it, or a question to which " y/n" is added. `label` is borrowed. */
void prompt_open(struct prompt *prompt, const char *label, const char *text,
	bool (*changed)(struct app *, struct prompt *, bool),
	void (*cancelled)(struct app *, struct prompt *));
void prompt_ask(struct prompt *prompt, const char *question, void (*answered)(struct app *, bool));

/* Takes a key. Returns false where no prompt is open. */
bool prompt_key(struct app *app, struct prompt *prompt, int key);
void prompt_draw(const struct prompt *prompt, WINDOW *window, int y);
