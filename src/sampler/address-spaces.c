// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/address-spaces.h"

#include "base/clock.h"
#include "base/index.h"
#include "base/jobs.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/unit.h"
#include "collect/maps.h"
#include "model/mapping.h"
#include "sampler/address-space.h"
#include "sampler/record.h"
#include "sampler/string-pool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/*
 * Limits between two drains, and for one drain. A process in use keeps its ranges beyond the first
 * limit: else it would be read in every drain.
 */
enum {
	MOST_RANGES = 64 * 1024,
	MOST_RANGES_IN_USE = 512 * 1024,
	MUCH_GROWN = MOST_RANGES / 16, /* worth a new count */
	MUCH_NAMES = 512 * 1024,       /* bytes; names in use may take more, */
	MOST_NAMES = 8 * 1024 * 1024,  /* but never more than this */
	MOST_PROCESSES = 32 * 1024,
	FEW_ENDED = 64, /* ended processes are dropped together */
	KEPT_ROWS = 8 * 1024,
};

/* A process whose mappings cannot be read delays the sampler once. */
enum { PART_OF_TIME = 1, MOST_LATE = 8, TROUBLE_SIZE = 128 };

/* Limits the time for reading: this many mappings cost a pause of one drain. */
enum { MAPPINGS_A_DRAIN = 4096 };

/*
 * Where a process has many mappings, each new one may move all of them. Beyond so many moves in a
 * drain the mappings of such a process are read again instead.
 */
enum { MOST_STEPS = 4 * 1024 * 1024 };

/* Reads the mappings of one process, which may block for ever (T17). */
struct maps_job {
	struct job job;
	int root; /* a descriptor of /proc, its own */
	int64_t pid;
	int error; /* as maps_read() returns it */
	struct mappings mappings;
};

struct address_spaces {
	int root;
	int64_t drain;
	struct address_space *rows;
	size_t count, capacity, ended;
	struct index index; /* of the rows, by pid */
	struct string_pool names;
	size_t name_limit;
	size_t grown;               /* ranges allocated since the last count */
	size_t steps, steps_before; /* ranges moved so far; before this drain */
	struct jobs *jobs;
	struct maps_job *idle; /* for the next read; NULL: none */
	int64_t readings;
	char trouble[TROUBLE_SIZE];
};

struct address_spaces *
address_spaces_create(int root, int64_t most_wait)
{
	struct address_spaces *spaces = xmalloc(sizeof(*spaces));

	*spaces = (struct address_spaces){ .root = root,
		.drain = 1,
		.name_limit = MUCH_NAMES,
		.jobs = jobs_create(MOST_LATE, most_wait, PART_OF_TIME) };
	return spaces;
}

void
address_spaces_destroy(struct address_spaces *spaces)
{
	if (!spaces)
		return;
	for (size_t i = 0; i < spaces->count; i++)
		ranges_release(spaces->rows[i].ranges);
	free(spaces->rows);
	index_finish(&spaces->index);
	string_pool_finish(&spaces->names);
	job_destroy((struct job *)spaces->idle);
	jobs_destroy(spaces->jobs);
	free(spaces);
}

void
address_spaces_begin(struct address_spaces *spaces)
{
	struct job *job;

	spaces->drain++;
	spaces->steps_before = spaces->steps;
	while ((job = jobs_take(spaces->jobs))) /* too old by now */
		job_destroy(job);
}

static struct address_space *
find(struct address_spaces *spaces, int64_t pid)
{
	uint32_t row = index_first(&spaces->index, index_mix(0, (uint64_t)pid));

	return row == INDEX_END ? NULL : &spaces->rows[row];
}

/* Pointers to other rows may become invalid. */
static struct address_space *
find_or_add(struct address_spaces *spaces, int64_t pid)
{
	struct address_space *space = find(spaces, pid);

	if (space)
		return space;
	spaces->rows = array_reserve(
		spaces->rows, &spaces->capacity, spaces->count + 1, sizeof(spaces->rows[0]));
	index_add(&spaces->index, index_mix(0, (uint64_t)pid));
	space = &spaces->rows[spaces->count++];
	*space = (struct address_space){ .pid = pid, .read_time = UNKNOWN };
	return space;
}

static const char *
keep_name(struct address_spaces *spaces, const char *name)
{
	static const char *const fixed[] = { address_space_no_name, address_space_heap,
		address_space_stack };

	if (strcmp(name, "//anon") == 0)
		return address_space_no_name;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (strcmp(name, fixed[i]) == 0)
			return fixed[i];
	if (spaces->names.bytes >= MOST_NAMES)
		name = mapping_without_name(name);
	return string_pool_intern(&spaces->names, name);
}

static struct ranges *
ranges_of(struct address_spaces *spaces, const struct mappings *mappings)
{
	struct ranges *ranges = ranges_create();

	for (size_t i = 0; i < mappings->count; i++) {
		const struct mapping *mapping = &mappings->rows[i];
		const struct range range = { .start = mapping->start,
			.end = mapping->end,
			.offset = mapping->offset,
			.name = keep_name(spaces, mapping->name),
			.permissions = (uint8_t)mapping->permissions,
			.is_read = true };

		ranges_put(&ranges, &range, false);
	}
	return ranges;
}

/* Keeps the first trouble. */
static void
tell(struct address_spaces *spaces, int64_t pid, const char *why)
{
	if (!spaces->trouble[0])
		snprintf(spaces->trouble, sizeof(spaces->trouble),
			"mappings of process %" PRId64 " are unknown: %s", pid, why);
}

static bool
is_late(const struct address_spaces *spaces, int64_t pid)
{
	const struct maps_job *job;

	for (size_t i = 0; (job = (const struct maps_job *)jobs_late(spaces->jobs, i)); i++)
		if (job->pid == pid)
			return true;
	return false;
}

static void
read_mappings(struct job *job)
{
	struct maps_job *maps = (struct maps_job *)job;

	maps->error = maps_read(maps->root, maps->pid, &maps->mappings);
}

static void
destroy_job(struct job *job)
{
	struct maps_job *maps = (struct maps_job *)job;

	mappings_finish(&maps->mappings);
	close(maps->root);
	free(maps);
}

/* NULL with errno: no descriptor is left. */
static struct maps_job *
create_job(int root)
{
	struct maps_job *maps;
	int own = fcntl(root, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return NULL;
	maps = xcalloc(1, sizeof(*maps));
	maps->job = (struct job){ .run = read_mappings, .destroy = destroy_job };
	maps->root = own;
	return maps;
}

/* Reads the mappings of a process into the idle job. Returns whether there are any. */
static bool
run_job(struct address_spaces *spaces, int64_t pid)
{
	struct maps_job *job = spaces->idle ? spaces->idle : create_job(spaces->root);
	int error;

	if (!job) {
		tell(spaces, pid, strerror(errno));
		return false;
	}
	job->pid = pid;
	error = jobs_run(spaces->jobs, &job->job);
	spaces->idle = error == -EINPROGRESS ? NULL : job;
	if (error == -EINPROGRESS)
		tell(spaces, pid, "they could not be read in time");
	return error == 0 && job->error == 0 && job->mappings.count > 0;
}

/* Counts what a change of a process's ranges has cost; `taken` is what it returned. */
static void
count_change(struct address_spaces *spaces, struct address_space *space, size_t taken)
{
	spaces->grown += taken;
	spaces->steps += space->ranges->steps;
	space->ranges->steps = 0;
}

/*
 * Reads maps, at most once in a drain. Mappings that are gone stay for the rest of the drain: its
 * samples are older than the read.
 */
static bool
read_maps(struct address_spaces *spaces, struct address_space *space)
{
	struct mappings *mappings;
	int64_t time;

	if (spaces->drain < space->next_reading || is_late(spaces, space->pid))
		return false;
	time = clock_ns(CLOCK_MONOTONIC);
	space->next_reading = spaces->drain + 1;
	spaces->readings++;
	if (!run_job(spaces, space->pid))
		return false;
	mappings = &spaces->idle->mappings;
	if (mappings->is_cut)
		tell(spaces, space->pid, "there are too many of them, or their names too long");
	space->next_reading += (int64_t)mappings->count / MAPPINGS_A_DRAIN;
	space->read_in = spaces->drain;
	count_change(spaces, space, address_space_read(space, ranges_of(spaces, mappings), time));
	if (mappings->capacity > KEPT_ROWS)
		mappings_finish(mappings);
	return true;
}

/* A process may outlive its main thread: later samples revive it. */
static void
set_ended(struct address_spaces *spaces, struct address_space *space, bool has_ended)
{
	spaces->ended += has_ended;
	spaces->ended -= space->has_ended;
	space->has_ended = has_ended;
}

/* Few mappings cost little more than the record itself. */
static void
limit_steps(struct address_spaces *spaces, struct address_space *space)
{
	int64_t count = (int64_t)space->ranges->count;

	if (spaces->steps - spaces->steps_before <= MOST_STEPS || count <= MAPPINGS_A_DRAIN)
		return;
	tell(spaces, space->pid, "too many of them change");
	space->next_reading = spaces->drain + 1 + count / MAPPINGS_A_DRAIN;
	address_space_forget(space);
}

static void
apply_map(struct address_spaces *spaces, const struct record *record)
{
	const struct record_map *map = &record->map;
	struct address_space *space = find(spaces, record->pid);
	struct range range = { .start = map->start, .offset = map->offset };

	if (!space || !space->ranges || map->in_kernel || map->length == 0 ||
		__builtin_add_overflow(map->start, map->length, &range.end))
		return;
	range.name = keep_name(spaces, record->name);
	range.offset = range.name[0] == '/' ? range.offset : 0;
	range.permissions = (uint8_t)((map->protection & PROT_READ ? MAPPING_READ : 0) |
				      (map->protection & PROT_WRITE ? MAPPING_WRITE : 0) |
				      (map->protection & PROT_EXEC ? MAPPING_EXECUTE : 0) |
				      (map->flags & MAP_SHARED ? MAPPING_SHARED : 0));
	count_change(spaces, space, address_space_map(space, &range, record->time));
	limit_steps(spaces, space);
}

static void
apply_exec(struct address_spaces *spaces, const struct record *record)
{
	struct address_space *space = find_or_add(spaces, record->pid);

	space->looked_at = spaces->drain;
	set_ended(spaces, space, false);
	count_change(spaces, space, address_space_exec(space, record->time));
}

/*
 * Reads maps of an unknown parent now: when a sample of the child needs it, the child may be
 * another program or gone. For a new thread, the parent is its process.
 */
static void
apply_fork(struct address_spaces *spaces, const struct record *record)
{
	struct address_space *parent, *child;

	if (record->pid == record->parent || record->parent <= 0)
		return;
	find_or_add(spaces, record->parent);
	child = find_or_add(spaces, record->pid);
	set_ended(spaces, child, false);
	ranges_release(child->ranges);
	*child = (struct address_space){
		.pid = record->pid, .read_time = UNKNOWN, .looked_at = spaces->drain
	};
	parent = find(spaces, record->parent);
	if (!parent->ranges)
		read_maps(spaces, parent);
	address_space_copy(child, parent);
}

static void
apply_exit(struct address_spaces *spaces, const struct record *record)
{
	struct address_space *space = record->pid == record->tid ? find(spaces, record->pid) : NULL;

	if (space)
		set_ended(spaces, space, true);
}

static void
drop_ended(struct address_spaces *spaces)
{
	size_t count = 0;

	index_reset(&spaces->index);
	for (size_t i = 0; i < spaces->count; i++) {
		if (spaces->rows[i].has_ended) {
			ranges_release(spaces->rows[i].ranges);
			continue;
		}
		index_add(&spaces->index, index_mix(0, (uint64_t)spaces->rows[i].pid));
		spaces->rows[count++] = spaces->rows[i];
	}
	spaces->count = count;
	spaces->ended = 0;
}

static size_t
count_ranges(const struct address_spaces *spaces)
{
	size_t count = 0;

	for (size_t i = 0; i < spaces->count; i++)
		if (spaces->rows[i].ranges)
			count += spaces->rows[i].ranges->capacity / spaces->rows[i].ranges->owners;
	return count;
}

static void
drop_older(struct address_spaces *spaces, int64_t drain)
{
	for (size_t i = 0; i < spaces->count; i++)
		if (spaces->rows[i].looked_at < drain)
			spaces->rows[i].has_ended = true;
	drop_ended(spaces);
}

/* Drops processes not used lately, and halves that time until the rest is small enough. */
static void
drop_what_is_too_much(struct address_spaces *spaces)
{
	int64_t age = spaces->drain;

	spaces->grown = 0;
	while (age > 0 && (spaces->count > MOST_PROCESSES || count_ranges(spaces) > MOST_RANGES)) {
		age /= 2;
		drop_older(spaces, spaces->drain - age);
	}
	if (count_ranges(spaces) > MOST_RANGES_IN_USE)
		drop_older(spaces, spaces->drain + 1);
}

void
address_spaces_apply(struct address_spaces *spaces, const struct record *record)
{
	if (record->pid <= 0)
		return;
	if (record->kind == RECORD_MAP)
		apply_map(spaces, record);
	else if (record->kind == RECORD_COMM && record->is_exec)
		apply_exec(spaces, record);
	else if (record->kind == RECORD_FORK)
		apply_fork(spaces, record);
	else if (record->kind == RECORD_EXIT)
		apply_exit(spaces, record);
	if (spaces->grown > MOST_RANGES)
		drop_what_is_too_much(spaces);
}

void
address_spaces_find(
	struct address_spaces *spaces, int64_t pid, uint64_t address, struct place *ret_place)
{
	bool is_of_kernel = address >> 63; /* in no process's maps, except one */
	struct address_space *space;

	*ret_place = (struct place){ .segment = SEGMENT_UNKNOWN, .name = address_space_no_name };
	if (pid <= 0)
		return;
	space = find_or_add(spaces, pid);
	set_ended(spaces, space, false);
	space->looked_at = spaces->drain;
	if (space->has_old && space->read_in != spaces->drain)
		count_change(spaces, space, address_space_drop_old(space));
	if (!address_space_find(space, address, ret_place) && !is_of_kernel &&
		read_maps(spaces, space))
		address_space_find(space, address, ret_place);
}

/* Copies the names in use to a new pool, and frees the old one. */
static void
limit_names(struct address_spaces *spaces)
{
	struct string_pool old = spaces->names;
	size_t bytes;

	if (old.bytes < spaces->name_limit)
		return;
	spaces->names = (struct string_pool){ .texts = NULL };
	for (size_t i = 0; i < spaces->count; i++) {
		struct address_space *space = &spaces->rows[i];

		for (size_t k = 0; space->ranges && k < space->ranges->count; k++)
			space->ranges->rows[k].name =
				keep_name(spaces, space->ranges->rows[k].name);
		space->program = space->program ? keep_name(spaces, space->program) : NULL;
	}
	string_pool_finish(&old);
	bytes = 2 * spaces->names.bytes;
	spaces->name_limit = bytes > MOST_NAMES   ? MOST_NAMES
			     : bytes > MUCH_NAMES ? bytes
						  : MUCH_NAMES;
}

void
address_spaces_trim(struct address_spaces *spaces)
{
	if (spaces->ended > FEW_ENDED)
		drop_ended(spaces);
	if (spaces->grown > MUCH_GROWN || spaces->count > MOST_PROCESSES)
		drop_what_is_too_much(spaces);
	limit_names(spaces);
}

const char *
address_spaces_trouble(const struct address_spaces *spaces)
{
	return spaces->trouble[0] ? spaces->trouble : NULL;
}

struct address_spaces_size
address_spaces_size(const struct address_spaces *spaces)
{
	return (struct address_spaces_size){ .processes = (int64_t)spaces->count,
		.ranges = (int64_t)count_ranges(spaces),
		.name_bytes = (int64_t)spaces->names.bytes,
		.readings = spaces->readings,
		.steps = (int64_t)spaces->steps };
}
