// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/context.h"

#include "model/cell.h"

/*
 * Everything known of one process: each column of the table with its value and what it means. A
 * text that is longer than its line goes on in the next ones.
 */
enum { TITLE_COLUMNS = 9, VALUE_COLUMNS = 12, LEAST_HELP = 30 };

/* Where the line that starts here ends: at the last blank that fits, or where the room ends. */
static size_t
line_length(const char *text, int width)
{
	size_t fits = text_fit(text, (size_t)width), length = fits;

	if (!text[fits])
		return fits;
	while (length > 0 && text[length] != ' ')
		length--;
	return length ? length : fits;
}

/* Writes a text over as many lines as it takes. Returns the next free line. */
static int
put_wrapped(WINDOW *window, int y, int x, enum style style, const char *text)
{
	int width = getmaxx(window) - x;

	while (*text && width > 0 && y < getmaxy(window)) {
		size_t length = line_length(text, width);

		if (length == 0)
			break;
		wattrset(window, screen_style(style));
		mvwaddnstr(window, y++, x, text, (int)length);
		text += length + (text[length] == ' ');
	}
	wattrset(window, A_NORMAL);
	return y;
}

static int
draw_number(WINDOW *window, int y, const char *number, const char *help)
{
	int x = TITLE_COLUMNS + VALUE_COLUMNS, next;

	screen_put(window, y, x - 2 - (int)text_width(number), VALUE_COLUMNS, STYLE_NORMAL, false,
		number);
	next = getmaxx(window) - x >= LEAST_HELP ? put_wrapped(window, y, x, STYLE_DIM, help) : y;
	return next > y ? next : y + 1;
}

static int
draw_column(const struct tui *tui, WINDOW *window, int y, const struct column *column,
	const struct process *process)
{
	char text[CELL_SIZE];
	int next;

	cell_format(text, sizeof(text), column, process, tui->charset, tui->settings->scale);
	screen_put(window, y, 0, TITLE_COLUMNS - 1, STYLE_BOLD, false, column->title);
	if (column->unit != UNIT_TEXT)
		return draw_number(window, y, text, column->help);
	next = put_wrapped(window, y, TITLE_COLUMNS, STYLE_NORMAL, text);
	return next > y ? next : y + 1;
}

static void
draw(struct tui *tui, WINDOW *window)
{
	const struct process *process = tui_find(tui, &tui->focus);
	int y = 0, height = getmaxy(window);

	if (!process) {
		screen_printf(window, 0, 0, STYLE_WARNING, "process %lld has ended",
			(long long)tui->focus.pid);
		return;
	}
	list_fit(&tui->lines, process_table.column_count, (size_t)height);
	for (size_t i = tui->lines.selected; i < process_table.column_count && y < height; i++)
		y = draw_column(tui, window, y, &process_table.columns[i], process);
}

static bool
request(struct tui *tui, enum request request)
{
	return list_request(&tui->lines, request);
}

const struct view view_detail = {
	.name = "Detail",
	.hint = "Up Down scroll  Esc back  q quit",
	.draw = draw,
	.request = request,
	.has_focus = true,
};
