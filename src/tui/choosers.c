// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/choosers.h"

#include "base/memory.h"
#include "model/needs.h"
#include "tui/context.h"
#include "tui/signals.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Users: those of the processes that are shown without the typed filter. */

enum { USER_TEXT_SIZE = 96 };

struct user {
	int64_t uid;
	const char *name;
	size_t count;
	int64_t resident;
};

struct users {
	struct user *users;
	size_t count, capacity;
};

static struct user *
user_of(struct users *users, const struct process *process)
{
	for (size_t i = 0; i < users->count; i++)
		if (users->users[i].uid == process->uid)
			return &users->users[i];
	users->users = array_reserve(
		users->users, &users->capacity, users->count + 1, sizeof(users->users[0]));
	users->users[users->count] = (struct user){ .uid = process->uid, .name = process->user };
	return &users->users[users->count++];
}

static int
larger_first(const void *a, const void *b)
{
	const struct user *left = a, *right = b;

	if (left->resident != right->resident)
		return left->resident > right->resident ? -1 : 1;
	return left->uid < right->uid ? -1 : left->uid > right->uid;
}

/* Shared pages count in each RES: together the processes hold that at most. */
static void
add_user(struct tui *tui, struct choose *choose, const struct user *user)
{
	char text[USER_TEXT_SIZE], name[USER_TEXT_SIZE], size[UNIT_FORMAT_SIZE];

	unit_format(size, UNIT_BYTES, user->resident, tui->settings->scale);
	snprintf(text, sizeof(text), "at most %s, %zu process%s", size, user->count,
		user->count == 1 ? "" : "es");
	text_safe(name, sizeof(name), user->name, tui->charset);
	choose_add(choose, &(struct choice){ .number = user->uid,
				   .name = arena_text(&choose->texts, name),
				   .text = arena_text(&choose->texts, text),
				   .value = arena_text(&choose->texts, user->name) });
}

static void
fill_users(struct tui *tui, struct choose *choose)
{
	struct users users = { .users = NULL };

	choose_add(choose, &(struct choice){ UNKNOWN, "all users", "", NULL });
	for (size_t i = 0; tui->snapshot && i < tui->snapshot->process_count; i++) {
		const struct process *process = &tui->snapshot->processes[i];
		struct user *user;

		if (!process->user || !processes_is_shown(tui, process))
			continue;
		user = user_of(&users, process);
		user->count++;
		user->resident += known_or_zero(process->resident);
	}
	if (users.count > 0)
		qsort(users.users, users.count, sizeof(users.users[0]), larger_first);
	for (size_t i = 0; i < users.count; i++)
		add_user(tui, choose, &users.users[i]);
	free(users.users);
}

static bool
user_chosen(struct tui *tui, const struct choice *choice)
{
	bool others = tui->prompt.text[0] == '!';
	char text[PROMPT_SIZE] = "";
	struct filter_error error;

	if (choice->value)
		snprintf(text, sizeof(text), "user%s='%s'", others ? "!" : "",
			(const char *)choice->value);
	if (!processes_set_filter(tui, text, &error))
		tui_say(tui, "%s", error.message);
	return false;
}

void
choosers_user(struct tui *tui)
{
	static const struct choose_kind kind = {
		.label = "User: ",
		.heading = "Type to narrow  !NAME all others  Enter take  Esc cancel",
		.missing = "no process of that user",
		.prefix = "!",
		.needs = NEED_OWNER | NEED_MEMORY,
		.fill = fill_users,
		.chosen = user_chosen,
	};

	choose_open(tui, &kind);
}

/* Columns: those that are shown, in their order, then all others of the table. */

static void
add_column(struct choose *choose, const struct column *column, const struct column *sorted)
{
	if (column == sorted)
		choose->preset = choose->count;
	choose_add(choose, &(struct choice){ UNKNOWN, column->title, column->help, column });
}

static void
fill_columns(struct tui *tui, struct choose *choose)
{
	const struct selection *columns = tui_columns(tui);
	const struct column *sorted = tui_order(tui)->column;

	for (size_t i = 0; i < columns->count; i++)
		add_column(choose, columns->columns[i], sorted);
	for (size_t i = 0; i < columns->table->column_count; i++)
		if (!selection_has(columns, &columns->table->columns[i]))
			add_column(choose, &columns->table->columns[i], sorted);
}

static bool
column_chosen(struct tui *tui, const struct choice *choice)
{
	if (choice->value != tui_order(tui)->column)
		tui_sort(tui, order_of(choice->value));
	return false;
}

void
choosers_order(struct tui *tui)
{
	static const struct choose_kind kind = {
		.label = "Sort by: ",
		.missing = "no such column",
		.fill = fill_columns,
		.chosen = column_chosen,
	};

	choose_open(tui, &kind);
}

/* Signals that have a name. */

static void
fill_signals(struct tui *tui, struct choose *choose)
{
	(void)tui;
	for (int i = 1; i < NSIG; i++) {
		if (!sigabbrev_np(i))
			continue;
		if (i == SIGTERM)
			choose->preset = choose->count;
		choose_add(
			choose, &(struct choice){ i, sigabbrev_np(i), signals_meaning(i), NULL });
	}
}

static bool
signal_chosen(struct tui *tui, const struct choice *choice)
{
	return signals_ask(tui, (int)choice->number);
}

void
choosers_signal(struct tui *tui)
{
	static const struct choose_kind kind = {
		.label = "Signal: ",
		.missing = "no such signal",
		.prefix = "SIG",
		.fill = fill_signals,
		.chosen = signal_chosen,
	};
	struct signal_order *order = &tui->signal;

	order->count = tui_targets(tui, &order->keys);
	if (order->count > 0)
		choose_open(tui, &kind);
}
