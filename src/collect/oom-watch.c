// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/oom-watch.h"

#include "base/clock.h"
#include "base/known.h"
#include "base/memory.h"
#include "base/scan.h"
#include "collect/cgroup.h"
#include "collect/kernel-log.h"
#include "collect/oom-trace.h"
#include "collect/procfs.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "oomlog/oom-log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Reports from two sources within this many refreshes are about the same kill. */
enum { RECENT = 32, RECENT_REFRESHES = 3, MOST_GUESSES = 8 };

struct oom_watch {
	struct oom_watch_places places;
	bool is_open;
	struct oom_trace *trace;  /* NULL: not available */
	struct kernel_log *lines; /* NULL: not available */
	struct oom_log *log;
	int error;       /* why neither is available */
	int64_t counter; /* kills at the last refresh */
	int64_t owed;    /* counted, but not reported by any source */
	int64_t repeats; /* further lines in this refresh about victims that the log has told */
	bool has_waited; /* for a report, one refresh */
	int64_t refresh;
	struct told {
		int64_t pid, refresh;
		bool is_guess;
	} recent[RECENT]; /* the last victims reported */
	size_t recent_next;
	char text[4096], path[4096]; /* for count_of_own_cgroup() */
};

struct oom_watch *
oom_watch_create(const struct oom_watch_places *places)
{
	struct oom_watch *watch = xcalloc(1, sizeof(*watch));

	watch->places = *places;
	watch->counter = UNKNOWN;
	return watch;
}

void
oom_watch_destroy(struct oom_watch *watch)
{
	if (!watch)
		return;
	oom_trace_close(watch->trace);
	kernel_log_close(watch->lines);
	oom_log_destroy(watch->log);
	free(watch);
}

static void
open_sources(struct oom_watch *watch)
{
	const struct oom_log_clock clock = { .now = clock_ns(CLOCK_REALTIME),
		.boot = kernel_log_boot(NULL) };
	int error = -ENOENT;

	watch->is_open = true;
	watch->error = watch->places.trace ? oom_trace_open(&watch->trace) : -ENOENT;
	if (watch->places.log)
		error = kernel_log_open(watch->places.log, KERNEL_LOG_NEW, &watch->lines);
	watch->error = error < 0 ? error : watch->error;
	watch->log = oom_log_create(&clock);
}

/* What was told of a victim in the last refreshes; NULL: nothing. */
static const struct told *
told_of(const struct oom_watch *watch, int64_t pid)
{
	for (size_t i = 0; i < RECENT; i++)
		if (oom_log_process_of(watch->log, watch->recent[i].pid) == pid &&
			watch->refresh - watch->recent[i].refresh <= RECENT_REFRESHES)
			return &watch->recent[i];
	return NULL;
}

/* Whether a process has ended or is ending, and its memory is free. */
static bool
has_gone(const struct process *process, const struct snapshot *now)
{
	const struct process *row = snapshot_find_process(now, process->pid);

	return !row || row->start_time != process->start_time ||
	       (row->state && (row->state[0] == 'Z' || row->state[0] == 'X')) ||
	       (row->resident == 0 && process->resident > 0);
}

/* The only process of that name that has gone and whose first thread had ended before, or NULL. */
static const struct process *
lost_leader(const struct snapshot *now, const struct snapshot *before, const char *comm)
{
	const struct process *found = NULL;

	for (size_t i = 0; before && i < before->process_count; i++) {
		const struct process *row = &before->processes[i];

		if (!row->state || row->state[0] != 'Z' || row->resident <= 0 || !row->comm ||
			strcmp(row->comm, comm) != 0 || !has_gone(row, now))
			continue;
		if (found)
			return NULL;
		found = row;
	}
	return found;
}

/*
 * The process of a victim. If the first thread has ended, the kernel names a living thread:
 * mark_oom_victim() and __oom_kill_process() of mm/oom_kill.c.
 */
static int64_t
process_of(const struct oom_watch *watch, const struct snapshot *now, const struct snapshot *before,
	int64_t number, const char *comm)
{
	int64_t process = oom_log_process_of(watch->log, number);
	const struct process *row;
	char path[48], text[4096];

	if (process != number || snapshot_find_process(now, number) ||
		(before && snapshot_find_process(before, number)))
		return process;
	snprintf(path, sizeof(path), "%lld/status", (long long)number);
	process = procfs_read(watch->places.root, path, text, sizeof(text)) > 0
			  ? procfs_field(text, "Tgid")
			  : UNKNOWN;
	if (process > 0)
		return process;
	row = comm ? lost_leader(now, before, comm) : NULL;
	return row ? row->pid : number;
}

static struct event *
add_event(struct oom_watch *watch, struct snapshot *now, int64_t pid, const char *source,
	bool is_guess)
{
	struct event *event = snapshot_add_event(now);

	event->name = "oom_kill";
	event->source = source;
	event->likely = is_guess;
	event->victim.pid = pid;
	event->victim.badness = UNKNOWN;
	watch->recent[watch->recent_next] = (struct told){ pid, watch->refresh, is_guess };
	watch->recent_next = (watch->recent_next + 1) % RECENT;
	return event;
}

static const char *
keep(struct snapshot *now, const char *text)
{
	return text && *text ? arena_text(&now->texts, text) : NULL;
}

/*
 * The kernel's clock for its log drifts: moves an impossible time to the nearest possible one,
 * which keeps the order.
 */
static int64_t
time_between(const struct snapshot *before, const struct snapshot *now, int64_t time)
{
	if (time == UNKNOWN || time > now->time)
		return now->time;
	return before && time < before->time ? before->time : time;
}

static void
add_number(int64_t *number, int64_t known)
{
	if (*number == UNKNOWN)
		*number = known;
}

static void
add_text(const char **text, const char *known)
{
	if (!*text)
		*text = known;
}

/* The last row of a process, without its name. */
static struct oom_task
task_of(const struct process *row)
{
	return (struct oom_task){ .pid = row->pid,
		.uid = row->uid,
		.virtual = row->virtual,
		.resident = row->resident,
		.anon = row->anon,
		.file = row->status->file,
		.shmem = row->status->shmem,
		.swap = row->swap,
		.page_tables = row->page_tables,
		.adj = row->oom_adj,
		.badness = UNKNOWN };
}

/* Adds data of the last refresh about the victim and the process that caused the kill. */
static void
complete(struct event *event, struct snapshot *now, const struct snapshot *before)
{
	const struct process *row =
		before ? snapshot_find_process(before, event->victim.pid) : NULL;
	const struct process *asked = snapshot_find_process(now, event->asked_pid);
	struct oom_task task;

	if (!asked && before)
		asked = snapshot_find_process(before, event->asked_pid);
	if (asked && !event->asked_comm)
		event->asked_comm = keep(now, asked->comm);
	if (!row)
		return;
	task = task_of(row);
	oom_task_complete(&event->victim, &task);
	add_number(&event->score, row->oom_score);
	event->cgroup = event->cgroup ? event->cgroup : keep(now, row->place->cgroup);
	event->victim.comm = event->victim.comm ? event->victim.comm : keep(now, row->comm);
}

/* A victim that was born after the last refresh may still have files to read. */
static void
ask_process(const struct oom_watch *watch, struct event *event, struct snapshot *now)
{
	char path[48], text[4096];
	const char *number = text;
	struct cgroup cgroup;

	snprintf(path, sizeof(path), "%lld/oom_score", (long long)event->victim.pid);
	if (event->score == UNKNOWN &&
		procfs_read(watch->places.root, path, text, sizeof(text)) > 0) {
		event->score = procfs_number(&number);
		event->score = event->score > 0 ? event->score : UNKNOWN; /* its memory is gone */
	}
	snprintf(path, sizeof(path), "%lld/cgroup", (long long)event->victim.pid);
	if (!event->cgroup && procfs_read(watch->places.root, path, text, sizeof(text)) > 0 &&
		cgroup_parse(text, &cgroup) == 0 && !cgroup_says_nothing(&cgroup))
		event->cgroup = arena_copy(&now->texts, cgroup.path, cgroup.path_length);
}

static void
take_marks(struct oom_watch *watch, struct snapshot *now, const struct snapshot *before)
{
	struct oom_mark mark;

	while (watch->trace && oom_trace_next(watch->trace, &mark)) {
		struct event *event;

		mark.victim.pid = process_of(watch, now, before, mark.victim.pid, mark.comm);
		if (told_of(watch, mark.victim.pid))
			continue;
		event = add_event(watch, now, mark.victim.pid, "tracepoint", false);
		event->time =
			time_between(before, now, known_sum(kernel_log_boot(NULL), mark.time));
		event->victim = mark.victim;
		event->asked_pid = mark.asked_pid;
		event->victim.comm = keep(now, mark.comm);
		complete(event, now, before);
		ask_process(watch, event, now);
	}
}

/* Finds the event of a process; its pid may be one that only the log explains. */
static struct event *
find_event(const struct oom_watch *watch, struct snapshot *now, int64_t pid)
{
	for (size_t i = 0; i < now->events.count; i++)
		if (oom_log_process_of(watch->log, event_at(&now->events, i)->victim.pid) == pid)
			return event_at(&now->events, i);
	return NULL;
}

/* Fills unknown fields of an event from a kill in the log. The texts are borrowed. */
static void
add_kill(struct event *event, const struct oom_kill *kill)
{
	oom_task_complete(&event->victim, &kill->victim);
	add_number(&event->asked_pid, kill->asked_pid);
	add_text(&event->asked_comm, kill->asked_comm);
	add_text(&event->constraint, oom_limit_names[kill->limited_by]);
	add_text(&event->limit_cgroup, kill->limit_cgroup);
	if (kill->cgroup) /* the kernel's answer: /proc may show another controller's */
		event->cgroup = kill->cgroup;
}

/* Takes a kill from the log: adds to its event, or makes a new event. */
static void
take_kill(struct oom_watch *watch, const struct oom_kill *kill, struct snapshot *now,
	const struct snapshot *before)
{
	struct oom_kill kept = *kill;
	const struct told *told;
	struct event *event;

	if (kill->killer != OOM_BY_KERNEL || kill->outcome != OOM_KILLED)
		return;
	kept.victim.pid = process_of(watch, now, before, kill->victim.pid, kill->victim.comm);
	event = find_event(watch, now, kept.victim.pid);
	told = told_of(watch, kept.victim.pid);
	watch->repeats += told && !told->is_guess && kill->reaped_only != 1;
	if (!event && told)
		return;
	if (!event) {
		event = add_event(watch, now, kept.victim.pid, "kmsg", false);
		event->time = time_between(before, now, kill->time);
	}
	event->victim.pid = kept.victim.pid;
	kept.victim.comm = keep(now, kill->victim.comm);
	kept.cgroup = keep(now, kill->cgroup);
	kept.asked_comm = keep(now, kill->asked_comm);
	kept.limit_cgroup = keep(now, kill->limit_cgroup);
	add_kill(event, &kept);
	complete(event, now, before);
}

static void
take_lines(struct oom_watch *watch, struct snapshot *now, const struct snapshot *before)
{
	char *line;
	struct oom_kill kill;
	bool more = watch->lines != NULL;

	watch->repeats = 0;
	while (more) {
		more = kernel_log_next(watch->lines, &line) > 0;
		if (more)
			oom_log_feed(watch->log, line, kernel_log_line_ended(watch->lines));
		else
			oom_log_pause(watch->log);
		while (oom_log_take(watch->log, &kill)) {
			take_kill(watch, &kill, now, before);
			oom_kill_finish(&kill);
		}
	}
	watch->repeats += oom_log_take_repeats(watch->log);
}

/* oom_kill in memory.events of this program's own cgroup of version 2; includes groups below it. */
static int64_t
count_of_own_cgroup(struct oom_watch *watch)
{
	char *text = watch->text, *path = watch->path;
	struct cgroup cgroup;
	char *line;
	int directory;
	ssize_t length;

	if (procfs_read(watch->places.root, "self/cgroup", text, sizeof(watch->text)) <= 0 ||
		cgroup_parse(text, &cgroup) < 0 || !watch->places.cgroups)
		return UNKNOWN;
	snprintf(path, sizeof(watch->path), ".%.*s/memory.events", (int)cgroup.path_length,
		cgroup.path);
	directory = procfs_open_root(watch->places.cgroups);
	if (directory < 0)
		return UNKNOWN;
	length = procfs_read(directory, path, text, sizeof(watch->text));
	close(directory);
	if (length <= 0)
		return UNKNOWN;
	line = strstr(text, "\noom_kill ");
	return line ? scan_number(line + strlen("\noom_kill ")) : UNKNOWN;
}

/* The largest process that has gone and has not been reported, or NULL. */
static const struct process *
likely_victim(
	const struct oom_watch *watch, const struct snapshot *now, const struct snapshot *before)
{
	const struct process *largest = NULL;

	for (size_t i = 0; before && i < before->process_count; i++) {
		const struct process *row = &before->processes[i];

		if (row->resident != UNKNOWN && row->resident > 0 &&
			(!largest || row->resident > largest->resident) &&
			!told_of(watch, row->pid) && has_gone(row, now))
			largest = row;
	}
	return largest;
}

static void
guess(struct oom_watch *watch, struct snapshot *now, const struct snapshot *before,
	const char *source)
{
	const struct process *row = likely_victim(watch, now, before);
	struct event *event = add_event(watch, now, row ? row->pid : UNKNOWN, source, true);

	if (row)
		complete(event, now, before);
}

/*
 * The log may be a moment late, and a large process takes a moment to end: waits one more refresh.
 */
static bool
must_wait(struct oom_watch *watch, const struct snapshot *now, const struct snapshot *before)
{
	if (watch->has_waited || (!watch->lines && likely_victim(watch, now, before)))
		return false;
	watch->has_waited = true;
	return true;
}

/* Handles kills that were counted but not reported. The tracepoint reports all of them. */
static void
take_counter(struct oom_watch *watch, struct snapshot *now, const struct snapshot *before)
{
	bool is_vmstat = now->system.oom_kills != UNKNOWN;
	int64_t count = is_vmstat ? now->system.oom_kills : count_of_own_cgroup(watch);
	int64_t grown = count == UNKNOWN || watch->counter == UNKNOWN ? 0 : count - watch->counter;
	watch->counter = count;
	if (watch->trace)
		return;
	watch->owed += (grown > 0 ? grown : 0) - (int64_t)now->events.count - watch->repeats;
	watch->has_waited = watch->has_waited && watch->owed > 0;
	if (watch->owed <= 0 || must_wait(watch, now, before))
		return;
	for (int64_t i = 0; i < watch->owed && i < MOST_GUESSES; i++)
		guess(watch, now, before, is_vmstat ? "vmstat" : "memory.events");
	watch->owed = 0;
	watch->has_waited = false;
	if (!watch->lines)
		snapshot_add_hint(now, NEED_EVENTS, watch->error, 0);
}

/* Each CPU has its own ring, and guesses are added last. */
static void
sort_by_time(struct snapshot *now)
{
	for (size_t i = 1; i < now->events.count; i++) {
		struct event event = *event_at(&now->events, i);
		size_t at = i;

		for (; at > 0 && event_at(&now->events, at - 1)->time > event.time; at--)
			*event_at(&now->events, at) = *event_at(&now->events, at - 1);
		*event_at(&now->events, at) = event;
	}
}

void
oom_watch_read(struct oom_watch *watch, struct snapshot *now, const struct snapshot *before)
{
	watch->refresh++;
	if (!watch->is_open) {
		open_sources(watch);
		take_counter(watch, now, NULL);
		return;
	}
	take_marks(watch, now, before);
	take_lines(watch, now, before);
	take_counter(watch, now, before);
	sort_by_time(now);
}
