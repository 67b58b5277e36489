// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/files.h"

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "record/block-index.h"
#include "record/compress.h"
#include "record/limits.h"
#include "record/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int
recording_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

int
recording_open_index(const char *path, struct block_index *index)
{
	int fd = recording_open(path);

	*index = (struct block_index){ .fd = fd };
	if (fd >= 0 && block_index_open(index, fd) < 0) {
		block_index_finish(index);
		*index = (struct block_index){ .fd = fd };
	}
	return fd;
}

/* Nearly always it is the first block of the file, else the first that is followed by a sample. */
static int
find_schema(int fd, struct block *ret_schema)
{
	uint8_t header[BLOCK_HEADER_SIZE];
	struct block_index index;
	int result;

	if (block_pread(fd, header, sizeof(header), 0) == sizeof(header) &&
		block_read_header(header, 0, ret_schema) && ret_schema->kind == BLOCK_SCHEMA)
		return 0;
	result = block_index_open(&index, fd);
	if (result == 0 && index.chunk_count == 0)
		result = -ENODATA;
	if (result == 0)
		*ret_schema = index.chunks[0].schema;
	block_index_finish(&index);
	return result;
}

static char *
find_note(const struct block *block, const uint8_t *payload, const char *name)
{
	_cleanup_free_ uint8_t *raw = xmalloc(block->raw_size);
	struct decompressor *decompressor = decompressor_create();
	struct byte_reader reader = { raw, raw + block->raw_size, false };
	struct schema schema = { .table_count = 0 };
	const char *note = NULL;
	char *copy;

	if (decompressor_take(decompressor, payload, block->size, raw, block->raw_size) &&
		schema_read(&schema, &reader, &(struct recorded){ NULL, 0 }))
		note = schema_note(&schema, name);
	copy = note ? xstrdup(note) : NULL;
	schema_finish(&schema);
	decompressor_destroy(decompressor);
	return copy;
}

char *
recording_note(int fd, const struct block *schema, const char *name)
{
	_cleanup_free_ uint8_t *payload = xmalloc(schema->size);

	return block_read_payload(fd, schema, payload) < 0 ? NULL
							   : find_note(schema, payload, name);
}

static int
look_at(const char *path, struct recording_file *ret_file)
{
	_cleanup_close_ int fd = recording_open(path);
	_cleanup_free_ uint8_t *payload = NULL;
	struct stat status;
	struct block block;
	int result;

	if (fd < 0)
		return fd;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	result = find_schema(fd, &block);
	if (result < 0)
		return result;
	if (block_end(&block) > (uint64_t)status.st_size)
		return -ENODATA;
	payload = xmalloc(block.size);
	result = block_read_payload(fd, &block, payload);
	if (result < 0 && result != -EBADMSG)
		return result;
	*ret_file = (struct recording_file){ .boottime = block.boottime, .wall = block.wall };
	ret_file->boot = result < 0 ? NULL : find_note(&block, payload, "boot");
	if (!ret_file->boot)
		ret_file->boot = xstrdup("");
	ret_file->path = xstrdup(path);
	return 0;
}

static void
add_file(struct recording_files *files, const struct recording_file *file)
{
	files->files = array_reserve(
		files->files, &files->capacity, files->count + 1, sizeof(files->files[0]));
	files->files[files->count++] = *file;
}

/* Takes a file out of those that are known, without another look at it. */
static bool
take_known(struct recording_files *known, const char *path, struct recording_file *ret_file)
{
	for (size_t i = 0; i < known->count; i++)
		if (strcmp(known->files[i].path, path) == 0) {
			*ret_file = known->files[i];
			known->files[i] = known->files[--known->count];
			return true;
		}
	return false;
}

bool
recording_is_named(const char *name)
{
	size_t length = strlen(name), suffix = strlen(RECORDING_SUFFIX);

	return length > suffix && strcmp(name + length - suffix, RECORDING_SUFFIX) == 0;
}

static void
add_files(struct recording_files *files, struct recording_files *known, const char *folder,
	DIR *directory)
{
	const struct dirent *entry;

	while (files->count < MOST_FILES && (entry = readdir(directory))) {
		_cleanup_free_ char *path = NULL;
		struct recording_file file;

		if (!recording_is_named(entry->d_name))
			continue;
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
			return;
		if (take_known(known, path, &file) || look_at(path, &file) == 0)
			add_file(files, &file);
	}
}

static int
compare_boots(const void *a, const void *b)
{
	const struct recording_file *left = a, *right = b;
	int order = strcmp(left->boot, right->boot);

	return order ? order
		     : (left->boottime > right->boottime) - (left->boottime < right->boottime);
}

static int
compare_files(const void *a, const void *b)
{
	const struct recording_file *left = a, *right = b;

	if (left->boot_wall != right->boot_wall)
		return left->boot_wall < right->boot_wall ? -1 : 1;
	return compare_boots(a, b);
}

/* Within a boot by the clock that does not jump; boots by when the first sample of each was taken.
 */
static void
sort_files(struct recording_files *files)
{
	if (files->count == 0)
		return;
	qsort(files->files, files->count, sizeof(files->files[0]), compare_boots);
	for (size_t i = 0; i < files->count; i++) {
		struct recording_file *file = &files->files[i];
		bool is_same = i > 0 && *file->boot && strcmp(file->boot, file[-1].boot) == 0;

		file->boot_wall = is_same ? file[-1].boot_wall : file->wall;
	}
	qsort(files->files, files->count, sizeof(files->files[0]), compare_files);
}

int
recording_files_find(struct recording_files *files, const char *path)
{
	_cleanup_closedir_ DIR *directory = opendir(path);
	struct recording_files found = { .count = 0 };
	struct recording_file file;
	int result = 0;

	if (!directory && errno != ENOTDIR)
		return -errno;
	if (!directory && files->count > 0)
		return 0;
	if (directory)
		add_files(&found, files, path, directory);
	else if ((result = look_at(path, &file)) == 0)
		add_file(&found, &file);
	if (result < 0)
		return result;
	sort_files(&found);
	recording_files_finish(files);
	*files = found;
	return 0;
}

void
recording_files_finish(struct recording_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->files[i].path);
		free(files->files[i].boot);
	}
	free(files->files);
	*files = (struct recording_files){ .count = 0 };
}

size_t
recording_files_at(const struct recording_files *files, int64_t wall)
{
	for (size_t i = files->count; i-- > 0;)
		if (files->files[i].wall <= wall)
			return i;
	return files->count;
}
