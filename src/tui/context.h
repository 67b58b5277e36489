// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/footprint.h"
#include "model/snapshot.h"
#include "table/filter.h"
#include "tui/choose.h"
#include "tui/editor.h"
#include "tui/grid.h"
#include "tui/keys.h"
#include "tui/list.h"
#include "tui/process-key.h"
#include "tui/prompt.h"
#include "tui/screen.h"
#include "tui/signals.h"
#include "tui/table-page.h"
#include "tui/tui.h"
#include "tui/view-budget.h"
#include "tui/view-explain.h"
#include "tui/view-faults.h"
#include "tui/view-kernel.h"
#include "tui/view-map.h"

enum { MOST_PAGES = 12 };

/* What the views share. */
struct tui {
	struct tui_settings *settings;
	const struct filter *fixed_filter;
	const char *given_filter;        /* the same as a text; NULL: it lets all through */
	const struct snapshot *snapshot; /* NULL before the first */
	int stretch;                     /* how many intervals pass between two refreshes */
	int64_t seen_kill;               /* the time of the last kill when Esc was typed for it */
	enum charset charset;
	const struct view *view;
	/* The view that was opened with its tab, and the pages that were opened from there. */
	struct open_page {
		const struct view *view;
		struct list lines; /* where one was in it */
	} pages[MOST_PAGES];
	size_t page_count;
	const struct view *listing_view; /* the last view that lists processes */
	struct listing *listing;         /* the settings of that one */
	struct prompt prompt;
	struct choose choose;
	char message[160];                       /* said on the last line until the next key */
	char announcement[EVENT_TEXT_SIZE + 64]; /* the last OOM kill, until Esc */
	size_t announced;                        /* how many there were until then */
	bool wants_refresh, wants_exact, wants_save, frozen, leaving;

	/* The processes view. */
	struct row_list rows;
	struct footprint footprint;   /* of the rows, where a filter is active */
	size_t hidden_kernel_threads; /* that the filter lets through */
	int64_t *summed;              /* the processes of the rows, ascending */
	size_t summed_count, summed_capacity;
	struct list list;
	int64_t *visible; /* processes on the screen, ascending */
	size_t visible_count, visible_capacity;
	struct process_key selected; /* kept while rows come, go and move */
	struct filter *filter;       /* typed; NULL: none */
	char filter_text[PROMPT_SIZE], filter_before[PROMPT_SIZE], search[PROMPT_SIZE];
	struct process_keys tags, folded;
	struct grid grid;
	struct process_key target; /* of a dialog, where it is one without a tag */

	/* Lines of the screen, for the mouse; -1: not there. */
	int heading_line, rows_line, tab_line, hint_line;

	const char *scope;  /* of the kill order: a memory cgroup; NULL: the machine */
	struct arena texts; /* scopes; one may still be in use by a refresh that is under way */

	/* The other views. */
	struct list lines;        /* of help and detail */
	struct process_key focus; /* of the detail and of the map */
	struct signal_order signal;
	struct list fields;
	struct editor editor;
	struct faults_page faults;
	struct budget_page budget;
	struct map_page map;
	struct explain_page explain;
	struct kernel_view kernel;
};

/* A page below the header. `request` returns false for what it does not understand. */
struct view {
	const char *name;
	const char *tab;  /* as the header shows it with its key; NULL: only while it is open */
	const char *hint; /* the keys that matter, on the last line */
	void (*draw)(struct tui *tui, WINDOW *window);
	bool (*request)(struct tui *tui, enum request request);
	void (*show)(struct tui *tui); /* makes its rows anew, of another snapshot; or NULL */
	unsigned needs;                /* besides those of the columns */
	bool has_focus;                /* all is wanted of the process in focus */
	/* Where it lists processes: how. NULL: it does not. */
	struct listing *(*listing)(struct tui_settings *settings);
	struct table_page *(*page)(struct tui *tui); /* where it lists other rows; or NULL */
	const struct list *(*list)(struct tui *tui); /* rows to select without a page; or NULL */
};

extern const struct view view_processes, view_kill_order, view_detail, view_faults, view_budget,
	view_map, view_kernel, view_explain, view_fields, view_help;

/* Opens a view as its tab does: there is no way back from it. */
void tui_open_view(struct tui *tui, const struct view *view);
/* Opens a view as a page over the one that is open; it is then no longer open below. */
void tui_open_page(struct tui *tui, const struct view *view);
/* Leaves a page. Returns false where none is open. */
bool tui_back(struct tui *tui);

/* Of the view that is open, if it lists rows: their columns and order; or NULL. */
const struct selection *tui_columns(const struct tui *tui);
const struct order *tui_order(const struct tui *tui);
void tui_sort(struct tui *tui, struct order order);

/* The process that the page is about, or the selected one. Returns false, and says so, where there
 * is none. */
bool tui_subject(struct tui *tui, struct process_key *ret_key);

/*
 * The processes that a key acts on: the one that the page is about, or the tagged ones, or the
 * selected one. Returns how many; they are valid until the tags change or it is called again.
 */
size_t tui_targets(struct tui *tui, const struct process_key **ret_keys);

void tui_say(struct tui *tui, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Does what a request means in all views. Returns false for what has no meaning in this one. */
bool common_request(struct tui *tui, enum request request);
/* Takes the events of the mouse that have come. */
void mouse_request(struct tui *tui);

/* Draws the rows of a page below some lines of notes. Returns false where there is no room for
 * those. */
bool tui_draw_page(struct tui *tui, struct table_page *page, WINDOW *window, int notes);

/* Rebuilds the list of rows after the snapshot, the filter or the order has changed. */
void processes_rebuild(struct tui *tui);
void processes_draw(struct tui *tui, WINDOW *window);
const struct list *processes_list(struct tui *tui);
unsigned processes_needs(const struct tui *tui);
bool processes_set_filter(struct tui *tui, const char *text, struct filter_error *ret_error);
/* Whether a process is among the rows where no filter is typed. */
bool processes_is_shown(const struct tui *tui, const struct process *process);
const struct process *processes_selected(const struct tui *tui);
const struct process *tui_find(const struct tui *tui, const struct process_key *key);

/*
 * The header takes some lines of the window, fewer where it is small; HEADER_WITH_TABS are all.
 * Returns how many.
 */
enum { HEADER_WITH_TABS = 5 };
int header_height(const struct tui *tui, int window_height);
void header_draw(const struct tui *tui, WINDOW *window, int height);
