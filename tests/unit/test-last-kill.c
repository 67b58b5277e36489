// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel-log-lines.h"
#include "unit.h"

#include "base/clock.h"
#include "collect/last-kill.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/verdict.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A machine that has run for so many seconds and was suspended for others; 0: the real one. */
static struct {
	time_t runs, suspended;
} machine;

/* In place of that of the C library. */
int
clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	int error = (int)syscall(SYS_clock_gettime, clock, ret_time);

	if (machine.runs > 0 && (clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME))
		*ret_time = (struct timespec){ .tv_sec = machine.runs };
	if (machine.runs > 0 && clock == CLOCK_BOOTTIME)
		ret_time->tv_sec += machine.suspended;
	return error;
}

/* A log that is a file, in which one was killed long ago. */
struct scene {
	struct tree tree;
	struct snapshot snapshot;
	int refresh;
	char log[128];
};

static struct snapshot *
next(struct scene *scene, int64_t kills)
{
	struct snapshot *now = &scene->snapshot;

	snapshot_reset(now);
	now->time = ++scene->refresh * INT64_C(1000000000);
	now->system.oom_kills = kills;
	return now;
}

static void
begin(struct scene *scene)
{
	*scene = (struct scene){ .refresh = 0 };
	tree_create(&scene->tree);
	tree_write(&scene->tree, "log", OLD_KILL);
	snprintf(scene->log, sizeof(scene->log), "%s/log", scene->tree.path);
}

static void
end(struct scene *scene)
{
	snapshot_finish(&scene->snapshot);
	tree_destroy(&scene->tree);
}

static void
F10_the_last_kill_is_that_of_the_events_or_of_the_log(void **state)
{
	struct scene scene;
	struct snapshot *now;
	struct event *event;
	struct last_kill last;
	int64_t time;

	begin(&scene);
	last_kill_init(&last, scene.log);
	now = next(&scene, 0); /* the log is older than the boot */
	last_kill_read(&last, now);
	assert_true(now->system.last_kill_time == UNKNOWN);
	assert_null(now->system.last_kill_comm);
	now = next(&scene, 1);
	last_kill_read(&last, now);
	assert_string_equal(now->system.last_kill_comm, "old");
	time = now->system.last_kill_time;
	tree_append(&scene.tree, "log", KILL);
	now = next(&scene, 1); /* nothing new was counted: the log is not read */
	last_kill_read(&last, now);
	assert_string_equal(now->system.last_kill_comm, "old");
	now = next(&scene, 2);
	last_kill_read(&last, now);
	assert_string_equal(now->system.last_kill_comm, "db");
	assert_true(now->system.last_kill_time > time);
	now = next(&scene, 3); /* the log does not tell of it */
	last_kill_read(&last, now);
	assert_null(now->system.last_kill_comm);
	assert_int_equal(now->system.last_kill_time, now->time);
	now = next(&scene, 4);
	event = snapshot_add_event(now);
	event->victim.comm = "web";
	event->likely = 0;
	event->time = 7;
	last_kill_read(&last, now);
	assert_string_equal(now->system.last_kill_comm, "web");
	assert_int_equal(now->system.last_kill_time, 7);
	last_kill_finish(&last);
	end(&scene);
}

static void
F10_without_a_log_only_the_number_of_kills_is_known(void **state)
{
	struct last_kill last;
	struct snapshot now = { .time = 0 };

	last_kill_init(&last, "/nowhere/log");
	for (int i = 0; i < 2; i++) {
		snapshot_reset(&now);
		now.system.oom_kills = 5;
		last_kill_read(&last, &now);
		assert_true(now.system.last_kill_time == UNKNOWN);
	}
	last_kill_finish(&last);
	snapshot_finish(&now);
}

static bool
is_news(struct snapshot *now)
{
	struct verdict_history history;

	verdict_init(&history);
	now->bits = NEED_VERDICT;
	verdict_take(&history, now, NS_PER_SEC);
	verdict_finish(&history);
	return now->system.verdict.kills == 1;
}

static bool
kills_may_be_earlier(const struct snapshot *now)
{
	char text[SYSTEM_TEXT_SIZE];

	system_kills_text(text, &now->system, now->time, CHARSET_ASCII);
	return strstr(text, " or earlier db") != NULL;
}

/* The clock of the log stood still meanwhile. The kill in the log is 85 seconds old by that. */
static void
a_kill_that_may_have_been_before_a_suspension_is_no_news(void **state)
{
	static const struct {
		time_t suspended;
		bool is_doubtful, is_news;
	} cases[] = {
		{ 0, false, true },
		{ 3, false, true },
		{ 60, true, true },
		{ 600, true, false },
		{ 8 * 3600, true, false },
	};

	machine.runs = 900;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		struct snapshot *now;
		struct last_kill last;

		begin(&scene);
		tree_append(&scene.tree, "log", KILL);
		machine.suspended = cases[i].suspended;
		last_kill_init(&last, scene.log);
		now = next(&scene, 2);
		now->time = clock_ns(CLOCK_REALTIME);
		last_kill_read(&last, now);
		last_kill_list(&last, now);
		assert_int_equal(now->system.last_kill_doubt,
			cases[i].is_doubtful ? cases[i].suspended * NS_PER_SEC : 0);
		assert_true(kills_may_be_earlier(now) == cases[i].is_doubtful);
		assert_int_equal(now->hint_count, cases[i].is_doubtful);
		assert_true(is_news(now) == cases[i].is_news);
		now = next(&scene, 3); /* one that memtop has seen */
		now->time = clock_ns(CLOCK_REALTIME);
		last_kill_read(&last, now);
		assert_int_equal(now->system.last_kill_doubt, 0);
		assert_true(is_news(now));
		last_kill_finish(&last);
		end(&scene);
	}
	machine.runs = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(F10_the_last_kill_is_that_of_the_events_or_of_the_log),
		cmocka_unit_test(F10_without_a_log_only_the_number_of_kills_is_known),
		cmocka_unit_test(a_kill_that_may_have_been_before_a_suspension_is_no_news),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
