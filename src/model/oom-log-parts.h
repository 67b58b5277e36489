// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/oom-kill.h"
#include "model/oom-log-line.h"
#include "model/oom-log.h"

/* What the parts of the parser share. Not for others. */

/*
 * The kernel's names have at most 15 bytes, each of which may be written as \xNN; paths and other
 * texts of a log are cut where they are longer than any real one.
 */
enum { TASK_COLUMNS = 16, USUAL_PAGE_SIZE = 4096, OOM_NAME_LENGTH = 64, OOM_TEXT_LENGTH = 4096 };

/* The columns of the table of tasks that are needed; the heading tells where each is. */
enum task_column {
	TASK_UID,
	TASK_TGID,
	TASK_TOTAL_VM,
	TASK_RSS,
	TASK_RSS_ANON,
	TASK_RSS_FILE,
	TASK_RSS_SHMEM,
	TASK_PAGE_TABLE_BYTES,
	TASK_PAGE_TABLE_PAGES, /* nr_ptes and nr_pmds, until 4.14 */
	TASK_SWAP,
	TASK_ADJ,
	TASK_OTHER,
};

/* The report that is being read, beside what is already in the kill. */
struct oom_report {
	struct oom_kill kill;
	enum task_column columns[TASK_COLUMNS];
	size_t column_count; /* 0: the heading has not been seen */
	int64_t page_size;   /* 4096 until the log tells it */
	bool in_statistics;  /* the lines that come are of a cgroup */
	bool is_cgroup;      /* it shows the memory of a cgroup, in bytes, not of the machine */
	int64_t ram_pages, reserved_pages, present_bytes, lru_anon, lru_file;
	int64_t old_total; /* of swap, which an earlier report has named */
};

/*
 * Kills that wait to be taken: those of the last report may still learn something. A report whose
 * beginning is cut off is given up where so many lines do not belong to it.
 */
enum { OOM_QUEUE = 8, OOM_HELD = 4, PARTIAL_SIZE = 256, STRANGERS = 64 };

enum report_state {
	REPORT_NONE,
	REPORT_HEADLESS, /* figures that may be of a report, or of something else */
	REPORT_BEGUN,    /* it names no victim yet */
};

struct oom_log {
	struct oom_log_clock clock;
	struct log_line line; /* the one being taken */
	struct oom_report report;
	enum report_state state;
	int strangers; /* lines that were of no use, since the last that was */

	/* of the last report, for those who are killed together with its victim */
	int64_t report_number, first_pid;
	enum oom_limit limit;
	const char *limit_cgroup, *group; /* no group: only one process was killed */

	char partial[PARTIAL_SIZE]; /* a line about a death that breaks off within the name */
	struct oom_kill queue[OOM_QUEUE];
	size_t queue_count;
	bool gives_all;
};

/* A report: its beginning, an end with a victim or without, and one that is given up. */
void report_begin(struct oom_log *log, enum report_state state);
void report_finish(struct oom_log *log, enum oom_outcome outcome);
void report_give_up(struct oom_log *log);
void report_reset(struct oom_report *report);
void report_forget_group(struct oom_log *log);

/* Puts a kill into the queue, which then owns its texts, and gives it its time. */
void queue_push(struct oom_log *log, struct oom_kill *kill);

/* The last kill of the last report, or NULL. */
struct oom_kill *queue_last(struct oom_log *log);

/*
 * An object of journalctl -o json as a line of journalctl -o short-unix, which may have newlines
 * in its message. NULL where it is something else. The caller frees it.
 */
char *journal_as_line(const char *json);

/* A line of the kernel, without what the log has put before it. */
void kernel_take_line(struct oom_log *log, const char *line);

/* A line of the machine's memory (lib/show_mem.c) or a cgroup's. */
void report_take_machine(struct oom_report *report, const char *line);
void report_take_cgroup_usage(struct oom_report *report, const char *line);
void report_take_cgroup_stats(struct oom_report *report, const char *line);

/* The table of tasks: whether a line that begins with "[" is of it; its heading, and a row. */
bool report_is_heading(const char *line);
bool report_is_task(const char *line);
void report_take_heading(struct oom_report *report, const char *line);
void report_take_task(struct oom_report *report, const char *line);

/* Compute what follows from the whole report once its victim is known. */
void report_sum_memory(struct oom_report *report);
void report_rank(struct oom_report *report);

/* A line of systemd-oomd or earlyoom. Returns whether *ret_kill now holds a kill. */
bool oomd_take_line(const char *line, struct oom_kill *ret_kill);
bool earlyoom_take_line(const char *line, struct oom_kill *ret_kill);
