// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oomlog/line.h"
#include "oomlog/oom-kill.h"
#include "oomlog/oom-log.h"

/*
 * What the parts of the parser share. Not for others.
 *
 * A line goes through these steps: oom-log.c joins what was wrapped, oom-log-phrase.c finds the
 * kernel's own words wherever they stand, oom-log-line.c takes apart what stands before them, and
 * the phrase's function reads the values. In all texts here the newline that ends a line is there:
 * a value behind which the text just stops may have been cut, and is unknown.
 */

/*
 * The kernel's names have at most 15 bytes, each of which may be written as \xNN; paths and other
 * texts of a log are cut where they are longer than any real one.
 */
enum { TASK_COLUMNS = 16, OOM_NAME_LENGTH = 64, OOM_TEXT_LENGTH = 4096 };

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

/* The order in which the kernel prints a report. One that goes back holds lines of another. */
enum section {
	SECTION_NONE, /* stands anywhere */
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

/* Figures of the machine, in pages in its totals and in KiB in the lines of nodes and zones. */
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
	REPORT_HEADLESS, /* figures that may be of a report, or of something else */
	REPORT_BEGUN,    /* it names no victim yet */
};

/* The report that is being read, beside what is already in the kill. */
struct oom_report {
	struct oom_kill kill;
	enum report_state state;
	enum section section;
	bool is_mixed;          /* with another one: only lines that name the victim count */
	bool is_settled;        /* all its lines have come: what may be of another is dropped */
	const char *asked_line; /* the line of who asked, up to the end of the name */
	size_t asked_start;     /* where the name begins for all that is known */
	bool has_prefix;        /* a line whose beginning is known has told where */
	bool is_unclear;        /* one has told another place than the line of who asked */
	enum task_column columns[TASK_COLUMNS];
	size_t column_count; /* 0: the heading has not been seen */
	int64_t page_size;   /* UNKNOWN until the log tells it */
	bool in_statistics;  /* the lines that come are of a cgroup */
	bool sums_cgroups;   /* these are sums of a line for each cgroup */
	bool is_cgroup;      /* it shows the memory of a cgroup, in bytes, not of the machine */
	int64_t ram_pages, reserved_pages, cgroup_anon, cgroup_file;
	int64_t pages[FIGURE_COUNT], kib[FIGURE_COUNT];
	int64_t last_node;
	int64_t old_total; /* of swap, which an earlier report has named */
	bool has_summary;  /* a line names the victim and the limit together */
	bool has_death;    /* the line about it is whole */
};

/* The lines of one machine, and of one CPU or task of it where the log names that. */
struct oom_stream {
	uint64_t source;
	int64_t used; /* when last, counted in lines */
	struct oom_report report;
	int strangers; /* lines that were of no use, since the last that was */

	/* of the last report, for those who are killed together with its victim */
	int64_t report_number, first_pid;
	enum oom_limit limit;
	const char *limit_cgroup, *group; /* no group: only one process was killed */
};

/*
 * Kills that wait to be taken: those of the last reports may still learn something. A report whose
 * beginning is cut off is given up where so many lines do not belong to it.
 */
enum {
	OOM_STREAMS = 4,
	OOM_QUEUE = 24,
	OOM_HELD = 16,
	OOM_TOLD = 64,
	OOM_THREADS = 8,
	STRANGERS = 64
};

struct json_reader;

struct oom_log {
	struct oom_log_clock clock;
	struct log_line line; /* the one being taken */
	int64_t line_count;
	struct oom_stream streams[OOM_STREAMS], *stream;
	int64_t report_count;

	/* the line that may go on in the next one */
	char *text;
	size_t length, capacity, last_width, wrap_width;
	const struct phrase *phrase; /* of it, where it has been searched, and where that stands */
	size_t phrase_start;
	bool is_searched;

	int64_t relative_time, text_time; /* of dmesg -H, now and of the waiting line; or UNKNOWN */
	int64_t person_line;              /* the line at which a person asked by SysRq, or -1 */
	struct json_reader *json;

	int64_t told[OOM_TOLD]; /* PIDs whose death has been told */
	size_t told_next;
	/* Rows of the table of tasks in whose place a thread stands: the first one had ended. */
	struct log_thread {
		int64_t thread, process; /* 0: none */
	} threads[OOM_THREADS];
	size_t thread_next;
	struct oom_kill queue[OOM_QUEUE];
	size_t queue_count;
	bool gives_all, is_ending; /* all kills are to be taken; no further line will be whole */
};

/* The kernel's words: where they stand, and what reads the line. */
struct phrase {
	const char *words;
	enum section section;
	bool begins;      /* a report that has lost its beginning may begin here */
	bool is_at_start; /* nothing of the kernel's text stands before it */
	enum log_origin origin;
	bool (*fits)(const char *behind); /* NULL: always */
	/* Returns whether the line was understood. `at` is the phrase, `behind` what follows it. */
	bool (*take)(struct oom_log *log, const char *at, const char *behind);
};

/* Finds the first phrase in a text; NULL for none. */
const struct phrase *phrase_find(const char *text, const char **ret_at);

enum { MOST_PHRASES = 64 };
extern const struct phrase oom_phrases[];
extern const size_t oom_phrase_count;

/* A report: its beginning, an end with a victim or without, and one that is given up. */
void report_begin(struct oom_log *log, enum report_state state);
void report_finish(struct oom_log *log, enum oom_outcome outcome);
void report_give_up(struct oom_log *log);
void report_reset(struct oom_report *report);
void report_settle(struct oom_report *report);
void report_forget_group(struct oom_stream *stream);
void report_find_asker(struct oom_report *report);

/* Puts a kill into the queue, which then owns its texts, and gives it its time. */
void queue_push(struct oom_log *log, struct oom_kill *kill);

/* The last kill of the last report, or NULL; that of a process; the last without a victim. */
struct oom_kill *queue_last(struct oom_log *log);
struct oom_kill *queue_find(struct oom_log *log, int64_t pid);
struct oom_kill *queue_find_unseen(struct oom_log *log);
bool log_has_told(const struct oom_log *log, int64_t pid);

/*
 * Where the first thread of a victim has ended, the kernel calls the victim by a living thread in
 * the table of tasks and in the lines about its death and its reaping (find_lock_task_mm() of
 * mm/oom_kill.c). Notes a row of the table.
 */
void log_note_thread(struct oom_log *log, int64_t thread, int64_t process);

/*
 * The number behind a key that begins the text or stands behind a blank, comma or colon. UNKNOWN
 * where `unit` does not follow it, or, without a unit, where a letter does or the text stops.
 */
int64_t value_of(const char *text, const char *key, const char *unit);

/* The number at the start of a text, if its end is seen. */
int64_t value_at(const char *text);

/* Replaces a text by a copy, cut where it is too long. `end` NULL: up to the end of the line. */
void value_copy(const char **text, const char *start, const char *end);

/* The end of a line's text without blanks; NULL where it is not seen. */
const char *value_line_end(const char *text);

/* Sets a figure that a report says once; of two different ones neither is believed. */
void report_set(struct oom_report *report, int64_t *figure, int64_t value);

/* Objects of JSON in the lines of a log. See oom-log-json.c. */
struct json_reader *json_reader_create(void);
void json_reader_destroy(struct json_reader *reader);
bool json_reader_takes(struct json_reader *reader, const char *line);
void json_reader_feed(struct json_reader *reader, const char *line,
	void (*take)(struct oom_log *log, const char *line), struct oom_log *log);
bool json_reader_is_lost(const struct json_reader *reader);

/* What a line without a phrase may be: statistics of a cgroup. */
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
 * Compute what follows from the whole report once its victim is known; the size of a page before
 * the others, while rows are still in pages.
 */
void report_find_page_size(struct oom_report *report);
void report_sum_memory(struct oom_report *report);
void report_rank(struct oom_report *report);
