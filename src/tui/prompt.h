// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>
#include <stdbool.h>

struct app;

enum { PROMPT_SIZE = 256, PROMPT_COMPLAINT_SIZE = 200 };

/*
 * One input line at the bottom of the screen, or a question with a one-key answer. While it is open
 * it takes all keys, and the order of the rows does not change.
 */
struct prompt {
	const char *label;      /* NULL: closed */
	char text[PROMPT_SIZE]; /* what is typed, or the question */
	size_t length, cursor;
	char complaint[PROMPT_COMPLAINT_SIZE];
	/* Called after each change, and at the end with `done`; true keeps it open. */
	bool (*changed)(struct app *app, struct prompt *prompt, bool done);
	void (*cancelled)(struct app *app, struct prompt *prompt);
	void (*answered)(struct app *app, bool yes);
	void *data; /* of the caller */
};

/* Opens a line with `text` in it, or a question followed by " y/n". `label` is borrowed. */
void prompt_open(struct prompt *prompt, const char *label, const char *text,
	bool (*changed)(struct app *, struct prompt *, bool),
	void (*cancelled)(struct app *, struct prompt *));
void prompt_ask(struct prompt *prompt, const char *question, void (*answered)(struct app *, bool));

/* Handles a key. Returns false if no prompt is open. */
bool prompt_key(struct app *app, struct prompt *prompt, int key);
void prompt_draw(const struct prompt *prompt, WINDOW *window, int y);
