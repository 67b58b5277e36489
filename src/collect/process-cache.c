// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/process-cache.h"

#include "model/needs.h"
#include "model/snapshot.h"

#include <string.h>

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

static const char *
copy_command(struct snapshot *now, const char *text)
{
	return text ? snapshot_keep_command(now, text, strlen(text)) : NULL;
}

static void
copy_pss(struct snapshot *now, struct process *row, const struct process *old)
{
	if (old->extras->rollup.time != UNKNOWN)
		snapshot_extras(now, row)->rollup = old->extras->rollup;
}

struct process *
cache_reuse_row(const struct pass *pass, struct cached_process *cached)
{
	const struct process *old = cache_old_row(pass, cached);
	struct process *row = snapshot_copy_process(pass->now, old);

	row->comm = copy_text(pass->now, NULL, old->comm);
	copy_cgroup(pass->now, row, old);
	row->command = copy_command(pass->now, old->command);
	copy_pss(pass->now, row, old);
	row->protection = row->oom_group = NULL; /* found for each snapshot */
	repeat_gaps(row, cached, needs_of_process(pass->needs, cached->pid));
	cached->row = (uint32_t)(row - pass->now->processes);
	return row;
}

uint64_t
cache_reuse_names(const struct pass *pass, const struct cached_process *cached, struct process *row,
	const struct process *old, uint64_t needs)
{
	needs &= cached->read;
	copy_pss(pass->now, row, old);
	repeat_gaps(row, cached, needs_of_process(pass->needs, cached->pid) & needs);
	if (needs & NEED_COMMAND)
		row->command = copy_command(pass->now, old->command);
	if (needs & NEED_CGROUP)
		copy_cgroup(pass->now, row, old);
	return needs;
}
