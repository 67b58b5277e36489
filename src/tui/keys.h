// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The actions of keys. A view handles its own, the screen the rest. */
enum action {
	ACTION_NONE,
	ACTION_LEAVE,
	ACTION_QUIT,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_LEFT,
	ACTION_RIGHT,
	ACTION_OPEN,
	ACTION_BACK,
	ACTION_SORT_MEMORY,
	ACTION_SORT_CPU,
	ACTION_SORT_PID,
	ACTION_SORT_TIME,
	ACTION_SORT_PREVIOUS,
	ACTION_SORT_NEXT,
	ACTION_SORT_REVERSE,
	ACTION_SORT_LIST,
	ACTION_SEARCH,
	ACTION_SEARCH_NEXT,
	ACTION_SEARCH_PREVIOUS,
	ACTION_FILTER,
	ACTION_USER,
	ACTION_TREE,
	ACTION_FOLD,
	ACTION_UNFOLD,
	ACTION_TAG,
	ACTION_UNTAG_ALL,
	ACTION_COMMAND_LINE,
	ACTION_KERNEL_THREADS,
	ACTION_UNIT_NEXT,
	ACTION_UNIT_PREVIOUS,
	ACTION_DELAY,
	ACTION_SIGNAL,
	ACTION_ADJUST,
	ACTION_ADJUST_DOWN,
	ACTION_ADJUST_UP,
	ACTION_FREEZE,
	ACTION_GRAPH,
	ACTION_SAVE,
	ACTION_SCOPE,
	ACTION_GROUPING,
	ACTION_WALKS,
	ACTION_WHY,
	ACTION_REFRESH,
	ACTION_REDRAW,
	ACTION_MOUSE,

	/* For a recording. */
	ACTION_PAST_NEXT,
	ACTION_PAST_PREVIOUS,
	ACTION_PAST_FORWARD,
	ACTION_PAST_BACK,
	ACTION_PAST_MARK_NEXT,
	ACTION_PAST_MARK_PREVIOUS,
	ACTION_PAST_PEAK_NEXT,
	ACTION_PAST_PEAK_PREVIOUS,
	ACTION_PAST_FIRST,
	ACTION_PAST_LAST,
	ACTION_PAST_TIME,
	ACTION_PAST_PLAY,
	ACTION_PAST_FASTER,
	ACTION_PAST_SLOWER,

	/* For a prompt, and a list to choose from. */
	ACTION_TAKE,
	ACTION_CANCEL,

	/* For the OOM priority editor. */
	ACTION_ADJ_PROTECT,
	ACTION_ADJ_LESS,
	ACTION_ADJ_NORMAL,
	ACTION_ADJ_MORE,
	ACTION_ADJ_FIRST,
	ACTION_ADJ_DOWN,
	ACTION_ADJ_UP,
	ACTION_ADJ_DOWN_FAR,
	ACTION_ADJ_UP_FAR,
	ACTION_ADJ_NUMBER,
	ACTION_ADJ_TREE,
	ACTION_ADJ_LASTING,
	ACTION_ADJ_WRITE,
	ACTION_ADJ_UNDO,
	ACTION_ADJ_APPLY,
	ACTION_ADJ_CANCEL,
	ACTION_COUNT,
};

enum { MOST_KEYS = 12, KEY_DELETE = 127 };

/* The code of Ctrl with a letter. */
#define CONTROL(letter) ((letter)&0x1f)

struct key_binding {
	enum action action; /* for a view: none */
	const char *keys;   /* as people call them */
	const char *help;
	int codes[MOST_KEYS]; /* of curses; 0: no more */
	const char *group;    /* heading in the help, if it is the first of a group; or NULL */
};

/* The keys of one place, for input and for the help view. */
struct key_list {
	const struct key_binding *bindings;
	size_t count;
};

/* Of a recording those of `past_keys` come before those of `screen_keys`. */
extern const struct key_list screen_keys, past_keys, prompt_keys, editor_keys;

/* Whether a binding has a key; the key with a name of `length` bytes, or 0. */
bool key_binding_has(const struct key_binding *binding, int code);
int key_binding_named(const struct key_binding *binding, const char *name, size_t length);

enum action action_of_key(const struct key_list *list, int code);

/* Writes a key's name: "G", "F5", "Ctrl-R", "PgUp". Always safe for a terminal. */
enum { KEY_NAME_SIZE = 32 };
void name_of_key(char text[static KEY_NAME_SIZE], int code);

/* The key of a list with a name of `length` bytes, or 0. */
int key_of_name(const struct key_list *list, const char *name, size_t length);
