// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/keys.h"

#include <stdbool.h>
#include <stddef.h>

struct tui;

/* What a request does in one place: one of the two, the second one with the argument. */
struct action {
	enum request request;
	void (*act)(struct tui *tui);
	void (*act_with)(struct tui *tui, long argument);
	long argument;
};

/* Does what a request is to do. Returns false where none of the actions is for it. */
static inline bool
actions_take(const struct action *actions, size_t count, struct tui *tui, enum request request)
{
	for (size_t i = 0; i < count; i++) {
		if (actions[i].request != request)
			continue;
		if (actions[i].act)
			actions[i].act(tui);
		else
			actions[i].act_with(tui, actions[i].argument);
		return true;
	}
	return false;
}
