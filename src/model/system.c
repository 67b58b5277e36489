// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/system.h"

#include "base/macros.h"
#include "model/needs.h"

#include <stdio.h>

#define FIELD(name) offsetof(struct system, name)

/* clang-format off */
static const struct column columns[] = {
	{ "uptime", "up", NULL, "Time since boot.", UNIT_SPAN, 7, NEED_HOST, FIELD(uptime),
		.source = "/proc/uptime" },
	{ "host", "host", NULL, "The host's name.", UNIT_TEXT, 12, NEED_HOST, FIELD(host),
		.source = "uname()" },
	{ "kernel", "kernel", NULL, "The kernel's release, as uname -r prints it.", UNIT_TEXT, 12, NEED_HOST, FIELD(kernel),
		.source = "uname()" },
	{ "load", "load", NULL, "Load average of the last minute: tasks that run or wait for a CPU or a disk.", UNIT_RATE, 5, NEED_HOST, FIELD(load),
		.source = "/proc/loadavg: field 1",
		.misread = "Tasks that wait for a disk, as for swap, are in it: a high load may be a lack of memory." },
	{ "processes", "processes", NULL, "Processes in this refresh, without threads.", UNIT_NUMBER, 5, NEED_PROCESSES, FIELD(process_count),
		.source = "folders of /proc with a number" },
	{ "total", "total", NULL, "Usable memory (MemTotal): the machine's memory without what firmware and the kernel image keep.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(total),
		.source = "/proc/meminfo: MemTotal",
		.misread = "Less than what is installed: firmware and the kernel keep a part." },
	{ "used", "used", NULL, "total - available, as free of procps-ng 4 computes it.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(used), .whole = FIELD(total),
		.source = "/proc/meminfo: MemTotal, MemAvailable", .formula = "{total} - {available}",
		.misread = "Others call something else used: free before 4.0.1 and htop {=total-free-buff_cache,total-free}, free before 3.3.10 {=total-free}. Where MemAvailable is missing or above MemTotal, as in some containers, free takes MemFree in its place." },
	{ "free", "free", NULL, "Memory that is not used at all (MemFree).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(free), .whole = FIELD(total),
		.source = "/proc/meminfo: MemFree",
		.misread = "A small value is normal: memory that programs do not need is used as cache. See available." },
	{ "shared", "shared", NULL, "tmpfs, shared anonymous and System V memory (Shmem): the part of cache that cannot be dropped.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(shared), .whole = FIELD(total),
		.source = "/proc/meminfo: Shmem",
		.misread = "free counts it in buff/cache, but it cannot be dropped: it is freed only by deleting it, or goes to swap." },
	{ "buffers", "buffers", NULL, "Cached blocks of block devices (Buffers).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(buffers),
		.source = "/proc/meminfo: Buffers",
		.misread = "Not buffers of programs: these are blocks of devices, mostly file system metadata." },
	{ "cache", "cache", NULL, "Page cache and reclaimable slab (Cached + SReclaimable). Includes shared.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(cache),
		.source = "/proc/meminfo: Cached, SReclaimable", .formula = "{page_cache} + {slab_reclaimable}",
		.misread = "Not all of it can be dropped: it includes tmpfs and shared memory ({shared})." },
	{ "buff_cache", "buff/cache", NULL, "buffers + cache.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(buff_cache), .whole = FIELD(total),
		.source = "/proc/meminfo: Buffers, Cached, SReclaimable", .formula = "{buffers} + {cache}",
		.misread = "used + free + buff/cache is not total: most of buff/cache also counts as available." },
	{ "available", "available", NULL, "The kernel's estimate of the memory that new programs can use without swapping (MemAvailable).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(available), .whole = FIELD(total),
		.source = "/proc/meminfo: MemAvailable",
		.misread = "An estimate, not a sum: free memory and the part of the cache that can be dropped without harm. Limits of cgroups are not considered." },
	{ "low_total", "low total", NULL, "Low memory of 32-bit kernels (LowTotal). All memory on other kernels.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(low_total),
		.source = "/proc/meminfo: LowTotal" },
	{ "low_used", "low used", NULL, "low_total - low_free.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(low_used),
		.source = "/proc/meminfo: LowTotal, LowFree", .formula = "{low_total} - {low_free}" },
	{ "low_free", "low free", NULL, "Free low memory (LowFree).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(low_free),
		.source = "/proc/meminfo: LowFree" },
	{ "high_total", "high total", NULL, "High memory of 32-bit kernels (HighTotal).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(high_total),
		.source = "/proc/meminfo: HighTotal" },
	{ "high_used", "high used", NULL, "high_total - high_free.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(high_used),
		.source = "/proc/meminfo: HighTotal, HighFree", .formula = "{high_total} - {high_free}" },
	{ "high_free", "high free", NULL, "Free high memory (HighFree).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(high_free),
		.source = "/proc/meminfo: HighFree" },
	{ "swap_total", "swap total", NULL, "Swap space (SwapTotal).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(swap_total),
		.source = "/proc/meminfo: SwapTotal" },
	{ "swap_used", "swap used", NULL, "swap_total - swap_free. Pages that are also in memory (swap_cached) count.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(swap_used), .whole = FIELD(swap_total),
		.source = "/proc/meminfo: SwapTotal, SwapFree", .formula = "{swap_total} - {swap_free}",
		.misread = "Used swap is not a shortage: pages that nobody needs can stay there for weeks. Look at in/s and out/s." },
	{ "swap_free", "swap free", NULL, "Unused swap space (SwapFree).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(swap_free), .whole = FIELD(swap_total),
		.source = "/proc/meminfo: SwapFree" },
	{ "swap_cached", "swap cached", NULL, "Pages that are in swap and in memory at once (SwapCached).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(swap_cached),
		.source = "/proc/meminfo: SwapCached",
		.misread = "It counts both in memory and in swap: a sum of the two counts it twice." },
	{ "commit_limit", "commit limit", NULL, "How much memory may be promised under strict overcommit (CommitLimit).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(commit_limit),
		.source = "/proc/meminfo: CommitLimit",
		.misread = "It is a limit only if vm.overcommit_memory is 2." },
	{ "committed", "committed", NULL, "How much memory has been promised to processes (Committed_AS).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(committed),
		.source = "/proc/meminfo: Committed_AS",
		.misread = "Promised, not used: it can exceed all memory without any trouble." },
	{ "page_cache", "page cache", NULL, "Cached file pages and tmpfs (Cached).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(page_cache),
		.source = "/proc/meminfo: Cached",
		.misread = "It includes tmpfs and shared memory ({shared}), which cannot be dropped." },
	{ "anon", "anon", NULL, "Anonymous memory of processes (AnonPages).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(anon), .whole = FIELD(total),
		.source = "/proc/meminfo: AnonPages",
		.misread = "Without swap none of it can be reclaimed, except pages marked with MADV_FREE." },
	{ "slab_reclaimable", "slab rec", NULL, "Kernel objects that can be dropped, such as dentries (SReclaimable).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(slab_reclaimable),
		.source = "/proc/meminfo: SReclaimable",
		.misread = "It can be dropped, but slowly, and only objects that are not in use." },
	{ "slab_unreclaimable", "slab unrec", NULL, "Kernel objects that cannot be dropped (SUnreclaim).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(slab_unreclaimable),
		.source = "/proc/meminfo: SUnreclaim" },
	{ "kernel_stack", "stacks", NULL, "Kernel stacks of all threads (KernelStack).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(kernel_stack),
		.source = "/proc/meminfo: KernelStack" },
	{ "page_tables", "page tables", NULL, "Page tables of all processes (PageTables).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(page_tables),
		.source = "/proc/meminfo: PageTables" },
	{ "per_cpu", "percpu", NULL, "Per-CPU allocations of the kernel (Percpu).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(per_cpu),
		.source = "/proc/meminfo: Percpu" },
	{ "hugetlb", "hugetlb", NULL, "Huge pages of all sizes reserved in pools (Hugetlb), used or not.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(hugetlb),
		.source = "/proc/meminfo: Hugetlb",
		.misread = "Reserved: nothing else can use it, even the part that no process uses." },
	{ "dirty", "dirty", NULL, "File pages that wait to be written to disk (Dirty).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(dirty),
		.source = "/proc/meminfo: Dirty",
		.misread = "Already counted in page cache and buffers." },
	{ "writeback", "writeback", NULL, "File pages that are being written to disk (Writeback).", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(writeback),
		.source = "/proc/meminfo: Writeback" },
	{ "file_cache", "file cache", NULL, "The cache part of the bar: page cache and buffers without shared.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(file_cache),
		.source = "/proc/meminfo: Cached, Buffers, Shmem", .formula = "{page_cache} + {buffers} - {shared}",
		.misread = "Mapped files of programs are included: they count in their RES as well." },
	{ "kernel_memory", "kernel mem", NULL, "The kernel part of the bar: slab, stacks, page tables and per-CPU memory.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(kernel_memory),
		.source = "/proc/meminfo: SReclaimable, SUnreclaim, KernelStack, PageTables, Percpu", .formula = "{slab_reclaimable} + {slab_unreclaimable} + {kernel_stack} + {page_tables} + {per_cpu}",
		.misread = "Not all memory of the kernel: memory without a counter is in other." },
	{ "other", "other", NULL, "The rest of the bar: memory that none of the other parts counts.", UNIT_BYTES, 7, NEED_MEMINFO, FIELD(other),
		.source = "", .formula = "{total} - {anon} - {file_cache} - {shared} - {kernel_memory} - {hugetlb} - {free}",
		.misread = "The budget view (5) explains more of it." },
	{ "faults", "faults", NULL, "Page faults since boot (pgfault).", UNIT_NUMBER, 10, NEED_VMSTAT, FIELD(faults), .is_counter = true,
		.source = "/proc/vmstat: pgfault",
		.misread = "Includes major faults." },
	{ "major_faults", "major faults", NULL, "Page faults since boot that waited for a device (pgmajfault).", UNIT_NUMBER, 10, NEED_VMSTAT, FIELD(major_faults), .is_counter = true,
		.source = "/proc/vmstat: pgmajfault" },
	{ "pages_swapped_in", "swapped in", NULL, "Pages read from swap since boot (pswpin).", UNIT_NUMBER, 10, NEED_VMSTAT, FIELD(pages_swapped_in), .is_counter = true,
		.source = "/proc/vmstat: pswpin" },
	{ "pages_swapped_out", "swapped out", NULL, "Pages written to swap since boot (pswpout).", UNIT_NUMBER, 10, NEED_VMSTAT, FIELD(pages_swapped_out), .is_counter = true,
		.source = "/proc/vmstat: pswpout" },
	{ "pages_scanned", "scanned", NULL, "Pages that reclaim scanned since boot (pgscan_kswapd + pgscan_direct).", UNIT_NUMBER, 10, NEED_VMSTAT, FIELD(pages_scanned), .is_counter = true,
		.source = "/proc/vmstat: pgscan_kswapd + pgscan_direct" },
	{ "pages_reclaimed", "reclaimed", NULL, "Pages that reclaim freed since boot (pgsteal_kswapd + pgsteal_direct).", UNIT_NUMBER, 10, NEED_VMSTAT, FIELD(pages_reclaimed), .is_counter = true,
		.source = "/proc/vmstat: pgsteal_kswapd + pgsteal_direct" },
	{ "anon_refaults", "refaults", NULL, "Anonymous pages read again soon after they were swapped, since boot (workingset_refault_anon).", UNIT_NUMBER, 10, NEED_VMSTAT, FIELD(anon_refaults), .is_counter = true,
		.source = "/proc/vmstat: workingset_refault_anon" },
	{ "oom_kills", "oom kills", NULL, "Processes that the OOM killer killed since boot (oom_kill).", UNIT_NUMBER, 5, NEED_VMSTAT, FIELD(oom_kills), .is_counter = true,
		.source = "/proc/vmstat: oom_kill",
		.misread = "Kills in cgroups are in it, those of containers as well." },
	{ "last_kill", "last kill", NULL, "The time of the last of them, if the kernel's log has it or memtop was running.", UNIT_TIME, 25, NEED_VMSTAT, FIELD(last_kill_time),
		.source = "/dev/kmsg, or the tracepoint oom:mark_victim" },
	{ "last_kill_comm", "last victim", NULL, "The name of the process that was killed last.", UNIT_TEXT, 15, NEED_VMSTAT, FIELD(last_kill_comm),
		.source = "/dev/kmsg, or the tracepoint oom:mark_victim" },
	{ "oom_asked", "oom asked", NULL, "The memory cgroup that was asked about.", UNIT_TEXT, 12, NEED_OOM, FIELD(oom_asked),
		.source = "the scope that was chosen (g)" },
	{ "oom_scope", "oom scope", NULL, "Where ranks apply: machine, or the path of the memory cgroup within which a kill would choose.", UNIT_TEXT, 12, NEED_OOM, FIELD(oom_scope),
		.source = "the limits of the scope that was chosen (g) and of all cgroups above it",
		.misread = "Not always the cgroup that was asked about: the limit that is reached first may be one of a cgroup above it." },
	{ "oom_limit", "oom limit", NULL, "The limit of that cgroup; unknown for the machine.", UNIT_BYTES, 7, NEED_OOM, FIELD(oom_limit),
		.source = "memory.limit_in_bytes or memory.max of the scope" },
	{ "oom_headroom", "oom headroom", NULL, "How much the cgroup that was asked about can still take until that limit kills, cache given back and swap used up.", UNIT_BYTES, 7, NEED_OOM, FIELD(oom_headroom),
		.source = "memory.max, memory.current, memory.stat, memory.swap.max and memory.swap.current, or those of version 1" },
	{ "oom_hidden", "oom hidden", NULL, "1 where there may be limits above that are not visible from here, as in a container.", UNIT_NUMBER, 5, NEED_OOM, FIELD(oom_hidden),
		.source = "/proc/self/mountinfo and /proc/self/ns/cgroup" },
	{ "own_cgroup", "own cgroup", NULL, "The memory cgroup of memtop itself, where a limit applies to it.", UNIT_TEXT, 12, NEED_OWN_LIMIT, FIELD(own_cgroup),
		.source = "/proc/self/cgroup" },
	{ "own_limit", "own limit", NULL, "The limit that memtop's own memory cgroup reaches first; unknown where none is seen.", UNIT_BYTES, 7, NEED_OWN_LIMIT, FIELD(own.max),
		.source = "memory.limit_in_bytes or memory.max of it and of all cgroups above it" },
	{ "own_limit_cgroup", "limited by", NULL, "The cgroup that has this limit: that one or one above it.", UNIT_TEXT, 12, NEED_OWN_LIMIT, FIELD(own.cgroup),
		.source = "as own_limit" },
	{ "own_headroom", "own headroom", NULL, "How much it can still take until that limit kills, cache given back and swap used up.", UNIT_BYTES, 7, NEED_OWN_LIMIT, FIELD(own.headroom), .whole = FIELD(own.max),
		.source = "as oom_headroom" },
	{ "oom_total", "oom total", NULL, "The total behind an OOM adjustment (one point is a thousandth of it): memory and swap of the machine or of that cgroup.", UNIT_BYTES, 7, NEED_OOM | NEED_MEMINFO, FIELD(oom_total),
		.source = "/proc/meminfo, or the limit of the scope" },
	{ "oom_kill_allocating_task", "allocating task", NULL, "1: the OOM killer kills the process that asked for memory, whatever its rank (vm.oom_kill_allocating_task).", UNIT_NUMBER, 5, NEED_OOM, FIELD(kill_allocating_task),
		.source = "/proc/sys/vm/oom_kill_allocating_task" },
	{ "panic_on_oom", "panic", NULL, "The machine stops instead of a kill: 1 if all memory is used up, 2 always (vm.panic_on_oom).", UNIT_NUMBER, 5, NEED_OOM, FIELD(panic_on_oom),
		.source = "/proc/sys/vm/panic_on_oom" },
	{ "fault_rate", "faults/s", NULL, "Page faults per second since the last refresh.", UNIT_RATE, 7, NEED_VMSTAT, FIELD(fault_rate),
		.source = "/proc/vmstat: pgfault, two readings",
		.misread = "Each new page of a program is a fault: a large number is normal. See major/s." },
	{ "major_fault_rate", "major/s", NULL, "Major page faults per second since the last refresh.", UNIT_RATE, 7, NEED_VMSTAT, FIELD(major_fault_rate),
		.source = "/proc/vmstat: pgmajfault, two readings" },
	{ "swap_in_rate", "pages in/s", NULL, "Pages per second read from swap since the last refresh.", UNIT_RATE, 7, NEED_VMSTAT, FIELD(swap_in_rate),
		.source = "/proc/vmstat: pswpin, two readings" },
	{ "swap_out_rate", "pages out/s", NULL, "Pages per second written to swap since the last refresh.", UNIT_RATE, 7, NEED_VMSTAT, FIELD(swap_out_rate),
		.source = "/proc/vmstat: pswpout, two readings" },
	{ "scan_rate", "pages scanned/s", NULL, "Pages per second that reclaim scanned since the last refresh.", UNIT_RATE, 7, NEED_VMSTAT, FIELD(scan_rate),
		.source = "/proc/vmstat: pgscan_kswapd + pgscan_direct, two readings" },
	{ "reclaim_rate", "pages reclaimed/s", NULL, "Pages per second that reclaim freed since the last refresh.", UNIT_RATE, 7, NEED_VMSTAT, FIELD(reclaim_rate),
		.source = "/proc/vmstat: pgsteal_kswapd + pgsteal_direct, two readings" },
	{ "anon_refault_rate", "refaults/s", NULL, "Anonymous pages per second read again soon after they were swapped.", UNIT_RATE, 7, NEED_VMSTAT, FIELD(anon_refault_rate),
		.source = "/proc/vmstat: workingset_refault_anon, two readings",
		.misread = "Only together with swapping in: pages that are still in the swap cache count too." },
	{ "swap_in_bytes_rate", "in/s", NULL, "Bytes per second read from swap since the last refresh.", UNIT_BYTES_PER_SECOND, 7, NEED_VMSTAT, FIELD(swap_in_bytes_rate),
		.source = "/proc/vmstat: pswpin, two readings, times the page size" },
	{ "swap_out_bytes_rate", "out/s", NULL, "Bytes per second written to swap since the last refresh.", UNIT_BYTES_PER_SECOND, 7, NEED_VMSTAT, FIELD(swap_out_bytes_rate),
		.source = "/proc/vmstat: pswpout, two readings, times the page size" },
	{ "reclaim_bytes_rate", "reclaim/s", NULL, "Bytes per second that reclaim freed since the last refresh.", UNIT_BYTES_PER_SECOND, 7, NEED_VMSTAT, FIELD(reclaim_bytes_rate),
		.source = "/proc/vmstat: pgsteal_kswapd + pgsteal_direct, two readings, times the page size" },
	{ "tlb_walks", "TLB walks", NULL, "Page table walks for data on all CPUs since memtop started (dTLB-load-misses).", UNIT_NUMBER, 10, NEED_WALKS, FIELD(tlb_walks),
		.source = "perf events: dTLB-load-misses" },
	{ "code_tlb_walks", "code TLB walks", NULL, "Page table walks for code on all CPUs since memtop started (iTLB-load-misses).", UNIT_NUMBER, 10, NEED_WALKS, FIELD(code_tlb_walks),
		.source = "perf events: iTLB-load-misses" },
	{ "cycles", "cycles", NULL, "Cycles of all CPUs since memtop started.", UNIT_NUMBER, 12, NEED_WALKS, FIELD(cycles),
		.source = "perf events: cycles" },
	{ "instructions", "instructions", NULL, "Instructions of all CPUs since memtop started.", UNIT_NUMBER, 12, NEED_WALKS, FIELD(instructions),
		.source = "perf events: instructions" },
	{ "tlb_walk_rate", "TLB walks/s", NULL, "Page table walks for data per second since the last refresh.", UNIT_RATE, 7, NEED_WALKS, FIELD(tlb_walk_rate),
		.source = "perf events: dTLB-load-misses, two readings" },
	{ "code_tlb_walk_rate", "code TLB walks/s", NULL, "Page table walks for code per second since the last refresh.", UNIT_RATE, 7, NEED_WALKS, FIELD(code_tlb_walk_rate),
		.source = "perf events: iTLB-load-misses, two readings" },
	{ "walks_per_million", "walks/M", NULL, "Page table walks for data and code per million instructions since the last refresh.", UNIT_NUMBER, 7, NEED_WALKS, FIELD(walks_per_million),
		.source = "perf events: dTLB-load-misses, iTLB-load-misses, instructions" },
	{ "sampler_rung", "sampled", NULL, "Whose page faults are sampled: all, process, user (one process in user mode), none.", UNIT_TEXT, 8, NEED_FAULTS, FIELD(sampling.access),
		.source = "perf_event_open()" },
	{ "sampler_missing", "missing", NULL, "The permission that the sampler lacks, and what would grant it.", UNIT_TEXT, 8, NEED_FAULTS, FIELD(sampling.missing),
		.source = "perf_event_open(), /proc/sys/kernel/perf_event_paranoid" },
	{ "sampler_duration", "sampled for", NULL, "The time during which faults were sampled.", UNIT_DURATION, 7, NEED_FAULTS, FIELD(sampling.duration),
		.source = "the clock" },
	{ "sampler_period", "period", NULL, "Every Nth minor fault is sampled: the largest N that was in use.", UNIT_NUMBER, 5, NEED_FAULTS, FIELD(sampling.period),
		.source = "perf events" },
	{ "sampler_samples", "samples", NULL, "The number of samples.", UNIT_NUMBER, 7, NEED_FAULTS, FIELD(sampling.samples),
		.source = "perf events" },
	{ "sampler_lost", "lost", NULL, "The number of samples lost because the buffer was full.", UNIT_NUMBER, 5, NEED_FAULTS, FIELD(sampling.lost),
		.source = "perf events: PERF_FORMAT_LOST" },
	{ "sampler_pages", "ring pages", NULL, "Size of the sample buffer of each CPU, in pages.", UNIT_NUMBER, 5, NEED_FAULTS, FIELD(sampling.pages),
		.source = "perf events" },
	{ "psi_some_avg10", "some 10s", NULL, "Share of the last 10 seconds in which some task waited for memory (/proc/pressure/memory).", UNIT_PERCENT, 5, NEED_PRESSURE, FIELD(some_avg10),
		.source = "/proc/pressure/memory: some avg10",
		.misread = "Every kind of wait for memory counts: reclaim, swap, and reading dropped pages again." },
	{ "psi_some_avg60", "some 60s", NULL, "The same over 60 seconds.", UNIT_PERCENT, 5, NEED_PRESSURE, FIELD(some_avg60),
		.source = "/proc/pressure/memory: some avg60" },
	{ "psi_some_avg300", "some 300s", NULL, "The same over 300 seconds.", UNIT_PERCENT, 5, NEED_PRESSURE, FIELD(some_avg300),
		.source = "/proc/pressure/memory: some avg300" },
	{ "psi_some_total", "some total", NULL, "Time in which some task waited for memory, since boot.", UNIT_DURATION, 7, NEED_PRESSURE, FIELD(some_total), .is_counter = true,
		.source = "/proc/pressure/memory: some total" },
	{ "psi_full_avg10", "full 10s", NULL, "Share of the last 10 seconds in which all tasks waited for memory.", UNIT_PERCENT, 5, NEED_PRESSURE, FIELD(full_avg10),
		.source = "/proc/pressure/memory: full avg10",
		.misread = "In this share of the time no task made progress: the machine only waited for memory." },
	{ "psi_full_avg60", "full 60s", NULL, "The same over 60 seconds.", UNIT_PERCENT, 5, NEED_PRESSURE, FIELD(full_avg60),
		.source = "/proc/pressure/memory: full avg60" },
	{ "psi_full_avg300", "full 300s", NULL, "The same over 300 seconds.", UNIT_PERCENT, 5, NEED_PRESSURE, FIELD(full_avg300),
		.source = "/proc/pressure/memory: full avg300" },
	{ "psi_full_total", "full total", NULL, "Time in which all tasks waited for memory, since boot.", UNIT_DURATION, 7, NEED_PRESSURE, FIELD(full_total), .is_counter = true,
		.source = "/proc/pressure/memory: full total" },
	{ "nearest_cgroup", "nearest limit", NULL, "The memory cgroup that has the least left below its limit, as a share of it.", UNIT_TEXT, 20, NEED_LIMIT, FIELD(nearest.cgroup),
		.source = "the folders of the memory controller" },
	{ "nearest_limit", "limit", NULL, "The limit of that cgroup.", UNIT_BYTES, 7, NEED_LIMIT, FIELD(nearest.max),
		.source = "memory.limit_in_bytes or memory.max of it" },
	{ "headroom", "headroom", NULL, "How much that cgroup can still take until its limit kills, cache given back and swap used up.", UNIT_BYTES, 7, NEED_LIMIT, FIELD(nearest.headroom), .whole = FIELD(nearest.max),
		.source = "the files of that cgroup" },
	{ "verdict", "verdict", NULL, "Whether memory is well: ok, filling, limit, low, swapping, stalled, killed; unknown where it cannot be told.", UNIT_TEXT, 8, NEED_VERDICT, FIELD(verdict.state), .is_constant = true,
		.source = "memtop itself" },
	{ "verdict_now", "now", NULL, "The same without regard to kills.", UNIT_TEXT, 8, NEED_VERDICT, FIELD(verdict.state_now), .is_constant = true,
		.source = "memtop itself" },
	{ "since", "since", NULL, "When that began, as far as memtop has seen it.", UNIT_TIME, 25, NEED_VERDICT, FIELD(verdict.since),
		.source = "memtop itself" },
	{ "use_growth", "use/min", NULL, "Growth of memory and swap in use, per minute, if it grew steadily for more than a minute and a half; 0: it hardly changed.", UNIT_BYTES_PER_MINUTE, 8, NEED_VERDICT | NEED_COURSE, FIELD(verdict.use_growth),
		.source = "/proc/meminfo: MemTotal, MemAvailable, SwapTotal, SwapFree; windows of five seconds" },
	{ "exhaustion", "gone in", NULL, "When available memory and free swap are used up at this rate.", UNIT_SPAN, 8, NEED_VERDICT | NEED_COURSE, FIELD(verdict.gone),
		.source = "memtop itself", .misread = "Nothing is known of what programs will do: it only says how long it takes if all goes on as now." },
	{ "exhaustion_least", "at least", NULL, "The shorter end of the range of that estimate; unknown where it grows faster and faster.", UNIT_SPAN, 8, NEED_VERDICT | NEED_COURSE, FIELD(verdict.gone_least),
		.source = "memtop itself" },
	{ "exhaustion_most", "at most", NULL, "The longer end of that range.", UNIT_SPAN, 8, NEED_VERDICT | NEED_COURSE, FIELD(verdict.gone_most),
		.source = "memtop itself" },
	{ "kills", "kills", NULL, "1 if the OOM killer killed within the last ten minutes, else 0.", UNIT_NUMBER, 5, NEED_VERDICT, FIELD(verdict.kills),
		.source = "/dev/kmsg, or the tracepoint oom:mark_victim" },
	{ "who", "who", NULL, "The process that verdict_now is about, or another user of memory. last_kill_comm is who was killed.", UNIT_TEXT, 15, NEED_VERDICT, FIELD(verdict.who),
		.source = "memtop itself" },
	{ "who_pid", "who PID", NULL, "Its PID, if it is a process.", UNIT_ID, 7, NEED_VERDICT, FIELD(verdict.who_pid),
		.source = "memtop itself" },
	{ "who_use", "who holds", NULL, "Its memory in use: anonymous memory and swap of a process.", UNIT_BYTES, 7, NEED_VERDICT, FIELD(verdict.who_use),
		.source = "/proc/PID/statm, /proc/PID/status" },
	{ "who_growth", "who/min", NULL, "The growth of that, per minute.", UNIT_BYTES_PER_MINUTE, 8, NEED_VERDICT | NEED_COURSE, FIELD(verdict.who_growth),
		.source = "two readings, 100 to 125 seconds apart" },
	{ "self_cpu", "self %CPU", NULL, "Share of one CPU that memtop itself used since the last refresh.", UNIT_PERCENT, 5, NEED_SELF, FIELD(self_cpu_share),
		.source = "getrusage(), two readings" },
	{ "self_cputime", "self time", NULL, "CPU time that memtop itself has used since it started, all threads together.", UNIT_DURATION, 7, NEED_SELF, FIELD(self_cpu_time),
		.source = "getrusage()" },
	{ "self_res", "self res", NULL, "Resident memory of memtop itself.", UNIT_BYTES, 7, NEED_SELF, FIELD(self_resident),
		.source = "/proc/self/statm: field 2" },
};

const struct system_line system_lines[] = {
	{ "State", NEED_VERDICT, NULL, { { "memory", .write = system_verdict_text } } },
	{ "Mem", 0, NULL, { { "total", "total" }, { "used", "used" }, { "free", "free" }, { "shared", "shared" },
		   { "buff/cache", "buff_cache" }, { "available", "available" } } },
	{ "Swap", 0, NULL, { { "total", "swap_total" }, { "used", "swap_used" }, { "free", "swap_free" },
		    { "in", "swap_in_bytes_rate", "/s" }, { "out", "swap_out_bytes_rate", "/s" } } },
	{ "Limit", NEED_OWN_LIMIT, "own_limit", { { "of memtop itself", .write = system_own_limit_text } } },
	{ "Load", 0, NULL, { { "average", "load" }, { "faults", "fault_rate", "/s" }, { "major", "major_fault_rate", "/s" }, { "reclaim", "reclaim_bytes_rate", "/s" },
		    { "psi some", "psi_some_avg10", "%" }, { "full", "psi_full_avg10", "%" }, { "oom kills", .write = system_kills_text } } },
};
/* clang-format on */

const size_t system_line_count = ARRAY_SIZE(system_lines);

const struct table system_table = {
	.name = "system",
	.labels = "",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct system),
};

/* A figure and its two operands. */
static const size_t sums[][3] = {
	{ FIELD(used), FIELD(total), FIELD(available) },
	{ FIELD(cache), FIELD(page_cache), FIELD(slab_reclaimable) },
	{ FIELD(low_used), FIELD(low_total), FIELD(low_free) },
	{ FIELD(high_used), FIELD(high_total), FIELD(high_free) },
	{ FIELD(swap_used), FIELD(swap_total), FIELD(swap_free) },
};

void
system_kills_text(char text[static SYSTEM_TEXT_SIZE], const struct system *system, int64_t now,
	enum charset charset)
{
	char count[UNIT_FORMAT_SIZE], when[UNIT_FORMAT_SIZE], name[64] = "";

	unit_format(count, UNIT_NUMBER, system->oom_kills, SCALE_HUMAN);
	if (unit_format_when(when, system->last_kill_time, now) == 0) {
		snprintf(text, SYSTEM_TEXT_SIZE, "%s", count);
		return;
	}
	if (system->last_kill_comm)
		text_safe(name, sizeof(name), system->last_kill_comm, charset);
	snprintf(text, SYSTEM_TEXT_SIZE, "%s, last %s%s%s%s", count, when,
		system->last_kill_doubt > 0 ? " or earlier" : "", *name ? " " : "", name);
}

void
system_limit_text(
	char text[static SYSTEM_TEXT_SIZE], const struct nearest_limit *limit, enum charset charset)
{
	char max[UNIT_FORMAT_SIZE], left[UNIT_FORMAT_SIZE], place[SYSTEM_TEXT_SIZE / 2] = "in ";
	bool is_hidden;

	text[0] = '\0';
	if (!limit->cgroup)
		return;
	is_hidden = *limit->cgroup != '/';
	unit_format(max, UNIT_BYTES, limit->max, SCALE_HUMAN);
	unit_format(left, UNIT_BYTES, limit->headroom, SCALE_HUMAN);
	if (is_hidden)
		snprintf(place, sizeof(place), "above what is visible");
	else
		text_safe(place + 3, sizeof(place) - 3, limit->cgroup, charset);
	if (limit->headroom == UNKNOWN)
		snprintf(text, SYSTEM_TEXT_SIZE, "a limit of %s %s", max, place);
	else
		snprintf(text, SYSTEM_TEXT_SIZE, "%s%s left of %s %s", is_hidden ? "at most " : "",
			left, max, place);
}

void
system_own_limit_text(char text[static SYSTEM_TEXT_SIZE], const struct system *system, int64_t now,
	enum charset charset)
{
	system_limit_text(text, &system->own, charset);
}

static int64_t *
field(struct system *system, size_t offset)
{
	return (int64_t *)((char *)system + offset);
}

void
system_split(struct system *s)
{
	int64_t cache = known_or_zero(s->page_cache) + known_or_zero(s->buffers) -
			known_or_zero(s->shared),
		rest;

	if (s->total == UNKNOWN)
		return;
	s->file_cache = cache > 0 ? cache : 0;
	s->kernel_memory = known_or_zero(s->slab_reclaimable) +
			   known_or_zero(s->slab_unreclaimable) + known_or_zero(s->kernel_stack) +
			   known_or_zero(s->page_tables) + known_or_zero(s->per_cpu);
	rest = s->total - known_or_zero(s->anon) - cache - known_or_zero(s->shared) -
	       s->kernel_memory - known_or_zero(s->hugetlb) - known_or_zero(s->free);
	s->other = rest > 0 ? rest : 0;
}

void
system_check_sums(struct system *system)
{
	for (size_t i = 0; i < ARRAY_SIZE(sums); i++)
		if (*field(system, sums[i][1]) == UNKNOWN || *field(system, sums[i][2]) == UNKNOWN)
			*field(system, sums[i][0]) = UNKNOWN;
	system->buff_cache = system->buffers == UNKNOWN || system->cache == UNKNOWN
				     ? UNKNOWN
				     : system->buffers + system->cache;
}
