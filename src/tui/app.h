// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "model/event.h"
#include "table/order.h"
#include "tui/choose.h"
#include "tui/process-key.h"
#include "tui/prompt.h"
#include "tui/tui-settings.h"
#include "tui/view.h"

#include <stdbool.h>
#include <stddef.h>

struct editor;
struct process_list;
struct snapshot;

enum { MOST_PAGES = 12 };

/* Which signal goes to whom: bound to pid and start time before the signal is chosen. */
struct signal_order {
	const struct process_key *keys;
	size_t count;
	int number;
};

/*
 * The state of the screen. Views and dialogs read it; only app.c and tui.c write it, but for the
 * settings and the dialogs.
 */
struct app {
	struct tui_settings *settings;
	const struct snapshot *snapshot; /* NULL before the first */
	enum charset charset;
	struct process_list *processes; /* the list of the views that list processes */
	struct process_key process;     /* that the open page is about, where it is about one */

	/* The view that was opened as a tab, and the pages that were opened from there. */
	const struct view *pages[MOST_PAGES], *view; /* the last of them is open */
	size_t page_count;
	const struct view *last_list; /* the last view that listed processes */
	void **states;                /* of all views, in their order */

	/* Dialogs: a line to type or a question, a list to choose from, OOM priorities. */
	struct prompt prompt;
	struct choose choose;
	struct editor *editor;
	struct signal_order signal;
	struct process_key target; /* of a dialog, where it is one without a tag */

	char message[160];                       /* on the last line until the next key */
	char announcement[EVENT_TEXT_SIZE + 64]; /* the last OOM kill, until Esc */
	size_t announced;                        /* how many there were until then */
	int64_t seen_kill; /* the time of the last kill when Esc was typed for it */
	int stretch;       /* how many intervals pass between two refreshes */
	bool is_frozen, is_leaving, wants_refresh, wants_exact, wants_save;
	int tab_line, hint_line; /* of the screen, for the mouse; -1: not there */
};

/* Says something on the last line, until the next key. */
void app_say(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Asks for a refresh at once. Whatever has not been read yet is read without asking. */
void app_refresh(struct app *app);

/* The same, and that nothing is taken from the refresh before. */
void app_refresh_exactly(struct app *app);

/*
 * Opens a view as its key does. Returns false where it has no meaning here; where it is about a
 * process and none is selected, says so.
 */
bool app_open(struct app *app, const struct view *view);

/* Leaves a page. Returns false where none is open. */
bool app_back(struct app *app);

/* Makes the rows of the open view anew, after their filter or order has changed. */
void app_show(struct app *app);

/* The rows that the open view lists, or the view below one that is over it; NULL: none. */
struct table_view *app_table(struct app *app);

/* The view that a view is about: the one below where it is over another, else itself. */
const struct view *app_view_below(const struct app *app);
void *app_state(const struct app *app, const struct view *view);

/* The process of a key in the snapshot, or NULL. */
const struct process *app_find(const struct app *app, const struct process_key *key);

/* The process that the page is about, or the selected one. Returns false, and says so, where there
 * is none. */
bool app_subject(struct app *app, struct process_key *ret_key);

/*
 * The processes that a key acts on: the one that the page is about, or the tagged ones, or the
 * selected one. Returns how many; they are valid until the tags change or it is called again.
 */
size_t app_targets(struct app *app, const struct process_key **ret_keys);

/* What a request does in one place: one of the two, the second one with the argument. */
struct action {
	enum request request;
	void (*act)(struct app *app);
	void (*act_with)(struct app *app, long argument);
	long argument;
};

/* Does what a request is to do. Returns false where none of the actions is for it. */
bool actions_take(
	const struct action *actions, size_t count, struct app *app, enum request request);
