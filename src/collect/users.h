// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/index.h"
#include "base/macros.h"

#include <stddef.h>
#include <stdint.h>

struct snapshot;

/*
 * Names of users. A name service may be slow: in one refresh it is asked for only so many names and
 * for so long, and for each again after five minutes. A zeroed struct is empty.
 */
struct users {
	struct user *list;
	size_t count, capacity;
	struct index index; /* by UID */
	int64_t now;        /* of the refresh, monotonic: */
	size_t look_ups;
	int64_t took;
	int64_t cleaned; /* when those that were not used were forgotten */
	char number[24];
};

enum { MOST_USERS = 8192, MOST_LOOK_UPS = 1024, USER_NAME_LENGTH = 255 };

/* From this age on a name is asked for again; one that is not used is forgotten. */
#define USER_OLD (300 * NS_PER_SEC)

/* A refresh begins: it may look up names. */
void users_begin(struct users *users, int64_t monotonic);

/*
 * The name of a user; its number as text if there is none, or if no more may be looked up in this
 * refresh. Valid until the next call.
 */
const char *users_name(struct users *users, int64_t uid);

/* Gives each row of a new refresh the name of its user. */
void users_name_rows(struct users *users, struct snapshot *now);
void users_finish(struct users *users);
