// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/course.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/snapshot.h"

#include <stdlib.h>

#define MINUTE (60 * NS_PER_SEC)
#define WINDOW (5 * NS_PER_SEC)
#define MARK_DISTANCE (25 * NS_PER_SEC)
#define LARGE (INT64_C(8) << 20)

/* Enough to see 100 seconds of steady growth, twice in a row. */
enum { WINDOWS = 20, TWICE = 2, MOST_SIZES = 4096 };

static int64_t
width_of(int64_t interval)
{
	return interval > WINDOW ? interval : WINDOW;
}

void
course_finish(struct course *course)
{
	for (size_t i = 0; i < COURSE_MARKS; i++)
		free(course->marks[i].sizes);
}

int64_t
course_least(int64_t interval)
{
	return (WINDOWS + TWICE) * width_of(interval);
}

/* Memory and swap in use: what falls while they fill up. */
static int64_t
in_use(const struct system *system)
{
	return known_sum(known_difference(system->total, system->available),
		known_or_zero(system->swap_used));
}

static int64_t
room_of(const struct system *system)
{
	return known_sum(system->available, known_or_zero(system->swap_free));
}

/* Kernel memory that cannot be reclaimed. */
static int64_t
kernel_of(const struct system *system)
{
	return known_or_zero(system->slab_unreclaimable) + known_or_zero(system->kernel_stack) +
	       known_or_zero(system->page_tables) + known_or_zero(system->per_cpu);
}

int64_t
course_bytes_of(const struct process *process)
{
	return known_sum(process->anon, known_or_zero(process->swap));
}

static int64_t
size_of(const struct process *process)
{
	int64_t bytes = course_bytes_of(process);

	return bytes > 0 ? bytes : UNKNOWN;
}

size_t
course_largest(const struct snapshot *now, const struct process **ret_rows, size_t most)
{
	return snapshot_most(now, size_of, ret_rows, most);
}

static void
mark(struct course *course, const struct snapshot *now)
{
	struct mark *mark = &course->marks[course->next_mark];

	mark->time = now->monotonic;
	mark->shared = known_or_zero(now->system.shared);
	mark->kernel = kernel_of(&now->system);
	mark->count = 0;
	for (size_t i = 0; i < now->process_count && mark->count < MOST_SIZES; i++) {
		const struct process *row = &now->processes[i];

		if (course_bytes_of(row) < LARGE) /* or unknown */
			continue;
		mark->sizes = array_reserve(
			mark->sizes, &mark->capacity, mark->count + 1, sizeof(mark->sizes[0]));
		mark->sizes[mark->count++] =
			(struct size){ row->pid, row->start_time, course_bytes_of(row) };
	}
	course->next_mark = (course->next_mark + 1) % COURSE_MARKS;
	course->mark_count += course->mark_count < COURSE_MARKS;
}

static const struct mark *
newest_mark(const struct course *course)
{
	return &course->marks[(course->next_mark + COURSE_MARKS - 1) % COURSE_MARKS];
}

static const struct mark *
oldest_mark(const struct course *course)
{
	return &course->marks[course->mark_count < COURSE_MARKS ? 0 : course->next_mark];
}

/* Notes what has happened to the memory in use since the last snapshot. */
void
course_follow(struct course *course, const struct snapshot *now, int64_t interval)
{
	int64_t used = in_use(&now->system), minima[WINDOWS];
	size_t count;

	if (course->mark_count == 0 || now->monotonic - newest_mark(course)->time >= MARK_DISTANCE)
		mark(course, now);
	if (course->used.width != width_of(interval)) {
		growth_restart(&course->used, width_of(interval));
		course->growing = 0;
	}
	if (used == UNKNOWN || !growth_add(&course->used, now->monotonic, used))
		return;
	count = growth_minima(&course->used, WINDOWS, minima);
	course->growth = growth_judge(minima, count, room_of(&now->system) / 100);
	if (count < WINDOWS || course->growth != GROWTH_GROWING) {
		course->growing = 0;
		return;
	}
	course->growing++;
	course->slope = growth_slope_of(minima, count);
	if (course->slope.low <= 0)
		course->growing = 0;
}

void
course_estimate(const struct course *course, struct system *system)
{
	struct verdict *verdict = &system->verdict;
	struct growth_end end;

	verdict->use_growth = course->growth == GROWTH_STEADY ? 0 : UNKNOWN;
	if (course->growing < TWICE)
		return;
	verdict->use_growth = growth_per_minute(course->slope.middle, course->used.width);
	end = growth_end_of(&course->slope, course->used.width, room_of(system));
	verdict->gone = end.time;
	verdict->gone_least = end.least;
	verdict->gone_most = end.most;
}

static bool
is_same(const struct size *size, const struct process *process)
{
	return size->pid == process->pid &&
	       (size->start_time == process->start_time || size->start_time == UNKNOWN ||
		       process->start_time == UNKNOWN);
}

/* The process that has grown most since a mark. A new one has grown by all it holds. */
static const struct process *
fastest_since(const struct mark *mark, const struct snapshot *now, int64_t *ret_grown)
{
	const struct process *fastest = NULL;
	size_t match = 0;

	*ret_grown = 0;
	for (size_t i = 0; i < now->process_count; i++) {
		const struct process *row = &now->processes[i];
		int64_t bytes = course_bytes_of(row);

		while (match < mark->count && mark->sizes[match].pid < row->pid)
			match++;
		if (bytes < LARGE)
			continue;
		if (match < mark->count && is_same(&mark->sizes[match], row))
			bytes -= mark->sizes[match].bytes;
		if (bytes > *ret_grown) {
			*ret_grown = bytes;
			fastest = row;
		}
	}
	return fastest;
}

/* A user of memory that grows, in bytes since a mark. */
static struct user
user_of(const char *name, int64_t use, int64_t grown)
{
	return (struct user){ .name = name, .pid = UNKNOWN, .use = use, .growth = grown };
}

struct user
course_who_grows(const struct course *course, const struct snapshot *now)
{
	const struct system *s = &now->system;
	const struct mark *mark = oldest_mark(course);
	double minutes = (double)(now->monotonic - mark->time) / (double)MINUTE;
	int64_t shared = known_or_zero(s->shared), kernel = kernel_of(s), grown;
	const struct process *fastest = fastest_since(mark, now, &grown);
	const struct user others[] = {
		user_of("tmpfs and shared memory", shared, shared - mark->shared),
		user_of("kernel memory", kernel, kernel - mark->kernel),
	};
	struct user who = user_of(NULL, UNKNOWN, 0);

	if (fastest)
		who = (struct user){ fastest->comm, fastest->pid, course_bytes_of(fastest), grown };
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].growth > who.growth)
			who = others[i];
	if (minutes <= 0 ||
		(double)who.growth / minutes < (double)known_or_zero(s->verdict.use_growth) / 3)
		return user_of(NULL, UNKNOWN, UNKNOWN);
	who.growth = known_rounded((double)who.growth / minutes);
	return who;
}
