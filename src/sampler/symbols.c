// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/symbols.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/memory.h"
#include "sampler/elf-symbols.h"
#include "sampler/symbol-table.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is kept between two drains; one drain may bring as much again. */
enum { MOST_MEMORY = 32 * 1024 * 1024, MOST_FILES = 4096 };

/* A file, known by what a change of it changes. One without functions is remembered, too. */
struct file {
	uint64_t device, inode;
	int64_t size, seconds, nanoseconds; /* of its last change */
	struct elf_symbols symbols;
	size_t memory;
	uint64_t used; /* the drain in which it was last */
};

/* Which file a name is to a process. */
struct seen {
	int64_t pid;
	const char *name;
	struct file *file; /* NULL: it cannot be read */
};

struct symbols {
	int root;
	uint64_t drain;
	struct file **files;
	size_t file_count, file_capacity, memory;
	struct seen *seen; /* in this drain, by the index's numbers */
	size_t seen_capacity, last;
	struct index index;
	struct symbol_table kernel;
	bool has_kernel;
};

struct symbols *
symbols_create(int root)
{
	struct symbols *symbols = xmalloc(sizeof(*symbols));

	*symbols = (struct symbols){ .root = root };
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
	for (size_t i = 0; i < symbols->file_count; i++)
		destroy_file(symbols, symbols->files[i]);
	free(symbols->files);
	free(symbols->seen);
	index_finish(&symbols->index);
	symbol_table_finish(&symbols->kernel);
	free(symbols);
}

static int
open_below(int directory, const char *path, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };

	return (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

/* No name can lead out of what the process sees as its root. A FIFO or a device is not opened. */
static int
open_file(const struct symbols *symbols, int64_t pid, const char *name)
{
	_cleanup_close_ int directory = -1, place = -1;
	struct stat status;
	char path[40];

	snprintf(path, sizeof(path), "%" PRId64 "/root", pid);
	directory = openat(symbols->root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0 && (errno == ENOENT || errno == ESRCH))
		directory = openat(symbols->root, "self/root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	place = directory < 0 ? -1 : open_below(directory, name, O_PATH);
	if (place < 0 || fstat(place, &status) < 0 || !S_ISREG(status.st_mode))
		return -1;
	return open_below(directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
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
read_file(struct symbols *symbols, int fd, const struct stat *status)
{
	struct file *file = xmalloc(sizeof(*file));

	*file = (struct file){ .device = status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.seconds = status->st_mtim.tv_sec,
		.nanoseconds = status->st_mtim.tv_nsec };
	elf_symbols_read(fd, &file->symbols);
	file->memory = sizeof(*file) + symbol_table_size(&file->symbols.table);
	symbols->memory += file->memory;
	symbols->files = array_reserve(symbols->files, &symbols->file_capacity,
		symbols->file_count + 1, sizeof(symbols->files[0]));
	symbols->files[symbols->file_count++] = file;
	return file;
}

static struct file *
look_up(struct symbols *symbols, int64_t pid, const char *name)
{
	_cleanup_close_ int fd = name[0] == '/' ? open_file(symbols, pid, name) : -1;
	struct file *file;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return NULL;
	file = find_file(symbols, &status);
	if (!file && symbols->memory < 2 * (size_t)MOST_MEMORY &&
		symbols->file_count < 2 * (size_t)MOST_FILES)
		file = read_file(symbols, fd, &status);
	if (file)
		file->used = symbols->drain;
	return file;
}

static bool
is_seen(const struct symbols *symbols, size_t number, int64_t pid, const char *name)
{
	return number < symbols->index.count && symbols->seen[number].pid == pid &&
	       symbols->seen[number].name == name;
}

/* A name is looked up once in a drain: that costs some calls of the kernel. */
static struct file *
find_seen(struct symbols *symbols, int64_t pid, const char *name)
{
	uint64_t hash = index_mix(index_mix(0, (uint64_t)pid), (uintptr_t)name);
	size_t number = symbols->index.count;
	uint32_t found;

	if (is_seen(symbols, symbols->last, pid, name))
		return symbols->seen[symbols->last].file;
	found = index_first(&symbols->index, hash);
	while (found != INDEX_END && !is_seen(symbols, found, pid, name))
		found = index_next(&symbols->index, found);
	symbols->last = found != INDEX_END ? found : number;
	if (found != INDEX_END)
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

/* "ffffffff81000000 T _stext", and behind a module's a tabulator and its name. */
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

static void
read_kernel(struct symbols *symbols)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	int fd = openat(symbols->root, "kallsyms", O_RDONLY | O_CLOEXEC);
	size_t size = 0;

	symbols->has_kernel = true;
	file = fd < 0 ? NULL : fdopen(fd, "r");
	while (file && getline(&line, &size, file) > 0)
		take_kernel_line(&symbols->kernel, line);
	symbol_table_sort(&symbols->kernel);
}

void
symbols_prepare(struct symbols *symbols)
{
	if (!symbols->has_kernel)
		read_kernel(symbols);
}

const char *
symbols_find_kernel(struct symbols *symbols, uint64_t address)
{
	symbols_prepare(symbols);
	return symbol_table_find(&symbols->kernel, address);
}

static size_t
oldest_file(const struct symbols *symbols)
{
	size_t oldest = 0;

	for (size_t i = 1; i < symbols->file_count; i++)
		if (symbols->files[i]->used < symbols->files[oldest]->used)
			oldest = i;
	return oldest;
}

bool
symbols_trim(struct symbols *symbols)
{
	bool have_gone = false;

	index_reset(&symbols->index);
	symbols->drain++;
	while (symbols->memory > MOST_MEMORY || symbols->file_count > MOST_FILES) {
		size_t oldest = oldest_file(symbols);

		destroy_file(symbols, symbols->files[oldest]);
		symbols->files[oldest] = symbols->files[--symbols->file_count];
		have_gone = true;
	}
	return have_gone;
}
