// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/filter.h"
#include "model/snapshot.h"
#include "tui/editor.h"
#include "tui/keys.h"
#include "tui/list.h"
#include "tui/process-key.h"
#include "tui/prompt.h"
#include "tui/screen.h"
#include "tui/tui.h"

enum { MOST_HEADINGS = 64 };

/* A column that is on the screen: from x, `room` columns of the terminal wide. */
struct heading {
	const struct column *column;
	int x, room;
};

/* What the views share. */
struct tui {
	struct tui_settings *settings;
	const struct filter *fixed_filter;
	const struct snapshot *snapshot; /* NULL before the first */
	struct tui_self self;
	int64_t first_oom_kills; /* at the start; UNKNOWN until then */
	enum charset charset;
	const struct view *view, *view_before; /* to which Esc goes back */
	const struct view *listing_view;       /* the last view that lists processes */
	struct listing *listing;               /* the settings of that one */
	struct prompt prompt;
	char message[160];                       /* said on the last line until the next key */
	char announcement[EVENT_TEXT_SIZE + 64]; /* the last OOM kill, until Esc */
	size_t announced;                        /* how many there were until then */
	bool wants_refresh, wants_exact, wants_save, frozen, leaving;

	/* The processes view. */
	struct row_list rows;
	int64_t resident_sum; /* of the rows; what is unknown counts nothing */
	struct list list;
	struct process_key selected; /* kept while rows come, go and move */
	struct filter *filter;       /* typed; NULL: none */
	char filter_text[PROMPT_SIZE], filter_before[PROMPT_SIZE], search[PROMPT_SIZE];
	struct process_key *tags;
	size_t tag_count, tag_capacity;
	int first_column;
	int heading_line;                       /* of the screen; -1: not shown */
	struct heading headings[MOST_HEADINGS]; /* the columns that fit */
	size_t heading_count;

	const char *scope;  /* of the kill order: a memory cgroup; NULL: the machine */
	struct arena texts; /* scopes; one may still be in use by a refresh that is under way */

	/* The other views. */
	struct list lines;        /* of help and detail */
	struct process_key focus; /* of the detail, or of the signal */
	int signal;
	struct list fields;
	struct editor editor;
};

/* A page below the header. `request` returns false for what it does not understand. */
struct view {
	const char *name;
	const char *tab;  /* as the header shows it with its key; NULL: only while it is open */
	const char *hint; /* the keys that matter, on the last line */
	void (*draw)(struct tui *tui, WINDOW *window);
	bool (*request)(struct tui *tui, enum request request);
	unsigned needs;  /* besides those of the columns */
	bool has_focus;  /* all is wanted of the process in focus */
	bool is_passing; /* one goes back from it to where one was */
	/* Where it lists processes: how. NULL: it does not. */
	struct listing *(*listing)(struct tui_settings *settings);
};

extern const struct view view_processes, view_kill_order, view_detail, view_fields, view_help;

void tui_open_view(struct tui *tui, const struct view *view);
void tui_say(struct tui *tui, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Rebuilds the list of rows after the snapshot, the filter or the order has changed. */
void processes_rebuild(struct tui *tui);
void processes_draw(struct tui *tui, WINDOW *window);
unsigned processes_needs(const struct tui *tui);
bool processes_set_filter(struct tui *tui, const char *text, struct filter_error *ret_error);
/* The tag of a process, or NULL where it has none. */
struct process_key *processes_tag(const struct tui *tui, const struct process *process);
const struct process *processes_selected(const struct tui *tui);
const struct process *tui_find(const struct tui *tui, const struct process_key *key);

/* The header takes some lines of the window, fewer where it is small. Returns how many. */
int header_height(const struct tui *tui, int window_height);
void header_draw(const struct tui *tui, WINDOW *window, int height);

/*
 * The filter, how many processes it lets through and the sum of their RES, safe for a terminal.
 * Returns false where there is none. A header without tabs leaves it to the last line.
 */
enum { FILTER_TEXT_SIZE = 4 * PROMPT_SIZE, HEADER_WITH_TABS = 5 };
bool header_filter_text(const struct tui *tui, char text[static FILTER_TEXT_SIZE]);
