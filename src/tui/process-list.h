// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/footprint.h"
#include "tui/process-key.h"
#include "tui/table-view.h"
#include "tui/tui-settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct needs;
struct snapshot;

/* The processes on the screen. The views that list them share it: one of them is its user. */
struct process_list {
	struct table_view table;
	struct listing *listing; /* of the user: columns, order and tree */
	uint64_t needs;          /* of the user, besides those of the columns */
	bool is_of_candidates;   /* only those of which the OOM killer would choose */
	const char *scope;       /* then: of this memory cgroup; NULL: of the machine */
	struct arena scopes;     /* one may still be in use by a refresh that is under way */

	const struct tui_settings *settings;
	const struct filter *fixed_filter; /* of the command line; NULL: none */
	const char *given_filter;          /* the same as a text; NULL: it lets all through */

	struct footprint footprint;   /* of the rows, where a filter is active */
	size_t hidden_kernel_threads; /* that the filter lets through */
	int64_t *summed;              /* the processes of the rows, ascending */
	size_t summed_count, summed_capacity;
	int64_t *visible; /* processes on the screen, ascending */
	size_t visible_count, visible_capacity;
	struct process_key selected; /* kept while rows come, go and move */
	struct process_keys tags, folded;
};

/* A zeroed one becomes one without a user. The filter of the command line is borrowed. */
void process_list_init(struct process_list *list, const struct tui_settings *settings,
	const struct filter *fixed_filter, const char *given_filter);
void process_list_finish(struct process_list *list);

/* Lists them for another view from now on. */
void process_list_use(struct process_list *list, struct listing *listing, uint64_t needs);

/* Makes the rows anew; draws them as table_view_draw() does. */
void process_list_show(struct process_list *list, const struct snapshot *snapshot);
bool process_list_draw(struct process_list *list, WINDOW *window, int notes, enum charset charset);

/* Adds what must be read for it. `is_first`: only what chooses and sorts the rows. */
void process_list_add_needs(const struct process_list *list, bool is_first, struct needs *needs);

/* The selected process, or NULL; remembers it, so that it stays selected. */
const struct process *process_list_selected(const struct process_list *list);
void process_list_remember(struct process_list *list);

/* Whether a process is among the rows where no filter is typed. */
bool process_list_has(const struct process_list *list, const struct process *process);

/* Whether a filter of the command line or a typed one is active. */
bool process_list_is_filtered(const struct process_list *list);
