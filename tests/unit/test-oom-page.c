// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/macros.h"
#include "oomlog/oom-kill.h"
#include "output/oom-log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every figure of a row is this number, every text this name. */
static void
fill(const struct table *table, void *row, int64_t number, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = &table->columns[i];
		char *field = (char *)row + column->offset;

		if (column->unit == UNIT_TEXT)
			*(const char **)field = name;
		else
			*(int64_t *)field = number;
	}
}

static char *
text_of(const struct oom_kill *kill)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	oom_log_write_text(file, kill, 1, CHARSET_UTF8);
	fclose(file);
	return text;
}

static void
check_text(struct oom_kill *kill, int64_t number, const char *name, int64_t order)
{
	struct oom_task task;
	struct oom_zone zone = { "Movable", 0, 4096, 64, 16 };
	char *text;

	fill(&oom_kill_table, kill, number, name);
	fill(&oom_task_table, &task, number, name);
	fill(&oom_task_table, &kill->largest, number, name);
	kill->order = order;
	kill->candidates = &task;
	kill->candidate_count = number != UNKNOWN;
	kill->zones = &zone;
	kill->zone_count = number != UNKNOWN;
	text = text_of(kill);
	assert_null(strpbrk(text, "{}|"));
	free(text);
}

static void
every_text_names_columns_that_exist(void **state)
{
	static const int64_t numbers[] = { UNKNOWN, 0, 1, 4096 }, orders[] = { -1, 0, 3, 40 };

	for (int i = 0; i < 3 * 5 * 4 * 4 * 4 * 2; i++) {
		int64_t number = numbers[i / 60 % 4];
		struct oom_kill kill = { .killer = (enum oom_killer)(i % 3),
			.limited_by = (enum oom_limit)(i / 3 % 5),
			.outcome = (enum oom_outcome)(i / 15 % 4) };

		check_text(&kill, number, i / 960 ? "a(GFP_KERNEL)" : NULL, orders[i / 240 % 4]);
	}
}

/* T29: a line of a log may name any zone. */
static void
the_name_of_a_zone_is_escaped(void **state)
{
	struct oom_zone zone = { "X\33[31mZ", 0, 4096, 64, 16 };
	struct oom_kill kill;
	char *text;

	oom_kill_init(&kill);
	kill.limited_by = OOM_LIMIT_MACHINE;
	kill.victim.pid = kill.order = 1;
	kill.free = kill.ram = 4096;
	kill.gfp = "0xcc0(GFP_KERNEL)";
	kill.zones = &zone;
	kill.zone_count = 1;
	text = text_of(&kill);
	assert_non_null(strstr(text, "X\\x1b[31mZ"));
	assert_null(strchr(text, '\33'));
	free(text);
}

static void
what_looks_like_a_name_in_a_log_stays_as_it_is(void **state)
{
	struct oom_kill kill = { .limited_by = OOM_LIMIT_CGROUP };
	char *text;

	oom_kill_init(&kill);
	kill.limited_by = OOM_LIMIT_CGROUP;
	kill.limit_cgroup = "/{pid}";
	kill.victim.pid = 42;
	kill.victim.comm = "%s{";
	text = text_of(&kill);
	assert_non_null(strstr(text, "Out of memory: %s{ (42)\n"));
	assert_non_null(strstr(text, "The memory cgroup /{pid} reached its limit"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_names_columns_that_exist),
		cmocka_unit_test(the_name_of_a_zone_is_escaped),
		cmocka_unit_test(what_looks_like_a_name_in_a_log_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
