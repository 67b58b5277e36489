// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/group.h"
#include "model/growth-list.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/bar.h"
#include "tui/process-list.h"
#include "tui/table-input.h"
#include "tui/table-view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state {
	struct table_view table;
	struct groups groups;
	enum group_kind kind;
	struct growth_set growth[GROUP_KINDS]; /* since each kind was shown first */
	bool is_tree;                          /* groups stand below those they are in */
	struct process_keys members; /* of the selected group, for keys that change them */
	struct pids first;           /* processes of the groups on the screen */
	char name[GROUP_NAME_SIZE];  /* of the selected one, where it is made for a question */
};

/*
 * How processes are filtered by the name of a group of each kind; where groups have a path, by the
 * end of that, before which "^" stands if it is whole.
 */
enum { PATH_TAIL = 180 };

static const struct {
	const char *known, *unknown;
} filters[GROUP_KINDS] = {
	[GROUP_BY_PROGRAM] = { "program~'(?-i)^\\Q%s\\E:?( |$)'", "!program~'^[^ ]'" },
	[GROUP_BY_USER] = { "user='%s'", "!user~." },
	[GROUP_BY_UNIT] = { "unit='%s'", "!unit~." },
	[GROUP_BY_CGROUP] = { "cgroup='%s'", "!cgroup~." },
	[GROUP_BY_CONTAINER] = { "container_path~'(?-i)%s\\Q%s\\E$'", "!container_path~." },
	[GROUP_BY_TREE] = { NULL, NULL }, /* the list of processes can be a tree itself */
	[GROUP_BY_POD] = { "pod_path~'(?-i)%s\\Q%s\\E$'", "!pod_path~." },
};

/* The same for a cgroup with those below it; the name of the outermost is "". */
static const char tree_filter[] = "cgroup~'(?-i)^\\Q%s\\E(/|$)'";

static const char *
columns_of(enum group_kind kind)
{
	return group_kinds[kind].columns ? group_kinds[kind].columns
					 : "footprint,share,processes,anon,file,shared,swap,name";
}

/* Below another cgroup the last part of the path is enough. */
static const char *
text_of(const struct table_view *view, const struct column *column, size_t index)
{
	const struct group *group = view->rows.rows[index];
	bool is_below = view->tree && *view->tree && view->rows.depths[index] > 0;
	const char *slash = group->name ? strrchr(group->name, '/') : NULL;

	if (!is_below || !slash || strcmp(column->name, "name") != 0 || group->root != UNKNOWN)
		return NULL;
	return slash + 1;
}

/* How full a limit is: the working set, then the rest, which is mostly cache that goes first. */
static bool
draw_bar(const struct heading *heading, const void *row, WINDOW *window, int y,
	enum charset charset, enum style style)
{
	const struct cgroup_charge *charge = ((const struct group *)row)->charge;
	const int64_t workset =
		charge->full_workset == UNKNOWN ? charge->full : charge->full_workset;
	static const char block[] = "\u2586"; /* bars of rows below each other stay apart */
	const struct bar_part parts[] = {
		{ "workset", block, '#', STYLE_ANON, workset, block },
		{ "rest", "\u2591", '-', STYLE_CACHE, known_difference(charge->full, workset),
			block },
		{ "left", "\u00b7", ' ', STYLE_DIM, known_difference(1000, charge->full) },
	};

	if (strcmp(heading->column->name, "full") != 0 || charge->full == UNKNOWN)
		return trend_draw(heading, row, window, y, charset, style);
	bar_draw(window, y, heading->x, heading->room, parts, ARRAY_SIZE(parts), 1000, charset);
	return true;
}

static const struct row_look look = { .text = text_of, .draw = draw_bar };

static void
set_tree(struct state *state)
{
	state->table.tree = group_kinds[state->kind].is_tree ? &state->is_tree : NULL;
}

static void
init(void *data)
{
	struct state *state = data;

	table_view_init(&state->table, &group_table, columns_of(state->kind), "footprint");
	state->table.has_commands = true;
	state->table.look = &look;
	state->is_tree = true;
	set_tree(state);
}

static void
finish(void *data)
{
	struct state *state = data;

	table_view_finish(&state->table);
	groups_finish(&state->groups);
	for (size_t i = 0; i < GROUP_KINDS; i++)
		growth_set_finish(&state->growth[i]);
	free(state->members.keys);
	free(state->first.pids);
}

static void
add_needs(const void *data, const struct app *app, struct needs *needs)
{
	const struct state *state = data;
	const struct table_view *table = &state->table;
	uint64_t bits = selection_needs(table->columns) | table->order->column->need;

	if (table->filter)
		bits |= filter_needs(table->filter);
	if (!group_kinds[state->kind].has_charge)
		bits &= ~CHARGE_NEEDS;
	needs->bits |= group_kinds[state->kind].need | bits;
	needs->summed = state->first.pids; /* the largest groups are known first */
	needs->summed_count = state->first.count;
}

/* Notes the processes of the groups on the screen. */
static void
note_first(struct state *state, const struct snapshot *snapshot)
{
	const struct table_view *table = &state->table;
	const struct group *groups = state->groups.rows.data;
	const uint32_t *rows = state->groups.of_process;
	size_t end = table->list.top + table->list.height;
	_cleanup_free_ bool *shown = xcalloc(state->groups.rows.count + 1, sizeof(shown[0]));

	for (size_t i = table->list.top; i < end && i < table->rows.count; i++)
		shown[(const struct group *)table->rows.rows[i] - groups] = true;
	state->first.count = 0;
	for (size_t i = 0; i < snapshot->process_count; i++) {
		struct pids *first = &state->first;

		if (rows[i] == INDEX_END || !shown[rows[i]])
			continue;
		first->pids = array_reserve(
			first->pids, &first->capacity, first->count + 1, sizeof(first->pids[0]));
		first->pids[first->count++] = snapshot->processes[i].pid;
	}
}

static void
show(void *data, struct app *app)
{
	struct state *state = data;

	groups_build(&state->groups, app->snapshot, state->kind);
	growth_of_groups(&state->growth[state->kind], &state->groups, app->snapshot,
		app->settings->interval);
	table_view_show(&state->table, &state->groups.rows);
	note_first(state, app->snapshot);
}

static void
draw_notes(void *data, struct app *app, WINDOW *window)
{
	const struct state *state = data;
	int x = screen_printf(window, 0, 0, STYLE_BOLD, "By %s", group_kinds[state->kind].name);

	screen_put(window, 0, x, STYLE_DIM,
		group_kinds[state->kind].has_charge
			? ": FOOTPRINT of its processes, each page once; CURRENT: what is charged"
			: ": what its processes hold, each page once; ~ at most, PSS not known");
}

/* Writes the filter that its processes pass. Returns false if there is none. */
static bool
filter_of(enum group_kind kind, const struct group *group, char text[static PROMPT_SIZE])
{
	const char *known = filters[kind].known;
	const char *told = group->path ? group->path : group->name;
	size_t length = told ? strlen(told) : 0;
	int size;

	if (!group->name)
		size = snprintf(text, PROMPT_SIZE, "%s", filters[kind].unknown);
	else if (kind == GROUP_BY_CGROUP && group->charge != &charge_unknown)
		size = snprintf(text, PROMPT_SIZE, tree_filter,
			strcmp(group->name, "/") == 0 ? "" : group->name);
	else if (!group->path)
		size = snprintf(text, PROMPT_SIZE, known, group->name);
	else if (length <= PATH_TAIL)
		size = snprintf(text, PROMPT_SIZE, known, "^", group->path);
	else
		size = snprintf(text, PROMPT_SIZE, known, "", group->path + length - PATH_TAIL);
	return size + 1 < PROMPT_SIZE && (!told || !strchr(told, '\''));
}

/* Unfolds the processes above the selected one. */
static void
unfold_above(struct app *app)
{
	struct folded_rows *folded = &app->processes->table.folded;
	const struct process *at = app_find(app, &app->processes->selected);

	for (size_t i = 0; at && i < app->snapshot->process_count; i++) {
		at = snapshot_find_process(app->snapshot, at->parent);
		if (at && tree_is_folded(folded, process_table.tree, at))
			tree_toggle(folded, process_table.tree, at);
	}
}

/* Shows the tree of all processes, at the root of this one. */
static void
open_tree(const struct group *group, struct app *app)
{
	struct filter_error error;

	app->processes->selected = (struct process_key){ group->root, group->root_start };
	if (!app_open(app, views[0]))
		return;
	app->processes->listing->tree = true;
	unfold_above(app);
	table_input_filter(app, "", &error); /* it need not pass one that was typed before */
}

/* Shows the processes of the selected group. */
static void
open_processes(const struct state *state, struct app *app)
{
	const struct group *group = table_view_selected(&state->table);
	char text[PROMPT_SIZE];
	struct filter_error error;

	if (!group)
		return;
	if (state->kind == GROUP_BY_TREE) {
		open_tree(group, app);
		return;
	}
	if (!filter_of(state->kind, group, text) || !app_open(app, views[0]) ||
		!table_input_filter(app, text, &error))
		app_say(app, "no filter finds the processes of this name");
	else
		app_refresh(app); /* for the sum of the rows that pass, with PSS */
}

/* Another kind has other columns; what it was sorted by may be none of them. */
static void
next_kind(struct state *state)
{
	struct table_view *table = &state->table;
	size_t position;

	state->kind = (state->kind + 1) % GROUP_KINDS;
	set_tree(state);
	table->list.selected = 0;
	table->columns->count = 0;
	selection_parse(table->columns, columns_of(state->kind), &position);
	if (!selection_has(table->columns, table->order->column))
		order_parse(&group_table, "footprint", table->order);
}

static bool
act(void *data, struct app *app, enum action action)
{
	struct state *state = data;

	if (action == ACTION_OPEN) {
		open_processes(state, app);
	} else if (action == ACTION_GROUPING) {
		next_kind(state);
		app_show(app);
	} else {
		return false;
	}
	return true;
}

/* What a group is called in a question: of processes of one name by the root of them. */
static const char *
name_of(struct state *state, const struct group *group)
{
	if (group->root != UNKNOWN)
		snprintf(state->name, sizeof(state->name), "%lld %s", (long long)group->root,
			group->name ? group->name : "-");
	else if (!group->name)
		snprintf(state->name, sizeof(state->name), "no %s", group_kinds[state->kind].name);
	return group->root != UNKNOWN || !group->name ? state->name : group->name;
}

/* All processes of the selected group. */
static size_t
targets(void *data, struct app *app, const struct process_key **ret_keys, const char **ret_name)
{
	struct state *state = data;
	struct process_keys *members = &state->members;
	const struct group *group = table_view_selected(&state->table);

	members->count = 0;
	for (size_t i = 0; group && i < app->snapshot->process_count; i++) {
		const struct process *process = &app->snapshot->processes[i];

		if (process->start_time == UNKNOWN || !groups_has(&state->groups, group, i))
			continue;
		members->keys = array_reserve(members->keys, &members->capacity, members->count + 1,
			sizeof(members->keys[0]));
		members->keys[members->count++] = process_key_of(process);
	}
	if (members->count == 0)
		app_say(app, "no process of a group is selected");
	else
		*ret_name = name_of(state, group);
	*ret_keys = members->keys;
	return members->count;
}

static struct table_view *
table(void *data, struct app *app)
{
	return &((struct state *)data)->table;
}

const struct view view_groups = {
	.name = "Groups",
	.hint = "Enter its processes  b by unit ...  / find  k kill  a OOM priority  ? help",
	.key = { .keys = "2",
		.help = "programs, users, units, containers: what they hold together",
		.codes = { '2' } },
	.has_tab = true,
	.needs = NEED_PROCESSES | NEED_STAT | NEED_MEMORY | NEED_SWAP | NEED_MEMINFO | NEED_PSS,
	.state_size = sizeof(struct state),
	.init = init,
	.finish = finish,
	.add_needs = add_needs,
	.show = show,
	.note_lines = 1,
	.draw_notes = draw_notes,
	.act = act,
	.targets = targets,
	.table = table,
};
