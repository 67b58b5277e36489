// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/choose.h"

#include "base/memory.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/process-list.h"
#include "tui/table-input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The users of the processes that are listed without the typed filter. */

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

/* Shared pages count in each RES, so the sum is a maximum. */
static void
add_user(struct app *app, struct choose *choose, const struct user *user)
{
	char text[USER_TEXT_SIZE], name[USER_TEXT_SIZE], size[UNIT_FORMAT_SIZE];

	unit_format(size, UNIT_BYTES, user->resident, app->settings->scale);
	snprintf(text, sizeof(text), "at most %s, %zu process%s", size, user->count,
		user->count == 1 ? "" : "es");
	text_safe(name, sizeof(name), user->name, app->charset);
	choose_add(choose, &(struct choice){ .number = user->uid,
				   .name = arena_text(&choose->texts, name),
				   .text = arena_text(&choose->texts, text),
				   .value = arena_text(&choose->texts, user->name) });
}

static void
fill_users(struct app *app, struct choose *choose)
{
	struct users users = { .users = NULL };

	choose_add(choose, &(struct choice){ UNKNOWN, "all users", "", NULL });
	for (size_t i = 0; app->snapshot && i < app->snapshot->process_count; i++) {
		const struct process *process = &app->snapshot->processes[i];
		struct user *user;

		if (!process->user || !process_list_has(app->processes, process))
			continue;
		user = user_of(&users, process);
		user->count++;
		user->resident += known_or_zero(process->resident);
	}
	if (users.count > 0)
		qsort(users.users, users.count, sizeof(users.users[0]), larger_first);
	for (size_t i = 0; i < users.count; i++)
		add_user(app, choose, &users.users[i]);
	free(users.users);
}

static bool
user_chosen(struct app *app, const struct choice *choice)
{
	bool others = app->prompt.text[0] == '!';
	char text[PROMPT_SIZE] = "";
	struct filter_error error;

	if (choice->value)
		snprintf(text, sizeof(text), "user%s='%s'", others ? "!" : "",
			(const char *)choice->value);
	if (!table_input_filter(app, text, &error))
		app_say(app, "%s", error.message);
	else
		app_refresh(app); /* for the sum of the rows that pass, with PSS */
	return false;
}

void
choose_user(struct app *app)
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

	choose_open(&app->choose, &app->prompt, app, &kind);
}
