// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/process-cache.h"

#include "base/memory.h"
#include "collect/procfs.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void
row_copier_init(struct row_copier *copier)
{
	const struct table *table = &process_table;

	*copier = (struct row_copier){ .texts = xcalloc(table->column_count, sizeof(size_t)) };
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].unit == UNIT_TEXT && !table->columns[i].part &&
			table->columns[i].offset != offsetof(struct process, command))
			copier->texts[copier->text_count++] = table->columns[i].offset;
}

void
row_copier_finish(struct row_copier *copier)
{
	free(copier->texts);
}

const struct process *
cache_old_row(const struct pass *pass, const struct cached_process *cached)
{
	if (!pass->before || cached->row >= pass->before->process_count)
		return NULL;
	return &pass->before->processes[cached->row];
}

/* Reused values may be missing: repeats the gaps in each refresh. */
static void
repeat_gaps(struct process *row, const struct cached_process *cached, uint64_t needs)
{
	row->gaps.refused |= cached->refused & needs;
	row->gaps.absent |= cached->absent & needs;
}

/* Copies a text into its snapshot, or reuses the same text of the row before. */
static void
copy_text(struct snapshot *now, struct process *row, size_t offset, const char *text)
{
	const char **copy = (const char **)((char *)row + offset), *last = NULL;

	if (row > now->processes)
		last = *(const char **)((char *)(row - 1) + offset);
	*copy = text ? arena_copy_new(&now->texts, last, text, strlen(text)) : NULL;
}

/* Gives a copied row its own texts in its snapshot. */
static void
copy_texts(const struct row_copier *copier, struct snapshot *now, struct process *row)
{
	for (size_t i = 0; i < copier->text_count; i++) {
		size_t offset = copier->texts[i];

		copy_text(now, row, offset, *(const char **)((char *)row + offset));
	}
}

void
cache_reuse_pss(const struct pass *pass, struct process *row, const struct process *old)
{
	if (old->extras->rollup.time != UNKNOWN)
		snapshot_extras(pass->now, row)->rollup = old->extras->rollup;
}

static const char *
copy_command(const struct pass *pass, const char *text)
{
	return text ? snapshot_keep_command(pass->now, text, strlen(text)) : NULL;
}

struct process *
cache_reuse_row(
	const struct row_copier *copier, const struct pass *pass, struct cached_process *cached)
{
	const struct process *old = cache_old_row(pass, cached);
	struct process *row = snapshot_copy_process(pass->now, old);

	copy_texts(copier, pass->now, row);
	row->command = copy_command(pass, old->command);
	cache_reuse_pss(pass, row, old);
	repeat_gaps(row, cached, needs_of_process(pass->needs, cached->pid));
	cached->row = (uint32_t)(row - pass->now->processes);
	return row;
}

uint64_t
cache_reuse_names(const struct pass *pass, const struct cached_process *cached, struct process *row,
	const struct process *old, uint64_t needs)
{
	needs &= cached->read;
	repeat_gaps(row, cached, needs_of_process(pass->needs, cached->pid) & needs);
	if (needs & NEED_COMMAND)
		row->command = copy_command(pass, old->command);
	if (needs & NEED_CGROUP) {
		copy_text(pass->now, row, offsetof(struct process, cgroup), old->cgroup);
		copy_text(pass->now, row, offsetof(struct process, unit), old->unit);
	}
	return needs;
}

/*
 * Whether the only thread sleeps: if it has run since, its counts of context switches have changed.
 * status has no counts of other threads, so there must be none.
 */
static bool
is_asleep(const char *text)
{
	const char *state = strstr(text, "\nState:\t");
	const char *threads = state ? strstr(state, "\nThreads:\t1\n") : NULL;

	return threads && state[8] != 'R' && strstr(threads, "\nnonvoluntary_ctxt_switches:");
}

struct status_hash
status_hash_of(const char *text, size_t length)
{
	return (struct status_hash){ .hash = procfs_hash(text, length), .asleep = is_asleep(text) };
}

bool
status_hash_is_same(const struct status_hash *before, const char *text, size_t length)
{
	return before->hash != 0 && before->hash == procfs_hash(text, length);
}

enum { SPARE_DESCRIPTORS = 256 };

/*
 * Kernel memory for each descriptor, measured on Linux 6.18: 4.4 KiB for a file that is printed as
 * a whole (seq_file), 0.2 KiB for a number. So 17.5 MiB at most.
 */
static const struct {
	const char *name;
	int most;
} files[CACHED_FILES] = {
	[CACHED_STATUS] = { "status", 3584 },
	[CACHED_OOM_ADJ] = { "oom_score_adj", 12000 },
};

/* The hard limit, less some for everything else. */
static int
descriptor_budget(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur <= SPARE_DESCRIPTORS)
		return 0;
	return limit.rlim_cur > INT_MAX ? INT_MAX : (int)limit.rlim_cur - SPARE_DESCRIPTORS;
}

void
fd_cache_init(struct fd_cache *fd_cache, int root)
{
	*fd_cache = (struct fd_cache){ .root = root, .left_of_all = descriptor_budget() };
	for (int i = 0; i < CACHED_FILES; i++)
		fd_cache->left[i] = files[i].most;
}

static void
forget_one(struct fd_cache *fd_cache, struct cached_fds *fds, enum cached_file file)
{
	if (fds->fd[file] < 0)
		return;
	close(fds->fd[file]);
	fds->fd[file] = -1;
	fd_cache->left[file]++;
	fd_cache->left_of_all++;
}

static ssize_t
open_and_keep(struct fd_cache *fd_cache, struct cached_fds *fds, const char *path,
	enum cached_file file, char *text, size_t size)
{
	int fd = openat(fd_cache->root, path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = procfs_read_again(fd, text, size);
	if (length < 0) {
		close(fd);
		return length;
	}
	fds->fd[file] = fd;
	fd_cache->left[file]--;
	fd_cache->left_of_all--;
	return length;
}

ssize_t
fd_cache_read(struct fd_cache *fd_cache, struct cached_fds *fds, int64_t pid, enum cached_file file,
	char *text, size_t size)
{
	char path[48];

	if (fds->fd[file] >= 0) {
		ssize_t length = procfs_read_again(fds->fd[file], text, size);

		if (length < 0)
			forget_one(fd_cache, fds, file);
		return length;
	}
	snprintf(path, sizeof(path), "%lld/%s", (long long)pid, files[file].name);
	if (fd_cache->left[file] > 0 && fd_cache->left_of_all > 0)
		return open_and_keep(fd_cache, fds, path, file, text, size);
	return procfs_read(fd_cache->root, path, text, size);
}

bool
fd_cache_holds(const struct cached_fds *fds)
{
	for (int i = 0; i < CACHED_FILES; i++)
		if (fds->fd[i] >= 0)
			return true;
	return false;
}

void
fd_cache_forget(struct fd_cache *fd_cache, struct cached_fds *fds)
{
	for (int i = 0; i < CACHED_FILES; i++)
		forget_one(fd_cache, fds, i);
}
