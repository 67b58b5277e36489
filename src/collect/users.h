// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Names of users, each looked up once: a name service may be slow. A zeroed struct is empty. */
struct users {
	struct user *list;
	size_t count, capacity;
};

/* The name of a user, or its number as text. Valid until users_finish(). */
const char *users_name(struct users *users, int64_t uid);
void users_finish(struct users *users);
