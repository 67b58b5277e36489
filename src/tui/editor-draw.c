// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/editor.h"

#include "act/oom.h"
#include "model/oom-lasting.h"
#include "tui/app.h"
#include "tui/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The dialog is laid out as lines first, to know its height. */
enum {
	MOST_LINES = 16,
	LINE_SIZE = 512,
	NAME_SIZE = 80,
	MOST_ROWS = 4,
	SLIDER_COLUMNS = 13,
	SLIDER_ENDS = 14
};

struct page {
	const struct app *app;
	int width;
	struct {
		char text[LINE_SIZE];
		enum style style;
	} lines[MOST_LINES];
	int count;
};

__attribute__((format(printf, 3, 4))) static void
add(struct page *page, enum style style, const char *format, ...)
{
	va_list arguments;

	if (page->count == MOST_LINES)
		return;
	va_start(arguments, format);
	vsnprintf(page->lines[page->count].text, LINE_SIZE, format, arguments);
	va_end(arguments);
	page->lines[page->count++].style = style;
}

static const char *
name_of(const struct page *page, char name[static NAME_SIZE], const char *text)
{
	text_safe(name, NAME_SIZE, text ? text : "-", page->app->charset);
	return name;
}

static const char *
number(char text[static UNIT_FORMAT_SIZE], enum unit unit, int64_t value)
{
	unit_format(text, unit, value, SCALE_HUMAN);
	return text;
}

static void
add_title(struct page *page)
{
	const struct editor *editor = page->app->editor;
	const struct oom_effect *first = editor->preview.effects;
	const char *with_tree = editor->with_tree ? " and all below it" : "";
	const char *below = editor->with_tree ? " and all below them" : "";
	char comm[NAME_SIZE], user[NAME_SIZE], unit[NAME_SIZE];

	if (editor->target_count > 1 && page->app->target_group[0])
		add(page, STYLE_HEADING, "OOM priority of %s%s", page->app->target_group, below);
	else if (editor->target_count > 1)
		add(page, STYLE_HEADING, "OOM priority of %zu processes%s", editor->target_count,
			below);
	else
		add(page, STYLE_HEADING, "OOM priority of %lld %s (user %s%s%s)%s",
			(long long)first->pid, name_of(page, comm, first->comm),
			name_of(page, user, first->user), first->unit ? ", unit " : "",
			first->unit ? name_of(page, unit, first->unit) : "", with_tree);
}

/* Writes "rank   3 of 412", or why there is no rank. */
static void
rank_text(const struct page *page, char text[static NAME_SIZE], const struct oom_standing *standing,
	size_t ranked)
{
	if (standing->rank == UNKNOWN)
		name_of(page, text, standing->protection ? standing->protection : "no rank");
	else
		snprintf(text, NAME_SIZE, "rank %3lld of %zu", (long long)standing->rank, ranked);
}

static void
add_standing(
	struct page *page, const char *when, const struct oom_standing *standing, size_t ranked)
{
	char score[UNIT_FORMAT_SIZE], badness[UNIT_FORMAT_SIZE], adj[UNIT_FORMAT_SIZE];
	char rank[NAME_SIZE];

	rank_text(page, rank, standing, ranked);
	add(page, STYLE_NORMAL, "%-5s adj %5s  score %4s  badness %6s  %s", when,
		number(adj, UNIT_NUMBER, standing->adj),
		number(score, UNIT_NUMBER, standing->score),
		number(badness, UNIT_BYTES, standing->badness), rank);
}

/* Adds a slider for the new adjustment, if there is space. */
static void
add_slider(struct page *page)
{
	char slider[SLIDER_COLUMNS + 1], *line = page->lines[page->count - 1].text;
	int64_t place = (page->app->editor->to - OOM_ADJ_LEAST) * (SLIDER_COLUMNS - 1) /
			(OOM_ADJ_MOST - OOM_ADJ_LEAST);
	size_t length = strlen(line);

	memset(slider, '.', SLIDER_COLUMNS);
	slider[place] = '|';
	slider[SLIDER_COLUMNS] = '\0';
	if ((int)text_width(line) + SLIDER_COLUMNS + SLIDER_ENDS > page->width)
		return;
	snprintf(line + length, LINE_SIZE - length, "   -1000 %s 1000", slider);
}

/* One line for each process, as far as there is space. */
static void
add_effects(struct page *page)
{
	const struct oom_preview *preview = &page->app->editor->preview;

	for (size_t i = 0; i < preview->count && i < MOST_ROWS; i++) {
		const struct oom_effect *effect = &preview->effects[i];
		char comm[NAME_SIZE], adj[UNIT_FORMAT_SIZE], before[UNIT_FORMAT_SIZE];
		char after[UNIT_FORMAT_SIZE], badness[UNIT_FORMAT_SIZE];

		add(page, STYLE_NORMAL,
			"%7lld %-15.40s adj %5s -> %5lld  rank %4s -> %4s  badness %6s",
			(long long)effect->pid, name_of(page, comm, effect->comm),
			number(adj, UNIT_NUMBER, effect->before.adj), (long long)effect->after.adj,
			number(before, UNIT_ID, effect->before.rank),
			number(after, UNIT_ID, effect->after.rank),
			number(badness, UNIT_BYTES, effect->after.badness));
	}
	if (preview->count > MOST_ROWS)
		add(page, STYLE_NORMAL, "        and %zu more", preview->count - MOST_ROWS);
}

static int64_t
badness_after(const struct oom_preview *preview, const struct process *process)
{
	for (size_t i = 0; i < preview->count; i++)
		if (preview->effects[i].process == process)
			return preview->effects[i].after.badness;
	return process->weight->badness;
}

static void
add_next(struct page *page)
{
	const struct oom_preview *preview = &page->app->editor->preview;
	const struct process *next = preview->first_after;
	char comm[NAME_SIZE], badness[UNIT_FORMAT_SIZE];

	if (!next)
		add(page, STYLE_WARNING, "nobody would be left to kill");
	else
		add(page, STYLE_NORMAL, "dies first%s: %lld %s (%s)",
			next == preview->first_before ? ", as before" : " instead",
			(long long)next->pid, name_of(page, comm, next->comm),
			number(badness, UNIT_BYTES, badness_after(preview, next)));
}

static void
add_children(struct page *page)
{
	const struct editor *editor = page->app->editor;
	size_t followers = editor->preview.count - editor->plan.count;

	if (editor->preview.children > 0)
		add(page, STYLE_NORMAL,
			"children started from now on inherit it; %zu below keep%s theirs (t: them "
			"too)",
			editor->preview.children, editor->preview.children == 1 ? "s" : "");
	else
		add(page, STYLE_NORMAL, "children started from now on inherit it%s",
			editor->with_tree ? " (t: without those that run)" : "");
	if (editor->preview.count > editor->plan.count)
		add(page, STYLE_NORMAL, "%zu more share%s the memory and change%s with it",
			followers, followers == 1 ? "s" : "", followers == 1 ? "s" : "");
}

static bool
lowers(const struct oom_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->changes[i].from != UNKNOWN && plan->changes[i].to < plan->changes[i].from)
			return true;
	return false;
}

static void
add_keys(struct page *page)
{
	if (lowers(&page->app->editor->plan) && !oom_may_lower())
		add(page, STYLE_WARNING,
			"lowering may need CAP_SYS_RESOURCE, which memtop lacks here");
	add(page, STYLE_KEY,
		"p protect -900  l less -300  n normal 0  m more +300  f first +1000  0-9 any");
}

static void
add_lasting(struct page *page)
{
	const struct editor *editor = page->app->editor;
	char text[OOM_LASTING_SIZE], *rest = text, *line;

	oom_lasting_text(editor->preview.effects[0].process, editor->to, text);
	add(page, STYLE_NORMAL, "A change lasts as long as the process. To make it last:");
	while ((line = strsep(&rest, "\n")))
		if (*line)
			add(page, STYLE_BOLD, "  %s", line);
}

static void
lay_out(struct page *page)
{
	const struct editor *editor = page->app->editor;
	const struct oom_preview *preview = &editor->preview;

	if (editor->state == EDITOR_WAITING) {
		add(page, STYLE_HEADING, "OOM priority: reading what each process weighs ...");
		return;
	}
	add_title(page);
	if (editor->state == EDITOR_LASTING) {
		add_lasting(page);
		return;
	}
	if (preview->count == 1) {
		add_standing(page, "now", &preview->effects[0].before, preview->ranked_before);
		add_standing(page, "new", &preview->effects[0].after, preview->ranked_after);
		add_slider(page);
	} else {
		add_effects(page);
	}
	add_next(page);
	add_children(page);
	add_keys(page);
}

static void
draw_line(WINDOW *window, int y, enum style style, const char *text)
{
	screen_put_line(window, y, style, style == STYLE_KEY ? "" : text);
	if (style == STYLE_KEY)
		screen_put_keys(window, y, text);
}

void
editor_draw(const struct app *app, WINDOW *window)
{
	static struct page page; /* only the curses thread draws */
	int height = getmaxy(window), y;

	if (app->editor->state == EDITOR_CLOSED)
		return;
	page.app = app;
	page.width = getmaxx(window);
	page.count = 0;
	lay_out(&page);
	y = page.count < height ? height - page.count : 0;
	for (int i = 0; i < page.count; i++)
		draw_line(window, y + i, page.lines[i].style, page.lines[i].text);
}
