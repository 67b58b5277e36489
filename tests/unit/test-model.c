// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "model/derive.h"
#include "model/footprint.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "table/order.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

static struct process *
add(struct snapshot *snapshot, int64_t pid, int64_t start_time, int64_t resident)
{
	struct process *row = snapshot_add_process(snapshot);

	row->pid = pid;
	row->start_time = start_time;
	row->resident = resident;
	return row;
}

/* S1 */
static void
command_lines_of_all_processes_are_bounded(void **state)
{
	static const char line[4096] = "-";
	struct snapshot snapshot = { .time = 0 };
	size_t bytes = 0;

	snapshot_reset(&snapshot);
	for (int i = 0; i < 10000; i++)
		snapshot_keep_command(&snapshot, line, i == 9998 ? SHORT_COMMAND : sizeof(line));
	bytes = snapshot.command_bytes;
	assert_in_range(
		bytes, MOST_COMMAND_BYTES, MOST_COMMAND_BYTES + (size_t)10000 * SHORT_COMMAND);
	assert_string_equal(snapshot_keep_command(&snapshot, "sleep 1", 7), "sleep 1");
	snapshot_reset(&snapshot);
	snapshot_keep_command(&snapshot, line, sizeof(line));
	assert_int_equal(snapshot.command_bytes, sizeof(line));
	snapshot_finish(&snapshot);
}

static void
rates_need_the_same_process_twice(void **state)
{
	struct snapshot before = { .monotonic = 10 * SECOND }, now = { .monotonic = 12 * SECOND };
	struct process *row;

	snapshot_reset(&before);
	snapshot_reset(&now);
	row = add(&before, 5, 100, 1000000);
	row->minor_faults = 100;
	row->cpu_time = SECOND;
	row->look_time = 10 * SECOND;
	row = add(&before, 7, 100, 5000); /* 7 ends, and its number is used again: T30 */
	row->minor_faults = 7;
	row = add(&now, 5, 100, 1200000);
	row->minor_faults = 107;
	row->look_time = 12 * SECOND;
	row->cpu_time = 2 * SECOND;
	row = add(&now, 7, 999, 6000);
	row->minor_faults = 8;
	now.system.total = 4000000;
	before.system.self_cpu_time = SECOND;
	now.system.self_cpu_time = SECOND + SECOND / 100;
	derive(&now, &before);
	assert_int_equal(now.system.self_cpu_share, 5);
	assert_int_equal(now.processes[0].minor_fault_rate, 3500);
	assert_int_equal(now.processes[0].cpu_share, 500);
	assert_int_equal(now.processes[0].growth, 200000 * 30);
	assert_int_equal(now.processes[0].memory_share, 300);
	assert_true(now.processes[0].used == UNKNOWN); /* SWAP is unknown */
	assert_true(now.processes[1].minor_fault_rate == UNKNOWN);
	assert_true(now.processes[1].growth == UNKNOWN);
	snapshot_finish(&before);
	snapshot_finish(&now);
}

static void
what_was_not_looked_at_keeps_its_rates(void **state)
{
	struct snapshot before = { .monotonic = 10 * SECOND }, now = { .monotonic = 12 * SECOND };
	struct process *row;

	snapshot_reset(&before);
	snapshot_reset(&now);
	row = add(&before, 5, 100, 1000000);
	row->minor_faults = 100;
	row->look_time = 8 * SECOND;
	row->minor_fault_rate = 2500;
	row->major_fault_rate = 1500;
	row->cpu_share = 17;
	row->growth = 4096;
	snapshot_copy_process(&now, row, 0);
	now.bits = NEED_FAULTS;
	derive(&now, &before);
	assert_int_equal(now.processes[0].minor_fault_rate, 2500);
	assert_int_equal(now.processes[0].major_fault_rate, 1500);
	assert_int_equal(now.processes[0].cpu_share, 17);
	assert_int_equal(now.processes[0].growth, 4096);
	assert_int_equal(now.processes[0].extras->minor_fault_count, 0);
	now.processes[0].minor_faults = 140; /* looked at: the rate is over all the time since */
	now.processes[0].look_time = 12 * SECOND;
	derive(&now, &before);
	assert_int_equal(now.processes[0].minor_fault_rate, 10000);
	snapshot_finish(&before);
	snapshot_finish(&now);
}

/* A row of the first screen, or one whose stat could not be read, does not tell how many it had. */
static void
faults_since_the_last_refresh_are_those_of_the_same_process(void **state)
{
	static const struct {
		int64_t start_before, faults_before, start, faults, count;
	} cases[] = {
		{ 100, 40, 100, 45, 5 }, { 90, 40, 100, 45, 45 }, /* its number is used again */
		{ UNKNOWN, UNKNOWN, 100, 45, UNKNOWN }, { 100, 40, UNKNOWN, UNKNOWN, UNKNOWN },
		{ UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN },
		{ 0, 0, 100, 45, 45 }, /* it was not there */
	};
	struct snapshot before = { .monotonic = 10 * SECOND }, now = { .monotonic = 12 * SECOND };

	snapshot_reset(&before);
	snapshot_reset(&now);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct process *row = add(&now, (int64_t)i, cases[i].start, 4096);

		row->minor_faults = row->major_faults = cases[i].faults;
		if (cases[i].start_before == 0)
			continue;
		row = add(&before, (int64_t)i, cases[i].start_before, 4096);
		row->minor_faults = row->major_faults = cases[i].faults_before;
	}
	now.bits = NEED_FAULTS;
	derive(&now, &before);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct process_extras *extras = now.processes[i].extras;

		assert_true(extras->minor_fault_count == cases[i].count);
		assert_true(extras->major_fault_count == cases[i].count);
	}
	snapshot_finish(&before);
	snapshot_finish(&now);
}

/* A kill, and a limit that is nearer now, came after the refresh that is on the screen. */
static void
what_was_missing_leaves_texts_beside_their_numbers(void **state)
{
	static const char *const scopes[][2] = { { "/a", "/a" }, { "/a", "/b" }, { NULL, "/b" } };
	struct snapshot before = { .time = 0 }, now = { .time = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
		bool is_same = i == 0;

		snapshot_reset(&before);
		snapshot_reset(&now);
		now.only_missing = true;
		now.bits = NEED_OOM;
		before.system.last_kill_time = 10;
		before.system.last_kill_doubt = 9;
		before.system.last_kill_comm = arena_text(&before.texts, "first");
		before.system.oom_asked = scopes[i][0];
		before.system.oom_scope = scopes[i][0] ? scopes[i][0] : "machine";
		before.system.oom_headroom = 30;
		now.system.last_kill_time = 20;
		now.system.last_kill_comm = "second";
		now.system.nearest = (struct nearest_limit){ "/near", 50, 60 };
		now.system.oom_asked = now.system.oom_scope = scopes[i][1];
		now.system.oom_headroom = 40;
		derive(&now, &before);
		assert_int_equal(now.system.last_kill_time, 10);
		assert_int_equal(now.system.last_kill_doubt, 9);
		assert_string_equal(now.system.last_kill_comm, "first");
		assert_ptr_not_equal(now.system.last_kill_comm, before.system.last_kill_comm);
		assert_int_equal(now.system.nearest.max, 50);
		assert_string_equal(now.system.nearest.cgroup, "/near");
		assert_int_equal(now.system.oom_headroom, is_same ? 30 : 40);
		assert_string_equal(now.system.oom_scope, scopes[i][1]);
	}
	snapshot_finish(&before);
	snapshot_finish(&now);
}

/* In a container uptime may be its own; a start time is always that of the machine. */
static void
an_age_is_since_the_start_on_the_clock_of_start_times(void **state)
{
	static const struct {
		int64_t start, age; /* milliseconds */
	} cases[] = {
		{ 10000, 3600000 - 10000 },
		{ 3600000, 0 },
		{ 3600010, 0 }, /* it began while others were read */
		{ 3700000, UNKNOWN },
		{ UNKNOWN, UNKNOWN },
	};
	struct snapshot now = { .start_clock = 3600 * SECOND };
	int64_t tick = 1000 / sysconf(_SC_CLK_TCK);

	snapshot_reset(&now);
	now.system.uptime = 5 * SECOND;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		add(&now, (int64_t)i, cases[i].start == UNKNOWN ? UNKNOWN : cases[i].start / tick,
			4096);
	derive(&now, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_true(now.processes[i].age ==
			    (cases[i].age == UNKNOWN ? UNKNOWN : cases[i].age * 1000000));
	snapshot_finish(&now);
}

static void
the_first_refresh_has_no_rates(void **state)
{
	struct snapshot now = { .monotonic = SECOND };
	struct process *row;

	snapshot_reset(&now);
	row = add(&now, 5, 100, 4096);
	row->minor_faults = 100;
	row->swap = 1000;
	now.system.faults = 5;
	derive(&now, NULL);
	assert_true(now.processes[0].minor_fault_rate == UNKNOWN);
	assert_true(now.system.fault_rate == UNKNOWN);
	assert_true(now.processes[0].memory_share == UNKNOWN);
	assert_int_equal(now.processes[0].used, 5096);
	snapshot_finish(&now);
}

static void
memory_that_was_not_read_has_no_growth(void **state)
{
	struct snapshot before = { .monotonic = 10 * SECOND }, now = { .monotonic = 11 * SECOND };

	snapshot_reset(&before);
	snapshot_reset(&now);
	add(&before, 5, 100, 4096)->look_time = 10 * SECOND;
	add(&before, 6, 100, UNKNOWN);
	add(&now, 5, 100, UNKNOWN);
	add(&now, 6, 100, 4096)->look_time = 11 * SECOND;
	derive(&now, &before);
	assert_true(now.processes[0].growth == UNKNOWN);
	assert_true(now.processes[1].growth == UNKNOWN);
	snapshot_finish(&before);
	snapshot_finish(&now);
}

static void
a_counter_that_went_back_has_no_rate(void **state)
{
	struct snapshot before = { .monotonic = 10 * SECOND }, now = { .monotonic = 11 * SECOND };

	snapshot_reset(&before);
	snapshot_reset(&now);
	before.system.faults = 100;
	before.system.major_faults = 1;
	now.system.faults = 50;
	now.system.major_faults = 3;
	derive(&now, &before);
	assert_true(now.system.fault_rate == UNKNOWN);
	assert_int_equal(now.system.major_fault_rate, 2000);
}

static void
order_puts_unknown_last_and_keeps_ties(void **state)
{
	static const int64_t descending[] = { 4, 2, 3, 1, 5 }, ascending[] = { 1, 2, 3, 4, 5 };
	struct snapshot snapshot = { .time = 0 };
	struct row_list list = { .count = 0 };
	const struct column *res = table_column(&process_table, "res");
	struct order order = order_of(res);

	snapshot_reset(&snapshot);
	add(&snapshot, 1, 1, 10);
	add(&snapshot, 2, 1, 20);
	add(&snapshot, 3, 1, 20);
	add(&snapshot, 4, 1, 30);
	add(&snapshot, 5, 1, UNKNOWN);
	assert_false(order.ascending);
	order_build(&list, &process_table, snapshot.processes, 5, NULL, &order);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(((const struct process *)list.rows[i])->pid, descending[i]);
	order.ascending = true;
	order_build(&list, &process_table, snapshot.processes, 5, NULL, &order);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(((const struct process *)list.rows[i])->pid, ascending[i]);
	row_list_finish(&list);
	snapshot_finish(&snapshot);
}

static void
texts_are_ordered_from_the_first(void **state)
{
	struct snapshot snapshot = { .time = 0 };
	struct row_list list = { .count = 0 };
	struct order order = order_of(table_column(&process_table, "user"));

	snapshot_reset(&snapshot);
	add(&snapshot, 1, 1, 10);
	add(&snapshot, 2, 1, 20)->user = "zoe";
	add(&snapshot, 3, 1, 20)->user = "adam";
	order_build(&list, &process_table, snapshot.processes, 3, NULL, &order);
	assert_int_equal(((const struct process *)list.rows[0])->pid, 3);
	assert_int_equal(((const struct process *)list.rows[1])->pid, 2);
	assert_int_equal(((const struct process *)list.rows[2])->pid, 1);
	row_list_finish(&list);
	snapshot_finish(&snapshot);
}

static void
hints_of_one_cause_are_counted_together(void **state)
{
	struct snapshot snapshot = { .time = 0 };
	char text[HINT_TEXT_SIZE];

	snapshot_reset(&snapshot);
	snapshot_add_hint(&snapshot, NEED_PSS, -EACCES, 1);
	snapshot_add_hint(&snapshot, NEED_PSS, -EPERM, 1);
	snapshot_add_hint(&snapshot, NEED_MAPPINGS, -ESRCH, 1);
	snapshot_add_hint(&snapshot, NEED_MEMINFO, -ENOENT, 0);
	snapshot_add_hint(&snapshot, NEED_MEMINFO, -EMFILE, 0);
	snapshot_add_hint(&snapshot, NEED_PSS, -ENOENT, 1);
	snapshot_add_hint(&snapshot, NEED_PROCESSES, -ESRCH, 2);
	assert_int_equal(snapshot.hint_count, 6);
	hint_text(&snapshot.hints[0], text);
	assert_string_equal(text, "PSS, USS and SWAPPSS of 2 processes unknown: Permission denied ("
				  "needs CAP_PERFMON (since Linux 6.15) or CAP_SYS_PTRACE)");
	hint_text(&snapshot.hints[1], text);
	assert_string_equal(
		text, "memory by mapping (smaps) of 1 process unknown: ended while it was read");
	hint_text(&snapshot.hints[2], text);
	assert_string_equal(text,
		"the machine's memory (/proc/meminfo) unknown: No such file or directory (is /proc "
		"mounted with subset=pid?)");
	hint_text(&snapshot.hints[3], text);
	assert_string_equal(
		text, "the machine's memory (/proc/meminfo) unknown: Too many open files");
	hint_text(&snapshot.hints[4], text);
	assert_string_equal(text, "PSS, USS and SWAPPSS of 1 process unknown: No such file or "
				  "directory (this kernel does not have it)");
	hint_text(&snapshot.hints[5], text);
	assert_string_equal(text, "2 of the processes asked for do not exist");
	snapshot_finish(&snapshot);
}

static void
a_text_equal_to_the_last_one_is_not_copied(void **state)
{
	struct arena arena = { .first = NULL };
	const char *first = arena_copy_new(&arena, NULL, "/a/b", 4);

	assert_ptr_equal(arena_copy_new(&arena, first, "/a/b/c", 4), first);
	assert_string_equal(arena_copy_new(&arena, first, "/a/b/c", 6), "/a/b/c");
	assert_string_equal(arena_copy_new(&arena, first, "/a/b", 2), "/a");
	arena_finish(&arena);
}

static void
an_arena_is_reused(void **state)
{
	struct arena arena = { .first = NULL };
	char large[100000];
	const char *first = arena_copy(&arena, "first", 5), *again;

	memset(large, 'x', sizeof(large));
	for (int i = 0; i < 3; i++)
		assert_int_equal(strlen(arena_copy(&arena, large, sizeof(large))), sizeof(large));
	assert_string_equal(first, "first");
	arena_reset(&arena);
	again = arena_copy(&arena, "again", 5);
	assert_ptr_equal(again, first);
	arena_finish(&arena);
}

static void
F16_hints_are_about_the_rows_that_are_shown(void **state)
{
	static const struct {
		int64_t first, last; /* of the rows that are shown; 0: rows of another kind */
		const char *texts[4];
	} cases[] = {
		{ 1, 4,
			{ "psi (/proc/pressure/memory) unknown: No such file or directory (needs "
			  "CONFIG_PSI, perhaps psi=1, and /proc without subset=pid)",
				"PSS, USS and SWAPPSS of 2 processes unknown: Permission denied ("
				"needs CAP_PERFMON (since Linux 6.15) or CAP_SYS_PTRACE)",
				"COMMAND of 1 process unknown: blocked: a file of a process does "
				"not answer",
				"OOM of 1 process unknown: Input/output error" } },
		{ 2, 2,
			{ "psi (/proc/pressure/memory) unknown: No such file or directory (needs "
			  "CONFIG_PSI, perhaps psi=1, and /proc without subset=pid)",
				"PSS, USS and SWAPPSS of 1 process unknown: Permission denied ("
				"needs CAP_PERFMON (since Linux 6.15) or CAP_SYS_PTRACE)" } },
		{ 4, 4,
			{ "psi (/proc/pressure/memory) unknown: No such file or directory (needs "
			  "CONFIG_PSI, perhaps psi=1, and /proc without subset=pid)" } },
		{ 0, 0,
			{ "psi (/proc/pressure/memory) unknown: No such file or directory (needs "
			  "CONFIG_PSI, perhaps psi=1, and /proc without subset=pid)" } },
	};
	struct snapshot now = { .time = 0 };

	snapshot_reset(&now);
	for (int64_t pid = 1; pid <= 4; pid++)
		add(&now, pid, 1, 0);
	snapshot_add_hint(&now, NEED_PRESSURE, -ENOENT, 0);
	snapshot_add_hint(&now, NEED_MAPPINGS, -ESRCH, 1);
	snapshot_note_gap(&now, &now.processes[0], NEED_PSS, -EACCES);
	snapshot_note_gap(&now, &now.processes[1], NEED_PSS, -EPERM);
	snapshot_note_gap(&now, &now.processes[2], NEED_COMMAND, -ETIMEDOUT);
	snapshot_note_gap(&now, &now.processes[2], NEED_OOM_SCORE, -EIO);
	snapshot_note_gap(&now, &now.processes[3], NEED_COMMAND, -ESRCH); /* it is no news */
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hint hints[MOST_HINTS];
		const void *rows[4];
		struct row_list list = { .rows = rows };
		size_t count, wanted = 0;

		for (int64_t pid = cases[i].first; pid <= cases[i].last && pid > 0; pid++)
			rows[list.count++] = &now.processes[pid - 1];
		count = snapshot_hints(&now, cases[i].first ? &list : NULL, hints);
		while (wanted < 4 && cases[i].texts[wanted])
			wanted++;
		assert_int_equal(count, wanted);
		for (size_t j = 0; j < count; j++) {
			char text[HINT_TEXT_SIZE];

			hint_text(&hints[j], text);
			assert_string_equal(text, cases[i].texts[j]);
		}
	}
	snapshot_finish(&now);
}

/* A process that uses the address space of another one (0: its own). */
struct share {
	int64_t pid, memory_of, resident, pss;
	bool is_hidden, is_stale;
};

static struct footprint
footprint_of_shares(const struct share *shares, size_t count, int64_t total)
{
	struct snapshot now = { .time = 0 };
	struct row_list rows = { .rows = NULL };
	struct footprint footprint;

	snapshot_reset(&now);
	now.system.total = total;
	for (size_t i = 0; i < count; i++) {
		struct process *row = add(&now, shares[i].pid, 1, shares[i].resident);

		snapshot_extras(&now, row)->memory_of =
			shares[i].memory_of ? shares[i].memory_of : UNKNOWN;
		snapshot_rollup(&now, row)->pss = shares[i].pss;
		snapshot_rollup(&now, row)->stale = shares[i].is_stale;
	}
	rows.rows = test_calloc(count, sizeof(rows.rows[0]));
	for (size_t i = 0; i < count; i++)
		if (!shares[i].is_hidden)
			rows.rows[rows.count++] = &now.processes[i];
	footprint = footprint_of(&now, &rows);
	test_free(rows.rows);
	rows.rows = NULL;
	row_list_finish(&rows);
	snapshot_finish(&now);
	return footprint;
}

static void
F9_processes_hold_the_sum_of_their_pss_or_at_most_their_res(void **state)
{
	static const struct {
		struct share shares[4];
		size_t count;
		const char *text;
	} cases[] = {
		{ { { 1, 0, 100, 10 }, { 2, 0, 100, 10 } }, 2, "PSS 20" },
		{ { { 1, 0, 100, 10 }, { 2, 0, 100, 10, .is_stale = true } }, 2, "PSS ~20" },
		{ { { 1, 0, 100, 10 }, { 2, 0, 70, UNKNOWN } }, 2, "PSS at most 80" },
		/* it may have grown since its PSS was read: then up to its RES */
		{ { { 1, 0, 100, 10, .is_stale = true }, { 2, 0, 70, UNKNOWN } }, 2,
			"PSS at most 170" },
		{ { { 1, 0, 100, 10 }, { 2, 0, 0, UNKNOWN } }, 2, "PSS 10" },
		{ { { 1, 0, 100, 10 }, { 2, 0, UNKNOWN, UNKNOWN } }, 2, "PSS -" },
		{ { { 1, 0, 800, UNKNOWN }, { 2, 0, 900, UNKNOWN } }, 2, "PSS at most 1000" },
		/* T25: an address space counts once, by whoever of its users tells its PSS */
		{ { { 1, 0, 100, 90 }, { 2, 1, 100, 90 }, { 3, 1, 100, 90 } }, 3, "PSS 90" },
		{ { { 1, 0, 100, UNKNOWN }, { 2, 1, 100, 90 } }, 2, "PSS 90" },
		{ { { 1, 0, 100, 90, true }, { 2, 1, 100, 90 }, { 3, 1, 100, 90 } }, 3, "PSS 90" },
		{ { { 1, 0, 100, 90 }, { 2, 1, 100, 90 }, { 3, 2, 100, 90 } }, 3, "PSS 90" },
		{ { { 2, 9, 100, 90 }, { 3, 9, 100, 90 } }, 2, "PSS at most 180" },
		{ { { 1, 0, 0, 0, true } }, 1, "PSS 0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct footprint footprint =
			footprint_of_shares(cases[i].shares, cases[i].count, 1000);
		char text[FOOTPRINT_TEXT_SIZE];

		footprint_text(&footprint, SCALE_BYTES, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void
F11_what_moves_to_and_from_swap_is_told_in_bytes(void **state)
{
	struct snapshot before = { .monotonic = 10 * SECOND }, now = { .monotonic = 12 * SECOND };
	int64_t page = sysconf(_SC_PAGESIZE);

	snapshot_reset(&before);
	snapshot_reset(&now);
	before.system.pages_swapped_in = 100;
	now.system.pages_swapped_in = 104;
	before.system.pages_swapped_out = 9;
	now.system.pages_swapped_out = 8;
	before.system.pages_reclaimed = 0;
	now.system.pages_reclaimed = 1000;
	derive(&now, &before);
	assert_int_equal(now.system.swap_in_rate, 2000);
	assert_int_equal(now.system.swap_in_bytes_rate, 2 * page);
	assert_true(now.system.swap_out_bytes_rate == UNKNOWN);
	assert_int_equal(now.system.reclaim_bytes_rate, 500 * page);
	snapshot_finish(&before);
	snapshot_finish(&now);
}

static void
U9_a_command_begins_with_what_tells_it_apart(void **state)
{
	static const char *const cases[][2] = {
		{ "/usr/lib/postgresql/15/bin/postgres -D /var/lib", "postgres -D /var/lib" },
		{ "postgres: writer process", "postgres: writer process" },
		{ "/usr/bin/python3.11 /opt/app/server.py --port 80", "server.py --port 80" },
		{ "python3 -u server.py", "server.py" },
		{ "/usr/bin/python3 -m http.server 80", "python3 -m http.server 80" },
		{ "/bin/bash -c 'sleep 1'", "bash -c 'sleep 1'" },
		{ "/bin/sh ./run.sh /a/b", "run.sh /a/b" },
		{ "/usr/bin/node --inspect app.js", "node --inspect app.js" },
		{ "/usr/bin/python3", "python3" },
		{ "/bin/bash /dev/fd/3", "bash /dev/fd/3" },
		{ "-bash", "-bash" },
		{ "/", "/" },
		{ "/usr/bin/", "/usr/bin/" },
		{ "a/b/ x", "a/b/ x" },
		{ "perl /", "/" },
		{ "python3  x.py", "x.py" },
		{ "[kworker/0:1]", "[kworker/0:1]" },
		{ "", "" },
		{ "java -Xmx4g -jar /opt/app.jar", "java -Xmx4g -jar /opt/app.jar" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(process_program(cases[i][0]), cases[i][1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_need_the_same_process_twice),
		cmocka_unit_test(what_was_not_looked_at_keeps_its_rates),
		cmocka_unit_test(faults_since_the_last_refresh_are_those_of_the_same_process),
		cmocka_unit_test(what_was_missing_leaves_texts_beside_their_numbers),
		cmocka_unit_test(an_age_is_since_the_start_on_the_clock_of_start_times),
		cmocka_unit_test(the_first_refresh_has_no_rates),
		cmocka_unit_test(memory_that_was_not_read_has_no_growth),
		cmocka_unit_test(a_counter_that_went_back_has_no_rate),
		cmocka_unit_test(order_puts_unknown_last_and_keeps_ties),
		cmocka_unit_test(texts_are_ordered_from_the_first),
		cmocka_unit_test(F9_processes_hold_the_sum_of_their_pss_or_at_most_their_res),
		cmocka_unit_test(F11_what_moves_to_and_from_swap_is_told_in_bytes),
		cmocka_unit_test(U9_a_command_begins_with_what_tells_it_apart),
		cmocka_unit_test(command_lines_of_all_processes_are_bounded),
		cmocka_unit_test(hints_of_one_cause_are_counted_together),
		cmocka_unit_test(F16_hints_are_about_the_rows_that_are_shown),
		cmocka_unit_test(a_text_equal_to_the_last_one_is_not_copied),
		cmocka_unit_test(an_arena_is_reused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
