// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "tui/app.h"
#include "tui/screen.h"

#include <assert.h>

enum { KEY_COLUMNS = 11, MOST_LINES = 160 };

/* A line of the help: a key, a word of the header, or the heading of a group. */
struct line {
	const char *heading, *word, *meaning;
	const struct key_binding *key;
};

static const enum action first_actions[] = { ACTION_OPEN, ACTION_FILTER, ACTION_SEARCH,
	ACTION_SORT_LIST, ACTION_TREE, ACTION_SIGNAL, ACTION_ADJUST, ACTION_BACK, ACTION_LEAVE };

static const struct line words[] = {
	{ .heading = "The lines at the top" },
	{ .word = "available",
		.meaning = "what programs can still use: free memory and most of the cache" },
	{ .word = "used", .meaning = "the rest; the bar and its names show what it is" },
	{ .word = "stalled", .meaning = "of the last 10 seconds: all tasks waited for memory" },
	{ .word = "ok", .meaning = "or filling, limit, low, swapping, stalled, killed: with who" },
};

static size_t
add(struct line *lines, size_t count, const struct key_binding *key)
{
	assert(count + 2 <= MOST_LINES);
	if (key->group)
		lines[count++] = (struct line){ .heading = key->group };
	lines[count++] = (struct line){ .key = key };
	return count;
}

static const struct key_binding *
binding_of(enum action action)
{
	size_t i = 0;

	while (screen_keys.bindings[i].action != action)
		i++;
	return &screen_keys.bindings[i];
}

/* What one needs first, on one page. */
static size_t
gather_first(struct line lines[static MOST_LINES])
{
	size_t count = 0;

	lines[count++] = (struct line){ .heading = "What one needs first" };
	for (size_t i = 0; i < ARRAY_SIZE(first_actions); i++)
		lines[count++] = (struct line){ .key = binding_of(first_actions[i]) };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		lines[count++] = words[i];
	return count;
}

/* The keys of views follow the key that opens a row. */
static size_t
gather(const struct app *app, struct line lines[static MOST_LINES])
{
	static const struct key_list *const lists[] = { &past_keys, &screen_keys, &prompt_keys,
		&editor_keys };
	size_t count = gather_first(lines);

	for (size_t i = app->past.is_open ? 0 : 1; i < ARRAY_SIZE(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++) {
			count = add(lines, count, &lists[i]->bindings[j]);
			if (lists[i]->bindings[j].action != ACTION_OPEN)
				continue;
			for (size_t k = 0; k < view_count; k++)
				if (views[k]->key.keys)
					count = add(lines, count, &views[k]->key);
		}
	return count;
}

static void
draw_line(WINDOW *window, int y, const struct line *line)
{
	if (line->heading) {
		screen_put_line(window, y, STYLE_HEADING, line->heading);
		return;
	}
	screen_put_within(window, y, 0, KEY_COLUMNS, line->key ? STYLE_KEY : STYLE_BOLD,
		line->key ? line->key->keys : line->word);
	screen_put(
		window, y, KEY_COLUMNS, STYLE_NORMAL, line->key ? line->key->help : line->meaning);
}

static void
draw(void *data, struct app *app, WINDOW *window)
{
	struct list *list = data;
	struct line lines[MOST_LINES];
	size_t count = gather(app, lines);

	list_fit_page(list, count, (size_t)getmaxy(window));
	for (size_t i = list->selected; i < count; i++)
		draw_line(window, (int)(i - list->selected), &lines[i]);
}

const struct view view_help = {
	.name = "Help",
	.hint = "Up Down scroll  q back",
	.key = { .keys = "? h F1", .help = "this help", .codes = { '?', 'h', KEY_F(1) } },
	.is_page = true,
	.state_size = sizeof(struct list),
	.open = list_open_page,
	.draw = draw,
	.has_list = true,
};
