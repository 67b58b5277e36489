// SPDX-License-Identifier: GPL-3.0-or-later
#include "screen-fixture.h"
#include "unit.h"

#include "base/memory.h"
#include "tui/tui.h"

#include <stdlib.h>

static struct listing
listing_of(const char *columns)
{
	struct listing listing = { .columns = { .table = &process_table },
		.order = order_of(table_column(&process_table, "res")) };
	size_t position;

	assert_int_equal(selection_parse(&listing.columns, columns, &position), 0);
	return listing;
}

struct screen_fixture *
screen_fixture_create(const char *columns)
{
	struct screen_fixture *fixture = xcalloc(1, sizeof(*fixture));

	snapshot_reset(&fixture->snapshot);
	fixture->settings = (struct tui_settings){
		.processes = listing_of(columns),
		.kill_order = listing_of(columns),
		.interval = 1500000000,
		.scale = SCALE_HUMAN,
	};
	fixture->tui = tui_create(&fixture->settings, NULL, NULL, NULL);
	return fixture;
}

void
screen_fixture_destroy(struct screen_fixture *fixture)
{
	if (fixture->window)
		delwin(fixture->window);
	tui_destroy(fixture->tui);
	selection_finish(&fixture->settings.processes.columns);
	selection_finish(&fixture->settings.kill_order.columns);
	snapshot_finish(&fixture->snapshot);
	free(fixture);
}

int
screen_fixture_tear_down(void **state)
{
	screen_fixture_destroy(*state);
	return 0;
}

struct process *
screen_fixture_add(struct screen_fixture *fixture, int64_t pid, const char *command)
{
	struct process *row = snapshot_add_process(&fixture->snapshot);

	row->asked = UINT32_MAX;
	row->pid = pid;
	row->start_time = 7;
	row->resident = pid << 20;
	row->uid = 0;
	row->user = "root";
	row->comm = row->command = command;
	return row;
}

void
screen_fixture_know_all(struct screen_fixture *fixture)
{
	for (size_t i = 0; i < fixture->snapshot.process_count * process_table.column_count; i++) {
		struct process *row = &fixture->snapshot.processes[i / process_table.column_count];
		const struct column *column =
			&process_table.columns[i % process_table.column_count];
		char *base = (char *)row;

		if (column_is_known(column, row))
			continue;
		if (column->part)
			base = row_own_part(row, column->part, &fixture->snapshot.texts);
		if (column->unit == UNIT_TEXT)
			*(const char **)(base + column->offset) = "x";
		else
			*(int64_t *)(base + column->offset) = 1;
	}
}

void
screen_fixture_show(struct screen_fixture *fixture)
{
	tui_show(fixture->tui, &fixture->snapshot, 1);
}

void
screen_fixture_type(struct screen_fixture *fixture, const char *keys)
{
	for (; *keys; keys++)
		assert_true(tui_key(fixture->tui, (unsigned char)*keys));
}

void
screen_draw_view(struct app *app, const char *name, WINDOW *window)
{
	app_draw(app, view_of_name(name), window);
}

bool
screen_act(struct app *app, const char *name, enum action action)
{
	const struct view *view = view_of_name(name);

	return (view->act && view->act(app_state(app, view), app, action)) ||
	       (view->has_list && list_action(app_state(app, view), action));
}

void
screen_filter(struct app *app, const char *text)
{
	struct filter_error error;

	assert_true(table_view_filter(&app->processes->table, text, &error));
	app_show(app);
}
