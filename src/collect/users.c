// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/users.h"

#include "base/clock.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/snapshot.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* One that waits longer in a refresh looks up no further names in it. */
#define MOST_WAIT (500 * NS_PER_MS)

struct user {
	int64_t uid;
	int64_t asked; /* when, monotonic; UNKNOWN: never */
	char *name;    /* NULL: it has none */
	bool is_used;  /* since those that are not were forgotten */
};

static uint64_t
hash_of(int64_t uid)
{
	return index_mix(0, (uint64_t)uid);
}

static void
forget_unused(struct users *users)
{
	size_t left = 0;

	index_reset(&users->index);
	for (size_t i = 0; i < users->count; i++) {
		struct user user = users->list[i];

		if (!user.is_used) {
			free(user.name);
			continue;
		}
		user.is_used = false;
		users->list[left++] = user;
		index_add(&users->index, hash_of(user.uid));
	}
	users->count = left;
	users->list = array_fit(users->list, &users->capacity, left, sizeof(users->list[0]));
}

void
users_begin(struct users *users, int64_t monotonic)
{
	users->now = monotonic;
	users->look_ups = 0;
	users->took = 0;
	if (monotonic - users->cleaned < USER_OLD)
		return;
	users->cleaned = monotonic;
	forget_unused(users);
}

static bool
may_look_up(const struct users *users)
{
	return users->look_ups < MOST_LOOK_UPS && users->took < MOST_WAIT;
}

/* A name that is known stays where the service does not answer (getpwuid(3): errno). */
static void
ask_service(struct user *user)
{
	const struct passwd *entry;
	bool has_name;

	errno = 0;
	entry = getpwuid((uid_t)user->uid);
	has_name = entry && entry->pw_name && *entry->pw_name;
	if (!entry && errno != 0 && errno != ENOENT && errno != ESRCH)
		return;
	free(user->name);
	user->name = has_name ? xstrndup(entry->pw_name, USER_NAME_LENGTH) : NULL;
}

static void
look_up(struct users *users, struct user *user)
{
	int64_t start = clock_ns(CLOCK_MONOTONIC);

	ask_service(user);
	user->asked = users->now;
	users->look_ups++;
	users->took += clock_ns(CLOCK_MONOTONIC) - start;
}

static struct user *
find(const struct users *users, int64_t uid)
{
	for (uint32_t i = index_first(&users->index, hash_of(uid)); i != INDEX_END;
		i = index_next(&users->index, i))
		if (users->list[i].uid == uid)
			return &users->list[i];
	return NULL;
}

static struct user *
add(struct users *users, int64_t uid)
{
	users->list = array_reserve(
		users->list, &users->capacity, users->count + 1, sizeof(users->list[0]));
	users->list[users->count] = (struct user){ .uid = uid, .asked = UNKNOWN };
	index_add(&users->index, hash_of(uid));
	return &users->list[users->count++];
}

const char *
users_name(struct users *users, int64_t uid)
{
	struct user *user = find(users, uid);

	if (!user && users->count < MOST_USERS && may_look_up(users))
		user = add(users, uid);
	if (user) {
		user->is_used = true;
		if ((user->asked == UNKNOWN || users->now - user->asked >= USER_OLD) &&
			may_look_up(users))
			look_up(users, user);
	}
	if (user && user->name)
		return user->name;
	snprintf(users->number, sizeof(users->number), "%lld", (long long)uid);
	return users->number;
}

/* Of all rows: one that was kept has its name in the last snapshot. */
void
users_name_rows(struct users *users, struct snapshot *now)
{
	users_begin(users, now->monotonic);
	for (size_t i = 0; i < now->process_count; i++) {
		struct process *row = &now->processes[i];

		if (row->uid == UNKNOWN)
			row->user = NULL;
		else if (i > 0 && row[-1].uid == row->uid)
			row->user = row[-1].user;
		else
			row->user = arena_text(&now->texts, users_name(users, row->uid));
	}
}

void
users_finish(struct users *users)
{
	for (size_t i = 0; i < users->count; i++)
		free(users->list[i].name);
	free(users->list);
	index_finish(&users->index);
	*users = (struct users){ .list = NULL };
}
