// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oomlog/line.h"
#include "oomlog/oom-kill.h"
#include "oomlog/oom-log.h"

/*
 * Shared by the parts of the parser only.
 *
 * Steps for a line: parser.c joins wrapped lines, phrase.c finds the kernel's words anywhere in the
 * line, line.c parses the prefix, and the function of the phrase reads the values. All texts here
 * keep the newline of a line: a value at the end of a text without it may be cut and is UNKNOWN.
 */

/*
 * The kernel's names have at most 15 bytes, each perhaps written as \xNN. Paths and other texts are
 * cut at a length above that of real ones.
 */
enum { TASK_COLUMNS = 16, OOM_NAME_LENGTH = 64, OOM_TEXT_LENGTH = 4096 };

/* The order of a report. A line of an earlier section belongs to another report. */
enum section {
	SECTION_NONE, /* anywhere */
	SECTION_ASKED,
	SECTION_PAGES,
	SECTION_NODES,
	SECTION_ZONES,
	SECTION_FREE_LISTS,
	SECTION_COUNTS,
	SECTION_LIMIT,
	SECTION_USAGE,
	SECTION_STATS,
	SECTION_TABLE,
	SECTION_CHOICE,
};

/* Figures of the machine: pages in the totals, KiB in lines of nodes and zones. */
enum memory_figure {
	FIGURE_ACTIVE_ANON,
	FIGURE_INACTIVE_ANON,
	FIGURE_ISOLATED_ANON,
	FIGURE_ACTIVE_FILE,
	FIGURE_INACTIVE_FILE,
	FIGURE_ISOLATED_FILE,
	FIGURE_UNEVICTABLE,
	FIGURE_SLAB_RECLAIMABLE,
	FIGURE_SLAB_UNRECLAIMABLE,
	FIGURE_SHMEM,
	FIGURE_PAGE_TABLES,
	FIGURE_FREE,
	FIGURE_KERNEL_STACK,
	FIGURE_PRESENT,
	FIGURE_HUGE,
	FIGURE_COUNT,
};

enum report_state {
	REPORT_NONE,
	REPORT_HEADLESS, /* figures, perhaps of a report */
	REPORT_BEGUN,    /* no victim yet */
};

/* The current report; the kill has the rest. */
struct oom_report {
	struct oom_kill kill;
	enum report_state state;
	enum section section;
	bool is_mixed;          /* with another report: only lines with the victim count */
	bool is_settled;        /* complete: data that may be of another report is dropped */
	const char *asked_line; /* the line of the asker, up to the end of the name */
	size_t asked_start;     /* where the name begins, as far as known */
	bool has_prefix;        /* another line has shown where */
	bool is_unclear;        /* another line has shown a different place */
	const struct task_column *columns[TASK_COLUMNS]; /* of the task table */
	size_t column_count;                             /* 0: no heading yet */
	int64_t page_size;                               /* UNKNOWN until found */
	bool in_statistics; /* the next lines are figures of a cgroup */
	bool sums_cgroups;  /* sums over lines, one for each cgroup */
	bool is_cgroup;     /* the figures are those of a cgroup in bytes, not of the machine */
	int64_t ram_pages, reserved_pages, cgroup_anon, cgroup_file;
	int64_t pages[FIGURE_COUNT], kib[FIGURE_COUNT];
	int64_t last_node;
	int64_t old_total; /* total swap from an earlier report */
	bool has_summary;  /* one line has the victim and the limit */
	bool has_death;    /* the line about the death is complete */
};

/* The lines of one machine, or of one CPU or task if the log has it. */
struct oom_stream {
	uint64_t source;
	int64_t used; /* line of the last use */
	struct oom_report report;
	int strangers; /* lines since the last useful one */

	/* from the last report, for processes killed together with its victim */
	int64_t report_number, first_pid;
	enum oom_limit limit;
	const char *limit_cgroup, *group; /* NULL group: only one process was killed */
};

/*
 * Limits: OOM_HELD kills wait, as later lines may complete them. A report without a beginning ends
 * after STRANGERS lines that do not belong to it.
 */
enum {
	OOM_LONGEST_LINE = 64 * 1024,    /* bytes, with lines that continue it */
	OOM_LONGEST_OBJECT = 256 * 1024, /* bytes of JSON; longer ones are not from a log */
	OOM_STREAMS = 4,
	OOM_QUEUE = 24,
	OOM_HELD = 16,
	OOM_TOLD = 64,
	OOM_THREADS = 8,
	STRANGERS = 64
};

/*
 * JSON in a log. Each object may be on one line (journalctl -o json, json-seq and json-sse,
 * Docker), on several lines (json-pretty), or in a list of an outer object (dmesg -J).
 */
struct json_reader {
	bool is_begun;            /* a line was read */
	bool is_json;             /* the first line is JSON */
	bool in_text, is_escaped; /* within a string */
	char last;                /* the last non-blank character outside strings */
	int depth;                /* of the current object */
	int64_t messages;
	size_t length;
	char text[OOM_LONGEST_OBJECT];
};

struct oom_log {
	struct oom_log_clock clock;
	struct log_line line; /* the current line */
	int64_t line_count;
	struct oom_stream streams[OOM_STREAMS], *stream;
	int64_t report_count;

	/* the line that the next one may continue */
	char text[OOM_LONGEST_LINE];
	size_t length, last_width, wrap_width;
	const struct phrase *phrase; /* its phrase and place, if is_searched */
	size_t phrase_start;
	bool is_searched;

	int64_t relative_time, text_time; /* dmesg -H: current and waiting line; or UNKNOWN */
	int64_t person_line;              /* the line of a request by SysRq, or -1 */
	struct json_reader json;

	int64_t told[OOM_TOLD]; /* PIDs with a known death */
	size_t told_next;
	int64_t repeats; /* lines about them since oom_log_take_repeats() */
	/* Rows of the task table with a living thread, as the first thread had ended. */
	struct log_thread {
		int64_t thread, process; /* 0: none */
	} threads[OOM_THREADS];
	size_t thread_next;
	struct oom_kill queue[OOM_QUEUE];
	size_t queue_count;
	bool gives_all, is_ending; /* gives all kills; no complete line follows */
};

/* The kernel's words, their place, and the function that reads the line. */
struct phrase {
	const char *words;
	enum section section;
	bool begins;      /* a report without a beginning may begin here */
	bool is_at_start; /* the kernel's text begins here */
	enum log_origin origin;
	bool (*fits)(const char *behind); /* NULL: always */
	/* Returns whether it understood the line: the phrase `at` and the text `behind` it. */
	bool (*take)(struct oom_log *log, const char *at, const char *behind);
};

/* Finds the first phrase in a text; NULL for none. */
const struct phrase *phrase_find(const char *text, const char **ret_at);

enum { MOST_PHRASES = 64 };
extern const struct phrase oom_phrases[];
extern const size_t oom_phrase_count;

/* A report begins, ends with or without a victim, or is given up. */
void report_begin(struct oom_log *log, enum report_state state);
void report_finish(struct oom_log *log, enum oom_outcome outcome);
void report_give_up(struct oom_log *log);
void report_reset(struct oom_report *report);
void report_settle(struct oom_report *report);
void report_forget_group(struct oom_stream *stream);
void report_find_asker(struct oom_report *report);

/* Moves a kill and its texts into the queue, and sets its time. */
void queue_push(struct oom_log *log, struct oom_kill *kill);

/* NULL if none. queue_last(): of the last report; queue_find_unseen(): without a victim. */
struct oom_kill *queue_last(struct oom_log *log);
struct oom_kill *queue_find(struct oom_log *log, int64_t pid);
struct oom_kill *queue_find_unseen(struct oom_log *log);
bool log_has_told(const struct oom_log *log, int64_t pid);

/*
 * Records a row of the task table. If the first thread of a victim has ended, the kernel uses a
 * living thread in the table and for its death and reaping (mm/oom_kill.c, find_lock_task_mm()).
 */
void log_note_thread(struct oom_log *log, int64_t thread, int64_t process);

/*
 * The number after a key. The key begins the text or follows a blank, comma or colon. UNKNOWN if
 * `unit` does not follow; without a unit if a letter follows or the text ends.
 */
int64_t value_of(const char *text, const char *key, const char *unit);

/* The number at the start of a text; UNKNOWN if its end may be cut. */
int64_t value_at(const char *text);

/* Replaces a text with a copy, cut if too long. `end` NULL: up to the end of the line. */
void value_copy(const char **text, const char *start, const char *end);

/* The end of a line's text without blanks; NULL if it is cut. */
const char *value_line_end(const char *text);

/* Sets a figure that a report has once; a different second value marks the report as mixed. */
void report_set(struct oom_report *report, int64_t *figure, int64_t value);

/* JSON objects in a log. See json.c. */
bool json_takes(struct json_reader *reader, const char *line);
void json_feed(
	struct oom_log *log, const char *line, void (*take)(struct oom_log *log, char *line));

/* Reads a line without a phrase as statistics of a cgroup. */
bool report_take_statistics(struct oom_report *report, const char *line);

bool report_take_machine(struct oom_log *log, const char *at, const char *behind);
bool report_take_node(struct oom_log *log, const char *at, const char *behind);
bool report_take_zone(struct oom_log *log, const char *at, const char *behind);
bool report_take_count(struct oom_log *log, const char *at, const char *behind);
bool report_take_swap(struct oom_log *log, const char *at, const char *behind);
bool report_take_usage(struct oom_log *log, const char *at, const char *behind);
bool report_take_stats(struct oom_log *log, const char *at, const char *behind);
bool report_take_row(struct oom_log *log, const char *at, const char *behind);
bool report_is_row(const char *behind);
bool report_is_zone(const char *behind);
bool death_take_choice(struct oom_log *log, const char *at, const char *behind);
bool death_take_death(struct oom_log *log, const char *at, const char *behind);
bool death_take_group(struct oom_log *log, const char *at, const char *behind);
bool death_take_reaping(struct oom_log *log, const char *at, const char *behind);
bool daemon_take_oomd(struct oom_log *log, const char *at, const char *behind);
bool daemon_take_unit(struct oom_log *log, const char *at, const char *behind);
bool daemon_take_earlyoom(struct oom_log *log, const char *at, const char *behind);

/*
 * Compute results of the whole report, when the victim is known. The page size is first: rows are
 * still in pages.
 */
void report_find_page_size(struct oom_report *report);
void report_sum_memory(struct oom_report *report);
void report_rank(struct oom_report *report);
