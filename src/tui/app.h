// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "model/event.h"
#include "tui/bar.h"
#include "tui/choose.h"
#include "tui/past-state.h"
#include "tui/process-key.h"
#include "tui/prompt.h"
#include "tui/tui-settings.h"
#include "tui/view.h"

#include <stdbool.h>
#include <stddef.h>

struct editor;
struct process_list;
struct snapshot;

enum { MOST_PAGES = 12, GRAPHS = 3 };

/* A signal and its targets, fixed by pid and start time before the signal is chosen. */
struct signal_order {
	const struct process_key *keys;
	size_t count;
	int number;
};

/*
 * The state of the screen. Views and dialogs read it; only app.c and tui.c write it, except for the
 * settings and the dialogs.
 */
struct app {
	struct tui_settings *settings;
	const struct snapshot *snapshot; /* NULL before the first */
	enum charset charset;
	struct process_list *processes; /* shared by the views that list processes */
	struct series graphs[GRAPHS];   /* of the header */
	struct past_state past;         /* of a recording */
	struct process_key process;     /* subject of the open page, if it has one */

	/* The open tab, and the pages opened from it. */
	const struct view *pages[MOST_PAGES], *view; /* the last of them is open */
	size_t page_count;
	const struct view *last_list; /* the last view that showed the process list */
	void **states;                /* of all views, in their order */

	/* Dialogs: a prompt, a list to choose from, the OOM priority editor. */
	struct prompt prompt;
	struct choose choose;
	struct editor *editor;
	struct signal_order signal;
	struct process_key target; /* of a dialog without tagged processes */
	char target_group[224];    /* what else it acts on: "nginx (23 processes)"; "": no group */

	char message[160];                       /* on the last line until the next key */
	char announcement[EVENT_TEXT_SIZE + 64]; /* the last OOM kill, until Esc */
	size_t announced;                        /* number of kills since the last Esc */
	int64_t seen_kill;                       /* verdict.since at the last Esc */
	int stretch;                             /* intervals between two refreshes */
	bool is_frozen, is_leaving, wants_refresh, wants_exact, wants_save;

	/* For the mouse: lines, -1 if not shown, and tui_key(). */
	int tab_line, hint_line;
	bool (*press)(struct app *app, int key);
};

/* Shows a message on the last line until the next key. */
void app_say(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Requests a refresh at once; not necessary for new needs. */
void app_refresh(struct app *app);

/* The same, without reusing data of the last refresh. */
void app_refresh_exactly(struct app *app);

/*
 * Opens a view, like its key. Returns false if it has no meaning here. If it needs a process and
 * none is selected, shows a message.
 */
bool app_open(struct app *app, const struct view *view);

/* Leaves a page. Returns false if none is open. */
bool app_back(struct app *app);

/* Makes the rows of the open view anew, after a change of filter or order. */
void app_show(struct app *app);

/* Draws a view into the part of the screen that is its own. */
void app_draw(struct app *app, const struct view *view, WINDOW *window);

/* The rows of the open view, or of the view below it; NULL: none. */
struct table_view *app_table(struct app *app);

/* The view itself, or the view below if the open one is over another. */
const struct view *app_view_below(const struct app *app);
void *app_state(const struct app *app, const struct view *view);

/* The process of a key in the snapshot, or NULL. */
const struct process *app_find(const struct app *app, const struct process_key *key);

/*
 * The targets of a key: the process of the page, or those of the view's selected row, or the tagged
 * ones, or the selected one. Returns their number; for 0 it has said why. Valid until the tags
 * change or the next call. Of a row that is a group app->target_group has the name, since the
 * selection may have come to it with the last refresh.
 */
size_t app_targets(struct app *app, const struct process_key **ret_keys);

/* The function for an action: `act`, or `act_with` and its argument. */
struct action_handler {
	enum action action;
	void (*act)(struct app *app);
	void (*act_with)(struct app *app, long argument);
	long argument;
};

/* Runs the function for an action. Returns false if there is none. */
bool action_handle(
	const struct action_handler *handlers, size_t count, struct app *app, enum action action);
