// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "oomlog/oom-kill.h"
#include "oomlog/oom-log.h"
#include "table/table.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The logs of tests/fixtures/oom-log, each damaged in every way that logs are. */

enum { MOST_KILLS = 64, LONGEST_LOG = 1 << 20, MOST_CUTS = 2500 };

struct found {
	struct oom_kill kills[MOST_KILLS];
	size_t count;
};

static void
take_all(struct oom_log *log, struct found *found)
{
	while (oom_log_take(log, &found->kills[found->count]))
		assert_true(++found->count < MOST_KILLS);
}

/* Reads `length` bytes; a last line without its newline is not ended. */
static void
read_log(const char *text, size_t length, struct found *found)
{
	const struct oom_log_clock clock = { .now = INT64_C(1795356000000000000), .boot = UNKNOWN };
	struct oom_log *log = oom_log_create(&clock);
	char *copy = strndup(text, length), *line = copy, *end = copy + length, *next;

	assert_non_null(copy);
	for (found->count = 0; line < end; line = next + 1) {
		next = strchrnul(line, '\n');
		*next = '\0';
		oom_log_feed(log, line, next < end);
		take_all(log, found);
	}
	free(copy);
	oom_log_end(log);
	take_all(log, found);
	oom_log_destroy(log);
}

static void
finish(struct found *found)
{
	for (size_t i = 0; i < found->count; i++)
		oom_kill_finish(&found->kills[i]);
	found->count = 0;
}

static char *
load(const char *name)
{
	char path[4096], *text = malloc(LONGEST_LOG);
	FILE *file;

	assert_non_null(text);
	snprintf(path, sizeof(path), "%s/tests/fixtures/oom-log/%s", getenv("SOURCE"), name);
	file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, LONGEST_LOG - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void
for_each_fixture(void (*check)(const char *name, const char *text))
{
	char path[4096];
	const struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/tests/fixtures/oom-log", getenv("SOURCE"));
	folder = opendir(path);
	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		char *text;

		if (entry->d_name[0] == '.')
			continue;
		text = load(entry->d_name);
		check(entry->d_name, text);
		free(text);
	}
	closedir(folder);
}

/* What may differ in a log that is cut: counts and places in a table that is not whole. */
static bool
may_differ(const char *column)
{
	static const char *const names[] = { "killed_with", "kills_asker", "uptime", "tasks",
		"protected", "rank", "total", "report" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], column) == 0)
			return true;
	return false;
}

static bool
is_wrong(const struct column *column, const void *part, const void *whole)
{
	if (may_differ(column->name))
		return false;
	if (column->unit != UNIT_TEXT)
		return column_number(column, part) != UNKNOWN &&
		       column_number(column, part) != column_number(column, whole);
	return column_text(column, part) &&
	       (!column_text(column, whole) ||
		       strcmp(column_text(column, part), column_text(column, whole)) != 0);
}

/* The facts of a kill are unknown or those of the whole log's. */
static void
check_kill(const char *name, size_t at, const struct oom_kill *part, const struct oom_kill *whole)
{
	for (size_t i = 0; i < oom_kill_table.column_count; i++) {
		const struct column *column = &oom_kill_table.columns[i];

		if (!is_wrong(column, part, whole))
			continue;
		if (column->unit == UNIT_TEXT)
			fail_msg("%s, %zu: %s is %s", name, at, column->name,
				column_text(column, part));
		fail_msg("%s, %zu: %s is %lld", name, at, column->name,
			(long long)column_number(column, part));
	}
	if (part->limited_by != OOM_LIMIT_UNKNOWN && part->limited_by != whole->limited_by)
		fail_msg("%s, %zu: the limit is %d", name, at, part->limited_by);
}

static void
check_cuts(const char *name, const char *text)
{
	struct found whole, part;
	size_t length = strlen(text), step = length / MOST_CUTS + 1;
	char *copy = strdup(text);

	read_log(text, length, &whole);
	assert_true(whole.count > 0);
	for (size_t end = 1; end < length; end += step) {
		read_log(copy, end, &part);
		for (size_t i = 0; i < part.count; i++) {
			assert_true(i < whole.count);
			if (i == 0)
				check_kill(name, end, &part.kills[i], &whole.kills[i]);
		}
		finish(&part);
	}
	finish(&whole);
	free(copy);
}

static void
L13_a_log_that_is_cut_at_any_byte_says_nothing_wrong(void **state)
{
	for_each_fixture(check_cuts);
}

/* Whether two logs have the same victims and askers. */
static void
check_same(const char *name, const char *how, const struct found *found, const struct found *right)
{
	if (found->count != right->count)
		fail_msg("%s, %s: %zu kills for %zu", name, how, found->count, right->count);
	for (size_t i = 0; i < right->count; i++) {
		const struct oom_kill *a = &found->kills[i], *b = &right->kills[i];

		if (a->victim.pid != b->victim.pid)
			fail_msg("%s, %s: PID %lld for %lld", name, how, (long long)a->victim.pid,
				(long long)b->victim.pid);
		check_kill(name, i, a, b);
		if (b->victim.comm && !a->victim.comm)
			fail_msg("%s, %s: no name", name, how);
		if (b->asked_comm && !a->asked_comm)
			fail_msg("%s, %s: no asker", name, how);
	}
}

/* Writes each line of a text anew. */
static char *
each_line(const char *text, const char *before, const char *behind, size_t skip)
{
	char *copy = strdup(text), *rest = copy, *line, *changed = NULL;
	size_t length;
	FILE *file = open_memstream(&changed, &length);
	size_t number = 0;

	assert_non_null(file);
	while ((line = strsep(&rest, "\n")))
		if (rest && ++number != skip)
			fprintf(file, "%s%s%s\n", before, line, behind);
	fclose(file);
	free(copy);
	return changed;
}

static const char *const prefixes[] = {
	"node1  | ",
	"node-1-1  | ",
	"[pod/app-7c/main] ",
	"172.20.0.2: kern: warning: [2026-11-22T14:00:01.123456789Z]: ",
	"2026-11-22T14:00:01.127Z In(05) vcpu-5 - Guest: <4>",
	"[2026-11-22 14:00:01] ",
	"> ",
	"    ",
	"\t",
	"Nov 22 14:00:01 host kernel: ",
	"Nov 22 14:00:01 host kern.warn kernel: ",
	"2026-11-22T14:00:01.5+01:00 host kernel: ",
	"<4>1 2026-11-22T14:00:01.5Z host kernel - - - ",
	"<4>Nov 22 14:00:01 host kernel: ",
	"Sun 2026-11-22 14:00:01 UTC host kernel: ",
	"Sun Nov 22 14:00:01 2026 kern.warn kernel: ",
	"1795356001.123456 host kernel: ",
	"    MESSAGE=",
	"kern  :warn  : ",
	"(XEN) d1: ",
	"ttyS0 guest-a >>> ",
	"\33[36mnode1 |\33[0m ",
};

/* Reports that are the kernel's alone, with each kind of line. */
static const char *const reports[] = { "4.19-memcg.txt", "6.18-memcg.txt", "8k-pages-no-node.txt",
	"64k-memcg.txt", "remainder.txt", "arm-highmem-cut.txt", "sysrq-free-memory.txt",
	"kdump-nobody.txt", "419-memsw-limit.txt", "cpuset-nodes.txt", "leader-ended.txt",
	"memory-max-write.txt" };

static void
L4_L16_any_prefix_may_stand_before_a_report(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		char *text = load(reports[i]);
		struct found right, found;

		read_log(text, strlen(text), &right);
		for (size_t j = 0; j < ARRAY_SIZE(prefixes); j++) {
			char *changed = each_line(text, prefixes[j], "", 0);

			read_log(changed, strlen(changed), &found);
			check_same(reports[i], prefixes[j], &found, &right);
			finish(&found);
			free(changed);
		}
		finish(&right);
		free(text);
	}
}

static void
L16_line_ends_and_colours_change_nothing(void **state)
{
	static const struct {
		const char *before, *behind;
	} cases[] = { { "", "\r" }, { "\33[32m", "\33[0m" },
		{ "Nov 22 14:00:01 h kernel: \33[0;1;31m", "\33[0m" }, { "\33[32m", "\33[0m\r" },
		{ "", "  " } };

	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		char *text = load(reports[i]);
		struct found right, found;

		read_log(text, strlen(text), &right);
		for (size_t j = 0; j < ARRAY_SIZE(cases); j++) {
			char *changed = each_line(text, cases[j].before, cases[j].behind, 0);

			read_log(changed, strlen(changed), &found);
			check_same(reports[i], "line ends", &found, &right);
			finish(&found);
			free(changed);
		}
		finish(&right);
		free(text);
	}
}

static bool
has_name(const struct found *found, const char *name, bool asks)
{
	for (size_t i = 0; i < found->count; i++) {
		const char *other = asks ? found->kills[i].asked_comm : found->kills[i].victim.comm;

		if (other && strcmp(other, name) == 0)
			return true;
	}
	return false;
}

static const struct oom_kill *
find_pid(const struct found *found, int64_t pid)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->kills[i].victim.pid == pid)
			return &found->kills[i];
	return NULL;
}

/* Whether a line that is left tells of a process's death. */
static bool
tells(const char *text, int64_t pid)
{
	static const char *const forms[] = { "Killed process %lld ", "Killed process %lld,",
		"reaped process %lld ", ",pid=%lld,uid=", "to process %lld " };
	char words[64];

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		snprintf(words, sizeof(words), forms[i], (long long)pid);
		if (strstr(text, words))
			return true;
	}
	return false;
}

static size_t
count_victims(const struct found *found)
{
	size_t count = 0;

	for (size_t i = 0; i < found->count; i++)
		count += found->kills[i].victim.pid != UNKNOWN;
	return count;
}

/*
 * All names are of the whole log, nobody is told twice, and whose death is still told is still
 * there. A victim may be called by its thread where the line that names the process is missing.
 */
static void
check_rest(const char *name, size_t line, const char *text, const struct found *right)
{
	struct found found;

	read_log(text, strlen(text), &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct oom_kill *kill = &found.kills[i];

		if (kill->victim.pid != UNKNOWN && !find_pid(right, kill->victim.pid) &&
			!tells(text, kill->victim.pid))
			fail_msg("%s, %zu: killed %lld", name, line, (long long)kill->victim.pid);
		if (kill->victim.comm && !has_name(right, kill->victim.comm, false))
			fail_msg("%s, %zu: killed %s", name, line, kill->victim.comm);
		if (kill->asked_comm && !has_name(right, kill->asked_comm, true))
			fail_msg("%s, %zu: asked %s", name, line, kill->asked_comm);
	}
	if (count_victims(&found) > count_victims(right))
		fail_msg("%s, %zu: a victim is told twice", name, line);
	for (size_t i = 0; i < right->count; i++) {
		int64_t pid = right->kills[i].victim.pid;

		if (pid != UNKNOWN && tells(text, pid) && !find_pid(&found, pid))
			fail_msg("%s, %zu: %lld is lost", name, line, (long long)pid);
	}
	finish(&found);
}

static void
check_lost_lines(const char *name, const char *text)
{
	struct found right;
	size_t lines = 0;

	read_log(text, strlen(text), &right);
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		check_rest(name, ++lines, at + 1, &right);
	for (size_t skip = 1; skip <= lines; skip++) {
		char *without = each_line(text, "", "", skip);

		check_rest(name, skip, without, &right);
		free(without);
	}
	finish(&right);
}

static void
a_log_without_some_of_its_lines_names_nobody_wrong_and_loses_no_kill(void **state)
{
	for_each_fixture(check_lost_lines);
}

/* How the lines of two logs come: so many of the first one, then some of each in turn. */
struct order {
	size_t shift, block;
};

/* Two logs, each with its prefix, in one. */
static char *
mixed(const char *a, const char *b, const char *before_a, const char *before_b,
	const struct order *order)
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	assert_non_null(file);
	for (size_t i = 0; *a || *b; i++) {
		bool is_turn = i < order->shift || (i - order->shift) / order->block % 2 == 0;
		bool is_a = *a && (is_turn || !*b);
		const char **line = is_a ? &a : &b;
		size_t size = strcspn(*line, "\n");

		fprintf(file, "%s%.*s\n", is_a ? before_a : before_b, (int)size, *line);
		*line += size + ((*line)[size] == '\n');
	}
	fclose(file);
	return text;
}

/* Each victim is there, and all that is said of it is said by its own report. */
static void
check_mixed(
	const char *names, const struct found *found, const struct found *whole, bool is_kept_apart)
{
	for (size_t i = 0; i < whole->count; i++) {
		const struct oom_kill *right = &whole->kills[i], *kill;

		if (right->victim.pid == UNKNOWN)
			continue;
		kill = find_pid(found, right->victim.pid);
		if (!kill)
			fail_msg("%s: %lld is lost", names, (long long)right->victim.pid);
		check_kill(names, i, kill, right);
		if (is_kept_apart && right->asked_comm && !kill->asked_comm)
			fail_msg("%s: no asker", names);
	}
}

static void
check_pair(const char *const *names, const char *const *texts, const struct found *right)
{
	static const struct order orders[] = { { 0, 1 }, { 1, 1 }, { 2, 1 }, { 3, 2 }, { 5, 4 },
		{ 6, 1 }, { 7, 1 }, { 10, 1 }, { 12, 1 }, { 19, 3 }, { 25, 1 } };
	static const struct {
		const char *a, *b;
		bool is_kept_apart;
	} cases[] = { { "", "", false }, { "[  1.000000][    C0] ", "[  1.000000][    C1] ", true },
		{ "[  1.000000][ T101] ", "[  1.000000][ T102] ", true },
		{ "Nov 22 14:00:01 host-a kernel: ", "Nov 22 14:00:01 host-b kernel: ", true } };
	char how[256];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t j = 0; j < (cases[i].is_kept_apart ? 2 : ARRAY_SIZE(orders)); j++) {
			struct found found;
			char *text = mixed(texts[0], texts[1], cases[i].a, cases[i].b, &orders[j]);

			snprintf(how, sizeof(how), "%s and %s, %s, %zu lines ahead", names[0],
				names[1], cases[i].a, orders[j].shift);
			read_log(text, strlen(text), &found);
			check_mixed(how, &found, &right[0], cases[i].is_kept_apart);
			check_mixed(how, &found, &right[1], cases[i].is_kept_apart);
			finish(&found);
			free(text);
		}
}

static void
two_reports_whose_lines_are_mixed_are_kept_apart_or_not_believed(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++)
		for (size_t j = 0; j < ARRAY_SIZE(reports); j++) {
			const char *names[] = { reports[i], reports[j] };
			char *a = load(reports[i]), *b = load(reports[j]);
			const char *texts[] = { a, b };
			struct found right[2];

			read_log(a, strlen(a), &right[0]);
			read_log(b, strlen(b), &right[1]);
			if (i != j)
				check_pair(names, texts, right);
			finish(&right[0]);
			finish(&right[1]);
			free(a);
			free(b);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(L13_a_log_that_is_cut_at_any_byte_says_nothing_wrong),
		cmocka_unit_test(L4_L16_any_prefix_may_stand_before_a_report),
		cmocka_unit_test(L16_line_ends_and_colours_change_nothing),
		cmocka_unit_test(
			a_log_without_some_of_its_lines_names_nobody_wrong_and_loses_no_kill),
		cmocka_unit_test(two_reports_whose_lines_are_mixed_are_kept_apart_or_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
