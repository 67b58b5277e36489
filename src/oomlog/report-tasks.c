// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/scan.h"
#include "model/badness.h"
#include "oomlog/parser.h"

#include <string.h>

#define MOST_BYTES (INT64_C(1) << 60)

/* The page size for sorting rows while the real one is unknown. */
enum { USUAL_PAGE = 4096, OLD_COLUMNS = 7, SPLIT_COLUMNS = 10 };

/* A row of the table. Most figures are pages until the whole report gives the page size. */
struct task_row {
	struct oom_task task;
	int64_t process; /* tgid; the row itself is of a living thread */
};

#define ROW(name) offsetof(struct task_row, name)

static const struct task_column {
	const char *heading;
	size_t offset; /* of an int64_t in struct task_row; several columns may add up */
	bool is_table_pages;
} columns[] = {
	{ "uid", ROW(task.uid), false },
	{ "tgid", ROW(process), false },
	{ "total_vm", ROW(task.virtual), false },
	{ "rss", ROW(task.resident), false },
	{ "rss_anon", ROW(task.anon), false },
	{ "rss_file", ROW(task.file), false },
	{ "rss_shmem", ROW(task.shmem), false },
	{ "pgtables_bytes", ROW(task.page_tables), false },
	{ "nr_ptes", ROW(task.page_tables), true }, /* until 4.14 */
	{ "nr_pmds", ROW(task.page_tables), true },
	{ "nr_puds", ROW(task.page_tables), true },
	{ "swapents", ROW(task.swap), false },
	{ "oom_score_adj", ROW(task.adj), false },
};

/* NULL if the column is not needed. */
static const struct task_column *
column_of(const char *heading, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (scan_is(heading, length, columns[i].heading))
			return &columns[i];
	return NULL;
}

static bool
is_heading(const char *behind)
{
	return scan_start(behind + strspn(behind, " "), "pid ") != NULL &&
	       strstr(behind, "total_vm") != NULL;
}

/* "   9425]     0  9425    18491 ...": a number, a bracket and five more numbers. */
bool
report_is_row(const char *behind)
{
	int64_t pid;

	if (is_heading(behind))
		return true;
	pid = scan_next_number(&behind);
	behind += strspn(behind, " ");
	if (pid < 0 || *behind++ != ']' || *behind != ' ')
		return false;
	for (int i = 0; i < 5; i++)
		if (scan_next_number(&behind) == UNKNOWN || *behind != ' ')
			return false;
	return true;
}

/* "[  pid  ]   uid  tgid total_vm      rss ... oom_score_adj name" */
static bool
take_heading(struct oom_report *report, const char *line)
{
	const char *word = strchr(line, ']');

	if (!word || !value_line_end(line))
		return false;
	report->column_count = 0;
	report->kill.tasks = known_or_zero(report->kill.tasks);
	for (word++; report->column_count < TASK_COLUMNS;) {
		size_t length;

		word += strspn(word, " ");
		length = strcspn(word, " \r\n");
		if (length == 0 || scan_is(word, length, "name"))
			break;
		report->columns[report->column_count++] = column_of(word, length);
		word += length;
	}
	return true;
}

/* Whether the numbers after rss are its parts. */
static bool
is_split(const int64_t numbers[static SPLIT_COLUMNS])
{
	return numbers[3] == known_sum(known_sum(numbers[4], numbers[5]), numbers[6]);
}

/* Without a heading, guesses from a row which of the two tables since 4.15 it is. */
static void
guess_heading(struct oom_report *report, const char *row)
{
	static const char old[] =
		"[] uid tgid total_vm rss pgtables_bytes swapents oom_score_adj\n";
	static const char split[] = "[] uid tgid total_vm rss rss_anon rss_file rss_shmem "
				    "pgtables_bytes swapents oom_score_adj\n";
	int64_t numbers[SPLIT_COLUMNS];
	size_t count = 0;

	while (count < SPLIT_COLUMNS && (numbers[count] = scan_next_number(&row)) != UNKNOWN)
		count++;
	take_heading(report, count == SPLIT_COLUMNS && is_split(numbers) ? split : old);
}

/* Reads the numbers of a row. Returns the name after them, or NULL if it is not a row. */
static const char *
read_row(const struct oom_report *report, const char *text, struct task_row *row)
{
	for (size_t i = 0; i < report->column_count; i++) {
		const struct task_column *column = report->columns[i];
		int64_t number = scan_next_number(&text), *place;

		if (number == UNKNOWN || (*text != ' ' && *text != '\0'))
			return NULL;
		if (!column)
			continue;
		place = (int64_t *)((char *)row + column->offset);
		*place = *place == UNKNOWN ? number : known_sum(*place, number);
	}
	return *text == ' ' ? text + 1 : NULL;
}

/* The kernel's badness; UNKNOWN if a part is, or a figure is impossible: a log is not trusted. */
static int64_t
badness(const struct oom_task *task, int64_t total)
{
	if (task->adj < OOM_ADJ_LEAST || task->adj > OOM_ADJ_MOST || task->resident > MOST_BYTES ||
		task->swap > MOST_BYTES || task->page_tables > MOST_BYTES || total > MOST_BYTES)
		return UNKNOWN;
	return badness_points(task->resident, task->swap, task->page_tables, task->adj,
		task->adj == 0 ? 0 : total);
}

static bool
tables_are_pages(const struct oom_report *report)
{
	for (size_t i = 0; i < report->column_count; i++)
		if (report->columns[i] && report->columns[i]->is_table_pages)
			return true;
	return false;
}

/* Converts pages to bytes. */
static void
measure(const struct oom_report *report, struct oom_task *task, int64_t page)
{
	int64_t *const pages[] = { &task->virtual, &task->resident, &task->anon, &task->file,
		&task->shmem, &task->swap };

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		*pages[i] = known_product(*pages[i], page);
	if (tables_are_pages(report))
		task->page_tables = known_product(task->page_tables, page);
}

/* The memory of a task, to sort tasks with unknown badness. */
static int64_t
size_of(const struct oom_task *task)
{
	int64_t size = known_sum(task->resident, task->swap);

	return size == UNKNOWN ? task->resident : size;
}

/* Of two equal tasks the kernel takes the later one. */
static bool
goes_before(const struct oom_task *a, const struct oom_task *b)
{
	if (a->badness == UNKNOWN || b->badness == UNKNOWN)
		return size_of(a) >= size_of(b);
	return a->badness >= b->badness;
}

/*
 * The swap of a cgroup beyond its limit of RAM: up to its own limit or the existing swap, which the
 * log may not have. It is at least the swap in use.
 */
static int64_t
swap_of_cgroup(const struct oom_kill *kill, int64_t swap)
{
	if (kill->swap_limit == UNKNOWN)
		return swap;
	if (kill->swap_limit == 0 ||
		(kill->swap_usage != UNKNOWN && kill->swap_usage >= kill->swap_limit))
		return kill->swap_limit;
	return swap == UNKNOWN || swap < kill->swap_limit ? swap : kill->swap_limit;
}

/*
 * The total memory and swap (constrained_alloc() of mm/oom_kill.c): the limit of the cgroup, the
 * nodes in the report, or all.
 */
static int64_t
total_of(const struct oom_report *report)
{
	const struct oom_kill *kill = &report->kill;
	int64_t swap = kill->swap_total == UNKNOWN ? report->old_total : kill->swap_total;
	int64_t pages = known_difference(report->ram_pages, report->reserved_pages);

	if (report->is_mixed)
		return UNKNOWN;
	if (report->is_cgroup)
		return known_sum(kill->limit, swap_of_cgroup(kill, swap));
	if (oom_is_of_nodes(kill))
		return known_sum(known_product(report->kib[FIGURE_PRESENT], 1024), swap);
	return known_sum(known_product(pages, report->page_size), swap);
}

/* Inserts a task in order and drops the last if there are too many. Owns its name. */
static void
insert(struct oom_kill *kill, struct oom_task *task)
{
	size_t at = kill->candidate_count;

	if (!kill->candidates)
		kill->candidates = xcalloc(OOM_CANDIDATES, sizeof(kill->candidates[0]));
	if (at == OOM_CANDIDATES) {
		if (!goes_before(task, &kill->candidates[at - 1])) {
			oom_task_finish(task);
			return;
		}
		oom_task_finish(&kill->candidates[--at]);
	}
	for (; at > 0 && goes_before(task, &kill->candidates[at - 1]); at--)
		kill->candidates[at] = kill->candidates[at - 1];
	kill->candidates[at] = *task;
	if (kill->candidate_count < OOM_CANDIDATES)
		kill->candidate_count++;
}

static void
keep_largest(struct oom_kill *kill, const struct oom_task *task, const char *name, size_t length)
{
	if (size_of(task) <= size_of(&kill->largest))
		return;
	oom_task_finish(&kill->largest);
	kill->largest = *task;
	kill->largest.comm = NULL;
	oom_set_text(&kill->largest.comm, name, length);
}

/* Sets the badness of a row that is in pages. */
static void
weigh(const struct oom_report *report, struct oom_task *task)
{
	struct oom_task bytes = *task;

	measure(report, &bytes, report->page_size == UNKNOWN ? USUAL_PAGE : report->page_size);
	task->badness = badness(&bytes, total_of(report));
}

static void
keep_task(struct oom_report *report, struct oom_task *task, const char *name, size_t length)
{
	struct oom_kill *kill = &report->kill;

	weigh(report, task);
	kill->tasks = known_sum(known_or_zero(kill->tasks), 1);
	kill->protected_tasks = known_or_zero(kill->protected_tasks);
	keep_largest(kill, task, name, length);
	if (task->adj == OOM_ADJ_LEAST) {
		kill->protected_tasks++;
		return;
	}
	if (kill->candidate_count == OOM_CANDIDATES &&
		!goes_before(task, &kill->candidates[OOM_CANDIDATES - 1]))
		return;
	oom_set_text(&task->comm, name, length);
	insert(kill, task);
}

bool
report_take_row(struct oom_log *log, const char *at, const char *text)
{
	struct oom_report *report = &log->stream->report;
	const char *name, *end = value_line_end(text);
	struct task_row row = { .process = UNKNOWN };
	struct oom_task *task = &row.task;

	report->in_statistics = false;
	if (is_heading(text))
		return take_heading(report, at);
	table_reset_row(&oom_task_table, task);
	task->pid = scan_next_number(&text);
	text += strspn(text, " ");
	if (task->pid < 0 || *text++ != ']' || !end)
		return false;
	if (report->column_count == 0)
		guess_heading(report, text);
	name = read_row(report, text, &row);
	if (!name || task->resident == UNKNOWN)
		return false;
	log_note_thread(log, task->pid, row.process);
	task->pid = row.process > 0 ? row.process : task->pid;
	end = end < name ? name : end;
	keep_task(report, task, name,
		end - name < OOM_NAME_LENGTH ? (size_t)(end - name) : OOM_NAME_LENGTH);
	return true;
}

/* Converts to bytes and sorts again, with the final page size and total. */
static void
rank_again(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;
	struct oom_task tasks[OOM_CANDIDATES];
	size_t count = kill->candidate_count;

	if (count > 0)
		memcpy(tasks, kill->candidates, count * sizeof(tasks[0]));
	kill->candidate_count = 0;
	for (size_t i = 0; i < count; i++)
		weigh(report, &tasks[i]);
	while (count-- > 0)
		insert(kill, &tasks[count]);
	weigh(report, &kill->largest);
	for (size_t i = 0; i < kill->candidate_count; i++) {
		measure(report, &kill->candidates[i], report->page_size);
		if (report->page_size == UNKNOWN)
			kill->candidates[i].badness = UNKNOWN;
	}
	measure(report, &kill->largest, report->page_size);
	if (report->page_size == UNKNOWN)
		kill->largest.badness = UNKNOWN;
}

/* Copies data of the victim from the table if the line about its death lacks them. */
static void
find_victim(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;

	for (size_t i = 0; i < kill->candidate_count; i++) {
		const struct oom_task *task = &kill->candidates[i];

		if (task->pid != kill->victim.pid)
			continue;
		kill->rank = (int64_t)i + 1;
		kill->victim.badness = task->badness;
		kill->victim.swap = task->swap;
		kill->victim.adj = kill->victim.adj == UNKNOWN ? task->adj : kill->victim.adj;
		kill->victim.uid = kill->victim.uid == UNKNOWN ? task->uid : kill->victim.uid;
		if (report->has_death) { /* that line came later and has priority */
			kill->victim.page_tables = kill->victim.page_tables == UNKNOWN
							   ? task->page_tables
							   : kill->victim.page_tables;
			kill->victim.virtual = kill->victim.virtual == UNKNOWN
						       ? task->virtual
						       : kill->victim.virtual;
		}
		if (!kill->victim.comm && task->comm)
			oom_set_text(&kill->victim.comm, task->comm, strlen(task->comm));
	}
}

void
report_rank(struct oom_report *report)
{
	report->kill.total = total_of(report);
	rank_again(report);
	find_victim(report);
}
