// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/exit-threads.h"

#include "base/known.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A process of which a thread has ended. */
struct group {
	int64_t minor, major, cpu_time; /* of these threads */
	int64_t seen;                   /* when the last of them ended, at the latest */
	int64_t leader_code;            /* of the first thread; UNKNOWN: it has not ended */
	char comm[EXIT_COMM_SIZE];      /* of the first thread */
	bool has_ended;                 /* and then: */
	bool is_whole;                  /* all of its threads are in the sums */
	bool is_certain;                /* no record came after that of its last thread */
	bool is_due;                    /* no more records will come */
	int64_t all_cpu_time, last_code;
	struct process_exit row;
};

struct exit_threads {
	int64_t since; /* of processes that began later, all records were seen */
	int64_t *pids; /* of the groups: one array to look through */
	struct group *groups;
	size_t count, waiting;
	size_t next; /* to be looked at by exit_threads_next() */
};

struct exit_threads *
exit_threads_create(int64_t monotonic)
{
	struct exit_threads *threads = xmalloc(sizeof(*threads));

	*threads = (struct exit_threads){ .since = monotonic,
		.pids = xcalloc(MOST_EXIT_PROCESSES, sizeof(threads->pids[0])),
		.groups = xcalloc(MOST_EXIT_PROCESSES, sizeof(threads->groups[0])) };
	return threads;
}

void
exit_threads_destroy(struct exit_threads *threads)
{
	if (!threads)
		return;
	free(threads->pids);
	free(threads->groups);
	free(threads);
}

/* When the process has begun, at the earliest. */
static int64_t
begin_of(const struct exit_record *record, const struct exit_clock *clock)
{
	int64_t ago = known_difference(clock->time, known_product(record->second, NS_PER_SEC));
	int64_t end = known_difference(clock->monotonic, ago);

	if (end == UNKNOWN || end < clock->empty || end > clock->monotonic)
		end = clock->empty;
	return known_difference(end, record->process_time);
}

/* A record may have waited: its second is certain. */
static int64_t
end_of(const struct exit_record *record, const struct exit_clock *clock)
{
	int64_t first = known_product(record->second, NS_PER_SEC);

	if (first == UNKNOWN || clock->time < first)
		return first == UNKNOWN ? clock->time : first;
	return clock->time - first < NS_PER_SEC ? clock->time : first + NS_PER_SEC - 1;
}

static void
set_code(struct process_exit *row, int64_t code)
{
	int64_t signal = code == UNKNOWN ? UNKNOWN : code & 0x7f;

	row->signal = signal > 0 ? signal : UNKNOWN;
	row->status = signal == 0 ? code >> 8 & 0xff : UNKNOWN;
}

/* What the last record of a process says of all of it. */
static struct process_exit
row_of(const struct exit_record *record, const struct exit_clock *clock)
{
	int64_t lifetime = record->process_time, ended = end_of(record, clock);

	if (lifetime == UNKNOWN && record->tid == record->pid)
		lifetime = record->lifetime;
	return (struct process_exit){ .pid = record->pid,
		.parent = record->parent,
		.uid = record->uid,
		.started = known_difference(ended, lifetime),
		.ended = ended,
		.lifetime = lifetime,
		.peak = record->peak,
		.peak_virtual = record->peak_virtual,
		.minor_faults = UNKNOWN,
		.major_faults = UNKNOWN,
		.cpu_time = UNKNOWN,
		.status = UNKNOWN,
		.signal = UNKNOWN };
}

/* A process that is not followed: if it had one thread, the figures are those of the process. */
static void
take_alone(
	const struct exit_record *record, const struct exit_clock *clock, struct ended *ret_ended)
{
	struct process_exit *row = &ret_ended->row;

	*row = row_of(record, clock);
	ret_ended->comm[0] = '\0';
	if (record->had_threads)
		return;
	row->minor_faults = record->minor;
	row->major_faults = record->major;
	row->cpu_time = record->cpu_time;
	set_code(row, record->code);
	memcpy(ret_ended->comm, record->comm, sizeof(ret_ended->comm));
}

static void
remove_group(struct exit_threads *threads, size_t i)
{
	threads->waiting -= threads->groups[i].has_ended;
	threads->count--;
	threads->pids[i] = threads->pids[threads->count];
	threads->groups[i] = threads->groups[threads->count];
}

void
exit_threads_lose(struct exit_threads *threads, int64_t monotonic)
{
	threads->since = monotonic;
	for (size_t i = threads->count; i-- > 0;)
		if (threads->groups[i].has_ended)
			threads->groups[i].is_whole = threads->groups[i].is_certain = false;
		else
			remove_group(threads, i);
}

static struct group *
add_group(struct exit_threads *threads, int64_t pid, int64_t monotonic)
{
	struct group *group;

	if (threads->count == MOST_EXIT_PROCESSES)
		exit_threads_lose(threads, monotonic);
	if (threads->count == MOST_EXIT_PROCESSES)
		return NULL;
	group = &threads->groups[threads->count];
	*group = (struct group){ .leader_code = UNKNOWN, .seen = monotonic };
	threads->pids[threads->count++] = pid;
	return group;
}

/* A group of an earlier process with this PID is forgotten: its last record came too late for it.
 */
static struct group *
find_group(struct exit_threads *threads, const struct exit_record *record,
	const struct exit_clock *clock)
{
	int64_t begin = begin_of(record, clock);

	for (size_t i = 0; i < threads->count; i++)
		if (threads->pids[i] == record->pid) {
			struct group *group = &threads->groups[i];

			if (!group->has_ended && begin != UNKNOWN && group->seen < begin)
				*group = (struct group){ .leader_code = UNKNOWN };
			return group;
		}
	return add_group(threads, record->pid, clock->monotonic);
}

static void
add_thread(struct group *group, const struct exit_record *record, const struct exit_clock *clock)
{
	group->minor = known_sum(group->minor, record->minor);
	group->major = known_sum(group->major, record->major);
	group->cpu_time = known_sum(group->cpu_time, record->cpu_time);
	group->seen = clock->monotonic;
	group->is_certain = false;
	if (record->tid == record->pid) {
		group->leader_code = record->code;
		memcpy(group->comm, record->comm, sizeof(group->comm));
	}
}

static void
end_group(struct exit_threads *threads, struct group *group, const struct exit_record *record,
	const struct exit_clock *clock)
{
	int64_t begin = begin_of(record, clock);

	threads->waiting += !group->has_ended;
	group->has_ended = true;
	group->is_whole = begin != UNKNOWN && begin >= threads->since;
	group->is_certain = record->process_time != UNKNOWN;
	group->all_cpu_time = record->all_cpu_time;
	group->last_code = record->code;
	group->row = row_of(record, clock);
}

bool
exit_threads_take(struct exit_threads *threads, const struct exit_record *record,
	const struct exit_clock *clock, struct ended *ret_ended)
{
	bool has_threads = record->had_threads || !record->ends_process;
	struct group *group;

	if (record->is_kernel_thread || record->pid == UNKNOWN)
		return false;
	group = has_threads ? find_group(threads, record, clock) : NULL;
	if (group) {
		add_thread(group, record, clock);
		if (record->ends_process)
			end_group(threads, group, record, clock);
	} else if (record->ends_process) {
		take_alone(record, clock, ret_ended);
		return true;
	}
	return false;
}

bool
exit_threads_look(struct exit_threads *threads, int64_t monotonic, bool (*is_gone)(int64_t pid))
{
	threads->next = 0;
	for (size_t i = 0; threads->waiting > 0 && i < threads->count; i++) {
		struct group *group = &threads->groups[i];

		if (group->has_ended)
			group->is_due = is_gone(threads->pids[i]) ||
					monotonic - group->seen >= MOST_EXIT_WAIT;
	}
	return threads->waiting > 0;
}

/*
 * If exit(2) or a signal has ended the process, all threads have its code; else that of the first
 * thread counts. Where they differ, it is not known which of the two was the case (E5).
 */
static void
finish(const struct group *group, struct ended *ret_ended)
{
	struct process_exit *row = &ret_ended->row;

	*row = group->row;
	if (group->is_whole) {
		row->minor_faults = group->minor;
		row->major_faults = group->major;
		row->cpu_time = group->cpu_time;
	} else if (group->is_certain) {
		row->cpu_time = group->all_cpu_time;
	}
	if (group->leader_code == group->last_code)
		set_code(row, group->last_code);
	memcpy(ret_ended->comm, group->comm, sizeof(ret_ended->comm));
}

bool
exit_threads_next(struct exit_threads *threads, struct ended *ret_ended)
{
	for (size_t *i = &threads->next; threads->waiting > 0 && *i < threads->count; (*i)++)
		if (threads->groups[*i].is_due) {
			finish(&threads->groups[*i], ret_ended);
			remove_group(threads, *i);
			return true;
		}
	return false;
}
