// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/recorded.h"

#include "base/macros.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "record/decoder.h"

#include <assert.h>

static const char process_columns[] =
	"pid,ppid,user,uid,state,nice,priority,threads,cputime,virt,res,shr,anon,file,shmem,swap,"
	"peak,data,code,lib,stack,locked,pte,hugetlb,pss,uss,swappss,pss_anon,pss_file,pss_shmem,"
	"blocked,oom,adj,oomres,oomgroup,minflt,majflt,grown,growth_1m,growth_10m,"
	"growth_1h,growth_trend,growth_verdict,vmof,cgroup,unit,container,container_path,"
	"pod,pod_path,comm,command";

static const char system_columns[] =
	"uptime,host,kernel,load,processes,total,used,free,shared,buffers,cache,buff_cache,"
	"available,low_total,low_used,low_free,high_total,high_used,high_free,swap_total,swap_used,"
	"swap_free,swap_cached,commit_limit,committed,page_cache,anon,slab_reclaimable,"
	"slab_unreclaimable,kernel_stack,page_tables,per_cpu,hugetlb,dirty,writeback,file_cache,"
	"kernel_memory,other,faults,major_faults,pages_swapped_in,pages_swapped_out,pages_scanned,"
	"pages_reclaimed,anon_refaults,oom_kills,last_kill,last_kill_comm,oom_asked,oom_scope,oom_"
	"limit,"
	"oom_headroom,oom_hidden,oom_total,own_cgroup,own_limit,own_limit_cgroup,own_headroom,"
	"oom_kill_allocating_task,panic_on_oom,psi_some_avg10,psi_some_avg60,psi_some_avg300,"
	"psi_some_total,psi_full_avg10,psi_full_avg60,psi_full_avg300,psi_full_total,"
	"nearest_cgroup,nearest_limit,headroom,verdict,verdict_now,since,use_growth,exhaustion,"
	"exhaustion_least,exhaustion_most,kills,who,who_pid,who_use,who_growth,self_cputime,"
	"self_res";

/* Fields of a process that no list shows. */
static const struct column process_more[] = {
	{ "start", .unit = UNIT_NUMBER, .offset = offsetof(struct process, start_time) },
	{ "memory_time", .unit = UNIT_TIME, .offset = offsetof(struct process, memory_time) },
	{ "pss_time", .unit = UNIT_TIME, .offset = offsetof(struct process_rollup, time),
		.part = &process_rollup_part },
};

static const struct column system_more[] = {
	{ "since_now", .unit = UNIT_TIME, .offset = offsetof(struct system, verdict.since_now) },
	{ "last_kill_doubt", .unit = UNIT_SPAN,
		.offset = offsetof(struct system, last_kill_doubt) },
};

#define CHARGE(unit, name)                                                                         \
	{                                                                                          \
#name, NULL, NULL, NULL, unit, 0, 0, offsetof(struct cgroup_charge, name)          \
	}

/* What is missing here follows from these: charge_complete(). */
static const struct column charge_more[] = {
	CHARGE(UNIT_TEXT, path),
	CHARGE(UNIT_ID, inode),
	CHARGE(UNIT_BYTES, current),
	CHARGE(UNIT_BYTES, workset),
	CHARGE(UNIT_BYTES, cache),
	CHARGE(UNIT_BYTES, anon),
	CHARGE(UNIT_BYTES, file),
	CHARGE(UNIT_BYTES, shmem),
	CHARGE(UNIT_BYTES, kernel),
	CHARGE(UNIT_BYTES, sock),
	CHARGE(UNIT_BYTES, zswap),
	CHARGE(UNIT_NUMBER, kernel_is_sum),
	CHARGE(UNIT_BYTES, swap),
	CHARGE(UNIT_BYTES, peak),
	CHARGE(UNIT_LIMIT, max),
	CHARGE(UNIT_LIMIT, high),
	CHARGE(UNIT_LIMIT, low),
	CHARGE(UNIT_LIMIT, min),
	CHARGE(UNIT_LIMIT, swap_max),
	CHARGE(UNIT_LIMIT, limit),
	CHARGE(UNIT_LIMIT, hierarchical),
	CHARGE(UNIT_NUMBER, high_events),
	CHARGE(UNIT_NUMBER, max_events),
	CHARGE(UNIT_NUMBER, ooms),
	CHARGE(UNIT_NUMBER, kills),
	CHARGE(UNIT_NUMBER, group_kills),
	CHARGE(UNIT_NUMBER, own_kills),
	CHARGE(UNIT_PERCENT, psi_some),
	CHARGE(UNIT_PERCENT, psi_full),
	CHARGE(UNIT_NUMBER, pids),
	CHARGE(UNIT_NUMBER, dying),
	CHARGE(UNIT_BYTES, removed),
};

static const struct column event_more[] = {
	{ "time", .unit = UNIT_TIME, .offset = offsetof(struct event, time) },
};

/* A further kind of rows is a further row here and in `places`. */
static const struct recorded_table tables[] = {
	{ &process_table, process_columns, process_more, ARRAY_SIZE(process_more), "pid,start",
		.kept = offsetof(struct process, is_kept), .summary = "res" },
	{ &system_table, system_columns, system_more, ARRAY_SIZE(system_more),
		.summary = "used,swap_used" },
	{ &budget_table, .key = "item,part" },
	{ &slab_table, .key = "name" },
	{ &event_table, NULL, event_more, ARRAY_SIZE(event_more), .is_event = true },
	{ &exit_table },
	{ &zone_table },
	{ &swap_table, .key = "path" },
	{ &node_table, .key = "node" },
	{ &reclaim_table, "group,counter,what,count", .key = "counter" },
	{ &charge_table, NULL, charge_more, ARRAY_SIZE(charge_more), "path,inode" },
};
static_assert(ARRAY_SIZE(tables) == RECORDED_TABLES, "as many as the header says");

const struct recorded snapshot_recorded = { tables, RECORDED_TABLES };

static uint64_t
needs_of_table(const struct recorded_table *recorded)
{
	struct selection columns = { .table = recorded->table };
	uint64_t needs = recorded->table == &charge_table ? CHARGE_NEEDS : 0;
	size_t position;

	if (recorded->columns)
		selection_parse(&columns, recorded->columns, &position);
	for (size_t i = 0; !recorded->columns && i < columns.table->column_count; i++)
		needs |= columns.table->columns[i].need;
	needs |= selection_needs(&columns);
	selection_finish(&columns);
	return needs;
}

void
snapshot_needs_of_tables(uint64_t ret_needs[static RECORDED_TABLES])
{
	for (size_t i = 0; i < RECORDED_TABLES; i++)
		ret_needs[i] = needs_of_table(&tables[i]);
}

uint64_t
snapshot_recorded_needs(void)
{
	uint64_t of_tables[RECORDED_TABLES], needs = 0;

	snapshot_needs_of_tables(of_tables);
	for (size_t i = 0; i < RECORDED_TABLES; i++)
		needs |= of_tables[i];
	return needs;
}

static void *
add_process(struct snapshot *snapshot)
{
	struct process *process = snapshot_add_process(snapshot);

	process->look_time = snapshot->monotonic;
	process->asked = UINT32_MAX; /* what is not there will never be */
	return process;
}

static void *
add_system(struct snapshot *snapshot)
{
	return &snapshot->system;
}

static void *
add_charge(struct snapshot *snapshot)
{
	return charge_add(&snapshot->charges);
}

/* Where the rows of a table are: `rows` of the snapshot (0: elsewhere), and what makes one. */
static const struct {
	size_t rows;
	void *(*add)(struct snapshot *snapshot);
} places[RECORDED_TABLES] = {
	{ 0, add_process },
	{ 0, add_system },
	{ offsetof(struct snapshot, budget), NULL },
	{ offsetof(struct snapshot, kernel[KERNEL_SLABS]), NULL },
	{ offsetof(struct snapshot, events), NULL },
	{ offsetof(struct snapshot, exits), NULL },
	{ offsetof(struct snapshot, kernel[KERNEL_ZONES]), NULL },
	{ offsetof(struct snapshot, kernel[KERNEL_SWAPS]), NULL },
	{ offsetof(struct snapshot, kernel[KERNEL_NODES]), NULL },
	{ offsetof(struct snapshot, kernel[KERNEL_RECLAIM]), NULL },
	{ offsetof(struct snapshot, charges), add_charge },
};

void
snapshot_to_samples(
	const struct snapshot *snapshot, struct sample_rows ret_samples[static RECORDED_TABLES])
{
	for (size_t i = 0; i < RECORDED_TABLES; i++) {
		const struct rows *rows = (const void *)((const char *)snapshot + places[i].rows);

		if (places[i].rows)
			ret_samples[i] = (struct sample_rows){ rows->data, rows->count };
	}
	ret_samples[0] = (struct sample_rows){ snapshot->processes, snapshot->process_count };
	ret_samples[1] = (struct sample_rows){ &snapshot->system, 1 };
}

struct addition {
	struct snapshot *snapshot;
	void *(*add)(struct snapshot *snapshot);
};

static void *
add_row(void *context)
{
	const struct addition *addition = context;

	return addition->add(addition->snapshot);
}

/*
 * kthreadd has the PID 2 and starts all others, which have no address space. In a container another
 * process may have that PID, but not without memory, unless it has ended.
 */
static void
mark_kernel_threads(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->process_count; i++) {
		struct process *process = &snapshot->processes[i];

		process->is_kernel_thread = process->virtual == 0 &&
					    (process->pid == 2 || process->parent == 2);
	}
}

/* Others are looked up by these texts, which each row has, but not each file. */
static void
drop_unnamed(struct rows *budget)
{
	size_t count = 0;

	for (size_t i = 0; i < budget->count; i++)
		if (budget_at(budget, i)->item && budget_at(budget, i)->name)
			*budget_at(budget, count++) = *budget_at(budget, i);
	budget->count = count;
}

void
snapshot_from_sample(struct snapshot *snapshot, struct decoder *decoder)
{
	for (size_t i = 0; i < RECORDED_TABLES; i++) {
		struct addition addition = { snapshot, places[i].add };

		if (places[i].add)
			decoder_fill(decoder, i, add_row, &addition, &snapshot->texts);
		else
			decoder_add_rows(decoder, i,
				(struct rows *)(void *)((char *)snapshot + places[i].rows),
				&snapshot->texts);
	}
	mark_kernel_threads(snapshot);
	drop_unnamed(&snapshot->budget);
	charge_complete(&snapshot->charges);
}
