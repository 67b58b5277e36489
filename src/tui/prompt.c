// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/prompt.h"

#include "base/text.h"
#include "tui/keys.h"
#include "tui/screen.h"

#include <stdio.h>
#include <string.h>

void
prompt_open(struct prompt *prompt, const char *label, const char *text,
	bool (*changed)(struct app *, struct prompt *, bool),
	void (*cancelled)(struct app *, struct prompt *))
{
	*prompt = (struct prompt){ .label = label, .changed = changed, .cancelled = cancelled };
	snprintf(prompt->text, sizeof(prompt->text), "%s", text);
	prompt->length = prompt->cursor = strlen(prompt->text);
}

void
prompt_ask(struct prompt *prompt, const char *question, void (*answered)(struct app *, bool))
{
	*prompt = (struct prompt){ .label = "", .answered = answered };
	snprintf(prompt->text, sizeof(prompt->text), "%s", question);
}

static void
insert(struct prompt *prompt, char byte)
{
	if (prompt->length + 1 >= sizeof(prompt->text))
		return;
	memmove(prompt->text + prompt->cursor + 1, prompt->text + prompt->cursor,
		prompt->length - prompt->cursor + 1);
	prompt->text[prompt->cursor++] = byte;
	prompt->length++;
}

/* The start of the character before the cursor, skipping UTF-8 continuation bytes. */
static size_t
before_cursor(const struct prompt *prompt)
{
	size_t at = prompt->cursor;

	while (at > 0 && ((unsigned char)prompt->text[--at] & 0xc0) == 0x80)
		continue;
	return at;
}

static size_t
after_cursor(const struct prompt *prompt)
{
	size_t at = prompt->cursor;

	if (at < prompt->length)
		at++;
	while (at < prompt->length && ((unsigned char)prompt->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void
remove_range(struct prompt *prompt, size_t from, size_t to)
{
	memmove(prompt->text + from, prompt->text + to, prompt->length - to + 1);
	prompt->length -= to - from;
	prompt->cursor = from;
}

/* Returns whether the text may have changed. */
static bool
edit(struct prompt *prompt, int key)
{
	size_t before = prompt->length;

	switch (key) {
	case KEY_LEFT:
		prompt->cursor = before_cursor(prompt);
		break;
	case KEY_RIGHT:
		prompt->cursor = after_cursor(prompt);
		break;
	case KEY_HOME:
	case CONTROL('A'):
		prompt->cursor = 0;
		break;
	case KEY_END:
	case CONTROL('E'):
		prompt->cursor = prompt->length;
		break;
	case KEY_BACKSPACE:
	case CONTROL('H'):
	case KEY_DELETE:
		remove_range(prompt, before_cursor(prompt), prompt->cursor);
		break;
	case KEY_DC:
		remove_range(prompt, prompt->cursor, after_cursor(prompt));
		break;
	case CONTROL('U'):
		remove_range(prompt, 0, prompt->cursor);
		break;
	default:
		if (key >= ' ' && key < 256)
			insert(prompt, (char)key);
	}
	return prompt->length != before;
}

static void
answer(struct app *app, struct prompt *prompt, int key)
{
	void (*answered)(struct app *, bool) = prompt->answered;

	prompt->label = NULL;
	answered(app, key == 'y' || key == 'Y');
}

bool
prompt_key(struct app *app, struct prompt *prompt, int key)
{
	if (!prompt->label)
		return false;
	if (prompt->answered) {
		answer(app, prompt, key);
	} else if (action_of_key(&prompt_keys, key) == ACTION_CANCEL) {
		prompt->label = NULL;
		if (prompt->cancelled)
			prompt->cancelled(app, prompt);
	} else if (action_of_key(&prompt_keys, key) == ACTION_TAKE) {
		if (!prompt->changed(app, prompt, true))
			prompt->label = NULL;
	} else if (edit(prompt, key)) {
		prompt->complaint[0] = '\0';
		prompt->changed(app, prompt, false);
	}
	return true;
}

/* The part of a text in which the cursor is within `room` columns. */
static const char *
scroll_to_cursor(const char *text, int *cursor, int room)
{
	int all = (int)text_width(text), at = *cursor;

	while (*cursor >= room && *text) {
		text += text_fit(text, 1) ? text_fit(text, 1) : text_fit(text, 2);
		*cursor = at - (all - (int)text_width(text));
	}
	return text;
}

/* Cuts a long question, but not its answers. */
static void
draw_question(const struct prompt *prompt, WINDOW *window, int y)
{
	static const char answers[] = " y/n";
	int answers_width = (int)sizeof(answers) - 1, room = getmaxx(window) - answers_width, x;

	screen_put_line(window, y, STYLE_BOLD, "");
	x = screen_put_within(window, y, 0, room, STYLE_BOLD, prompt->text);
	screen_put(window, y, x, STYLE_BOLD, answers);
}

void
prompt_draw(const struct prompt *prompt, WINDOW *window, int y)
{
	char safe[PROMPT_SIZE * 4], start[PROMPT_SIZE];
	int x, width = getmaxx(window), label = (int)text_width(prompt->label), cursor;
	const char *shown = safe;

	if (prompt->answered) {
		draw_question(prompt, window, y);
		return;
	}
	snprintf(start, sizeof(start), "%.*s", (int)prompt->cursor, prompt->text);
	text_safe(safe, sizeof(safe), start, charset_of_locale());
	cursor = (int)text_width(safe);
	/* If the line is too short for both, the label leaves half of it to the text. */
	if (label + (int)text_width(prompt->text) >= width && label > width / 2)
		label = width / 2;
	screen_put_line(window, y, STYLE_NORMAL, "");
	x = screen_put_within(window, y, 0, label, STYLE_BOLD, prompt->label);
	text_safe(safe, sizeof(safe), prompt->text, charset_of_locale());
	shown = scroll_to_cursor(safe, &cursor, width - x);
	screen_put(window, y, x, STYLE_NORMAL, shown);
	if (prompt->complaint[0])
		screen_put(window, y, x + (int)text_width(shown) + 2, STYLE_WARNING,
			prompt->complaint);
	x += cursor;
	mvwchgat(window, y, x < width ? x : width - 1, 1, A_REVERSE, 0, NULL);
}
