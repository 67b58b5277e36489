// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/process-files.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "collect/cgroup-tree.h"
#include "collect/cgroup.h"
#include "collect/container-names.h"
#include "collect/container.h"
#include "collect/procfs.h"
#include "model/needs.h"
#include "model/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAT_SIZE = 1024 };

/*
 * Limits the search in the list of threads, with about 40 threads in a part. If the first thread
 * has ended, the second one lives, unless the whole process is ending: then there may be 100,000.
 */
enum { LIST_SIZE = 1024, LIST_PARTS = 4 };

#define ROW(name) offsetof(struct process, name)
#define STATUS(name) offsetof(struct process_status, name)

/* Lines of status, each list in the order of the file (fs/proc/task_mmu.c, task_mem()). */
static const struct procfs_key row_keys[] = {
	{ "VmSize", ROW(virtual) },
	{ "VmRSS", ROW(resident) },
	{ "RssAnon", ROW(anon) },
	{ "VmPTE", ROW(page_tables) },
	{ "VmSwap", ROW(swap) },
};
static const struct procfs_key status_keys[] = {
	{ "VmLck", STATUS(locked) },
	{ "VmHWM", STATUS(peak) },
	{ "RssFile", STATUS(file) },
	{ "RssShmem", STATUS(shmem) },
	{ "VmData", STATUS(data) },
	{ "VmStk", STATUS(stack) },
	{ "VmExe", STATUS(code) },
	{ "VmLib", STATUS(library) },
	{ "HugetlbPages", STATUS(hugetlb) },
};

/* Notes a need of this process that failed. */
static void
note_failure(struct process_read *read, uint64_t need, int error)
{
	if (error == -EACCES || error == -EPERM)
		read->refused |= need;
	else if (error == -ENOENT)
		read->absent |= need;
	else
		read->failed |= need;
	snapshot_note_gap(read->snapshot, read->row, need, error);
}

/*
 * Reads DIRECTORY/NAME. On failure notes a gap for `need` and returns -errno. If the directory is
 * missing too, the process or thread has ended.
 */
static ssize_t
read_file(struct process_read *read, const char *directory, const char *name, uint64_t need,
	char *text, size_t size)
{
	char path[PROCESS_PATH_SIZE + 32];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	length = procfs_read(read->root, path, text, size);
	if (length == -ENOENT && faccessat(read->root, directory, F_OK, 0) < 0)
		length = -ESRCH;
	if (length < 0)
		note_failure(read, need, (int)length);
	return length;
}

/* Sets all figures: UNKNOWN before they are read, 0 if there is no address space. */
static void
set_memory_fields(struct process_read *read, uint64_t needs, int64_t value)
{
	static const struct process_status nothing = { .file = 0 };
	struct process *row = read->row;

	row->virtual = row->resident = row->shared = row->anon = row->swap = value;
	row->page_tables = value;
	if (needs & NEED_STATUS)
		*snapshot_status(read->snapshot, row) = value == 0 ? nothing : process_no_status;
}

void
process_set_sizes(struct process *row, const struct procfs_statm *statm)
{
	row->virtual = statm->virtual;
	row->resident = statm->resident;
	row->shared = statm->shared;
	row->anon = statm->resident - statm->shared;
}

static void
read_statm(struct process_read *read, const char *directory)
{
	char text[256];
	struct procfs_statm statm;

	if (read_file(read, directory, "statm", NEED_MEMORY, text, sizeof(text)) < 0)
		return;
	if (procfs_parse_statm(text, &statm) < 0) {
		note_failure(read, NEED_MEMORY, -EINVAL);
		return;
	}
	process_set_sizes(read->row, &statm);
}

static void
read_status(struct process_read *read, const char *directory, uint64_t needs)
{
	struct process *row = read->row;

	if (read_file(read, directory, "status", NEED_STATUS, read->text, PROCESS_TEXT_SIZE) < 0)
		return;
	procfs_fields(read->text, row_keys, ARRAY_SIZE(row_keys), row);
	if (row->virtual == UNKNOWN && procfs_field(read->text, "Threads") != UNKNOWN) {
		set_memory_fields(read, needs, 0);
		return;
	}
	if (needs & NEED_STATUS)
		procfs_fields(read->text, status_keys, ARRAY_SIZE(status_keys),
			snapshot_status(read->snapshot, row));
	row->shared = known_difference(row->resident, row->anon);
	if (row->shared == UNKNOWN)
		read_statm(read, directory); /* before Linux 4.5 */
}

uint64_t
process_files_sizes(uint64_t needs, bool swapless)
{
	return needs & (NEED_MEMORY | NEED_STATUS | (swapless ? 0 : NEED_SWAP));
}

/*
 * One of the two files is enough; statm is cheaper (T35). The RSS of stat will not do: since Linux
 * 6.2 it lacks pages that each CPU counts for itself, some hundred KiB.
 */
static void
read_memory(struct process_read *read, const char *directory, uint64_t sizes)
{
	set_memory_fields(read, sizes, UNKNOWN);
	if (sizes & (NEED_STATUS | NEED_SWAP))
		read_status(read, directory, sizes);
	else
		read_statm(read, directory);
}

static void
read_owner(struct process_read *read)
{
	struct stat status;

	if (fstatat(read->root, read->directory, &status, 0) < 0) {
		note_failure(read, NEED_OWNER, errno == ENOENT ? -ESRCH : -errno);
		read->row->uid = UNKNOWN;
		return;
	}
	read->row->uid = status.st_uid;
}

/* Reads a file with one number, perhaps negative. */
static int64_t
read_number(struct process_read *read, const char *name, uint64_t need)
{
	char text[32];
	int64_t number;

	if (read_file(read, read->directory, name, need, text, sizeof(text)) < 0)
		return UNKNOWN;
	number = procfs_signed_number(text);
	if (number == UNKNOWN)
		note_failure(read, need, -EINVAL);
	return number;
}

static void
read_pod(struct process_read *read, const struct container *container, struct process_place *place,
	const struct process_place *last, const char *name)
{
	struct arena *texts = &read->snapshot->texts;
	char uid[CONTAINER_TEXT_SIZE];

	if (!container->pod)
		return;
	container_pod_uid(container, uid);
	if (!name)
		name = container_names_find(read->names, uid, strlen(uid),
			container_user(container), read->snapshot->monotonic)
			       .pod;
	name = name ? name : uid;
	place->pod = arena_copy_new(texts, last->pod, name, strlen(name));
	place->pod_path = arena_copy_new(texts, last->pod_path, container->path,
		(size_t)(container->pod - container->path) + container->pod_length);
}

static void
read_container(struct process_read *read, const struct container *container,
	struct process_place *place, const struct process_place *last)
{
	struct arena *texts = &read->snapshot->texts;
	struct container_name names = { .name = NULL };
	bool is_inside = container->kind && !container->is_helper;

	if (is_inside && container->has_id)
		names = container_names_find(read->names, container->name, container->name_length,
			container_user(container), read->snapshot->monotonic);
	if (names.error < 0)
		note_failure(read, NEED_CONTAINER, names.error);
	if (is_inside) {
		char text[CONTAINER_TEXT_SIZE];
		const char *name = names.name ? names.name : text;

		container_name(container, text);
		place->container = arena_copy_new(texts, last->container, name, strlen(name));
		place->container_path = arena_copy_new(
			texts, last->container_path, container->path, container->end);
	}
	read_pod(read, container, place, last, names.pod);
}

/*
 * For a thread that has ended version 1 always shows "/" (kernel/cgroup/cgroup.c,
 * proc_cgroup_show): then a living thread is needed.
 */
static void
read_cgroup(struct process_read *read, const char *directory, bool lives, uint64_t needs)
{
	struct cgroup cgroup;
	struct arena *texts = &read->snapshot->texts;
	const struct process_place *last =
		read->row > read->snapshot->processes ? read->row[-1].place : &process_no_place;
	struct process_place place = *read->row->place;

	if (read_file(read, directory, "cgroup", needs, read->text, PROCESS_TEXT_SIZE) < 0)
		return;
	if (cgroup_parse(read->text, &cgroup) < 0) {
		note_failure(read, needs, -EINVAL);
		return;
	}
	if (needs & NEED_CONTAINER)
		read_container(read, &cgroup.container, &place, last);
	if (needs & NEED_CGROUP && (lives || !cgroup_says_nothing(&cgroup)))
		place.cgroup = cgroup_tree_name(
			read->cgroups, cgroup.path, cgroup.path_length, last->cgroup, texts);
	if (needs & NEED_CGROUP && cgroup.unit)
		place.unit = arena_copy_new(texts, last->unit, cgroup.unit, cgroup.unit_length);
	snapshot_set_place(read->snapshot, read->row, &place);
}

int
process_files_read_sizes(int root, const char *directory, struct procfs_statm *ret_statm)
{
	char path[PROCESS_PATH_SIZE + 8], text[256];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/statm", directory);
	length = procfs_read(root, path, text, sizeof(text));
	if (length == -ENOENT || length == -ESRCH)
		return 0;
	if (length < 0)
		return (int)length;
	return procfs_parse_statm(text, ret_statm) < 0 ? -EINVAL : ret_statm->virtual > 0;
}

/* Searches a part of the list of threads, as getdents64() writes it. */
static int
find_in_list(int root, const char *process, const char *list, size_t length,
	char directory[static PROCESS_PATH_SIZE])
{
	struct procfs_statm statm;
	int found = 0;

	for (const char *at = list; found == 0 && at < list + length;) {
		const struct dirent64 *entry = (const struct dirent64 *)(const void *)at;

		at += entry->d_reclen;
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, process) == 0)
			continue;
		snprintf(directory, PROCESS_PATH_SIZE, "%.16s/task/%.16s", process, entry->d_name);
		found = process_files_read_sizes(root, directory, &statm);
	}
	return found;
}

int
process_files_find_thread(int root, const char *process, char directory[static PROCESS_PATH_SIZE])
{
	char path[PROCESS_PATH_SIZE + 8], list[LIST_SIZE] __attribute__((aligned(8)));
	_cleanup_close_ int fd = -1;
	ssize_t length;

	snprintf(path, sizeof(path), "%.32s/task", process);
	fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (int i = 0; i < LIST_PARTS; i++) {
		int found;

		length = getdents64(fd, (void *)list, sizeof(list));
		if (length <= 0)
			return length < 0 ? -errno : 0;
		found = find_in_list(root, process, list, (size_t)length, directory);
		if (found != 0)
			return found;
	}
	return -EAGAIN;
}

static bool
has_ended(const struct process *row)
{
	return row->state && (*row->state == 'Z' || *row->state == 'X');
}

/* Reads RES as the OOM killer counts it: stat of a first thread that has ended shows 0. */
static void
read_oom_resident(struct process_read *read, const char *directory)
{
	char path[PROCESS_PATH_SIZE + 8], text[STAT_SIZE];
	struct procfs_stat stat;
	ssize_t length;

	snprintf(path, sizeof(path), "%s/stat", directory);
	length = procfs_read(read->root, path, text, sizeof(text));
	if (length > 0 && procfs_parse_stat(text, (size_t)length, &stat) == 0)
		read->row->oom_resident = stat.resident;
}

/*
 * Memory and control group are read from the first thread. If it has ended while others live (T26),
 * another thread is read.
 */
static void
read_of_living(struct process_read *read, uint64_t needs)
{
	char thread[PROCESS_PATH_SIZE];
	const char *directory = read->directory;
	uint64_t sizes = process_files_sizes(needs, read->swapless);
	int lives = !has_ended(read->row);

	if (!lives && read->row->threads > 1)
		lives = process_files_find_thread(read->root, read->directory, thread);
	if (lives > 0 && has_ended(read->row)) {
		directory = thread;
		if (!read->counts_exactly)
			read_oom_resident(read, directory);
	}
	if (sizes && (lives == 0 || read->row->is_kernel_thread))
		set_memory_fields(read, sizes, 0);
	else if (sizes && lives < 0)
		note_failure(read, NEED_MEMORY, lives);
	else if (sizes)
		read_memory(read, directory, sizes);
	if (needs & NEED_SWAP && read->swapless)
		read->row->swap = 0;
	if (needs & (NEED_CGROUP | NEED_CONTAINER))
		read_cgroup(read, directory, lives > 0, needs & (NEED_CGROUP | NEED_CONTAINER));
}

void
process_files_read(struct process_read *read, uint64_t needs)
{
	if (needs & (NEED_MEMORY_ANY | NEED_CGROUP | NEED_CONTAINER) || has_ended(read->row))
		read_of_living(read, needs);
	if (needs & NEED_OWNER)
		read_owner(read);
	if (needs & NEED_OOM_SCORE)
		read->row->oom_score = read_number(read, "oom_score", NEED_OOM_SCORE);
	if (needs & NEED_OOM_ADJ)
		read->row->oom_adj = read_number(read, "oom_score_adj", NEED_OOM_ADJ);
}

/* Skips blanks, then "unlimited" or a number. */
static int64_t
next_limit(const char **text)
{
	static const char unlimited[] = "unlimited";

	*text += strspn(*text, " ");
	if (strncmp(*text, unlimited, sizeof(unlimited) - 1) != 0)
		return procfs_number(text);
	*text += sizeof(unlimited) - 1;
	return UNLIMITED;
}

static enum limit_kind
kind_of(const char *line)
{
	int kind = 0;

	while (kind < LIMIT_KINDS && strncmp(line, limit_descriptions[kind].key,
					     strlen(limit_descriptions[kind].key)) != 0)
		kind++;
	return (enum limit_kind)kind;
}

void
limits_parse(const char *text, struct limit limits[static LIMIT_KINDS])
{
	for (const char *line = text; *line; line += *line == '\n') {
		enum limit_kind kind = kind_of(line);

		if (kind < LIMIT_KINDS) {
			line += strlen(limit_descriptions[kind].key);
			limits[kind].soft = next_limit(&line);
			limits[kind].hard = next_limit(&line);
		}
		line = strchrnul(line, '\n');
	}
}

int
limits_read(int root, int64_t pid, struct limit limits[static LIMIT_KINDS])
{
	char path[64], text[4096];
	ssize_t length;

	snprintf(path, sizeof(path), "%lld/limits", (long long)pid);
	length = procfs_read(root, path, text, sizeof(text));
	if (length < 0)
		return (int)length;
	limits_parse(text, limits);
	return 0;
}
