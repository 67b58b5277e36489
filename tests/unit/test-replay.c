// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "collect/collect.h"
#include "model/group.h"
#include "model/incident.h"
#include "model/needs.h"
#include "model/reading.h"
#include "model/snapshot.h"
#include "output/output.h"
#include "record/block-writer.h"
#include "record/encoder.h"
#include "record/folder.h"
#include "record/recorded.h"
#include "record/recorder.h"
#include "record/replay.h"
#include "table/filter.h"
#include "table/order.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES = 6, SECOND = 1000000000 };

/* What a column is made of that a recording does not have, or has of the recorder alone. */
static const char *const left_out[] = { "protection", "blocked", "pss_age", "growth_trend",
	"fault_segment", "fault_code", "minflt_count", "majflt_count", "tlb_walks" };

static bool
is_compared(const struct column *column)
{
	uint64_t missing = column->need & ~snapshot_recorded_needs() & ~NEED_RANK;

	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (strcmp(column->name, left_out[i]) == 0)
			return false;
	return missing == 0;
}

/* Why the recorder could not read something, such as a process that ended, is not recorded. */
static void
drop_hints(char *text)
{
	static const char start[] = "{\"kind\": \"hint\"";
	char *to = text;

	for (char *line = text, *end; *line; line = end) {
		end = strchr(line, '\n') + 1;
		if (strncmp(line, start, sizeof(start) - 1) == 0)
			continue;
		memmove(to, line, (size_t)(end - line));
		to += end - line;
	}
	*to = '\0';
}

struct compared {
	const struct table *table;
	const char *order;
	const void *rows;
	size_t count;
};

/* All columns of these rows, as JSON. */
static void
write_json(struct output *output, const struct snapshot *snapshot, const struct compared *compared)
{
	const struct table *table = compared->table;
	struct selection columns = { .table = table };
	struct row_list rows = { .count = 0 };
	struct order order = { .column = table_column(table, compared->order) };
	struct filter *filter = filter_create(table);

	for (size_t i = 0; i < table->column_count; i++)
		if (is_compared(&table->columns[i]))
			selection_add(&columns, &table->columns[i]);
	assert_true(columns.count > 50);
	order_build(&rows, table, compared->rows, compared->count, filter, &order);
	assert_int_equal(output_write(output, snapshot, &columns, &rows), 0);
	row_list_finish(&rows);
	filter_destroy(filter);
	selection_finish(&columns);
}

/* All processes and cgroups of a snapshot. The caller frees it. */
static char *
as_json(const struct snapshot *snapshot)
{
	struct output output = { .format = &output_json };
	struct groups groups = { .rows.count = 0 };
	char *text;
	size_t size;

	groups_build(&groups, snapshot, GROUP_BY_CGROUP);
	output.file = open_memstream(&text, &size);
	write_json(&output, snapshot,
		&(struct compared){
			&process_table, "pid", snapshot->processes, snapshot->process_count });
	write_json(&output, snapshot,
		&(struct compared){ &group_table, "name", groups.rows.data, groups.rows.count });
	fclose(output.file);
	output_finish(&output);
	groups_finish(&groups);
	drop_hints(text);
	return text;
}

/* A child that changes its memory, so that there is something to see. */
static pid_t
start_child(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	for (size_t i = 1;; i = i % 8 + 1) {
		size_t size = i << 20;
		char *memory = mmap(
			NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(memory, 1, size);
		usleep(3000);
		munmap(memory, size);
	}
}

struct world {
	struct tree tree;
	struct snapshot snapshots[2];
	char *expected[SAMPLES];
	int64_t times[SAMPLES];
};

static struct world *
create_world(void)
{
	struct world *world = test_calloc(1, sizeof(*world));

	tree_create(&world->tree);
	return world;
}

/* Records what lives. */
static int
set_up(void **state)
{
	struct world *world = create_world();
	const struct recorder_options options = { .folder = world->tree.path,
		.boot = "one",
		.keep = { INT64_C(1) << 40, 100, 0 },
		.commands = COMMANDS_FULL,
		.interval = SECOND };
	/* Without kills: other tests provoke some. */
	const struct needs needs = { .bits = (snapshot_recorded_needs() | NEED_RANK) & ~NEED_EVENTS,
		.pss_budget = SECOND };
	struct recorder *recorder;
	struct reading reading;
	struct source *source;
	int64_t holder;
	pid_t child = start_child();

	assert_int_equal(recorder_open(&recorder, &options, &holder), 0);
	assert_int_equal(collect_create(NULL, &source), 0);
	reading_init(&reading, source);
	for (size_t i = 0; i < SAMPLES; i++) {
		const struct snapshot *before;
		struct snapshot *now = recorder_next(recorder, &before);

		assert_int_equal(reading_take(&reading, now, before, before, &needs, SECOND), 0);
		world->expected[i] = as_json(now);
		world->times[i] = now->time;
		assert_int_equal(recorder_add(recorder), 0);
		usleep(20000);
	}
	reading_finish(&reading);
	recorder_close(recorder);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < SAMPLES; i++)
		free(world->expected[i]);
	snapshot_finish(&world->snapshots[0]);
	snapshot_finish(&world->snapshots[1]);
	tree_destroy(&world->tree);
	test_free(world);
	return 0;
}

/* Long texts: shows where they differ. */
static void
assert_same(const char *text, const char *expected)
{
	size_t same = 0;

	while (text[same] && text[same] == expected[same])
		same++;
	if (strcmp(text, expected) != 0)
		fail_msg("after %.*s: %.60s, was %.60s", 400, text + (same > 400 ? same - 400 : 0),
			text + same, expected + same);
}

/* Reads a moment, and compares it with what was recorded. */
static void
assert_shows(struct world *world, struct reading *reading, size_t *at, const struct moment *moment,
	size_t expected)
{
	const struct needs needs = { .bits = snapshot_recorded_needs() | NEED_RANK,
		.moment = *moment };
	const struct snapshot *before = *at == SIZE_MAX ? NULL : &world->snapshots[*at];
	struct snapshot *now = &world->snapshots[*at == 0];
	_cleanup_free_ char *text = NULL;

	assert_int_equal(reading_take(reading, now, before, before, &needs, SECOND), 0);
	*at = *at == 0;
	assert_int_equal(now->time, world->times[expected]);
	assert_true(now->past.is_there);
	text = as_json(now);
	assert_same(text, world->expected[expected]);
}

static void
a_recording_shows_the_same_as_what_was_recorded(void **state)
{
	struct world *world = *state;
	struct reading reading;
	struct source *source;
	size_t at = SIZE_MAX;

	assert_int_equal(replay_create(world->tree.path, &source), 0);
	reading_init(&reading, source);
	for (size_t i = 0; i < SAMPLES; i++) {
		struct moment next = { .steps = 1 }, first = { .kind = MOMENT_FIRST };

		assert_shows(world, &reading, &at, i == 0 ? &first : &next, i);
	}
	reading_finish(&reading);
}

static void
each_jump_has_its_rates(void **state)
{
	static const size_t order[] = { 3, 1, 4, 4, 0, 5, 2 };
	struct world *world = *state;
	struct reading reading;
	struct source *source;
	size_t at = SIZE_MAX;

	assert_int_equal(replay_create(world->tree.path, &source), 0);
	reading_init(&reading, source);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		assert_shows(world, &reading, &at,
			&(struct moment){ .kind = MOMENT_AT, .time = world->times[order[i]] },
			order[i]);
	assert_shows(world, &reading, &at, &(struct moment){ .steps = 0 }, 2);
	assert_shows(world, &reading, &at, &(struct moment){ .steps = -2 }, 0);
	assert_shows(world, &reading, &at, &(struct moment){ .steps = 4 }, 4);
	assert_shows(world, &reading, &at, &(struct moment){ .kind = MOMENT_LAST }, 5);
	reading_finish(&reading);
}

static void
what_is_not_recorded_is_unknown_with_a_hint(void **state)
{
	struct world *world = *state;
	const struct needs needs = { .bits = NEED_PROCESSES | NEED_FAULTS,
		.moment = { .kind = MOMENT_LAST } };
	const struct hint *hint;
	struct source *source;
	char text[HINT_TEXT_SIZE];

	assert_int_equal(replay_create(world->tree.path, &source), 0);
	assert_int_equal(source->read(source, &world->snapshots[0], NULL, &needs), 0);
	hint = snapshot_find_hint(&world->snapshots[0], NEED_FAULTS);
	assert_non_null(hint);
	hint_text(hint, text);
	assert_non_null(strstr(text, "not in this recording"));
	assert_null(snapshot_find_hint(&world->snapshots[0], NEED_PROCESSES));
	source->destroy(source);
}

static void
a_moment_that_is_not_there_is_an_error(void **state)
{
	struct world *world = *state;
	struct source *source;
	struct needs needs = { .moment = { .kind = MOMENT_AT, .time = world->times[0] - 1 } };

	assert_int_equal(replay_create(world->tree.path, &source), 0);
	assert_int_equal(source->read(source, &world->snapshots[0], NULL, &needs), -ENODATA);
	needs.moment = (struct moment){ .kind = MOMENT_SINCE, .time = world->times[5] + 1 };
	assert_int_equal(source->read(source, &world->snapshots[0], NULL, &needs), -ENODATA);
	needs.moment = (struct moment){ .kind = MOMENT_LAST_KILL };
	assert_int_equal(source->read(source, &world->snapshots[0], NULL, &needs), -ENODATA);
	source->destroy(source);
	assert_int_equal(replay_create("/nowhere", &source), -ENOENT);
}

/*
 * Two samples, ten seconds apart; both times in seconds. They have a process 7 that starts at
 * `boottime` and holds as many bytes.
 */
static void
record_boot(const struct tree *tree, const char *boot, int64_t boottime, int64_t wall)
{
	const struct recorder_options options = { .folder = tree->path,
		.boot = boot,
		.keep = { INT64_C(1) << 40, 100000, 0 },
		.interval = INT64_C(10) * SECOND };
	struct recorder *recorder;
	int64_t holder;

	assert_int_equal(recorder_open(&recorder, &options, &holder), 0);
	for (int64_t i = 0; i < 2; i++) {
		const struct snapshot *before;
		struct snapshot *now = recorder_next(recorder, &before);
		struct process *process;

		snapshot_reset(now);
		process = snapshot_add_process(now);
		now->monotonic = (boottime + i * 10) * SECOND;
		now->time = (wall + i * 10) * SECOND;
		process->pid = 7;
		process->start_time = process->resident = boottime;
		assert_int_equal(recorder_add(recorder), 0);
	}
	recorder_close(recorder);
}

/* A later version has a column that this one does not know, and a table. */
static void
what_another_version_recorded_is_left_out_with_a_word(void **state)
{
	static const struct column more[] = {
		{ "start", .unit = UNIT_NUMBER, .offset = offsetof(struct process, start_time) },
		{ "shoe_size", .unit = UNIT_NUMBER, .offset = offsetof(struct process, pid) }
	};
	struct recorded_table later[] = { snapshot_recorded.tables[0] };
	const struct recorded recorded = { later, 1 };
	const struct needs needs = { .bits = NEED_PROCESSES, .moment = { .kind = MOMENT_LAST } };
	const struct note note = { "boot", "one" };
	struct process process;
	const struct sample_rows rows = { &process, 1 };
	const struct sample_time time = { SECOND, SECOND };
	struct snapshot snapshot = { .time = 0 };
	struct block_writer writer;
	struct encoder *encoder;
	struct source *source;
	const struct bytes *blocks;
	char text[HINT_TEXT_SIZE];
	struct tree tree;
	uint64_t cut;

	later[0].more = more;
	later[0].more_count = ARRAY_SIZE(more);
	table_reset_row(&process_table, &process);
	process.pid = process.start_time = 7;
	tree_create(&tree);
	encoder = encoder_create(&recorded, &note, 1);
	assert_int_equal(block_writer_open(&writer, tree.fd, "20261128-one-1.mtr", &cut), 0);
	assert_int_equal(encoder_add(encoder, &time, &rows, &blocks), 0);
	assert_int_equal(block_writer_append(&writer, blocks->data, blocks->count), 0);
	block_writer_close(&writer);
	encoder_destroy(encoder);
	assert_int_equal(replay_create(tree.path, &source), 0);
	assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
	assert_int_equal(snapshot.processes[0].pid, 7);
	assert_true(snapshot.hint_count > 0);
	hint_text(&snapshot.hints[snapshot.hint_count - 1], text);
	assert_string_equal(text,
		"this version of memtop does not know 1 column of the recording, which "
		"another version made: left out");
	snapshot_finish(&snapshot);
	source->destroy(source);
	tree_destroy(&tree);
}

/* The sample after the end of one boot is the first of the next. */
static void
there_are_no_rates_over_a_boot(void **state)
{
	static const struct moment moments[] = {
		{ .kind = MOMENT_SINCE, .time = INT64_C(1015) * SECOND },
		{ .kind = MOMENT_FIRST },
		{ .steps = 2 },
	};
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	struct tree tree;

	tree_create(&tree);
	record_boot(&tree, "one", 500, 1000);
	record_boot(&tree, "two", 5, 2000);
	assert_int_equal(replay_create(tree.path, &source), 0);
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		const struct needs needs = { .bits = NEED_PROCESSES, .moment = moments[i] };

		assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
		assert_int_equal(snapshot.time / SECOND, i == 1 ? 1000 : 2000);
		assert_true(snapshot.past.interval == UNKNOWN);
		assert_null(source->before(source, &snapshot));
		assert_true(snapshot.past.is_other_boot == (i > 0));
		assert_int_equal(snapshot.past.usual / SECOND, 10);
	}
	source->destroy(source);
	snapshot_finish(&snapshot);
	tree_destroy(&tree);
}

/* Whether or not it, or another one with its PID, is in the sample. */
static void
the_day_of_a_process_is_told_from_any_sample(void **state)
{
	static const struct {
		int64_t time, start, resident; /* UNKNOWN: of such a process nothing is told */
	} cases[] = {
		{ 1000, 500, 500 },
		{ 2000, 500, 500 },
		{ 2000, 5, 5 },
		{ 1000, 5, 5 },
		{ 1000, 6, UNKNOWN },
		{ 3000, 500, 500 },
	};
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	struct tree tree;

	tree_create(&tree);
	record_boot(&tree, "one", 500, 1000);
	record_boot(&tree, "two", 5, 2000);
	record_boot(&tree, "three", 40, 3000);
	assert_int_equal(replay_create(tree.path, &source), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct needs needs = { .bits = NEED_HISTORY,
			.focus = 7,
			.focus_start = cases[i].start,
			.moment = { .kind = MOMENT_AT, .time = cases[i].time * SECOND } };
		const struct history_part *parts;

		assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
		parts = snapshot.history.data;
		assert_int_equal(snapshot.history.count, cases[i].resident != UNKNOWN);
		if (snapshot.history.count > 0)
			assert_int_equal(parts[0].most, cases[i].resident);
		assert_int_equal(snapshot.focus_start, cases[i].start);
	}
	source->destroy(source);
	snapshot_finish(&snapshot);
	tree_destroy(&tree);
}

/* What was recorded since is there too: a jump does not end where the recording ended before. */
static void
a_jump_goes_into_what_was_recorded_since(void **state)
{
	static const struct moment at = { .kind = MOMENT_AT, .time = INT64_C(2005) * SECOND };
	static const struct moment first = { .kind = MOMENT_FIRST };
	static const struct moment mark = { .kind = MOMENT_MARK, .steps = 1 };
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	struct tree tree;

	tree_create(&tree);
	record_boot(&tree, "one", 500, 1000);
	assert_int_equal(replay_create(tree.path, &source), 0);
	assert_int_equal(
		source->read(source, &snapshot, NULL, &(struct needs){ .moment = first }), 0);
	record_boot(&tree, "two", 5, 2000);
	assert_int_equal(
		source->read(source, &snapshot, NULL, &(struct needs){ .moment = mark }), 0);
	assert_int_equal(snapshot.time / SECOND, 2000);
	record_boot(&tree, "three", 5, 2004);
	assert_int_equal(source->read(source, &snapshot, NULL, &(struct needs){ .moment = at }), 0);
	assert_int_equal(snapshot.time / SECOND, 2004);
	source->destroy(source);
	snapshot_finish(&snapshot);
	tree_destroy(&tree);
}

/* In each of so many files a recorder starts. */
static void
that_the_oldest_incidents_are_missing_is_said(void **state)
{
	const struct needs needs = { .bits = NEED_INCIDENTS, .moment = { .kind = MOMENT_LAST } };
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	struct tree tree;

	tree_create(&tree);
	record_boot(&tree, "one", 500, 1000);
	for (int i = 0; i < MOST_INCIDENTS + 1; i++) {
		char copy[64];

		snprintf(copy, sizeof(copy), "%d.mtr", i);
		assert_int_equal(linkat(tree.fd, "19700101-one-1.mtr", tree.fd, copy, 0), 0);
	}
	assert_int_equal(replay_create(tree.path, &source), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(source->read(source, &snapshot, NULL, &needs), 0);
		assert_true(snapshot.incidents.count > 0);
		assert_true(snapshot.incidents.count <= MOST_INCIDENTS);
		assert_non_null(snapshot_find_hint(&snapshot, NEED_INCIDENTS));
	}
	source->destroy(source);
	snapshot_finish(&snapshot);
	tree_destroy(&tree);
}

static void
a_second_recorder_is_refused(void **state)
{
	struct world *world = *state;
	const struct recorder_options options = {
		.folder = world->tree.path, .boot = "one", .keep = { INT64_C(1) << 40, 100, 0 }
	};
	struct recorder *first, *second;
	int64_t holder;

	assert_int_equal(recorder_open(&first, &options, &holder), 0);
	assert_int_equal(recording_lock_holder(world->tree.path), getpid());
	assert_int_equal(recorder_open(&second, &options, &holder), -EBUSY);
	assert_int_equal(holder, getpid());
	recorder_close(first);
	assert_int_equal(recording_lock_holder(world->tree.path), 0);
}

/* As memtop record --status has it while it looks. */
static void
who_looks_for_a_recorder_keeps_none_from_starting(void **state)
{
	struct world *world = *state;
	const struct recorder_options options = {
		.folder = world->tree.path, .boot = "one", .keep = { INT64_C(1) << 40, 100, 0 }
	};
	struct recorder *recorder;
	int64_t holder;
	pid_t pid;
	int fd = openat(world->tree.fd, "lock", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_SH), 0);
	pid = fork(); /* who has the lock too */
	if (pid == 0) {
		usleep(20000);
		_exit(0);
	}
	close(fd);
	assert_int_equal(recorder_open(&recorder, &options, &holder), 0);
	recorder_close(recorder);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_shows_the_same_as_what_was_recorded),
		cmocka_unit_test(each_jump_has_its_rates),
		cmocka_unit_test(what_is_not_recorded_is_unknown_with_a_hint),
		cmocka_unit_test(a_moment_that_is_not_there_is_an_error),
		cmocka_unit_test(what_another_version_recorded_is_left_out_with_a_word),
		cmocka_unit_test(there_are_no_rates_over_a_boot),
		cmocka_unit_test(the_day_of_a_process_is_told_from_any_sample),
		cmocka_unit_test(a_jump_goes_into_what_was_recorded_since),
		cmocka_unit_test(that_the_oldest_incidents_are_missing_is_said),
		cmocka_unit_test(a_second_recorder_is_refused),
		cmocka_unit_test(who_looks_for_a_recorder_keeps_none_from_starting),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
