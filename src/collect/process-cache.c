// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/process-cache.h"

#include "base/memory.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <string.h>

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

		if (is_cached && cached[old - 1].pid == pids[count - 1])
			count--;
		cached[--end] =
			is_cached ? cached[--old]
				  : (struct cached_process){ .pid = pids[--count], .row = NO_ROW };
	}
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

static void
copy_cgroup(struct snapshot *now, struct process *row, const struct process *old)
{
	const struct process *last = row > now->processes ? row - 1 : NULL;

	row->cgroup = copy_text(now, last ? last->cgroup : NULL, old->cgroup);
	row->unit = copy_text(now, last ? last->unit : NULL, old->unit);
}

struct process *
cache_reuse_row(const struct pass *pass, const struct cached_process *cached, uint64_t due)
{
	const struct process *old = cache_old_row(pass, cached);
	struct process *row = snapshot_copy_process(pass->now, old);
	uint64_t reused = needs_of_process(pass->needs, cached->pid) & ~due;

	row->command = row->cgroup = row->unit = NULL;
	row->protection = row->oom_group = NULL; /* found for each snapshot */
	row->comm = copy_text(pass->now, NULL, old->comm);
	if (!(due & NEED_CGROUP))
		copy_cgroup(pass->now, row, old);
	if (!(due & NEED_COMMAND) && old->command)
		row->command = snapshot_keep_command(pass->now, old->command, strlen(old->command));
	if (old->extras->rollup.time != UNKNOWN)
		snapshot_extras(pass->now, row)->rollup = old->extras->rollup;
	row->gaps.refused |= cached->refused & reused;
	row->gaps.absent |= cached->absent & reused;
	return row;
}
