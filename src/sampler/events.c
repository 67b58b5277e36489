// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/events.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/index.h"
#include "base/memory.h"
#include "collect/perf-ring.h"
#include "sampler/event-set.h"
#include "sampler/perf-calls.h"
#include "sampler/record.h"

#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGES = 64,
	LEAST_PAGES = 8,
	MOST_DESCRIPTORS = 512, /* for the threads of one process */
	BUSY_RATE = 10000,      /* samples a second and CPU */
	CALM_PART = 4,
	LOAD_SPAN_NS = 100 * 1000000,
	WOKEN = 16,
};

struct events {
	struct event_set set;
	char missing[DENIAL_SENTENCE_SIZE];
	pid_t *tasks;
	size_t task_count, task_capacity, all_tasks;
	struct index ids;
	int64_t lost; /* from records (events_add_lost()) */
};

/* Opens the faults of all tasks on one CPU. Skips threads that have ended. */
static int
add_cpu(struct events *events, int number)
{
	size_t before = events->set.cpu_count;
	int error = 0;

	for (size_t i = 0; i < events->task_count; i++)
		for (enum fault_kind kind = FAULT_MINOR; kind <= FAULT_MAJOR; kind++) {
			error = event_set_add(&events->set, kind, events->tasks[i], number, before);
			if (error == -ESRCH)
				break;
			if (error < 0) {
				event_set_drop_cpus(&events->set, before);
				return error;
			}
		}
	return events->set.cpu_count > before ? 0 : error;
}

/*
 * Without free descriptors the rest of the program could not work, so a quarter of the CPUs is
 * closed again. A CPU that is possible but absent may give EINVAL instead of ENODEV.
 */
static int
add_cpus(struct events *events)
{
	int64_t all = events->set.calls->cpus();
	int error = 0;

	for (int cpu = 0; cpu < all; cpu++) {
		error = add_cpu(events, cpu);
		if (error == -ENODEV || (error == -EINVAL && events->set.cpu_count > 0))
			error = 0;
		if (error < 0)
			break;
	}
	if (error == -EMFILE && events->task_count == 1 && events->set.cpu_count > 1) {
		event_set_drop_cpus(
			&events->set, events->set.cpu_count - (events->set.cpu_count + 3) / 4);
		events->set.denial.error = EMFILE;
		events->set.denial.done = (int64_t)events->set.cpu_count;
		events->set.denial.all = all;
		return 0;
	}
	return error == 0 && events->set.cpu_count == 0 ? -ENODEV : error;
}

static void
add_task(struct events *events, pid_t task)
{
	events->tasks = array_reserve(
		events->tasks, &events->task_capacity, events->task_count + 1, sizeof(task));
	events->tasks[events->task_count++] = task;
}

/*
 * Lists the threads once: a new one in a second list may have inherited the events of the thread
 * that started it.
 */
static void
list_tasks(struct events *events)
{
	size_t most = MOST_DESCRIPTORS / (2 * (size_t)events->set.calls->cpus());
	char path[64];
	_cleanup_closedir_ DIR *threads = NULL;
	const struct dirent *entry;

	events->task_count = 0;
	if (events->set.access == ACCESS_ALL)
		add_task(events, -1);
	snprintf(path, sizeof(path), "/proc/%jd/task", (intmax_t)events->set.target.pid);
	threads = events->set.access == ACCESS_ALL ? NULL : opendir(path);
	while (threads && (entry = readdir(threads)))
		if (entry->d_name[0] != '.')
			add_task(events, (pid_t)strtol(entry->d_name, NULL, 10));
	events->all_tasks = events->task_count;
	most = most > 0 ? most : 1;
	events->task_count = events->task_count < most ? events->task_count : most;
}

/* Opens all events of an access level; uses smaller rings or fewer threads if necessary. */
static int
open_at(struct events *events, enum access_level access)
{
	int error;

	events->set.access = access;
	events->set.pages = events->set.target.pages > 0 ? events->set.target.pages : PAGES;
	list_tasks(events);
	for (;;) {
		events->set.denial = (struct denial){ .step = STEP_OPEN };
		error = events->task_count > 0 ? add_cpus(events) : -ESRCH;
		if (error == 0)
			return 0;
		event_set_drop_cpus(&events->set, 0);
		if (error == -EMFILE && events->task_count > 1)
			events->task_count /= 2;
		else if (events->set.denial.step == STEP_RING &&
			 (error == -EPERM || error == -ENOMEM) &&
			 events->set.pages / 2 >= LEAST_PAGES)
			events->set.pages /= 2;
		else
			break;
	}
	events->set.denial.error = -error;
	return error;
}

/* Keeps the first sentence; those about faults are before those about walks. */
static void
tell(struct events *events, struct denial denial)
{
	if (events->missing[0])
		return;
	denial.access = events->set.access;
	denial.pid = events->set.target.pid;
	denial.level = events->set.target.on_exec ? 1 : 0;
	denial_sentence(&denial, events->set.calls, events->missing);
}

/*
 * Walks on only some CPUs would look like a difference between programs. Walks are never sampled by
 * task: each task switch would cost about 10 us.
 */
static void
add_walks(struct events *events)
{
	size_t faults = events->set.event_count;
	int error = 0;

	for (size_t i = 0; i < events->set.cpu_count && error == 0; i++)
		error = event_set_add(&events->set, FAULT_WALK, -1, events->set.cpus[i].number, i);
	if (error == 0)
		return;
	while (events->set.event_count > faults)
		event_set_drop(&events->set);
	tell(events, (struct denial){ .step = STEP_WALKS, .error = -error });
}

/* Lowers the access level until it works. The first denial says how to get more. */
static void
descend(struct events *events)
{
	enum access_level access = events->set.target.on_exec ? ACCESS_PROCESS : ACCESS_ALL;
	enum access_level lowest = events->set.target.pid > 0 ? ACCESS_USER : ACCESS_ALL;
	struct denial first = { .error = 0 };

	while (open_at(events, access) < 0) {
		if (first.error == 0)
			first = events->set.denial;
		if (access++ == lowest) {
			bool has_ended = events->set.denial.error == ESRCH;

			events->set.access = ACCESS_NONE;
			tell(events, events->set.target.of_all && has_ended ? first
									    : events->set.denial);
			return;
		}
	}
	if (first.error != 0)
		tell(events, first);
	else if (events->set.denial.error != 0)
		tell(events, events->set.denial);
	if (events->task_count < events->all_tasks)
		tell(events, (struct denial){ .done = (int64_t)events->task_count,
				     .all = (int64_t)events->all_tasks });
}

/*
 * A task's counters begin anew in each forked process: processes with fewer faults than the period
 * would hardly have a sample. So a command, too, is sampled with all other processes if permitted,
 * except with a period of 1.
 */
static bool
open_with_all(struct events *events)
{
	const struct sampling_target *target = &events->set.target;

	if (!target->on_exec || target->period == 1 || open_at(events, ACCESS_ALL) < 0)
		return false;
	if (events->set.denial.error != 0)
		tell(events, events->set.denial);
	return true;
}

struct events *
events_open(const struct sampling_target *target, const struct perf_calls *calls)
{
	struct events *events = xmalloc(sizeof(*events));

	*events = (struct events){ .set = { .target = *target,
					   .calls = calls ? calls : &perf_calls_real,
					   .access = ACCESS_NONE,
					   .has_lost = true,
					   .fd = epoll_create1(EPOLL_CLOEXEC) } };
	if (events->set.fd < 0) {
		tell(events, (struct denial){ .error = errno });
		return events;
	}
	if (!open_with_all(events))
		descend(events);
	if (target->walks && events->set.access != ACCESS_NONE)
		add_walks(events);
	for (size_t i = 0; i < events->set.event_count; i++)
		index_add(&events->ids, index_mix(0, events->set.events[i].id));
	return events;
}

void
events_close(struct events *events)
{
	if (!events)
		return;
	while (events->set.event_count > 0)
		event_set_drop(&events->set);
	event_set_drop_cpus(&events->set, 0);
	if (events->set.fd >= 0)
		close(events->set.fd);
	index_finish(&events->ids);
	free(events->set.events);
	free(events->set.cpus);
	free(events->tasks);
	free(events);
}

enum access_level
events_access(const struct events *events)
{
	return events->set.access;
}

const char *
events_missing(const struct events *events)
{
	return events->missing[0] ? events->missing : NULL;
}

size_t
events_pages(const struct events *events)
{
	return events->set.pages;
}

size_t
events_ring_count(const struct events *events)
{
	return events->set.cpu_count;
}

struct perf_ring *
events_ring(struct events *events, size_t ring)
{
	return &events->set.cpus[ring].ring;
}

int
events_fd(const struct events *events)
{
	return events->set.access == ACCESS_NONE ? -1 : events->set.fd;
}

void
events_acknowledge(struct events *events)
{
	struct epoll_event woken[WOKEN];
	int count = epoll_wait(events->set.fd, woken, WOKEN, 0);

	for (int i = 0; i < count; i++)
		if (woken[i].events & (EPOLLHUP | EPOLLERR))
			epoll_ctl(events->set.fd, EPOLL_CTL_DEL, woken[i].data.fd, NULL);
}

static struct event *
find_event(const struct events *events, uint64_t id)
{
	uint32_t row = index_first(&events->ids, index_mix(0, id));

	return row == INDEX_END ? NULL : &events->set.events[row];
}

/* NULL: the identifier is that of another program's event, and there is no other one. */
static struct event *
event_of(const struct events *events, const struct record *sample)
{
	bool has_own = event_set_has_read(&events->set) && sample->own_id != 0;

	return find_event(events, has_own ? sample->own_id : sample->id);
}

enum fault_kind
events_kind(const struct events *events, const struct record *sample)
{
	const struct event *event = event_of(events, sample);

	if (event)
		return event->kind;
	return sample->period == 1 ? FAULT_MAJOR : FAULT_MINOR;
}

void
events_compare_clocks(struct events *events)
{
	event_set_compare_clocks(&events->set);
}

static void
mend_sample(struct events *events, struct record *sample, int64_t now)
{
	struct event *event = event_of(events, sample);

	if (event && event_set_has_read(&events->set) && event->kind != FAULT_WALK)
		sample->is_shared = event_mend(event, events->set.calls, sample, now);
	sample->is_shared |= !event || event->id != sample->id;
}

void
events_mend(struct events *events, struct record *record, int64_t now)
{
	record->is_shared = !event_set_convert_time(&events->set, record);
	if (record->kind == RECORD_SAMPLE)
		mend_sample(events, record, now);
}

int64_t
events_weight(const struct events *events, size_t ring, const struct record *sample)
{
	const struct cpu *cpu = &events->set.cpus[ring];
	enum fault_kind kind = events_kind(events, sample);

	if (kind == FAULT_MINOR)
		return sample->time < cpu->changed ? cpu->before : cpu->period;
	return kind == FAULT_MAJOR ? 1 : sample->period;
}

int64_t
events_period(const struct events *events, size_t ring)
{
	return events->set.cpus[ring].period;
}

void
events_count(struct events *events, size_t ring)
{
	events->set.cpus[ring].samples++;
}

static void
set_period(struct events *events, size_t ring, size_t step)
{
	struct cpu *cpu = &events->set.cpus[ring];
	uint64_t period = (uint64_t)event_periods[step];

	for (size_t i = 0; i < events->set.event_count; i++) {
		const struct event *event = &events->set.events[i];

		if (event->ring == ring && event->kind == FAULT_MINOR)
			events->set.calls->control(
				event->fd, PERF_EVENT_IOC_PERIOD, (unsigned long)&period);
	}
	cpu->before = cpu->period;
	cpu->period = event_periods[step];
	cpu->step = step;
	cpu->changed = clock_ns(CLOCK_MONOTONIC);
}

static void
adapt_ring(struct events *events, size_t ring, double rate)
{
	const struct cpu *cpu = &events->set.cpus[ring];

	if (rate > BUSY_RATE && cpu->step + 1 < EVENT_PERIODS)
		set_period(events, ring, cpu->step + 1);
	else if (cpu->step > 0 &&
		 rate * (double)cpu->period <
			 (double)(BUSY_RATE / CALM_PART * event_periods[cpu->step - 1]))
		set_period(events, ring, cpu->step - 1);
}

void
events_adapt(struct events *events, int64_t now)
{
	/* Inherited copies keep their first period. */
	if (events->set.target.period > 0 || events->set.access != ACCESS_ALL)
		return;
	for (size_t i = 0; i < events->set.cpu_count; i++) {
		struct cpu *cpu = &events->set.cpus[i];
		int64_t duration = now - cpu->since;

		if (duration < LOAD_SPAN_NS)
			continue;
		adapt_ring(events, i, (double)cpu->samples * 1e9 / (double)duration);
		cpu->samples = 0;
		cpu->since = now;
	}
}

int64_t
events_lost(const struct events *events)
{
	int64_t lost = events->set.has_lost ? 0 : events->lost;
	uint64_t values[EVENT_VALUES];

	for (size_t i = 0; i < events->set.event_count && events->set.has_lost; i++) {
		const struct event *event = &events->set.events[i];

		if (events->set.calls->read(event->fd, values, event->values) == 0)
			lost += (int64_t)values[event->values - 1];
	}
	return lost;
}

void
events_add_lost(struct events *events, const struct record *record)
{
	if (find_event(events, record->id))
		events->lost += record->lost;
}
