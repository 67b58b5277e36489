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

/* A set of processes. A zeroed one is empty. */
struct process_keys {
	struct process_key *keys;
	size_t count, capacity;
};

bool process_keys_have(const struct process_keys *set, const struct process *process);

/* Adds a process, or removes it if it is in the set. */
void process_keys_toggle(struct process_keys *set, const struct process *process);

/* PIDs, ascending. */
struct pids {
	int64_t *pids;
	size_t count, capacity;
};

/* The process list of the screen, shared by several views: one uses it at a time. */
struct process_list {
	struct table_view table;
	struct listing *listing; /* of the current view: columns, order and tree */
	uint64_t needs;          /* of the current view, besides the columns */
	bool is_of_candidates;   /* only candidates of the OOM killer */
	const char *scope;       /* of this memory cgroup; NULL: of the machine */
	struct arena scopes;     /* a running refresh may still use an old one */

	const struct tui_settings *settings;
	const struct filter *fixed_filter; /* of the command line; NULL: none */
	const char *given_filter;          /* the same as a text; NULL: no filter */

	struct footprint footprint;   /* of the rows, if a filter is active */
	size_t hidden_kernel_threads; /* that pass the filter */
	struct pids summed;           /* of the rows, if a filter is active */
	struct pids visible, near;
	struct process_key selected; /* kept while rows come, go and move */
	struct process_keys tags;
};

/* Initializes a list without a view. The filter of the command line is borrowed. */
void process_list_init(struct process_list *list, const struct tui_settings *settings,
	const struct filter *fixed_filter, const char *given_filter);
void process_list_finish(struct process_list *list);

/* Uses it for another view from now on. */
void process_list_use(struct process_list *list, struct listing *listing, uint64_t needs);

/* Makes the rows anew. */
void process_list_show(struct process_list *list, const struct snapshot *snapshot);

/* Notes the rows that were drawn: they are read first if not all can be read. */
void process_list_note_visible(struct process_list *list);

/* Adds the needs of the list. `is_first`: only those for filter and order. */
void process_list_add_needs(const struct process_list *list, bool is_first, struct needs *needs);

/* The selected process, or NULL; remembers it, so that it stays selected. */
const struct process *process_list_selected(const struct process_list *list);
void process_list_remember(struct process_list *list);

/* Whether the rows have a process if no filter is typed. */
bool process_list_has(const struct process_list *list, const struct process *process);
