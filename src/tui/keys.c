// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/keys.h"

#include "base/macros.h"
#include "base/scan.h"

#include <curses.h>
#include <stdio.h>

enum { ESCAPE = 27 };

/* clang-format off */
static const struct key_binding screen_bindings[] = {
	{ ACTION_UP, "Up", "select the row above", { KEY_UP, CONTROL('P') }, "Move and search" },
	{ ACTION_DOWN, "Down", "select the row below", { KEY_DOWN, CONTROL('N') } },
	{ ACTION_PAGE_UP, "PgUp", "a page up", { KEY_PPAGE, CONTROL('B') } },
	{ ACTION_PAGE_DOWN, "PgDn", "a page down", { KEY_NPAGE, CONTROL('F') } },
	{ ACTION_FIRST, "Home", "the first row", { KEY_HOME } },
	{ ACTION_LAST, "End", "the last row", { KEY_END } },
	{ ACTION_LEFT, "Left", "scroll the columns left; the first ones stay", { KEY_LEFT } },
	{ ACTION_RIGHT, "Right", "scroll the columns right", { KEY_RIGHT } },
	{ ACTION_SEARCH, "/ F3 L", "search a text in the rows", { '/', KEY_F(3), 'L' } },
	{ ACTION_SEARCH_NEXT, "n &", "the next match", { 'n', '&' } },
	{ ACTION_SEARCH_PREVIOUS, "p", "the previous match", { 'p' } },
	{ ACTION_MOUSE, "mouse", "click a row, a heading to sort by, a tab, a key of the last line", { KEY_MOUSE } },
	{ ACTION_OPEN, "Enter", "all details of the selected process", { '\n', '\r', KEY_ENTER }, "Views and pages" },
	{ ACTION_WHY, "i", "past: why the process was killed", { 'i' } },
	{ ACTION_BACK, "Esc", "end a filter or a search; go back; leave memtop after a question", { ESCAPE } },
	{ ACTION_LEAVE, "q", "leave the page, such as this help; in a tab leave memtop", { 'q' } },
	{ ACTION_QUIT, "F10", "leave memtop", { KEY_F(10) } },
	{ ACTION_FILTER, "\\ F4 o", "show only rows that pass a filter: rss>500M user!=root java", { '\\', KEY_F(4), 'o' }, "Which rows, in which order" },
	{ ACTION_USER, "u", "show only the processes of one user, chosen from a list", { 'u' } },
	{ ACTION_KERNEL_THREADS, "K", "show or hide kernel threads", { 'K' } },
	{ ACTION_SORT_LIST, "F6 .", "choose the column to sort by from a list", { KEY_F(6), '.' } },
	{ ACTION_SORT_MEMORY, "M", "sort by RES", { 'M' } },
	{ ACTION_SORT_CPU, "P", "sort by %CPU", { 'P' } },
	{ ACTION_SORT_PID, "N", "sort by PID", { 'N' } },
	{ ACTION_SORT_TIME, "T", "sort by TIME", { 'T' } },
	{ ACTION_SORT_PREVIOUS, "<", "sort by the column to the left", { '<' } },
	{ ACTION_SORT_NEXT, ">", "sort by the column to the right", { '>' } },
	{ ACTION_SORT_REVERSE, "R I", "reverse the order", { 'R', 'I' } },
	{ ACTION_TREE, "V F5 t", "tree: children below their parents", { 'V', KEY_F(5), 't' } },
	{ ACTION_FOLD, "-", "in a tree: hide the rows below the selected one", { '-' } },
	{ ACTION_UNFOLD, "+", "in a tree: show them again", { '+' } },
	{ ACTION_GROUPING, "b B", "faults: rows by segment, code, mapping or process; map: segments or mappings; kernel: the next page", { 'b', 'B' } },
	{ ACTION_SCOPE, "g", "kill order: the selected process's memory cgroup, or the machine", { 'g' } },
	{ ACTION_TAG, "Space", "tag or untag the selected process", { ' ' }, "Act on processes" },
	{ ACTION_UNTAG_ALL, "U", "untag all", { 'U' } },
	{ ACTION_SIGNAL, "k F9", "send a signal to the selected or tagged processes, or a group's", { 'k', KEY_F(9) } },
	{ ACTION_ADJUST, "a", "the OOM priority of the selected or tagged processes, or a group's", { 'a' } },
	{ ACTION_ADJUST_DOWN, "F7", "the same, starting with an adjustment 10 lower", { KEY_F(7) } },
	{ ACTION_ADJUST_UP, "F8", "the same, starting with an adjustment 10 higher", { KEY_F(8) } },
	{ ACTION_COMMAND_LINE, "c", "show commands with their path, or without", { 'c' }, "The screen" },
	{ ACTION_UNIT_NEXT, "e", "show sizes in a larger unit", { 'e' } },
	{ ACTION_UNIT_PREVIOUS, "E", "show sizes in a smaller unit", { 'E' } },
	{ ACTION_DELAY, "d s", "change the time between two refreshes", { 'd', 's' } },
	{ ACTION_FREEZE, "z", "freeze the screen, or continue", { 'z' } },
	{ ACTION_GRAPH, "G", "show or hide the graphs of the last minutes, in a window of 32 lines", { 'G' } },
	{ ACTION_REFRESH, "Ctrl-R", "refresh now", { CONTROL('R') } },
	{ ACTION_WALKS, "w", "faults: start or stop sampling TLB walks by process", { 'w' } },
	{ ACTION_SAVE, "W", "write the settings to their file", { 'W' } },
	{ ACTION_REDRAW, "Ctrl-L", "redraw the screen", { CONTROL('L') } },
};

static const struct key_binding past_bindings[] = {
	{ ACTION_PAST_NEXT, "t", "the next sample", { 't' }, "In a recording (memtop replay)" },
	{ ACTION_PAST_PREVIOUS, "T", "the sample before", { 'T' } },
	{ ACTION_PAST_FORWARD, ".", "ten samples on", { '.' } },
	{ ACTION_PAST_BACK, ",", "ten samples back", { ',' } },
	{ ACTION_PAST_MARK_NEXT, "]", "the next kill, gap or other event", { ']' } },
	{ ACTION_PAST_MARK_PREVIOUS, "[", "the one before", { '[' } },
	{ ACTION_PAST_PEAK_NEXT, "}", "the next peak of the selected process, within a day", { '}' } },
	{ ACTION_PAST_PEAK_PREVIOUS, "{", "the one before", { '{' } },
	{ ACTION_PAST_TIME, "b", "go to a time: 03:12, -2h, oom, last", { 'b' } },
	{ ACTION_PAST_FIRST, "r", "the first sample", { 'r' } },
	{ ACTION_PAST_LAST, "Z", "the last sample", { 'Z' } },
	{ ACTION_PAST_PLAY, "z", "play it, or stop", { 'z' } },
	{ ACTION_PAST_FASTER, "+", "while it plays: faster", { '+' } },
	{ ACTION_PAST_SLOWER, "-", "while it plays: slower", { '-' } },
};

static const struct key_binding prompt_bindings[] = {
	{ ACTION_TAKE, "Enter", "use the typed or chosen text; typing narrows a list", { '\n', '\r', KEY_ENTER }, "In a line to type and a list to choose from" },
	{ ACTION_CANCEL, "Esc Ctrl-G", "cancel: nothing changes", { ESCAPE, CONTROL('G') } },
};

static const struct key_binding editor_bindings[] = {
	{ ACTION_ADJ_PROTECT, "p", "protect: -900", { 'p' }, "In the OOM priority editor" },
	{ ACTION_ADJ_LESS, "l", "less likely: -300", { 'l' } },
	{ ACTION_ADJ_NORMAL, "n", "normal: 0", { 'n' } },
	{ ACTION_ADJ_MORE, "m", "more likely: +300", { 'm' } },
	{ ACTION_ADJ_FIRST, "f", "first: +1000", { 'f' } },
	{ ACTION_ADJ_DOWN, "Left Down F7", "10 less", { KEY_LEFT, KEY_DOWN, KEY_F(7) } },
	{ ACTION_ADJ_UP, "Right Up F8", "10 more", { KEY_RIGHT, KEY_UP, KEY_F(8) } },
	{ ACTION_ADJ_DOWN_FAR, "PgDn", "100 less", { KEY_NPAGE } },
	{ ACTION_ADJ_UP_FAR, "PgUp", "100 more", { KEY_PPAGE } },
	{ ACTION_ADJ_NUMBER, "- 0 to 9", "any adjustment from -1000 to 1000", { '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' } },
	{ ACTION_ADJ_TREE, "t", "with or without all child processes", { 't' } },
	{ ACTION_ADJ_LASTING, "s", "how to make it last: systemd, Docker, Podman, Kubernetes or a script", { 's' } },
	{ ACTION_ADJ_WRITE, "w", "write the drop-in file of its systemd unit, after a question", { 'w' } },
	{ ACTION_ADJ_UNDO, "u", "undo the last change", { 'u' } },
	{ ACTION_ADJ_APPLY, "Enter", "apply the change", { '\n', '\r', KEY_ENTER } },
	{ ACTION_ADJ_CANCEL, "Esc q", "close without a change", { ESCAPE, 'q', CONTROL('G') } },
};
/* clang-format on */

const struct key_list screen_keys = { screen_bindings, ARRAY_SIZE(screen_bindings) };
const struct key_list past_keys = { past_bindings, ARRAY_SIZE(past_bindings) };
const struct key_list prompt_keys = { prompt_bindings, ARRAY_SIZE(prompt_bindings) };
const struct key_list editor_keys = { editor_bindings, ARRAY_SIZE(editor_bindings) };

bool
key_binding_has(const struct key_binding *binding, int code)
{
	for (size_t i = 0; i < MOST_KEYS && binding->codes[i]; i++)
		if (binding->codes[i] == code)
			return true;
	return false;
}

enum action
action_of_key(const struct key_list *list, int code)
{
	for (size_t i = 0; i < list->count; i++)
		if (key_binding_has(&list->bindings[i], code))
			return list->bindings[i].action;
	return ACTION_NONE;
}

/* Keys without a character or number as a name. */
static const struct {
	int code;
	const char *name;
} named_keys[] = {
	{ KEY_UP, "Up" },
	{ KEY_DOWN, "Down" },
	{ KEY_LEFT, "Left" },
	{ KEY_RIGHT, "Right" },
	{ KEY_PPAGE, "PgUp" },
	{ KEY_NPAGE, "PgDn" },
	{ KEY_HOME, "Home" },
	{ KEY_END, "End" },
	{ '\n', "Enter" },
	{ '\r', "Enter" },
	{ KEY_ENTER, "Enter" },
	{ ESCAPE, "Esc" },
	{ ' ', "Space" },
	{ '\t', "Tab" },
	{ KEY_BTAB, "Shift-Tab" },
	{ KEY_DELETE, "Backspace" },
	{ KEY_BACKSPACE, "Backspace" },
	{ KEY_DC, "Del" },
	{ KEY_IC, "Ins" },
	{ KEY_MOUSE, "mouse" },
};

void
name_of_key(char text[static KEY_NAME_SIZE], int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(named_keys); i++)
		if (named_keys[i].code == code) {
			snprintf(text, KEY_NAME_SIZE, "%s", named_keys[i].name);
			return;
		}
	if (code >= 0 && code < ' ')
		snprintf(text, KEY_NAME_SIZE, "Ctrl-%c", code + '@');
	else if (code > ' ' && code < KEY_DELETE)
		snprintf(text, KEY_NAME_SIZE, "%c", code);
	else if (code >= KEY_F0 && code < KEY_F0 + 64)
		snprintf(text, KEY_NAME_SIZE, "F%d", code - KEY_F0);
	else /* a part of a character, or an unknown key */
		snprintf(text, KEY_NAME_SIZE, "that one");
}

int
key_binding_named(const struct key_binding *binding, const char *name, size_t length)
{
	char text[KEY_NAME_SIZE];

	for (size_t i = 0; i < MOST_KEYS && binding->codes[i]; i++) {
		name_of_key(text, binding->codes[i]);
		if (scan_is(name, length, text))
			return binding->codes[i];
	}
	return 0;
}

int
key_of_name(const struct key_list *list, const char *name, size_t length)
{
	int key = 0;

	for (size_t i = 0; i < list->count && key == 0; i++)
		key = key_binding_named(&list->bindings[i], name, length);
	return key;
}
