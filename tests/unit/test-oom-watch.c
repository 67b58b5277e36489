// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel-log-lines.h"
#include "unit.h"

#include "collect/oom-trace.h"
#include "collect/oom-watch.h"
#include "model/snapshot.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MIB (INT64_C(1) << 20)
static const char format_text[] =
	"name: mark_victim\nID: 609\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\n\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:__data_loc char[] comm;\toffset:12;\tsize:4;\tsigned:0;\n"
	"\tfield:unsigned long anon_rss;\toffset:16;\tsize:8;\tsigned:0;\n"
	"\tfield:uid_t uid;\toffset:24;\tsize:4;\tsigned:0;\n"
	"\tfield:short oom_score_adj;\toffset:28;\tsize:2;\tsigned:1;\n";

/* A watch with a log that is a file, and two snapshots made by hand. */
struct scene {
	struct tree tree;
	struct oom_watch *watch;
	struct snapshot snapshots[2];
	int refresh;
	char log[128], cgroups[128];
};

static struct snapshot *
next(struct scene *scene, int64_t kills)
{
	struct snapshot *now = &scene->snapshots[scene->refresh++ % 2];

	snapshot_reset(now);
	now->time = scene->refresh * INT64_C(1000000000);
	now->system.oom_kills = kills;
	return now;
}

static void
add_process(struct snapshot *snapshot, int64_t pid, const char *comm, int64_t resident)
{
	struct process *row = snapshot_add_process(snapshot);

	row->pid = pid;
	row->start_time = pid;
	row->comm = comm;
	row->resident = resident;
	row->oom_score = 700;
	row->state = "S";
}

static const struct snapshot *
watch(struct scene *scene, struct snapshot *now)
{
	oom_watch_read(scene->watch, now,
		scene->refresh > 1 ? &scene->snapshots[scene->refresh % 2] : NULL);
	return now;
}

static void
begin(struct scene *scene, bool has_log)
{
	*scene = (struct scene){ .refresh = 0 };
	tree_create(&scene->tree);
	tree_write(&scene->tree, "log", OLD_KILL);
	snprintf(scene->log, sizeof(scene->log), "%s/log", scene->tree.path);
	snprintf(scene->cgroups, sizeof(scene->cgroups), "%s/cgroups", scene->tree.path);
	scene->watch = oom_watch_create(&(struct oom_watch_places){ .root = scene->tree.fd,
		.log = has_log ? scene->log : NULL,
		.cgroups = scene->cgroups });
}

static void
end(struct scene *scene)
{
	oom_watch_destroy(scene->watch);
	snapshot_finish(&scene->snapshots[0]);
	snapshot_finish(&scene->snapshots[1]);
	tree_destroy(&scene->tree);
}

static void
a_kill_in_the_log_is_told_once(void **state)
{
	struct scene scene;
	const struct snapshot *now;
	struct snapshot *filled;

	begin(&scene, true);
	filled = next(&scene, 5);
	add_process(filled, 20, "db", 100 * MIB);
	assert_int_equal(watch(&scene, filled)->events.count, 0); /* what is old is not told */
	tree_append(&scene.tree, "log", KILL);
	now = watch(&scene, next(&scene, 6));
	assert_int_equal(now->events.count, 1);
	assert_int_equal(event_at(&now->events, 0)->victim.pid, 20);
	assert_int_equal(event_at(&now->events, 0)->likely, 0);
	assert_int_equal(event_at(&now->events, 0)->victim.uid, 7);
	assert_int_equal(event_at(&now->events, 0)->victim.resident, 7 * 1024);
	assert_int_equal(event_at(&now->events, 0)->score, 700);
	assert_string_equal(event_at(&now->events, 0)->victim.comm, "db");
	assert_string_equal(event_at(&now->events, 0)->asked_comm, "asker");
	assert_string_equal(event_at(&now->events, 0)->constraint, "cgroup");
	assert_string_equal(event_at(&now->events, 0)->limit_cgroup, "/x");
	assert_string_equal(event_at(&now->events, 0)->cgroup, "/x/y");
	assert_string_equal(event_at(&now->events, 0)->source, "kmsg");
	for (int i = 0; i < 5; i++)
		assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 0);
	end(&scene);
}

/* Where a victim's first thread has ended, the kernel gives the number of another one. */
static void
a_victim_called_by_its_thread_is_told_by_its_process(void **state)
{
	static const struct {
		const char *status; /* of the thread, which is still there */
		int64_t pid;
	} cases[] = { { "Name:\tdb\nTgid:\t20\nPid:\t21\n", 20 }, { NULL, 20 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		const struct snapshot *now;
		struct snapshot *filled;

		begin(&scene, true);
		if (cases[i].status)
			tree_write(&scene.tree, "21/status", cases[i].status);
		filled = next(&scene, 5);
		add_process(filled, 20, "db", 100 * MIB);
		filled->processes[0].state = "Z";
		watch(&scene, filled);
		tree_append(&scene.tree, "log",
			"3,11,815295782,-;Memory cgroup out of memory: Killed process 21 "
			"(db) total-vm:9kB, anon-rss:4kB, file-rss:2kB, shmem-rss:1kB\n");
		now = watch(&scene, next(&scene, 6));
		assert_int_equal(now->events.count, 1);
		assert_int_equal(event_at(&now->events, 0)->victim.pid, cases[i].pid);
		assert_string_equal(event_at(&now->events, 0)->victim.comm, "db");
		assert_int_equal(event_at(&now->events, 0)->score, 700);
		end(&scene);
	}
}

static void
two_processes_without_their_first_threads_are_not_mistaken(void **state)
{
	struct scene scene;
	const struct snapshot *now;
	struct snapshot *filled;

	begin(&scene, true);
	filled = next(&scene, 5);
	add_process(filled, 20, "db", 100 * MIB);
	add_process(filled, 30, "db", 100 * MIB);
	filled->processes[0].state = filled->processes[1].state = "Z";
	watch(&scene, filled);
	tree_append(&scene.tree, "log",
		"3,11,815295782,-;Memory cgroup out of memory: Killed process 21 (db) "
		"total-vm:9kB, anon-rss:4kB, file-rss:2kB, shmem-rss:1kB\n");
	now = watch(&scene, next(&scene, 6));
	assert_int_equal(now->events.count, 1);
	assert_int_equal(event_at(&now->events, 0)->victim.pid, 21);
	end(&scene);
}

static void
a_line_that_is_not_whole_yet_is_waited_for(void **state)
{
	struct scene scene;
	const char *half = strstr(KILL, "Killed process");

	begin(&scene, true);
	watch(&scene, next(&scene, 5));
	for (int i = 0; i < 200; i++)
		tree_append(&scene.tree, "log", "6,2,3,-;a line of something else\n");
	tree_append(&scene.tree, "log", "3,11,815295782,-;Out of memory: ");
	assert_int_equal(watch(&scene, next(&scene, 5))->events.count, 0);
	tree_append(&scene.tree, "log", half);
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 1);
	end(&scene);
}

static void
a_counter_names_the_largest_process_that_has_gone(void **state)
{
	struct scene scene;
	struct snapshot *filled;
	const struct snapshot *now;

	begin(&scene, false);
	filled = next(&scene, 5);
	add_process(filled, 10, "stays", 900 * MIB);
	add_process(filled, 20, "small", 10 * MIB);
	add_process(filled, 30, "large", 100 * MIB);
	add_process(filled, 40, "zombie", 500 * MIB);
	watch(&scene, filled);
	filled = next(&scene, 7);
	add_process(filled, 10, "stays", 900 * MIB);
	add_process(filled, 40, "zombie", 0);
	now = watch(&scene, filled);
	assert_int_equal(now->events.count, 2);
	assert_int_equal(event_at(&now->events, 0)->victim.pid, 40);
	assert_int_equal(event_at(&now->events, 1)->victim.pid, 30);
	assert_int_equal(event_at(&now->events, 1)->likely, 1);
	assert_int_equal(event_at(&now->events, 1)->victim.resident, 100 * MIB);
	assert_string_equal(event_at(&now->events, 1)->source, "vmstat");
	assert_int_equal(now->hint_count, 1);
	assert_int_equal(watch(&scene, next(&scene, 7))->events.count, 0);
	end(&scene);
}

static void
a_victim_that_takes_its_time_is_waited_for(void **state)
{
	struct scene scene;
	struct snapshot *filled;
	const struct snapshot *now;

	begin(&scene, false);
	filled = next(&scene, 5);
	add_process(filled, 30, "large", 100 * MIB);
	watch(&scene, filled);
	filled = next(&scene, 6);
	add_process(filled, 30, "large", 60 * MIB);
	assert_int_equal(watch(&scene, filled)->events.count, 0);
	now = watch(&scene, next(&scene, 6));
	assert_int_equal(now->events.count, 1);
	assert_int_equal(event_at(&now->events, 0)->victim.pid, 30);
	end(&scene);
}

static void
nobody_is_named_where_nobody_has_gone(void **state)
{
	struct scene scene;
	const struct snapshot *now;

	begin(&scene, false);
	watch(&scene, next(&scene, 5));
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 0);
	now = watch(&scene, next(&scene, 6));
	assert_int_equal(now->events.count, 1);
	assert_int_equal(event_at(&now->events, 0)->victim.pid, UNKNOWN);
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 0);
	end(&scene);
}

/* netdata#17013: a victim that was ending already is counted, but not logged. */
static void
a_kill_that_the_log_leaves_out_is_told_late(void **state)
{
	struct scene scene;

	begin(&scene, true);
	watch(&scene, next(&scene, 5));
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 0);
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 1);
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 0);
	tree_append(&scene.tree, "log", KILL);
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 1); /* before it counts */
	assert_int_equal(watch(&scene, next(&scene, 7))->events.count, 0);
	assert_int_equal(watch(&scene, next(&scene, 7))->events.count, 0);
	end(&scene);
}

#define DEATH(pid, name)                                                                           \
	"3,12,815295783,-;Memory cgroup out of memory: Killed process " pid " (" name              \
	") total-vm:9kB, anon-rss:4kB, file-rss:2kB, shmem-rss:1kB, UID:7 pgtables:8kB "           \
	"oom_score_adj:5\n"
#define GROUP "6,12,815295782,-;Tasks in /x/y are going to be killed due to memory.oom.group set\n"

/* The kernel kills the first victim again with its group, and counts it again. */
static void
a_victim_that_the_log_repeats_is_one_kill(void **state)
{
	static const struct {
		const char *thread;   /* is one of process 20 */
		const char *lines[2]; /* of two refreshes */
		int64_t kills[2];
	} cases[] = {
		{ NULL, { KILL GROUP DEATH("21", "helper") DEATH("20", "db"), "" }, { 3, 0 } },
		{ NULL, { KILL, GROUP DEATH("20", "db") DEATH("21", "helper") }, { 1, 2 } },
		{ NULL, { KILL GROUP, DEATH("21", "helper") DEATH("20", "db") }, { 1, 2 } },
		{ NULL, { KILL DEATH("21", "helper") DEATH("20", "db"), "" }, { 3, 0 } },
		{ NULL, { KILL DEATH("21", "helper"), DEATH("20", "db") }, { 2, 1 } },
		/* before Linux 5.3 each thread */
		{ "22", { KILL GROUP DEATH("21", "helper") DEATH("22", "db"), "" }, { 3, 0 } },
		{ "22", { KILL GROUP DEATH("21", "helper"), DEATH("22", "db") }, { 2, 1 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		size_t told = 0;
		int64_t count = 5;

		begin(&scene, true);
		if (cases[i].thread)
			tree_write(&scene.tree, "22/status", "Name:\tdb\nTgid:\t20\nPid:\t22\n");
		watch(&scene, next(&scene, count));
		for (size_t refresh = 0; refresh < 4; refresh++) {
			tree_append(&scene.tree, "log", refresh < 2 ? cases[i].lines[refresh] : "");
			count += refresh < 2 ? cases[i].kills[refresh] : 0;
			told += watch(&scene, next(&scene, count))->events.count;
		}
		assert_int_equal(told, 2);
		end(&scene);
	}
}

/* The log was late for one: that is no reason not to wait for the next. */
static void
each_kill_is_waited_for(void **state)
{
	struct scene scene;

	begin(&scene, true);
	watch(&scene, next(&scene, 5));
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 0);
	tree_append(&scene.tree, "log", KILL);
	assert_int_equal(watch(&scene, next(&scene, 6))->events.count, 1);
	assert_int_equal(watch(&scene, next(&scene, 7))->events.count, 0);
	tree_append(&scene.tree, "log", DEATH("21", "helper"));
	assert_int_equal(watch(&scene, next(&scene, 7))->events.count, 1);
	assert_int_equal(watch(&scene, next(&scene, 7))->events.count, 0);
	end(&scene);
}

static void
without_vmstat_the_own_cgroup_counts(void **state)
{
	struct scene scene;
	struct snapshot *filled;
	const struct snapshot *now;

	begin(&scene, false);
	tree_write(&scene.tree, "self/cgroup", "0::/a/b\n");
	tree_write(&scene.tree, "cgroups/a/b/memory.events", "low 0\noom 9\noom_kill 3\n");
	filled = next(&scene, UNKNOWN);
	add_process(filled, 30, "large", 100 * MIB);
	watch(&scene, filled);
	tree_write(&scene.tree, "cgroups/a/b/memory.events", "low 0\noom 9\noom_kill 4\n");
	now = watch(&scene, next(&scene, UNKNOWN));
	assert_int_equal(now->events.count, 1);
	assert_int_equal(event_at(&now->events, 0)->victim.pid, 30);
	assert_string_equal(event_at(&now->events, 0)->source, "memory.events");
	end(&scene);
}

static void
a_counter_that_goes_back_is_no_kill(void **state)
{
	struct scene scene;

	begin(&scene, false);
	watch(&scene, next(&scene, 5));
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			watch(&scene, next(&scene, i == 1 ? UNKNOWN : 2))->events.count, 0);
	end(&scene);
}

static void
a_record_of_the_tracepoint_is_read_by_its_format(void **state)
{
	struct {
		uint16_t type;
		uint8_t flags, count;
		int32_t common_pid, pid;
		uint32_t comm;
		uint64_t anon;
		uint32_t uid;
		int16_t adj;
		char text[6];
	} raw = { .pid = 42,
		.comm = (6 << 16) | 30,
		.anon = 8,
		.uid = 4294967294,
		.adj = -300,
		.text = "a b c" };
	struct mark_format format;
	struct oom_mark mark;

	assert_int_equal(mark_format_parse(format_text, &format), 0);
	assert_int_equal(format.id, 609);
	assert_true(mark_parse(&format, (const char *)&raw, sizeof(raw), &mark));
	assert_int_equal(mark.victim.pid, 42);
	assert_int_equal(mark.victim.anon, 8 * 1024);
	assert_int_equal(mark.victim.uid, 4294967294);
	assert_int_equal(mark.victim.adj, -300);
	assert_int_equal(mark.victim.shmem, UNKNOWN); /* this format has none */
	assert_string_equal(mark.comm, "a b c");

	assert_true(mark_parse(&format, (const char *)&raw, 12, &mark)); /* before Linux 6.8 */
	assert_int_equal(mark.victim.anon, UNKNOWN);
	assert_string_equal(mark.comm, "");
	assert_false(mark_parse(&format, (const char *)&raw, 11, &mark));
	raw.comm = UINT32_MAX;
	assert_true(mark_parse(&format, (const char *)&raw, sizeof(raw), &mark));
	assert_string_equal(mark.comm, "");

	assert_true(mark_format_parse("", &format) < 0);
	assert_true(mark_format_parse("ID: 7\n", &format) < 0);
	assert_true(mark_format_parse(
			    format_text + strlen("name: mark_victim\nID: 609\n"), &format) < 0);
}

static void
an_event_is_one_safe_sentence(void **state)
{
	struct snapshot snapshot = { .time = 1 };
	char text[EVENT_TEXT_SIZE], name[2000], *rest = name + sizeof(name) - 1;
	struct event *event = snapshot_add_event(&snapshot);

	event_text(event, text);
	assert_string_equal(text, "killed for lack of memory: a process that is not known");
	event->victim.pid = 42;
	event->victim.comm = "a\n\x1b[31m";
	event->victim.resident = 100 * MIB;
	event->victim.adj = -300;
	event->constraint = "cgroup";
	event->limit_cgroup = "/x";
	event->asked_comm = "b";
	event_text(event, text);
	assert_string_equal(text, "killed for lack of memory: a\\n\\x1b[31m (42), which held 100M, "
				  "adjustment -300, at the "
				  "limit of /x; b asked");
	event->likely = 1;
	event->limit_cgroup = NULL;
	event->constraint = "machine";
	event->victim.adj = UNKNOWN;
	event_text(event, text);
	assert_string_equal(text, "killed for lack of memory: probably a\\n\\x1b[31m (42), which "
				  "held 100M, the machine had "
				  "none left; b asked");
	event->constraint = "\x1b[31m"; /* of a recording from anyone */
	event_text(event, text);
	assert_non_null(strstr(text, ", at the limit of its \\x1b[31m; b asked"));
	memset(name, '\x1b', sizeof(name));
	*rest = '\0';
	event->victim.comm = event->asked_comm = event->limit_cgroup = name;
	event_text(event, text);
	assert_true(strlen(text) < EVENT_TEXT_SIZE);
	assert_string_equal(text + strlen(text) - 6, " asked");
	snapshot_finish(&snapshot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_in_the_log_is_told_once),
		cmocka_unit_test(a_victim_called_by_its_thread_is_told_by_its_process),
		cmocka_unit_test(two_processes_without_their_first_threads_are_not_mistaken),
		cmocka_unit_test(a_line_that_is_not_whole_yet_is_waited_for),
		cmocka_unit_test(a_counter_names_the_largest_process_that_has_gone),
		cmocka_unit_test(a_victim_that_takes_its_time_is_waited_for),
		cmocka_unit_test(nobody_is_named_where_nobody_has_gone),
		cmocka_unit_test(a_kill_that_the_log_leaves_out_is_told_late),
		cmocka_unit_test(a_victim_that_the_log_repeats_is_one_kill),
		cmocka_unit_test(each_kill_is_waited_for),
		cmocka_unit_test(without_vmstat_the_own_cgroup_counts),
		cmocka_unit_test(a_counter_that_goes_back_is_no_kill),
		cmocka_unit_test(a_record_of_the_tracepoint_is_read_by_its_format),
		cmocka_unit_test(an_event_is_one_safe_sentence),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
