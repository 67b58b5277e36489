// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/users.h"

#include "base/memory.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

struct user {
	int64_t uid;
	char *name;
};

static char *
look_up(int64_t uid)
{
	const struct passwd *entry = getpwuid((uid_t)uid);
	char number[24];

	if (entry && entry->pw_name && *entry->pw_name)
		return xstrdup(entry->pw_name);
	snprintf(number, sizeof(number), "%lld", (long long)uid);
	return xstrdup(number);
}

const char *
users_name(struct users *users, int64_t uid)
{
	for (size_t i = 0; i < users->count; i++)
		if (users->list[i].uid == uid)
			return users->list[i].name;
	users->list = array_reserve(
		users->list, &users->capacity, users->count + 1, sizeof(users->list[0]));
	users->list[users->count] = (struct user){ .uid = uid, .name = look_up(uid) };
	return users->list[users->count++].name;
}

void
users_finish(struct users *users)
{
	for (size_t i = 0; i < users->count; i++)
		free(users->list[i].name);
	free(users->list);
	*users = (struct users){ .list = NULL };
}
