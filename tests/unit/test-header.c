// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"
#include "unit.h"

#include "tui/context.h"

#include <wchar.h>

enum { WIDTH = 160 };

struct fixture {
	struct snapshot snapshot;
	struct tui_settings settings;
	struct tui *tui;
	WINDOW *window;
};

static int
set_up(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof(*fixture));

	snapshot_reset(&fixture->snapshot);
	fixture->snapshot.system.self_cpu_share = 2;
	fixture->snapshot.system.self_resident = 3 << 20;
	fixture->settings = (struct tui_settings){
		.processes = { .columns = { .table = &process_table },
			.order = order_of(table_find(&process_table, "res", 3)) },
		.interval = 1500000000,
	};
	fixture->tui = tui_create(&fixture->settings, NULL);
	fixture->window = newwin(HEADER_WITH_TABS, WIDTH, 0, 0);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	delwin(fixture->window);
	tui_destroy(fixture->tui);
	snapshot_finish(&fixture->snapshot);
	test_free(fixture);
	return 0;
}

/* Whether the first line has a text where a refresh comes after so many intervals. */
static bool
shows(struct fixture *fixture, int stretch, const wchar_t *text)
{
	wchar_t line[WIDTH * 4] = L"";

	tui_show(fixture->tui, &fixture->snapshot, stretch);
	werase(fixture->window);
	header_draw(fixture->tui, fixture->window, HEADER_WITH_TABS);
	assert_true(mvwinnwstr(fixture->window, 0, 0, line, WIDTH * 4 - 1) >= 0);
	return wcsstr(line, text) != NULL;
}

static void
it_shows_what_memtop_itself_uses(void **state)
{
	struct fixture *fixture = *state;

	assert_true(shows(fixture, 1, L"  self 0.2% 3.0M"));
	fixture->snapshot.system.self_cpu_share = UNKNOWN;
	assert_true(shows(fixture, 1, L"  self -% 3.0M"));
}

static void
it_says_where_the_interval_is_stretched(void **state)
{
	struct fixture *fixture = *state;

	assert_true(shows(fixture, 1, L"  every 1.5s  "));
	assert_true(shows(fixture, 3, L"  every 4.5s (1.5s asked)  "));
	assert_true(shows(fixture, 1, L"  every 1.5s  "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_shows_what_memtop_itself_uses),
		TEST(it_says_where_the_interval_is_stretched),
	};
	int failed;

	if (!terminal_open())
		return 0;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	terminal_close();
	return failed;
}
