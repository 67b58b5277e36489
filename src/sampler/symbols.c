// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/symbols.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/index.h"
#include "base/jobs.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/procfs.h"
#include "sampler/elf-symbols.h"
#include "sampler/look-up.h"
#include "sampler/symbol-table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Limits for all files, including those being read; a drain may add as many files again. A file can
 * be dropped when it has not been used for so many drains.
 */
enum { MOST_MEMORY = 24 * 1024 * 1024, MOST_FILES = 4096, IDLE_DRAINS = 16 };

/* One in so many nanoseconds may be spent waiting for files. */
enum { PART_OF_TIME = 25, MOST_LATE = 8 };

enum { NAME_SIZE = 128, TROUBLE_SIZE = 256 };
static const int64_t long_wait = NS_PER_SEC;

/* A file, as of its last change. Files without functions are kept too. */
struct file {
	uint64_t device, inode;
	int64_t size, seconds, nanoseconds; /* of its last change */
	/*
	 * 0, or why there are no functions: -EINPROGRESS: not yet; -EAGAIN: no time; -ENOSPC: no
	 * space for `cost`.
	 */
	int error;
	struct elf_symbols symbols;
	size_t memory, cost;
	uint64_t used; /* the last drain that used it */
};

/* The file of a name, as a process sees it. */
struct seen {
	int64_t pid;
	const char *name;
	struct file *file; /* NULL: it cannot be read */
};

struct symbols {
	int root;
	uint64_t drain;
	struct jobs *jobs;
	struct file **files;
	size_t file_count, file_capacity, memory;
	size_t wanted; /* memory that was not available */
	char trouble[TROUBLE_SIZE];
	struct seen *seen; /* in this drain, by the index's numbers */
	size_t seen_capacity;
	struct index index;
	struct symbol_table kernel;
	bool has_kernel;
};

struct symbols *
symbols_create(int root, int64_t most_wait)
{
	struct symbols *symbols = xmalloc(sizeof(*symbols));

	*symbols = (struct symbols){ .root = root,
		.jobs = jobs_create(MOST_LATE, most_wait, PART_OF_TIME) };
	return symbols;
}

static void
destroy_file(struct symbols *symbols, struct file *file)
{
	symbols->memory -= file->memory;
	elf_symbols_finish(&file->symbols);
	free(file);
}

void
symbols_destroy(struct symbols *symbols)
{
	if (!symbols)
		return;
	jobs_destroy(symbols->jobs);
	for (size_t i = 0; i < symbols->file_count; i++)
		destroy_file(symbols, symbols->files[i]);
	free(symbols->files);
	free(symbols->seen);
	index_finish(&symbols->index);
	symbol_table_finish(&symbols->kernel);
	free(symbols);
}

static struct file *
find_file(const struct symbols *symbols, const struct stat *status)
{
	for (size_t i = 0; i < symbols->file_count; i++) {
		struct file *file = symbols->files[i];

		if (file->inode == status->st_ino && file->device == status->st_dev &&
			file->size == status->st_size && file->seconds == status->st_mtim.tv_sec &&
			file->nanoseconds == status->st_mtim.tv_nsec)
			return file;
	}
	return NULL;
}

static struct file *
add_file(struct symbols *symbols, const struct stat *status)
{
	struct file *file = xmalloc(sizeof(*file));

	*file = (struct file){ .device = status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.seconds = status->st_mtim.tv_sec,
		.nanoseconds = status->st_mtim.tv_nsec,
		.error = -EAGAIN,
		.memory = sizeof(*file) };
	symbols->memory += file->memory;
	symbols->files = array_reserve(symbols->files, &symbols->file_capacity,
		symbols->file_count + 1, sizeof(symbols->files[0]));
	symbols->files[symbols->file_count++] = file;
	return file;
}

static void
set_memory(struct symbols *symbols, struct file *file, size_t memory)
{
	symbols->memory = symbols->memory - file->memory + memory;
	file->memory = memory;
}

static bool
has_room(const struct symbols *symbols, size_t memory)
{
	return memory <= MOST_MEMORY && symbols->memory <= MOST_MEMORY - memory;
}

/* Keeps the first trouble, with the last part of the file's name. */
static void
tell(struct symbols *symbols, const char *path, const char *why)
{
	const char *slash = strrchr(path, '/');
	char name[NAME_SIZE];

	if (symbols->trouble[0])
		return;
	text_safe(name, sizeof(name), slash && slash[1] ? slash + 1 : path, CHARSET_ASCII);
	snprintf(symbols->trouble, sizeof(symbols->trouble), "functions of %s are unknown: %s",
		name, why);
}

/* Without room, other files must be dropped for it. */
static bool
find_room(struct symbols *symbols, size_t cost)
{
	if (has_room(symbols, cost))
		return true;
	symbols->wanted = cost > symbols->wanted ? cost : symbols->wanted;
	return false;
}

static bool
is_to_be_tried(struct symbols *symbols, const struct file *file)
{
	return file->error == -EAGAIN || (file->error == -ENOSPC && find_room(symbols, file->cost));
}

/* After the open. Returns whether to read the file. */
static bool
take_opened(struct symbols *symbols, struct look_up *look_up)
{
	struct file *file = look_up->error < 0 ? NULL : find_file(symbols, &look_up->status);

	if (look_up->error == -EREMOTE)
		tell(symbols, look_up->name, "its file system is a program (FUSE)");
	if (!file && look_up->error == 0 && symbols->file_count < 2 * (size_t)MOST_FILES)
		file = add_file(symbols, &look_up->status);
	look_up->file = file;
	if (!file)
		return false;
	file->used = symbols->drain;
	if (!is_to_be_tried(symbols, file))
		return false;
	file->error = -EINPROGRESS;
	look_up->step = LOOK_UP_PLAN;
	return true;
}

/* After the plan. Returns whether to read the functions. */
static bool
take_plan(struct symbols *symbols, struct look_up *look_up)
{
	struct file *file = look_up->file;

	file->error = look_up->error;
	if (look_up->error == -EFBIG)
		tell(symbols, look_up->name, "there are too many of them, or their names too long");
	if (look_up->error < 0)
		return false;
	file->cost = elf_plan_cost(&look_up->plan);
	if (!find_room(symbols, file->cost)) {
		file->error = -ENOSPC;
		tell(symbols, look_up->name,
			"those of other files take all the memory set aside for them");
		return false;
	}
	set_memory(symbols, file, sizeof(*file) + file->cost);
	file->error = -EINPROGRESS;
	look_up->step = LOOK_UP_READ;
	return true;
}

static bool
take_functions(struct symbols *symbols, struct look_up *look_up)
{
	struct file *file = look_up->file;

	file->error = look_up->error;
	file->symbols = look_up->symbols;
	look_up->symbols = (struct elf_symbols){ .loads = NULL };
	set_memory(symbols, file,
		sizeof(*file) + (file->error == 0 ? elf_symbols_size(&file->symbols) : 0));
	return false;
}

/* Takes the result of a step. Returns whether there is another step. */
static bool
take_step(struct symbols *symbols, struct look_up *look_up)
{
	static bool (*const takers[])(struct symbols *, struct look_up *) = {
		[LOOK_UP_OPEN] = take_opened,
		[LOOK_UP_PLAN] = take_plan,
		[LOOK_UP_READ] = take_functions,
	};

	return takers[look_up->step](symbols, look_up);
}

/* Runs the remaining steps within the time limit. Returns the file; NULL: not known yet. */
static struct file *
pursue(struct symbols *symbols, struct look_up *look_up)
{
	struct file *file;
	int error = 0;
	bool is_more = true;

	while (is_more) {
		error = jobs_run(symbols->jobs, &look_up->job);
		if (error < 0)
			break;
		is_more = take_step(symbols, look_up);
	}
	file = look_up->file;
	if (error == -EINPROGRESS) {
		look_up->since = clock_ns(CLOCK_MONOTONIC);
		return file;
	}
	/* There was no time for the next step: tries again when the file is needed again. */
	if (error < 0 && file) {
		file->error = -EAGAIN;
		set_memory(symbols, file, sizeof(*file));
	}
	job_destroy(&look_up->job);
	return file;
}

/* Continues late look-ups that are done now. */
static void
resume(struct symbols *symbols)
{
	struct look_up *look_up;

	while ((look_up = (struct look_up *)jobs_take(symbols->jobs))) {
		look_up->since = 0;
		if (take_step(symbols, look_up))
			pursue(symbols, look_up);
		else
			job_destroy(&look_up->job);
	}
}

static bool
is_late(const struct symbols *symbols, int64_t pid, const char *name)
{
	const struct look_up *look_up;

	for (size_t i = 0; (look_up = (const struct look_up *)jobs_late(symbols->jobs, i)); i++)
		if (look_up->pid == pid && strcmp(look_up->name, name) == 0)
			return true;
	return false;
}

static struct file *
look_up(struct symbols *symbols, int64_t pid, const char *name)
{
	if (name[0] != '/' || is_late(symbols, pid, name))
		return NULL;
	return pursue(symbols, look_up_create(symbols->root, pid, name));
}

/* Looks a name up once in a drain: that costs some system calls. */
static struct file *
find_seen(struct symbols *symbols, int64_t pid, const char *name)
{
	uint64_t hash = index_mix(index_mix(0, (uint64_t)pid), (uintptr_t)name);
	size_t number = symbols->index.count;

	for (uint32_t found = index_first(&symbols->index, hash); found != INDEX_END;
		found = index_next(&symbols->index, found))
		if (symbols->seen[found].pid == pid && symbols->seen[found].name == name)
			return symbols->seen[found].file;
	symbols->seen = array_reserve(
		symbols->seen, &symbols->seen_capacity, number + 1, sizeof(symbols->seen[0]));
	symbols->seen[number] =
		(struct seen){ .pid = pid, .name = name, .file = look_up(symbols, pid, name) };
	index_add(&symbols->index, hash);
	return symbols->seen[number].file;
}

const char *
symbols_find(struct symbols *symbols, int64_t pid, const char *file, uint64_t offset)
{
	const struct file *found = find_seen(symbols, pid, file);

	return found ? elf_symbols_find(&found->symbols, offset) : NULL;
}

/* "ffffffff81000000 T _stext"; for a module, a tab and its name follow. */
static void
take_kernel_line(struct symbol_table *table, char *line)
{
	char *end, *name;
	uint64_t address = strtoull(line, &end, 16);

	if (address == 0 || end[0] != ' ' || !end[1] || !strchr("tTwW", end[1]) || end[2] != ' ')
		return;
	name = end + 3;
	name[strcspn(name, "\t\n")] = '\0';
	symbol_table_add(table, address, 0, name);
}

void
symbols_prepare(struct symbols *symbols)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (symbols->has_kernel)
		return;
	symbols->has_kernel = true;
	file = procfs_open(symbols->root, "kallsyms");
	while (file && getline(&line, &size, file) > 0)
		take_kernel_line(&symbols->kernel, line);
	symbol_table_sort(&symbols->kernel);
}

const char *
symbols_find_kernel(struct symbols *symbols, uint64_t address)
{
	symbols_prepare(symbols);
	return symbol_table_find(&symbols->kernel, address);
}

/* The file not used for longest and not being read; the count if there is none. */
static size_t
oldest_file(const struct symbols *symbols)
{
	size_t oldest = symbols->file_count;

	for (size_t i = 0; i < symbols->file_count; i++)
		if (symbols->files[i]->error != -EINPROGRESS &&
			(oldest == symbols->file_count ||
				symbols->files[i]->used < symbols->files[oldest]->used))
			oldest = i;
	return oldest;
}

static bool
has_to_go(const struct symbols *symbols, const struct file *file)
{
	if (symbols->file_count > MOST_FILES)
		return true;
	return !has_room(symbols, symbols->wanted) && file->used + IDLE_DRAINS < symbols->drain;
}

/* Reports a file that has been blocked for long. */
static void
tell_late(struct symbols *symbols)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	struct look_up *look_up;

	for (size_t i = 0; (look_up = (struct look_up *)jobs_late(symbols->jobs, i)); i++) {
		if (symbols->trouble[0] || !look_up->since || now - look_up->since < long_wait)
			continue;
		tell(symbols, look_up->name, "the file does not answer");
		look_up->since = 0;
	}
}

void
symbols_trim(struct symbols *symbols)
{
	size_t oldest;

	index_reset(&symbols->index);
	symbols->drain++;
	resume(symbols);
	tell_late(symbols);
	while ((oldest = oldest_file(symbols)) < symbols->file_count &&
		has_to_go(symbols, symbols->files[oldest])) {
		destroy_file(symbols, symbols->files[oldest]);
		symbols->files[oldest] = symbols->files[--symbols->file_count];
	}
	symbols->wanted = 0;
}

const char *
symbols_trouble(const struct symbols *symbols)
{
	return symbols->trouble[0] ? symbols->trouble : NULL;
}

struct symbols_size
symbols_size(const struct symbols *symbols)
{
	return (struct symbols_size){ .memory = symbols->memory, .files = symbols->file_count };
}
