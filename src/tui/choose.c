// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/choose.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "tui/prompt.h"
#include "tui/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LEAST_LINES = 6, NUMBER_COLUMNS = 5, MOST_NAME_COLUMNS = 20, GAP = 2 };

void
choose_finish(struct choose *choose)
{
	free(choose->choices);
	free(choose->matches);
	arena_finish(&choose->texts);
}

void
choose_add(struct choose *choose, const struct choice *choice)
{
	int columns = (int)text_width(choice->name);

	choose->choices = array_reserve(
		choose->choices, &choose->capacity, choose->count + 1, sizeof(choose->choices[0]));
	choose->choices[choose->count++] = *choice;
	if (choice->number != UNKNOWN)
		choose->number_columns = NUMBER_COLUMNS;
	if (columns > choose->name_columns)
		choose->name_columns = columns < MOST_NAME_COLUMNS ? columns : MOST_NAME_COLUMNS;
}

static const char *
without_prefix(const char *typed, const char *prefix)
{
	size_t length = prefix ? strlen(prefix) : 0;

	return length && strncasecmp(typed, prefix, length) == 0 ? typed + length : typed;
}

static int
match(const char *text, const char *typed)
{
	if (strncasecmp(text, typed, strlen(typed)) == 0)
		return text[strlen(typed)] ? 2 : 3;
	return strcasestr(text, typed) ? 1 : 0;
}

int
choose_match(const struct choice *choice, const char *typed, const char *prefix)
{
	const char *name = without_prefix(typed, prefix);
	char number[UNIT_FORMAT_SIZE] = "";
	int by_name = match(choice->name, name), by_number = 0;

	if (choice->number != UNKNOWN) {
		unit_format(number, UNIT_ID, choice->number, SCALE_HUMAN);
		by_number = match(number, name);
		by_number = by_number == 1 ? 0 : by_number;
	}
	return by_number > by_name ? by_number : by_name;
}

/*
 * Keeps the matching choices, and selects the first of the best ones, or the preset if no text is
 * typed. Returns false, without a change, if there is no match.
 */
static bool
narrow(struct choose *choose, const char *typed)
{
	const char *prefix = choose->kind->prefix;
	bool is_all = !*without_prefix(typed, prefix);
	size_t count = 0, best = 0;
	int rank = 0;

	choose->matches = array_reserve(choose->matches, &choose->match_capacity, choose->count,
		sizeof(choose->matches[0]));
	for (size_t i = 0; i < choose->count; i++) {
		int how = choose_match(&choose->choices[i], typed, prefix);

		if (how == 0)
			continue;
		if (is_all ? i == choose->preset : how > rank)
			best = count;
		rank = how > rank ? how : rank;
		choose->matches[count++] = i;
	}
	if (count == 0)
		return false;
	choose->list.selected = best;
	list_fit(&choose->list, count, choose->list.height);
	return true;
}

const struct choice *
choose_selected(const struct choose *choose)
{
	return &choose->choices[choose->matches[choose->list.selected]];
}

/* A text without matches shows an error until it is changed. */
static bool
typed(struct app *app, struct prompt *prompt, bool done)
{
	struct choose *choose = prompt->data;
	const struct choose_kind *kind = choose->kind;

	if (!done && !narrow(choose, prompt->text))
		snprintf(prompt->complaint, sizeof(prompt->complaint), "%s", kind->missing);
	if (!done || prompt->complaint[0])
		return done;
	choose->kind = NULL;
	return kind->chosen(app, choose_selected(choose));
}

static void
cancelled(struct app *app, struct prompt *prompt)
{
	struct choose *choose = prompt->data;

	choose->kind = NULL;
}

/* Selects the same choice again, if it is still among the matches, where it stood. */
static void
reselect(struct choose *choose, size_t top, int64_t number, const char *name)
{
	choose->list.top = top;
	for (size_t i = 0; i < choose->list.count; i++) {
		const struct choice *choice = &choose->choices[choose->matches[i]];

		if (choice->number == number && strcmp(choice->name, name) == 0)
			choose->list.selected = i;
	}
	list_fit(&choose->list, choose->list.count, choose->list.height);
}

static void
fill(struct choose *choose, struct app *app, const char *text)
{
	choose->count = choose->preset = choose->list.count = 0;
	choose->number_columns = choose->name_columns = 0;
	arena_reset(&choose->texts);
	choose->kind->fill(app, choose);
	if (!narrow(choose, text))
		narrow(choose, "");
}

void
choose_refill(struct choose *choose, struct app *app, const char *text)
{
	_cleanup_free_ char *name = NULL;
	size_t top = choose->list.top;
	int64_t number;

	if (!choose->kind)
		return;
	number = choose_selected(choose)->number;
	name = xstrdup(choose_selected(choose)->name);
	fill(choose, app, text);
	reselect(choose, top, number, name);
}

void
choose_open(struct choose *choose, struct prompt *prompt, struct app *app,
	const struct choose_kind *kind)
{
	choose->kind = kind;
	choose->about = "";
	choose->list.line = -1;
	prompt_open(prompt, kind->label, "", typed, cancelled);
	prompt->data = choose;
	fill(choose, app, "");
}

bool
choose_key(struct choose *choose, int key)
{
	return choose->kind && list_action(&choose->list, action_of_key(&screen_keys, key));
}

static void
draw_choice(const struct choose *choose, WINDOW *window, int y, size_t row)
{
	const struct choice *choice = &choose->choices[choose->matches[row]];
	enum style style = row == choose->list.selected ? STYLE_SELECTED : STYLE_NORMAL;
	int x = choose->number_columns;
	char number[UNIT_FORMAT_SIZE];

	screen_put_line(window, y, style, "");
	if (choice->number != UNKNOWN) {
		int columns = (int)unit_format(number, UNIT_ID, choice->number, SCALE_HUMAN);

		columns = columns > x ? x : columns;
		screen_put_within(window, y, x - columns, columns, style, number);
	}
	x += x > 0;
	screen_put_within(window, y, x, choose->name_columns, style, choice->name);
	x += choose->name_columns + GAP;
	screen_put(window, y, x, style, choice->text);
}

static void
draw_heading(const struct choose *choose, WINDOW *window, int y)
{
	static const char keys[] = "Type to narrow  Enter take  Esc cancel";
	int x;

	screen_put_line(window, y, STYLE_HEADING, "");
	x = screen_put(window, y, 0, STYLE_HEADING, choose->about);
	screen_put(window, y, x ? x + GAP : 0, STYLE_HEADING,
		choose->kind->heading ? choose->kind->heading : keys);
}

/* High enough for all choices, but if possible it leaves a third of the window. */
void
choose_draw(struct choose *choose, WINDOW *window)
{
	int height = getmaxy(window), lines = height * 2 / 3, all = (int)choose->count + 1, y;

	if (!choose->kind)
		return;
	lines = lines < LEAST_LINES ? LEAST_LINES : lines;
	lines = lines > all ? all : lines;
	lines = lines > height ? height : lines;
	y = height - lines;
	if (lines > 1)
		draw_heading(choose, window, y++);
	choose->list.line = getbegy(window) + y;
	list_fit(&choose->list, choose->list.count, (size_t)(height - y));
	for (int i = y; i < height; i++) {
		size_t row = choose->list.top + (size_t)(i - y);

		if (row < choose->list.count)
			draw_choice(choose, window, i, row);
		else
			screen_put_line(window, i, STYLE_NORMAL, "");
	}
}
