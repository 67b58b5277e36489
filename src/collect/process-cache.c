// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/process-cache.h"

#include "base/memory.h"
#include "base/sort.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void
process_cache_drop_gone(struct process_cache *cache, const int64_t *pids, size_t count)
{
	struct cached_process *cached = cache->list;
	size_t left = 0, match = 0;

	for (size_t i = 0; i < cache->count; i++) {
		while (match < count && pids[match] < cached[i].pid)
			match++;
		if (match < count && pids[match] == cached[i].pid)
			cached[left++] = cached[i];
	}
	cache->count = left;
	cache->list = array_fit(cached, &cache->capacity, left, sizeof(cached[0]));
}

static size_t
count_new(const struct process_cache *cache, const int64_t *pids, size_t count)
{
	size_t new = 0, match = 0;

	for (size_t i = 0; i < count; i++) {
		while (match < cache->count && cache->list[match].pid < pids[i])
			match++;
		new += match == cache->count || cache->list[match].pid != pids[i];
	}
	return new;
}

/* Begins at the end, so that each moves once. */
void
process_cache_add_new(struct process_cache *cache, const int64_t *pids, size_t count)
{
	size_t old = cache->count, end = old + count_new(cache, pids, count);
	struct cached_process *cached;

	cached = cache->list = array_reserve(cache->list, &cache->capacity, end, sizeof(cached[0]));
	cache->count = end;
	while (count > 0) {
		bool is_cached = old > 0 && cached[old - 1].pid >= pids[count - 1];

		if (is_cached && cached[old - 1].pid == pids[count - 1]) {
			cached[old - 1].is_doubtful = true;
			count--;
		}
		cached[--end] =
			is_cached ? cached[--old]
				  : (struct cached_process){ .pid = pids[--count], .row = NO_ROW };
	}
}

struct cached_process *
process_cache_find(const struct process_cache *cache, int64_t pid)
{
	/* the PID is the first member */
	return bsearch(&pid, cache->list, cache->count, sizeof(cache->list[0]), compare_int64);
}

const struct process *
cache_old_row(const struct pass *pass, const struct cached_process *cached)
{
	if (!pass->before || cached->row >= pass->before->process_count)
		return NULL;
	return &pass->before->processes[cached->row];
}

/* Copies a text into its snapshot; neighbours often have the same. */
static const char *
copy_text(struct snapshot *now, const char *last, const char *text)
{
	return text ? arena_copy_new(&now->texts, last, text, strlen(text)) : NULL;
}

/* The texts about the cgroup, unless they are due. */
static void
copy_cgroup(struct snapshot *now, struct process_place *place, const struct process_place *last,
	const struct process_place *old)
{
	place->cgroup = copy_text(now, last->cgroup, old->cgroup);
	place->unit = copy_text(now, last->unit, old->unit);
}

static void
copy_container(struct snapshot *now, struct process_place *place, const struct process_place *last,
	const struct process_place *old)
{
	place->container = copy_text(now, last->container, old->container);
	place->container_path = copy_text(now, last->container_path, old->container_path);
	place->pod = copy_text(now, last->pod, old->pod);
	place->pod_path = copy_text(now, last->pod_path, old->pod_path);
}

/* `kept`: NEED_CGROUP, NEED_CONTAINER or both. */
static void
copy_place(struct snapshot *now, struct process *row, const struct process *old, uint64_t kept)
{
	const struct process_place *last = row > now->processes ? row[-1].place : &process_no_place;
	struct process_place place = process_no_place;

	if (kept & NEED_CGROUP)
		copy_cgroup(now, &place, last, old->place);
	if (kept & NEED_CONTAINER)
		copy_container(now, &place, last, old->place);
	snapshot_set_place(now, row, &place);
}

/* The same texts, but what is due. */
static void
share_place(struct snapshot *now, struct process *row, const struct process *old, uint64_t due)
{
	struct process_place place = *old->place;

	if (due & NEED_CGROUP)
		place.cgroup = place.unit = NULL;
	if (due & NEED_CONTAINER)
		place.container = place.container_path = place.pod = place.pod_path = NULL;
	snapshot_set_place(now, row, &place);
}

/* For rows that return to the snapshot of the old ones: all of these stays but what is due. */
static struct process *
copy_row_whole(const struct pass *pass, const struct process *old, uint64_t due)
{
	struct process *row = snapshot_copy_process(pass->now, old, NEED_STATUS);
	struct process_extras *extras;

	if (due & NEED_COMMAND)
		row->command = NULL;
	if (due & (NEED_CGROUP | NEED_CONTAINER))
		share_place(pass->now, row, old, due);
	row->rollup = old->rollup;
	row->extras = old->extras;
	row_keep_part(row, &process_rollup_part, &pass->now->texts);
	row_keep_part(row, &process_extras_part, &pass->now->texts);
	if (row->extras == &process_no_extras)
		return row;
	extras = snapshot_extras(pass->now, row);
	extras->gaps.refused &= (uint32_t)~due;
	extras->gaps.absent &= (uint32_t)~due;
	extras->gaps.silent &= (uint32_t)~due;
	extras->gaps.failed &= (uint32_t)~due;
	return row;
}

struct process *
cache_reuse_row(const struct pass *pass, const struct cached_process *cached, uint64_t due)
{
	const struct process *old = cache_old_row(pass, cached);
	struct process *row;
	uint64_t needs = needs_of_process(pass->needs, cached->pid), reused = needs & ~due;

	if (pass->needs->rows_only)
		return copy_row_whole(pass, old, due);
	row = snapshot_copy_process(pass->now, old, needs);
	row->command = NULL;
	row->comm = copy_text(pass->now, snapshot_last_comm(pass->now, row), old->comm);
	copy_place(pass->now, row, old, (~due & NEED_CGROUP) | (reused & NEED_CONTAINER));
	if (!(due & NEED_COMMAND) && old->command)
		row->command = snapshot_keep_command(pass->now, old->command, strlen(old->command));
	if (cached->refused & reused)
		snapshot_note_gap(pass->now, row, cached->refused & reused, -EACCES);
	if (cached->absent & reused)
		snapshot_note_gap(pass->now, row, cached->absent & reused, -ENOENT);
	return row;
}

static bool
same_address_space(int64_t a, int64_t b)
{
	return syscall(SYS_kcmp, (pid_t)a, (pid_t)b, KCMP_VM, 0, 0) == 0;
}

/* The parent whose address space a process shares, or UNKNOWN. `parent`: NULL if it is not known.
 */
static int64_t
sharing_owner(const struct process *process, const struct cached_process *cached,
	const struct cached_process *parent)
{
	if (process->virtual <= 0 || process->parent <= 0)
		return UNKNOWN;
	if (parent && (parent->start_stack <= 0 || parent->start_stack != cached->start_stack))
		return UNKNOWN;
	return same_address_space(process->pid, process->parent) ? process->parent : UNKNOWN;
}

void
process_cache_find_sharing(struct process_cache *cache, struct snapshot *now)
{
	struct cached_process *cached = cache->list;

	for (size_t i = 0; i < now->process_count; i++) {
		struct process *process = &now->processes[i];
		const struct process *row;
		struct cached_process *parent;
		int64_t owner;

		if (!cached[i].is_fresh)
			continue;
		row = snapshot_find_process(now, process->parent);
		parent = row ? &cached[row - now->processes] : NULL;
		owner = sharing_owner(process, &cached[i], parent);
		if (owner != process->extras->memory_of)
			snapshot_extras(now, process)->memory_of = owner;
		if (owner == UNKNOWN)
			continue;
		cached[i].is_shared = true;
		if (parent)
			parent->is_shared = true;
	}
}
