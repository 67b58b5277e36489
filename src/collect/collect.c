// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/collect.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/budget.h"
#include "collect/cgroup-tree.h"
#include "collect/cgroups.h"
#include "collect/exits.h"
#include "collect/kernel-log.h"
#include "collect/kernel-tables.h"
#include "collect/last-kill.h"
#include "collect/nearest-limit.h"
#include "collect/oom-scope.h"
#include "collect/oom-watch.h"
#include "collect/process-files.h"
#include "collect/processes.h"
#include "collect/procfs.h"
#include "collect/slab.h"
#include "collect/smaps.h"
#include "collect/system.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Shared space for readers without their own. */
union text {
	char vmstat[VMSTAT_SIZE];
	char swaps[SWAPS_LINE_SIZE];
};

struct collector {
	struct source source;
	int root;
	struct system_reader *system;
	struct cgroup_tree *cgroups;
	struct processes *processes;
	struct oom_scope *scope;
	struct nearest_limit_reader *limits;
	struct cgroups_reader *charges;
	struct oom_watch *watch;
	struct last_kill last_kill;
	struct budget_reader *budget;
	struct slab_reader *slab;
	bool slabs_by_turns; /* of the current reading */
	struct exits *exits;
	union text *text;
};

static int
read_host(struct collector *collector, struct snapshot *now)
{
	struct utsname names;
	bool is_copy;
	int error;

	if (uname(&names) == 0) {
		now->system.host = arena_text(&now->texts, names.nodename);
		now->system.kernel = arena_text(&now->texts, names.release);
	}
	load_read(collector->root, &now->system);
	error = system_read_uptime(&now->system, &is_copy);
	if (error == 0 && is_copy && !now->only_missing)
		now->start_clock = now->system.uptime;
	return error;
}

static int
read_meminfo(struct collector *collector, struct snapshot *now)
{
	int error = system_read_meminfo(collector->system, &now->system);

	if (error > 0)
		snapshot_add_hint(now, NEED_MEMINFO, -ERANGE, 0);
	return error;
}

static int
read_vmstat(struct collector *collector, struct snapshot *now)
{
	return system_read_vmstat(collector->system, collector->root, &now->system);
}

static int
read_pressure(struct collector *collector, struct snapshot *now)
{
	return pressure_read(collector->root, &now->system);
}

static int
read_limit(struct collector *collector, struct snapshot *now)
{
	return nearest_limit_read(collector->limits, now);
}

static int
read_own_limit(struct collector *collector, struct snapshot *now)
{
	return oom_scope_read_own(collector->scope, now);
}

static int
read_budget(struct collector *collector, struct snapshot *now)
{
	return budget_read(collector->budget, now);
}

static int
read_slabs(struct collector *collector, struct snapshot *now)
{
	return slab_read(collector->slab, now, collector->slabs_by_turns);
}

static int
read_exits(struct collector *collector, struct snapshot *now)
{
	exits_read(collector->exits, now);
	return 0;
}

static int
read_zones(struct collector *collector, struct snapshot *now)
{
	return zones_read(collector->root, now);
}

static int
read_reclaim(struct collector *collector, struct snapshot *now)
{
	return reclaim_read(collector->root, collector->text->vmstat, now);
}

static int
read_swaps(struct collector *collector, struct snapshot *now)
{
	return swaps_read(collector->root, collector->text->swaps, now);
}

static int
read_nodes(struct collector *collector, struct snapshot *now)
{
	return nodes_read("/sys/devices/system/node", now);
}

static int
read_self(struct collector *collector, struct snapshot *now)
{
	self_read(collector->root, &now->system);
	return 0;
}

/*
 * The readers of totals, in their order: NEED_SELF is first, to measure up to the snapshot's time,
 * and the budget uses the slab caches.
 */
static const struct {
	uint64_t need;
	int (*read)(struct collector *collector, struct snapshot *now);
} readers[] = {
	{ NEED_SELF, read_self },
	{ NEED_HOST, read_host },
	{ NEED_MEMINFO, read_meminfo },
	{ NEED_VMSTAT, read_vmstat },
	{ NEED_PRESSURE, read_pressure },
	{ NEED_SLABS, read_slabs },
	{ NEED_ZONES, read_zones },
	{ NEED_RECLAIM, read_reclaim },
	{ NEED_SWAPS, read_swaps },
	{ NEED_NODES, read_nodes },
	{ NEED_BUDGET, read_budget },
	{ NEED_LIMIT, read_limit },
	{ NEED_OWN_LIMIT, read_own_limit },
	{ NEED_EXITS, read_exits },
};

/*
 * Without swap VmSwap is 0 for all, and status need not be read for it. sysinfo(2) is checked too:
 * a container's /proc/meminfo may hide the host's swap.
 */
static bool
is_swapless(const struct snapshot *now)
{
	struct sysinfo info;

	return now->system.swap_total == 0 && sysinfo(&info) == 0 && info.totalswap == 0;
}

/* With hidepid other users' processes are not even listed, and no call fails (T31). */
static bool
has_hidden_processes(const struct collector *collector)
{
	return faccessat(collector->root, "1", F_OK, 0) < 0 && errno == ENOENT;
}

/* If a process's first thread has ended, another thread has the mappings (T26). */
static int
read_mappings_of(struct collector *collector, struct snapshot *now, int64_t pid)
{
	bool by_segment = !(now->focus_bits & NEED_EACH_MAPPING);
	char process[PROCESS_PATH_SIZE], thread[PROCESS_PATH_SIZE];
	int error;

	snprintf(process, sizeof(process), "%lld", (long long)pid);
	error = smaps_read(collector->root, process, &now->mappings, &now->texts, by_segment);
	if (now->mappings.count > 0 || (error < 0 && error != -ESRCH) ||
		process_files_find_thread(collector->root, process, thread) <= 0)
		return error;
	return smaps_read(collector->root, thread, &now->mappings, &now->texts, by_segment);
}

static void
read_mappings(struct collector *collector, struct snapshot *now, int64_t pid)
{
	const struct process *process = snapshot_find_process(now, pid);
	int error;

	if (!process || process->is_kernel_thread)
		return;
	now->mappings_of = pid;
	/* Mappings need the same lock that another file of this process waits for (T17). */
	error = process->extras->blocked ? -ETIMEDOUT : read_mappings_of(collector, now, pid);
	if (error < 0)
		snapshot_add_hint(now, NEED_MAPPINGS, error == -ENODATA ? -ENOENT : error, 1);
}

static void
read_limits(struct collector *collector, struct snapshot *now, int64_t pid)
{
	const struct process *process = snapshot_find_process(now, pid);
	int error = limits_read(collector->root, pid, now->limits);

	if (error < 0 && error != -ESRCH && error != -ENOENT)
		snapshot_add_hint(now, NEED_LIMITS, error, 1);
	if (process && process->place->cgroup && *process->place->cgroup == '/')
		oom_scope_find_limit(
			collector->scope, process->place->cgroup, now, &now->focus_limit);
}

/* The limits of the groups that are asked for by name or path. */
static void
read_named_limits(struct collector *collector, struct snapshot *now, const struct needs *needs)
{
	_cleanup_free_ struct named_limit *limits = xcalloc(needs->group_count, sizeof(limits[0]));

	for (size_t i = 0; i < needs->group_count; i++) {
		const char *asked = needs->groups[i];
		const char *path =
			strchr(asked, '/')
				? cgroup_tree_find(collector->cgroups, asked, &now->texts)
				: nearest_limit_path(collector->limits, asked, &now->texts);

		limits[i].is_there = path && oom_scope_find_limit(collector->scope, path, now,
						     &limits[i].limit) == 0;
	}
	now->named_limits =
		arena_store(&now->texts, limits, needs->group_count * sizeof(limits[0]));
}

static int
read_processes(struct collector *collector, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	int error = processes_read(collector->processes, now, before, needs, is_swapless(now));

	if (error < 0)
		return error;
	if (has_hidden_processes(collector))
		snapshot_add_hint(now, NEED_PROCESSES, -EACCES, 0);
	if (needs->focus && needs->focus_bits & NEED_LIMITS)
		read_limits(collector, now, needs->focus);
	if (needs->focus && needs->focus_bits & NEED_MAPPINGS)
		read_mappings(collector, now, needs->focus);
	if (needs->bits & NEED_OOM_GROUP)
		oom_scope_find_groups(collector->scope, now);
	return 0;
}

static void
read_scope(struct collector *collector, struct snapshot *now, const struct needs *needs)
{
	int error = oom_scope_read(collector->scope, needs->scope, now);

	if (error < 0)
		snapshot_add_hint(now, NEED_OOM, error, 0);
}

static void
read_charges(struct collector *collector, struct snapshot *now, const char *only)
{
	const char *path = only;
	int error;

	if (only)
		path = *only ? cgroup_tree_find(collector->cgroups, only, &now->texts)
			     : oom_scope_own_cgroup(collector->scope, &now->texts);
	error = only && !path ? -ENOENT
		: path        ? cgroups_read_one(collector->charges, path, now)
			      : cgroups_read(collector->charges, now);
	if (error < 0)
		snapshot_add_hint(now, NEED_CHARGE, error, 0);
}

static int
collect_read(struct source *source, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	struct collector *collector = (struct collector *)source;
	struct needs all = *needs;
	int error = 0;

	all.only_missing = needs->only_missing && before;
	all.rows_only = needs->rows_only && all.only_missing;
	if (all.bits & NEED_EVENTS)
		all.bits |= NEED_VMSTAT | NEED_PROCESSES;
	if (all.bits & NEED_INCIDENTS)
		all.bits |= NEED_VMSTAT;
	if (all.bits & NEED_BUDGET)
		all.bits |= NEED_SLABS;
	if (needs->scope)
		all.bits |= NEED_OOM | NEED_CGROUP;
	if (all.bits & CHARGE_NEEDS)
		all.bits |= NEED_CHARGE;
	if (all.bits & NEED_VERDICT)
		all.bits |= VERDICT_NEEDS;
	if (all.bits & NEED_OOM && !needs->scope)
		all.bits |= NEED_OWN_LIMIT;
	if (all.bits & (NEED_SWAP | NEED_OOM | NEED_LIMIT | NEED_OWN_LIMIT))
		all.bits |= NEED_MEMINFO;
	snapshot_reset(now);
	now->bits = all.bits;
	now->focus = all.focus;
	now->focus_start = all.focus_start;
	now->focus_bits = all.focus_bits;
	now->exact = all.exact;
	now->only_missing = all.only_missing;
	now->sizes_only = all.sizes_only;
	now->time = now->only_missing ? before->time : clock_ns(CLOCK_REALTIME);
	now->monotonic =
		now->only_missing && !all.rows_only ? before->monotonic : clock_ns(CLOCK_BOOTTIME);
	now->start_clock = now->only_missing ? before->start_clock : now->monotonic;
	if (all.rows_only) {
		now->system = before->system;
		return processes_read(collector->processes, now, before, &all, is_swapless(now));
	}
	collector->slabs_by_turns = all.slabs_by_turns;
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		int failure = all.bits & readers[i].need ? readers[i].read(collector, now) : 0;

		if (failure < 0)
			snapshot_add_hint(now, readers[i].need, failure, 0);
	}
	if (all.bits & NEED_CHARGE)
		read_charges(collector, now, needs->charge_of);
	else if (!all.only_missing)
		cgroups_close(collector->charges);
	if (all.bits & NEED_OOM)
		read_scope(collector, now, needs);
	if (all.bits & NEED_PROCESSES)
		error = read_processes(collector, now, before, &all);
	if (needs->group_count > 0)
		read_named_limits(collector, now, needs);
	if (error == 0 && all.bits & NEED_EVENTS)
		oom_watch_read(collector->watch, now, before);
	if (all.bits & NEED_VMSTAT)
		last_kill_read(&collector->last_kill, now);
	if (all.bits & NEED_INCIDENTS)
		last_kill_list(&collector->last_kill, now);
	memory_trim();
	return error;
}

static void
collect_destroy(struct source *source)
{
	struct collector *collector = (struct collector *)source;

	if (!collector)
		return;
	oom_watch_destroy(collector->watch);
	last_kill_finish(&collector->last_kill);
	processes_destroy(collector->processes);
	oom_scope_destroy(collector->scope);
	nearest_limit_destroy(collector->limits);
	cgroups_destroy(collector->charges);
	cgroup_tree_destroy(collector->cgroups);
	budget_reader_destroy(collector->budget);
	slab_reader_destroy(collector->slab);
	exits_destroy(collector->exits);
	system_reader_destroy(collector->system);
	free(collector->text);
	close(collector->root);
	free(collector);
}

int
collect_create(const char *root, struct source **ret_source)
{
	struct collector *collector;
	struct cgroup_tree *cgroups;
	int fd = procfs_open_root(root ? root : "/proc");
	const struct oom_watch_places places = {
		.root = fd, .log = kernel_log_device, .cgroups = "/sys/fs/cgroup", .trace = true
	};

	if (fd < 0)
		return fd;
	collector = xmalloc(sizeof(*collector));
	cgroups = cgroup_tree_create(fd);
	*collector = (struct collector){
		.source = { .read = collect_read, .destroy = collect_destroy },
		.root = fd,
		.system = system_reader_create(),
		.cgroups = cgroups,
		.processes = processes_create(fd, cgroups, root ? root : "/"),
		.scope = oom_scope_create(fd, cgroups),
		.limits = nearest_limit_create(fd, cgroups),
		.charges = cgroups_create(cgroups),
		.watch = oom_watch_create(&places),
		.budget = budget_reader_create(fd),
		.slab = slab_reader_create(),
		.exits = exits_create(),
		.text = xmalloc(sizeof(union text)),
	};
	last_kill_init(&collector->last_kill, kernel_log_device);
	*ret_source = &collector->source;
	return 0;
}
