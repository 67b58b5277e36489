// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"
#include "model/incident.h"
#include "tui/app.h"
#include "tui/screen.h"
#include "tui/table-view.h"

#include <stdlib.h>
#include <string.h>

/* Why a process was killed, as memtop oom log tells it. */
struct state {
	struct list list; /* the first member: of lines */
	char *text;
};

static void
finish(void *data)
{
	struct state *state = data;

	free(state->text);
}

/* It is about the selected row of the view below. */
static void
open_kill(void *data, struct app *app, const struct process_key *process)
{
	struct state *state = data;
	const struct incident *incident = table_view_selected(app_table(app));
	size_t size;
	FILE *file;

	list_open_page(state, app, process);
	free(state->text);
	state->text = NULL;
	file = incident ? open_memstream(&state->text, &size) : NULL;
	if (!file)
		return;
	app->settings->explain_kill(file, incident);
	fclose(file);
}

/* Draws the lines, or only counts them where `window` is too low. */
static int
draw_lines(const struct state *state, WINDOW *window, int y)
{
	int start = y;

	for (char *line = state->text; line && *line;) {
		size_t length = strcspn(line, "\n");
		char *copy = xstrndup(line, length);

		y += length > 0 ? screen_put_wrapped(window, y, 0, STYLE_NORMAL, copy) : 1;
		free(copy);
		line += length + (line[length] == '\n');
	}
	return y - start;
}

static void
draw(void *data, struct app *app, WINDOW *window)
{
	struct state *state = data;
	int height = getmaxy(window);
	int lines = draw_lines(state, window, height);

	list_fit_page(&state->list, (size_t)lines, (size_t)height);
	draw_lines(state, window, -(int)state->list.selected);
}

const struct view view_kill = {
	.name = "Kill",
	.hint = "Up Down scroll  q back",
	.is_page = true,
	.is_over = OVER_ROWS,
	.state_size = sizeof(struct state),
	.finish = finish,
	.open = open_kill,
	.draw = draw,
	.has_list = true,
};
