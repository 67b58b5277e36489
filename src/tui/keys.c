// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/keys.h"

#include <curses.h>

#define CONTROL(letter) ((letter)&0x1f)

enum { ESCAPE = 27 };

/* clang-format off */
static const struct key_binding screen_bindings[] = {
	{ REQUEST_UP, "Up", "select the row above", { KEY_UP, CONTROL('P') } },
	{ REQUEST_DOWN, "Down", "select the row below", { KEY_DOWN, CONTROL('N') } },
	{ REQUEST_PAGE_UP, "PgUp", "a page up", { KEY_PPAGE, CONTROL('B') } },
	{ REQUEST_PAGE_DOWN, "PgDn", "a page down", { KEY_NPAGE, CONTROL('F') } },
	{ REQUEST_FIRST, "Home", "the first row", { KEY_HOME } },
	{ REQUEST_LAST, "End", "the last row", { KEY_END } },
	{ REQUEST_LEFT, "Left", "scroll the columns left", { KEY_LEFT } },
	{ REQUEST_RIGHT, "Right", "scroll the columns right", { KEY_RIGHT } },
	{ REQUEST_OPEN, "Enter", "all about the selected process", { '\n', '\r', KEY_ENTER } },
	{ REQUEST_BACK, "Esc", "back; end a filter or a search", { ESCAPE } },
	{ REQUEST_SORT_MEMORY, "M", "sort by RES", { 'M' } },
	{ REQUEST_SORT_CPU, "P", "sort by %CPU", { 'P' } },
	{ REQUEST_SORT_PID, "N", "sort by PID", { 'N' } },
	{ REQUEST_SORT_TIME, "T", "sort by TIME", { 'T' } },
	{ REQUEST_SORT_PREVIOUS, "<", "sort by the column to the left", { '<' } },
	{ REQUEST_SORT_NEXT, ">", "sort by the column to the right", { '>' } },
	{ REQUEST_SORT_REVERSE, "R", "turn the order round", { 'R' } },
	{ REQUEST_SEARCH, "/", "search a name or command", { '/', KEY_F(3) } },
	{ REQUEST_SEARCH_NEXT, "n", "the next match", { 'n' } },
	{ REQUEST_SEARCH_PREVIOUS, "p", "the previous match", { 'p' } },
	{ REQUEST_FILTER, "\\ F4", "show only what a filter lets through: rss>500M user!=root java", { '\\', KEY_F(4) } },
	{ REQUEST_USER, "u", "show only one user's processes", { 'u' } },
	{ REQUEST_TREE, "V F5", "children below their parents", { 'V', KEY_F(5), 't' } },
	{ REQUEST_TAG, "Space", "tag or untag the selected process", { ' ' } },
	{ REQUEST_UNTAG_ALL, "U", "untag all", { 'U' } },
	{ REQUEST_COMMAND_LINE, "c", "command line or name", { 'c' } },
	{ REQUEST_KERNEL_THREADS, "K", "show or hide kernel threads", { 'K' } },
	{ REQUEST_FIELDS, "f F2", "choose the columns", { 'f', KEY_F(2) } },
	{ REQUEST_UNIT_NEXT, "e", "a larger unit of sizes", { 'e' } },
	{ REQUEST_UNIT_PREVIOUS, "E", "a smaller unit of sizes", { 'E' } },
	{ REQUEST_DELAY, "d s", "time between two refreshes", { 'd', 's' } },
	{ REQUEST_SIGNAL, "k F9", "send a signal to the selected or tagged processes", { 'k', KEY_F(9) } },
	{ REQUEST_ADJUST, "a", "the OOM priority of the selected or tagged processes", { 'a' } },
	{ REQUEST_FREEZE, "z", "freeze the screen, and let it go on", { 'z' } },
	{ REQUEST_SAVE, "W", "write the settings to their file", { 'W' } },
	{ REQUEST_REFRESH, "F6", "refresh now", { KEY_F(6) } },
	{ REQUEST_REDRAW, "Ctrl-L", "draw the screen anew", { CONTROL('L') } },
	{ REQUEST_PROCESSES, "1", "the processes", { '1' } },
	{ REQUEST_KILL_ORDER, "2", "who would be killed first if memory ran out", { '2' } },
	{ REQUEST_MAP, "3", "what the selected process's address space is made of", { '3' } },
	{ REQUEST_FAULTS, "4", "where page faults come from; in the detail: those of its process", { '4' } },
	{ REQUEST_BUDGET, "5", "where all memory of the machine is", { '5' } },
	{ REQUEST_KERNEL, "6", "what the kernel keeps: slab caches, zones, free blocks, reclaim, swap, nodes", { '6' } },
	{ REQUEST_EXPLAIN, "x", "what each figure of the selected row and of the header is, and how it comes about", { 'x' } },
	{ REQUEST_SCOPE, "g", "kill order: the selected process's memory cgroup, or the machine", { 'g' } },
	{ REQUEST_GROUPING, "b", "faults: rows by segment, code, mapping or process; map: segments or mappings; kernel: the next page", { 'b' } },
	{ REQUEST_WALKS, "w", "faults: sample TLB walks by process, or stop that", { 'w' } },
	{ REQUEST_HELP, "? h F1", "this help", { '?', 'h', KEY_F(1) } },
	{ REQUEST_QUIT, "q F10", "leave", { 'q', KEY_F(10) } },
	{ REQUEST_MOUSE, "mouse", "select a row, sort by a heading, scroll with the wheel", { KEY_MOUSE } },
};

static const struct key_binding editor_bindings[] = {
	{ REQUEST_ADJ_PROTECT, "p", "protect: -900", { 'p' } },
	{ REQUEST_ADJ_LESS, "l", "less likely: -300", { 'l' } },
	{ REQUEST_ADJ_NORMAL, "n", "normal: 0", { 'n' } },
	{ REQUEST_ADJ_MORE, "m", "more likely: +300", { 'm' } },
	{ REQUEST_ADJ_FIRST, "f", "first: +1000", { 'f' } },
	{ REQUEST_ADJ_DOWN, "Left Down", "10 less", { KEY_LEFT, KEY_DOWN } },
	{ REQUEST_ADJ_UP, "Right Up", "10 more", { KEY_RIGHT, KEY_UP } },
	{ REQUEST_ADJ_DOWN_FAR, "PgDn", "100 less", { KEY_NPAGE } },
	{ REQUEST_ADJ_UP_FAR, "PgUp", "100 more", { KEY_PPAGE } },
	{ REQUEST_ADJ_NUMBER, "- 0 to 9", "any adjustment from -1000 to 1000", { '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' } },
	{ REQUEST_ADJ_TREE, "t", "with or without all processes below them", { 't' } },
	{ REQUEST_ADJ_DROP_IN, "s", "how to make it last, by systemd", { 's' } },
	{ REQUEST_ADJ_UNDO, "u", "undo the last change", { 'u' } },
	{ REQUEST_ADJ_APPLY, "Enter", "change it", { '\n', '\r', KEY_ENTER } },
	{ REQUEST_ADJ_CANCEL, "Esc q", "leave all as it is", { ESCAPE, 'q', CONTROL('G') } },
};
/* clang-format on */

#define KEYS(where, list)                                                                          \
	{                                                                                          \
		.place = where, .bindings = list, .count = sizeof(list) / sizeof(list[0])          \
	}

const struct key_list screen_keys = KEYS(NULL, screen_bindings);
const struct key_list editor_keys = KEYS("In the OOM priority editor", editor_bindings);

enum request
request_of_key(const struct key_list *list, int code)
{
	for (size_t i = 0; i < list->count; i++)
		for (size_t j = 0; j < MOST_KEYS && list->bindings[i].codes[j]; j++)
			if (list->bindings[i].codes[j] == code)
				return list->bindings[i].request;
	return REQUEST_NONE;
}
