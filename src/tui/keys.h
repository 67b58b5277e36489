// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The requests of keys. A view handles its own, the screen the rest. */
enum request {
	REQUEST_NONE,
	REQUEST_LEAVE,
	REQUEST_QUIT,
	REQUEST_UP,
	REQUEST_DOWN,
	REQUEST_PAGE_UP,
	REQUEST_PAGE_DOWN,
	REQUEST_FIRST,
	REQUEST_LAST,
	REQUEST_LEFT,
	REQUEST_RIGHT,
	REQUEST_OPEN,
	REQUEST_BACK,
	REQUEST_SORT_MEMORY,
	REQUEST_SORT_CPU,
	REQUEST_SORT_PID,
	REQUEST_SORT_TIME,
	REQUEST_SORT_PREVIOUS,
	REQUEST_SORT_NEXT,
	REQUEST_SORT_REVERSE,
	REQUEST_SORT_LIST,
	REQUEST_SEARCH,
	REQUEST_SEARCH_NEXT,
	REQUEST_SEARCH_PREVIOUS,
	REQUEST_FILTER,
	REQUEST_USER,
	REQUEST_TREE,
	REQUEST_FOLD,
	REQUEST_UNFOLD,
	REQUEST_TAG,
	REQUEST_UNTAG_ALL,
	REQUEST_COMMAND_LINE,
	REQUEST_KERNEL_THREADS,
	REQUEST_UNIT_NEXT,
	REQUEST_UNIT_PREVIOUS,
	REQUEST_DELAY,
	REQUEST_SIGNAL,
	REQUEST_ADJUST,
	REQUEST_ADJUST_DOWN,
	REQUEST_ADJUST_UP,
	REQUEST_FREEZE,
	REQUEST_SAVE,
	REQUEST_SCOPE,
	REQUEST_GROUPING,
	REQUEST_WALKS,
	REQUEST_REFRESH,
	REQUEST_REDRAW,
	REQUEST_MOUSE,

	/* For a prompt, and a list to choose from. */
	REQUEST_TAKE,
	REQUEST_CANCEL,

	/* For the OOM priority editor. */
	REQUEST_ADJ_PROTECT,
	REQUEST_ADJ_LESS,
	REQUEST_ADJ_NORMAL,
	REQUEST_ADJ_MORE,
	REQUEST_ADJ_FIRST,
	REQUEST_ADJ_DOWN,
	REQUEST_ADJ_UP,
	REQUEST_ADJ_DOWN_FAR,
	REQUEST_ADJ_UP_FAR,
	REQUEST_ADJ_NUMBER,
	REQUEST_ADJ_TREE,
	REQUEST_ADJ_DROP_IN,
	REQUEST_ADJ_UNDO,
	REQUEST_ADJ_APPLY,
	REQUEST_ADJ_CANCEL,
	REQUEST_COUNT,
};

enum { MOST_KEYS = 12 };

struct key_binding {
	enum request request; /* for a view: none */
	const char *keys;     /* as people call them */
	const char *help;
	int codes[MOST_KEYS]; /* of curses; 0: no more */
	const char *group;    /* heading in the help, if it is the first of a group; or NULL */
};

/* The keys of one place, for input and for the help view. */
struct key_list {
	const struct key_binding *bindings;
	size_t count;
};

extern const struct key_list screen_keys, prompt_keys, editor_keys;

/* Whether a binding has a key; the key with a name of `length` bytes, or 0. */
bool key_binding_has(const struct key_binding *binding, int code);
int key_binding_named(const struct key_binding *binding, const char *name, size_t length);

enum request request_of_key(const struct key_list *list, int code);

/* Writes a key's name: "G", "F5", "Ctrl-R", "PgUp". Always safe for a terminal. */
enum { KEY_NAME_SIZE = 32 };
void name_of_key(char text[static KEY_NAME_SIZE], int code);

/* The key of a list with a name of `length` bytes, or 0. */
int key_of_name(const struct key_list *list, const char *name, size_t length);
