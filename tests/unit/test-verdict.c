// SPDX-License-Identifier: GPL-3.0-or-later
//
// Courses of machines, in tests/fixtures/verdict; tests/verdict-courses.py says what is in them.
#include "unit.h"

#include "base/macros.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/verdict.h"

#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOON (INT64_C(1795348800) * NS_PER_SEC) /* 2026-11-22T12:00:00Z */

enum { PATH_SIZE = 1024, COURSES = 44 };

/* The value of a column in one reading. */
static json_t *
value_at(json_t *value, size_t reading)
{
	return json_is_array(value) ? json_array_get(value, reading) : value;
}

/* Writes a value into its column of a row. A time is in seconds since the reading. */
static void
set(const struct table *table, void *row, const char *name, json_t *value, struct snapshot *now)
{
	const struct column *column = table_find(table, name, strlen(name));
	char *field;

	assert_non_null(column);
	field = (char *)row + column->offset;
	if (column->unit == UNIT_TEXT)
		*(const char **)field = json_string_value(value);
	else if (json_is_null(value) || !value)
		*(int64_t *)field = UNKNOWN;
	else
		*(int64_t *)field =
			(int64_t)(json_number_value(value) * (double)unit_divisor(column->unit)) +
			(column->unit == UNIT_TIME ? now->time : 0);
}

static void
fill(const struct table *table, void *row, json_t *object, size_t reading, struct snapshot *now)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
		set(table, row, name, value_at(value, reading), now);
}

static void
read_snapshot(struct snapshot *now, json_t *course, size_t reading)
{
	int64_t interval = json_integer_value(json_object_get(course, "interval")) * NS_PER_SEC;
	json_t *process;
	size_t i;

	snapshot_reset(now);
	now->bits = NEED_VERDICT;
	now->monotonic = (int64_t)reading * interval;
	now->time = NOON + now->monotonic;
	fill(&system_table, &now->system, json_object_get(course, "system"), reading, now);
	json_array_foreach(json_object_get(course, "processes"), i, process)
	{
		struct process *row = snapshot_add_process(now);

		fill(&process_table, row, process, reading, now);
		if (row->anon == UNKNOWN)
			now->process_count--; /* it is not there */
	}
}

static bool
is_near(double number, double wanted)
{
	return number > 0.8 * wanted && number < 1.2 * wanted;
}

/* What is wrong at the end of a course, or NULL. */
static const char *
judge_end(json_t *course, const struct snapshot *now)
{
	static char text[VERDICT_TEXT_SIZE + 64];
	const struct verdict *verdict = &now->system.verdict;
	const char *who = json_string_value(json_object_get(course, "who")),
		   *part = json_string_value(json_object_get(course, "text"));
	double gone = json_number_value(json_object_get(course, "gone"));

	verdict_text(
		text, &now->system, verdict_state_named(verdict->state), now->time, CHARSET_UTF8);
	if (strcmp(verdict->state, json_string_value(json_object_get(course, "expect"))) != 0)
		return verdict->state;
	if (who && (!verdict->who || strcmp(verdict->who, who) != 0))
		return verdict->who ? verdict->who : "nobody";
	if (gone > 0 && !is_near((double)verdict->gone / NS_PER_SEC, gone))
		return text;
	return !part || strstr(text, part) ? NULL : text;
}

/* Whether what it says in any reading has its figures. */
static bool
is_sound(const struct snapshot *now)
{
	char text[VERDICT_TEXT_SIZE];

	verdict_text(text, &now->system, verdict_state_named(now->system.verdict.state), now->time,
		CHARSET_UTF8);
	return *text && !strstr(text, "in -") && !strstr(text, " - ");
}

/* Runs a course. Returns what is wrong, or NULL. */
static const char *
run_course(json_t *course)
{
	size_t count = (size_t)json_integer_value(json_object_get(course, "readings"));
	struct verdict_history history;
	struct snapshot now = { .time = 0 };
	const char *wrong = NULL;

	verdict_init(&history);
	for (size_t i = 0; i < count && !wrong; i++) {
		read_snapshot(&now, course, i);
		verdict_take(&history, &now,
			json_integer_value(json_object_get(course, "interval")) * NS_PER_SEC);
		if (!is_sound(&now))
			wrong = "a figure is below 0";
		if (json_is_true(json_object_get(course, "calm")) &&
			strcmp(now.system.verdict.state, "ok") != 0)
			wrong = now.system.verdict.state;
	}
	if (!wrong)
		wrong = judge_end(course, &now);
	wrong = wrong ? strdup(wrong) : NULL;
	snapshot_finish(&now);
	verdict_finish(&history);
	return wrong;
}

static void
each_course_has_its_state_and_harmless_ones_no_alarm(void **state)
{
	char folder[PATH_SIZE];
	struct dirent *entry;
	DIR *entries;
	int count = 0, failed = 0;

	snprintf(folder, sizeof(folder), "%s/tests/fixtures/verdict", getenv("SOURCE"));
	entries = opendir(folder);
	assert_non_null(entries);
	while ((entry = readdir(entries))) {
		char path[PATH_SIZE * 2];
		json_t *course;
		const char *wrong;

		if (!strstr(entry->d_name, ".json"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		course = json_load_file(path, 0, NULL);
		assert_non_null(course);
		wrong = run_course(course);
		if (wrong)
			print_message("# %s: %s\n", entry->d_name, wrong);
		failed += wrong != NULL;
		count++;
		free((void *)wrong);
		json_decref(course);
	}
	closedir(entries);
	assert_int_equal(failed, 0);
	assert_int_equal(count, COURSES);
}

/* Anyone can make a recording. */
static void
the_state_behind_a_kill_is_a_known_one_and_no_kill(void **state)
{
	static const struct {
		const char *state_now, *text;
	} cases[] = {
		{ "low", "a process; now low: 64.0M available of 1.0G" },
		{ "killed", "a process; now unknown: the memory of the machine cannot be read" },
		{ "\x1b[31m", "a process; now unknown: the memory of the machine cannot be read" },
		{ NULL, "a process; now unknown: the memory of the machine cannot be read" },
	};
	struct snapshot now = { .time = 0 };
	char text[VERDICT_TEXT_SIZE];

	snapshot_reset(&now);
	now.system.total = INT64_C(1) << 30;
	now.system.available = INT64_C(1) << 26;
	now.system.verdict.state = "killed";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		now.system.verdict.state_now = cases[i].state_now;
		verdict_text(text, &now.system, VERDICT_KILLED, NOON, CHARSET_UTF8);
		assert_string_equal(text, cases[i].text);
	}
	snapshot_finish(&now);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_course_has_its_state_and_harmless_ones_no_alarm),
		cmocka_unit_test(the_state_behind_a_kill_is_a_known_one_and_no_kill),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
