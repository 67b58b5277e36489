// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/tui.h"

#include "base/memory.h"
#include "tui/context.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LEAST_HEIGHT_FOR_NOTES = 6 };

struct tui *
tui_create(struct tui_settings *settings, const struct filter *filter)
{
	struct tui *tui = xcalloc(1, sizeof(*tui));

	tui->settings = settings;
	tui->fixed_filter = filter;
	tui->charset = charset_of_locale();
	faults_init(&tui->faults);
	budget_page_init(&tui->budget);
	map_page_init(&tui->map);
	kernel_view_init(&tui->kernel);
	tui_open_view(tui, &view_processes);
	tui->seen_kill = UNKNOWN;
	return tui;
}

void
tui_destroy(struct tui *tui)
{
	if (!tui)
		return;
	row_list_finish(&tui->rows);
	filter_destroy(tui->filter);
	process_keys_finish(&tui->tags);
	process_keys_finish(&tui->folded);
	choose_finish(&tui->choose);
	free(tui->visible);
	free(tui->summed);
	editor_finish(&tui->editor);
	faults_finish(&tui->faults);
	budget_page_finish(&tui->budget);
	map_page_finish(&tui->map);
	kernel_view_finish(&tui->kernel);
	arena_finish(&tui->texts);
	free(tui);
}

void
tui_name_filter(struct tui *tui, const char *text)
{
	tui->given_filter = text;
}

void
tui_say(struct tui *tui, const char *format, ...)
{
	char text[sizeof(tui->message)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	text_safe(tui->message, sizeof(tui->message), text, tui->charset);
}

const struct process *
tui_find(const struct tui *tui, const struct process_key *key)
{
	const struct process *process =
		tui->snapshot ? snapshot_find_process(tui->snapshot, key->pid) : NULL;

	return process && process_key_is(key, process) ? process : NULL;
}

/* What is shown is the uppermost page. */
static void
enter(struct tui *tui)
{
	const struct open_page *top = &tui->pages[tui->page_count - 1];

	tui->view = top->view;
	tui->lines = top->lines;
	tui->heading_line = tui->rows_line = -1;
	if (tui->view->show)
		tui->view->show(tui); /* its rows were those of a snapshot that is gone */
	if (!tui->view->listing || tui->view == tui->listing_view)
		return;
	tui->listing_view = tui->view;
	tui->listing = tui->view->listing(tui->settings);
	tui->grid.first_column = 0;
	tui->wants_refresh = true; /* its columns may not have been read */
	processes_rebuild(tui);
}

void
tui_open_view(struct tui *tui, const struct view *view)
{
	tui->page_count = 1;
	tui->pages[0] = (struct open_page){ .view = view };
	enter(tui);
}

void
tui_open_page(struct tui *tui, const struct view *view)
{
	size_t count = 0;

	tui->pages[tui->page_count - 1].lines = tui->lines;
	for (size_t i = 0; i < tui->page_count; i++)
		if (i == 0 || tui->pages[i].view != view)
			tui->pages[count++] = tui->pages[i];
	assert(count < MOST_PAGES); /* each view once, but for the first */
	tui->pages[count] = (struct open_page){ .view = view };
	tui->page_count = count + 1;
	enter(tui);
}

bool
tui_back(struct tui *tui)
{
	if (tui->page_count == 1)
		return false;
	tui->page_count--;
	enter(tui);
	return true;
}

const struct selection *
tui_columns(const struct tui *tui)
{
	if (tui->view->page)
		return &tui->view->page((struct tui *)tui)->columns;
	return tui->view->listing ? &tui->listing->columns : NULL;
}

static struct order *
order_of_view(struct tui *tui)
{
	if (tui->view->page)
		return &tui->view->page(tui)->order;
	return tui->view->listing ? &tui->listing->order : NULL;
}

const struct order *
tui_order(const struct tui *tui)
{
	return order_of_view((struct tui *)tui);
}

void
tui_sort(struct tui *tui, struct order order)
{
	*order_of_view(tui) = order;
	if (tui->view->show)
		tui->view->show(tui);
	else
		processes_rebuild(tui);
	tui->wants_refresh = tui->wants_refresh || !tui_is_complete(tui);
}

bool
tui_subject(struct tui *tui, struct process_key *ret_key)
{
	const struct process *process = processes_selected(tui);

	if (tui->view->has_focus)
		*ret_key = tui->focus;
	else if (process)
		*ret_key = process_key_of(process);
	else
		tui_say(tui, "no process is selected");
	return tui->view->has_focus || process;
}

size_t
tui_targets(struct tui *tui, const struct process_key **ret_keys)
{
	*ret_keys = &tui->target;
	if (!tui->view->has_focus && tui->tags.count > 0) {
		*ret_keys = tui->tags.keys;
		return tui->tags.count;
	}
	return tui_subject(tui, &tui->target) ? 1 : 0;
}

bool
tui_draw_page(struct tui *tui, struct table_page *page, WINDOW *window, int notes)
{
	int height = getmaxy(window), first = height >= LEAST_HEIGHT_FOR_NOTES ? notes : 0;
	WINDOW *rows = derwin(window, height - first, getmaxx(window), first, 0);

	if (rows) {
		int heading = getmaxy(rows) > 1 ? 1 : 0;

		tui->heading_line = heading ? getbegy(rows) : -1;
		tui->rows_line = getbegy(rows) + heading;
		table_page_draw(page, rows, tui->charset, tui->settings->scale);
		delwin(rows);
	}
	return first > 0;
}

/* An OOM kill stays on the screen until Esc: it may come while somebody types. */
static void
announce(struct tui *tui)
{
	const struct snapshot *snapshot = tui->snapshot;
	char text[EVENT_TEXT_SIZE];

	if (snapshot->events.count == 0)
		return;
	tui->announced += snapshot->events.count;
	event_text(event_at(&snapshot->events, snapshot->events.count - 1), text);
	if (tui->announced == 1)
		snprintf(tui->announcement, sizeof(tui->announcement), "%s (Esc)", text);
	else
		snprintf(tui->announcement, sizeof(tui->announcement), "%s (%zu kills, Esc)", text,
			tui->announced);
}

static bool
end_announcement(struct tui *tui)
{
	if (!tui->announcement[0])
		return false;
	tui->announcement[0] = '\0';
	tui->announced = 0;
	tui->seen_kill = tui->snapshot->system.last_kill_time;
	return true;
}

static void
remember_selected(struct tui *tui)
{
	const struct process *process = processes_selected(tui);

	if (process)
		tui->selected = process_key_of(process);
}

void
tui_show(struct tui *tui, const struct snapshot *snapshot, int stretch)
{
	bool first = !tui->snapshot;

	tui->snapshot = snapshot;
	tui->stretch = stretch;
	tui->wants_refresh = tui->wants_refresh || !tui_is_complete(tui);
	processes_rebuild(tui);
	if (tui->view->show)
		tui->view->show(tui);
	if (first)
		remember_selected(tui);
	announce(tui);
	editor_show(tui);
	choose_refill(tui); /* its texts may be of the snapshot before */
	tui->wants_exact = tui->wants_exact && !snapshot->exact;
}

/* The process of which all is wanted; 0: none. */
static int64_t
focus_of(const struct tui *tui, const struct view *view)
{
	const struct process *selected = processes_selected(tui);

	if (view->has_focus)
		return tui->focus.pid;
	return tui->view == &view_explain && view->listing && selected ? selected->pid : 0;
}

struct needs
tui_needs(const struct tui *tui)
{
	const struct view *view = tui->view == &view_explain ? tui->explain.of : tui->view;
	struct needs needs = { .bits = NEED_OVERVIEW | processes_needs(tui) |
				       tui->listing_view->needs,
		.visible = tui->visible,
		.visible_count = tui->visible_count,
		.summed = tui->summed,
		.summed_count = tui->summed_count,
		.again = tui->snapshot != NULL, /* the first one is to be quick */
		.scope = tui->listing_view == &view_kill_order ? tui->scope : NULL,
		.exact = tui->wants_exact || editor_is_waiting(&tui->editor) };

	needs.bits |= editor_needs(&tui->editor) | view->needs;
	needs.bits |= tui->choose.kind ? tui->choose.kind->needs : 0;
	if (view == &view_kernel)
		needs.bits |= kernel_view_needs(tui);
	if (view == &view_faults)
		faults_needs(tui, &needs);
	needs.focus = focus_of(tui, view);
	if (needs.focus != 0) {
		needs.bits |= view->has_focus ? NEED_BADNESS : 0; /* a rank is one among all */
		needs.focus_bits = NEED_LIMITS;
		if (view == &view_map && map_wants_mappings(tui))
			needs.focus_bits |= NEED_MAPPINGS;
		for (size_t i = 0; i < process_table.column_count; i++)
			needs.focus_bits |= process_table.columns[i].need;
	}
	return needs;
}

bool
tui_is_complete(const struct tui *tui)
{
	const struct snapshot *snapshot = tui->snapshot;
	const struct needs needs = tui_needs(tui);

	if (!snapshot || needs.bits & ~snapshot->bits)
		return false;
	return needs.focus == 0 ||
	       (needs.focus == snapshot->focus && !(needs.focus_bits & ~snapshot->focus_bits));
}

bool
tui_wants_refresh(struct tui *tui)
{
	bool wants = tui->wants_refresh;

	tui->wants_refresh = false;
	return wants;
}

bool
tui_wants_save(struct tui *tui)
{
	bool wants = tui->wants_save;

	tui->wants_save = false;
	return wants;
}

void
tui_tell(struct tui *tui, const char *message)
{
	tui_say(tui, "%s", message);
}

bool
tui_is_frozen(const struct tui *tui)
{
	return !editor_is_waiting(&tui->editor) && tui_is_complete(tui) &&
	       (tui->frozen || tui->choose.kind || editor_is_open(&tui->editor) ||
		       (tui->prompt.label && tui->prompt.answered));
}

/* Says that a key has no meaning: a key that does nothing is never silent. */
static void
refuse_key(struct tui *tui, int key, enum request request)
{
	char name[KEY_NAME_SIZE];

	name_of_key(name, key);
	if (request == REQUEST_NONE)
		tui_say(tui, "no such key: %s (? shows the keys)", name);
	else
		tui_say(tui, "%s does nothing in this view: %s (? shows the keys)", name,
			tui->view->name);
}

static void
take_key(struct tui *tui, int key)
{
	enum request request = request_of_key(&screen_keys, key);

	if (request == REQUEST_MOUSE)
		mouse_request(tui);
	else if (!choose_key(&tui->choose, key) && !prompt_key(tui, &tui->prompt, key) &&
		 !editor_key(tui, key) && !(request == REQUEST_BACK && end_announcement(tui)) &&
		 !tui->view->request(tui, request) && !common_request(tui, request))
		refuse_key(tui, key, request);
}

bool
tui_key(struct tui *tui, int key)
{
	const struct view *view = tui->view;
	const struct choose_kind *kind = tui->choose.kind;

	if (key == KEY_RESIZE)
		return !tui->leaving;
	tui->message[0] = '\0';
	take_key(tui, key);
	remember_selected(tui);
	/* The next key may already be there, and moves in what is drawn. */
	if (tui->view != view || tui->choose.kind != kind)
		tui_draw(tui);
	return !tui->leaving;
}

/* A text that ends in line y; what does not fit there begins above. Returns its first line. */
static int
draw_warning(WINDOW *window, int y, const char *text)
{
	int width = getmaxx(window);
	size_t fits = text_wrap(text, (size_t)width);
	const char *rest = text + fits + (text[fits] == ' ');
	char first[sizeof(((struct tui *)NULL)->announcement)];

	if (!text[fits] || fits == 0 || y == 0) {
		screen_put(window, y, 0, width, STYLE_WARNING, true, text);
		return y;
	}
	snprintf(first, sizeof(first), "%.*s", (int)fits, text);
	y = draw_warning(window, y, rest) - 1;
	if (y >= 0)
		screen_put(window, y, 0, width, STYLE_WARNING, true, first);
	return y;
}

/* Only about what the view shows: the processes that it lists, or the one that it is about. */
static size_t
hints_of_view(const struct tui *tui, struct hint hints[static SNAPSHOT_HINTS])
{
	const void *focus = tui->view->has_focus ? tui_find(tui, &tui->focus) : NULL;
	const struct row_list one = { .rows = &focus, .count = 1 };

	if (!tui->snapshot)
		return 0;
	return snapshot_hints(tui->snapshot,
		tui->view->listing ? &tui->rows
		: focus            ? &one
				   : NULL,
		hints);
}

static void
draw_last_line(struct tui *tui, WINDOW *window)
{
	int y = getmaxy(window) - 1, width = getmaxx(window);
	char hint[HINT_TEXT_SIZE];
	struct hint hints[SNAPSHOT_HINTS];

	if (tui->prompt.label) {
		prompt_draw(&tui->prompt, window, y);
	} else if (tui->message[0]) {
		draw_warning(window, y, tui->message);
	} else if (!editor_is_open(&tui->editor) && hints_of_view(tui, hints) > 0) {
		hint_text(&hints[0], hint);
		screen_put(window, y, 0, width, STYLE_DIM, false, hint);
	} else {
		tui->hint_line = y;
		screen_put(window, y, 0, width, STYLE_DIM, false,
			editor_is_open(&tui->editor) ? editor_hint : tui->view->hint);
	}
}

void
tui_draw(struct tui *tui)
{
	int height = getmaxy(stdscr), width = getmaxx(stdscr);
	int header = header_height(tui, height);
	int rows = height - header - (height > 2 || tui->prompt.label ? 1 : 0);
	WINDOW *body;

	werase(stdscr);
	tui->hint_line = -1;
	tui->tab_line = header >= HEADER_WITH_TABS ? HEADER_WITH_TABS - 1 : -1;
	header_draw(tui, stdscr, header);
	if (!tui->snapshot)
		screen_put(stdscr, 0, 0, width, STYLE_NORMAL, false, "reading /proc ...");
	if (rows > 0 && tui->snapshot && (body = derwin(stdscr, rows, width, header, 0))) {
		tui->view->draw(tui, body);
		editor_draw(tui, body);
		choose_draw(&tui->choose, body);
		delwin(body);
	}
	if (height > 2 || tui->prompt.label)
		draw_last_line(tui, stdscr);
	if (tui->announcement[0] && height > 2 && !editor_is_open(&tui->editor))
		draw_warning(stdscr, height - 2, tui->announcement);
	wnoutrefresh(stdscr);
}
