// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/process.h"

#include "base/macros.h"
#include "model/needs.h"

#include <stdio.h>

#define FIELD(name) offsetof(struct process, name)
#define PLACE(name) offsetof(struct process_place, name), 0, &place
#define WEIGHT(name) offsetof(struct process_weight, name), 0, &process_weight_part
#define STATUS(name) offsetof(struct process_status, name), 0, &process_status_part
#define EXTRA(name) offsetof(struct process_extras, name), 0, &process_extras_part
#define ROLLUP(name)                                                                               \
	offsetof(struct process_rollup, name), offsetof(struct process_rollup, stale),             \
		&process_rollup_part

const struct process_weight process_no_weight = { UNKNOWN, UNKNOWN, UNKNOWN, NULL };

const struct process_status process_no_status = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
	UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN };

const struct process_rollup process_no_rollup = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
	UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN };

const struct process_extras process_no_extras = {
	.memory_of = UNKNOWN,
	.growth = { NULL, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NULL },
	.minor_fault_count = UNKNOWN,
	.major_fault_count = UNKNOWN,
	.tlb_walk_rate = UNKNOWN,
};

const struct process_place process_no_place = { NULL };

static const struct row_part place = { FIELD(place), &process_no_place, sizeof(process_no_place) };
const struct row_part process_weight_part = { FIELD(weight), &process_no_weight,
	sizeof(process_no_weight) };
const struct row_part process_status_part = { FIELD(status), &process_no_status,
	sizeof(process_no_status) };
const struct row_part process_rollup_part = { FIELD(rollup), &process_no_rollup,
	sizeof(process_no_rollup) };
const struct row_part process_extras_part = { FIELD(extras), &process_no_extras,
	sizeof(process_no_extras) };

const char process_default_columns[] = "pid,user,res,grown,anon,swap,cpu,oom,adj,growth,shr,virt,"
				       "minflt_rate,majflt_rate,state,mem,command";

const char process_kill_order_columns[] = "rank,pid,user,badness,adj,frees,protection,oom,anon,"
					  "swap,file,shmem,pte,adj_weight,unit,command";

/* No copy of a row needs its own text: it is the end of another one. */
static const char *
program_of(const void *row)
{
	const struct process *process = row;

	return process->command ? process_program(process->command) : process->comm;
}

/* clang-format off */
static const struct column columns[] = {
	{ "pid", "PID", NULL, "The process ID.", UNIT_ID, 7, NEED_STAT, FIELD(pid),
		.source = "the folder /proc/PID" },
	{ "ppid", "PPID", NULL, "The process ID of the parent.", UNIT_ID, 7, NEED_STAT, FIELD(parent),
		.source = "/proc/PID/stat: field 4" },
	{ "user", "USER", NULL, "The effective user, by name.", UNIT_TEXT, 8, NEED_OWNER, FIELD(user),
		.source = "the owner of /proc/PID, by name",
		.misread = "The effective user is the one whose rights the process has. A setuid program shows another user than the one who started it." },
	{ "uid", "UID", NULL, "The effective user, by number.", UNIT_ID, 6, NEED_OWNER, FIELD(uid),
		.source = "the owner of /proc/PID" },
	{ "state", "S", NULL, "R running, S sleeping, D waiting uninterruptibly, T stopped, t traced, Z zombie, I idle kernel thread.", UNIT_TEXT, 1, NEED_STAT, FIELD(state),
		.source = "/proc/PID/stat: field 3",
		.misread = "D is a wait that no signal can end, often for a disk or for memory. Z has ended and holds no memory, unless some of its threads still run." },
	{ "nice", "NI", NULL, "The nice value, -20 to 19.", UNIT_NUMBER, 3, NEED_STAT, FIELD(nice),
		.source = "/proc/PID/stat: field 19" },
	{ "priority", "PR", NULL, "The kernel's scheduling priority.", UNIT_NUMBER, 4, NEED_STAT, FIELD(priority),
		.source = "/proc/PID/stat: field 18" },
	{ "threads", "THR", NULL, "The number of threads. All memory figures of the row are for all threads together.", UNIT_NUMBER, 4, NEED_STAT, FIELD(threads),
		.source = "/proc/PID/stat: field 20",
		.misread = "Threads share one address space: with 100 threads no figure of the row is multiplied." },
	{ "cputime", "TIME", "time+", "CPU time used by all threads. In JSON and CSV: seconds.", UNIT_DURATION, 9, NEED_STAT, FIELD(cpu_time),
		.source = "/proc/PID/stat: fields 14 and 15" },
	{ "cpu", "%CPU", NULL, "Share of one CPU since the last refresh. Unknown in the first refresh.", UNIT_PERCENT, 5, NEED_STAT, FIELD(cpu_share),
		.source = "/proc/PID/stat: fields 14 and 15, two readings",
		.misread = "100 is one CPU: a process with many threads can have more." },
	{ "age", "AGE", "etime", "Time since the process started.", UNIT_DURATION, 9, NEED_STAT | NEED_HOST, FIELD(age),
		.source = "/proc/PID/stat: field 22, and the clock since boot (CLOCK_BOOTTIME)" },
	{ "virt", "VIRT", "vsz", "Address space (statm size): what the process asked for, not what it uses.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(virtual),
		.source = "/proc/PID/statm: field 1; /proc/PID/status: VmSize",
		.misread = "This is address space, not memory: programs may map terabytes and use little of it." },
	{ "res", "RES", "rss", "Resident memory (statm resident): ANON + FILE + SHMEM. A page shared by several processes counts in each, so a sum can exceed the machine's memory.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(resident),
		.source = "/proc/PID/statm: field 2; /proc/PID/status: VmRSS", .formula = "{anon} + {file} + {shmem}",
		.misread = "It includes memory shared with other processes: the sum over processes can exceed MemTotal, and when one ends it frees less than its RES. See PSS and ~FREES." },
	{ "shr", "SHR", NULL, "The part of RES that is backed by files or shared memory (statm shared), whether or not other processes use it too.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(shared),
		.source = "/proc/PID/statm: field 3", .formula = "{file} + {shmem}",
		.misread = "It can be shared, but need not be: a file that only this process maps counts as well." },
	{ "anon", "ANON", NULL, "The anonymous part of RES (RssAnon): heap, stacks, private pages that were written.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(anon),
		.source = "/proc/PID/status: RssAnon, or RES - SHR", .formula = "{res} - {shr}",
		.misread = "After a fork the memory counts in both processes until one of them writes to it." },
	{ "file", "FILE", NULL, "The part of RES that maps files (RssFile).", UNIT_BYTES, 7, NEED_STATUS, STATUS(file),
		.source = "/proc/PID/status: RssFile",
		.misread = "Mapped files only: a file read with read() is page cache and belongs to no process." },
	{ "shmem", "SHMEM", "shm", "The part of RES that maps shared memory (RssShmem): tmpfs, System V, shared anonymous.", UNIT_BYTES, 7, NEED_STATUS, STATUS(shmem),
		.source = "/proc/PID/status: RssShmem",
		.misread = "It counts in full in each process that maps it. It stays after they end, until it is deleted." },
	{ "swap", "SWAP", NULL, "Anonymous memory in swap (VmSwap). Shared memory in swap is not included.", UNIT_BYTES, 7, NEED_SWAP, FIELD(swap),
		.source = "/proc/PID/status: VmSwap",
		.misread = "Pages that were read ahead from swap still count here until the process touches them." },
	{ "used", "USED", NULL, "RES + SWAP.", UNIT_BYTES, 7, NEED_MEMORY | NEED_SWAP, FIELD(used),
		.source = "", .formula = "{res} + {swap}" },
	{ "mem", "%MEM", NULL, "RES as a share of the machine's memory.", UNIT_PERCENT, 5, NEED_MEMORY | NEED_MEMINFO, FIELD(memory_share),
		.source = "", .formula = "{res} / {system.total}",
		.misread = "Like RES it includes shared memory: the column can add up to more than 100." },
	{ "peak", "PEAK", "hwm", "The largest RES so far (VmHWM).", UNIT_BYTES, 7, NEED_STATUS, STATUS(peak),
		.source = "/proc/PID/status: VmHWM",
		.misread = "The peak of RES only: memory that was in swap at that time is not included." },
	{ "data", "DATA", NULL, "Private writable address space without the stack (VmData).", UNIT_BYTES, 7, NEED_STATUS, STATUS(data),
		.source = "/proc/PID/status: VmData",
		.misread = "Address space, not memory in use." },
	{ "code", "CODE", NULL, "Address space of the program's text (VmExe).", UNIT_BYTES, 7, NEED_STATUS, STATUS(code),
		.source = "/proc/PID/status: VmExe",
		.misread = "Address space, not memory in use." },
	{ "lib", "LIB", NULL, "Address space of the libraries' text (VmLib).", UNIT_BYTES, 7, NEED_STATUS, STATUS(library),
		.source = "/proc/PID/status: VmLib",
		.misread = "Address space, not memory in use. All processes share the resident part." },
	{ "stack", "STACK", NULL, "Address space of the main stack (VmStk).", UNIT_BYTES, 7, NEED_STATUS, STATUS(stack),
		.source = "/proc/PID/status: VmStk",
		.misread = "Only of the main thread: stacks of other threads are anonymous mappings." },
	{ "locked", "LOCKED", NULL, "Address space locked into memory (VmLck); can exceed RES.", UNIT_BYTES, 7, NEED_STATUS, STATUS(locked),
		.source = "/proc/PID/status: VmLck",
		.misread = "It counts the locked address space, even where no page is in memory yet." },
	{ "pte", "PTE", NULL, "Page tables (VmPTE). Not in RES, but the OOM killer counts them.", UNIT_BYTES, 7, NEED_STATUS, FIELD(page_tables),
		.source = "/proc/PID/status: VmPTE",
		.misread = "Not in any RES: a process that maps a lot of shared memory can need gigabytes of page tables." },
	{ "hugetlb", "HUGETLB", NULL, "Pages from the huge page pools (HugetlbPages). Not in RES.", UNIT_BYTES, 7, NEED_STATUS, STATUS(hugetlb),
		.source = "/proc/PID/status: HugetlbPages",
		.misread = "Not in RES, PSS or the OOM score, though it is memory that nothing else can use." },
	{ "pss", "PSS", NULL, "RES with each shared page divided by the number of processes that map it (smaps_rollup Pss). Costly to read.", UNIT_BYTES, 7, NEED_PSS, ROLLUP(pss),
		.source = "/proc/PID/smaps_rollup: Pss",
		.misread = "It changes when other processes start or end: after one ends, the shared pages count more for the others." },
	{ "uss", "USS", NULL, "Resident memory that no other process maps (Private_Clean + Private_Dirty). Costly to read.", UNIT_BYTES, 7, NEED_PSS, ROLLUP(uss),
		.source = "/proc/PID/smaps_rollup: Private_Clean + Private_Dirty",
		.misread = "It includes clean file pages, which the kernel can drop while the process runs." },
	{ "swappss", "SWAPPSS", NULL, "SWAP with each shared page divided by the number of processes that map it (SwapPss). Costly to read.", UNIT_BYTES, 7, NEED_PSS, ROLLUP(swap_pss),
		.source = "/proc/PID/smaps_rollup: SwapPss" },
	{ "pss_anon", "PSSANON", NULL, "The anonymous part of PSS (Pss_Anon, since Linux 5.4). Costly to read.", UNIT_BYTES, 7, NEED_PSS, ROLLUP(pss_anon),
		.source = "/proc/PID/smaps_rollup: Pss_Anon" },
	{ "pss_file", "PSSFILE", NULL, "The part of PSS that maps files (Pss_File). Costly to read.", UNIT_BYTES, 7, NEED_PSS, ROLLUP(pss_file),
		.source = "/proc/PID/smaps_rollup: Pss_File" },
	{ "pss_shmem", "PSSSHMEM", NULL, "The part of PSS that is tmpfs or shared memory (Pss_Shmem). Costly to read.", UNIT_BYTES, 8, NEED_PSS, ROLLUP(pss_shmem),
		.source = "/proc/PID/smaps_rollup: Pss_Shmem" },
	{ "pss_age", "PSSAGE", NULL, "Time since PSS, USS and SWAPPSS were read. They are read in rotation, rows on the screen first.", UNIT_DURATION, 9, NEED_PSS, offsetof(struct process_rollup, age), 0, &process_rollup_part,
		.source = "the clock, since smaps_rollup was read" },
	{ "blocked", "BLOCKED", NULL, "Files of the process in /proc that do not answer: something holds the lock of its address space (mmap_lock). Unknown if all answer.", UNIT_TEXT, 20, NEED_COMMAND, EXTRA(blocked),
		.source = "reads that did not return: /proc/PID/cmdline and smaps_rollup" },
	{ "oom", "OOM", NULL, "The kernel's own OOM score (oom_score): the highest is killed first. 0: last or never.", UNIT_NUMBER, 5, NEED_OOM_SCORE, FIELD(oom_score),
		.source = "/proc/PID/oom_score",
		.misread = "The kernel rounds it: two processes with the same score can differ by 0.15 % of all memory. RANK compares bytes." },
	{ "adj", "ADJ", NULL, "OOM adjustment (oom_score_adj), -1000 never to 1000 first.", UNIT_NUMBER, 5, NEED_OOM_ADJ, FIELD(oom_adj),
		.source = "/proc/PID/oom_score_adj",
		.misread = "It is an amount, not a priority: each point adds a thousandth of memory and swap to the badness. Children inherit it." },
	{ "badness", "BADNESS", NULL, "The sum that the OOM killer compares: RES + SWAP + PTE + ADJ in bytes. Unknown for processes that it never kills.", UNIT_BYTES, 7, NEED_BADNESS, WEIGHT(badness),
		.source = "mm/oom_kill.c, oom_badness", .formula = "{oomres} + {swap} + {pte} + {adj_weight}|{res} + {swap} + {pte} + {adj_weight}",
		.misread = "Shared memory counts in full for each process that maps it." },
	{ "oomres", "OOMRES", NULL, "RES as the OOM killer sees it: before Linux 7.0 a sum that can be some pages off. Unknown where it is the same as RES.", UNIT_BYTES, 7, NEED_STAT, FIELD(oom_resident),
		.source = "/proc/PID/stat: field 24" },
	{ "rank", "RANK", NULL, "Place in the order of OOM kills, 1 is killed first: a prediction. Processes that would be killed together have the same rank.", UNIT_ID, 5, NEED_BADNESS, FIELD(rank),
		.source = "the order of BADNESS, as mm/oom_kill.c takes it",
		.misread = "A prediction for this moment: memory changes until a kill, and a cgroup at its limit has its own order (g)." },
	{ "adj_weight", "ADJW", NULL, "ADJ in bytes: how much larger it makes the process look to the OOM killer.", UNIT_BYTES, 7, NEED_OOM_ADJ | NEED_MEMINFO | NEED_WEIGHT, WEIGHT(adj_weight),
		.source = "", .formula = "{adj} x {system.oom_total} / 1000" },
	{ "frees", "~FREES", NULL, "Estimate of what a kill would free: ANON + SWAP + PTE, or USS + SWAPPSS + PTE where USS is known.", UNIT_BYTES, 7, NEED_STATUS | NEED_SWAP | NEED_WEIGHT, WEIGHT(frees),
		.source = "", .formula = "{uss} + {swappss} + {pte}|{anon} + {swap} + {pte}",
		.misread = "Less than RES if memory is shared. tmpfs files that the process made are not freed." },
	{ "protection", "SKIPPED", "protected", "Why the OOM killer skips it: init, kernel thread, adj -1000, zombie, vfork child and others. Unknown if it can be killed.", UNIT_TEXT, 13, NEED_BADNESS, WEIGHT(protection),
		.source = "/proc/PID/stat, status and oom_score_adj, as mm/oom_kill.c asks",
		.misread = "This holds now: an adjustment of -1000 can be changed at any time." },
	{ "oomgroup", "OOMGROUP", NULL, "The cgroup whose processes the OOM killer kills together (memory.oom.group). Unknown if there is none.", UNIT_TEXT, 16, NEED_CGROUP | NEED_OOM_GROUP, EXTRA(oom_group),
		.source = "memory.oom.group of the cgroups above it" },
	{ "fault_segment", "FAULTSEG", NULL, "The segment with most of its minor faults since the last refresh, sampled (view 5).", UNIT_TEXT, 9, NEED_FAULTS, EXTRA(fault_segment),
		.source = "perf events: page faults, sampled" },
	{ "fault_code", "FAULTCODE", NULL, "The file of the code that caused most of them. kernel: a system call.", UNIT_TEXT, 16, NEED_FAULTS, EXTRA(fault_code),
		.source = "perf events: page faults, sampled" },
	{ "tlb_walk_rate", "WALKS/s", NULL, "Page table walks for data per second since the last refresh, sampled 97 times per second: an estimate.", UNIT_RATE, 8, NEED_SAMPLED_WALKS, EXTRA(tlb_walk_rate),
		.source = "perf events: dTLB-load-misses, sampled" },
	{ "minflt", "MINFLT", NULL, "Page faults served from memory since the process started.", UNIT_NUMBER, 10, NEED_STAT, FIELD(minor_faults),
		.source = "/proc/PID/stat: field 10",
		.misread = "Each is a page that was given or mapped to the process, not an error." },
	{ "majflt", "MAJFLT", NULL, "Page faults that waited for a device since the process started.", UNIT_NUMBER, 8, NEED_STAT, FIELD(major_faults),
		.source = "/proc/PID/stat: field 12",
		.misread = "Only these wait for a disk: a program starts, or memory is short." },
	{ "minflt_rate", "MINF/s", "minflt/s", "Minor faults per second since the last refresh. Unknown in the first refresh.", UNIT_RATE, 7, NEED_STAT, FIELD(minor_fault_rate),
		.source = "/proc/PID/stat: field 10, two readings" },
	{ "majflt_rate", "MAJF/s", "majflt/s", "Major faults per second since the last refresh. Unknown in the first refresh.", UNIT_RATE, 7, NEED_STAT, FIELD(major_fault_rate),
		.source = "/proc/PID/stat: field 12, two readings" },
	{ "growth", "RES/min", NULL, "Change of RES since the last refresh, per minute. Unknown in the first refresh.", UNIT_BYTES_PER_MINUTE, 7, NEED_MEMORY, FIELD(growth),
		.source = "/proc/PID/statm: field 2, two readings",
		.misread = "A short burst gives a large figure per minute. A leak stays above 0 for long." },
	{ "grown", "GROWN", NULL, "Change of ANON + SWAP since memtop first saw it with at least 8 MiB. Unknown of smaller processes.", UNIT_BYTES, 7, NEED_GROWTH | NEED_MEMORY | NEED_SWAP, EXTRA(growth.grown),
		.source = "/proc/PID/statm: field 2 - field 3, /proc/PID/status: VmSwap",
		.misread = "Growth is not a leak yet: see VERDICT, which takes 13 minutes." },
	{ "growth_1m", "+1m", NULL, "Growth of the least ANON + SWAP from one minute to the next. Unknown of processes below 8 MiB.", UNIT_BYTES_PER_MINUTE, 7, NEED_GROWTH | NEED_MEMORY | NEED_SWAP, EXTRA(growth.minute),
		.source = "as GROWN, the least of each minute" },
	{ "growth_10m", "+10m", NULL, "Growth of the least ANON + SWAP in the last 10 minutes, per minute. Unknown of processes below 8 MiB.", UNIT_BYTES_PER_MINUTE, 7, NEED_GROWTH | NEED_MEMORY | NEED_SWAP, EXTRA(growth.ten_minutes),
		.source = "as GROWN, the least of each minute" },
	{ "growth_1h", "+1h", NULL, "The same of the last hour.", UNIT_BYTES_PER_MINUTE, 7, NEED_GROWTH | NEED_MEMORY | NEED_SWAP, EXTRA(growth.hour),
		.source = "as GROWN, the least of each minute" },
	{ "growth_trend", "TREND", NULL, "The least ANON + SWAP of the last 10 windows, oldest first, as levels 0 to 7; on the screen a small graph. From 0, unless it changes by more than a quarter.", UNIT_TEXT, 10, NEED_GROWTH | NEED_MEMORY | NEED_SWAP, EXTRA(growth.trend),
		.source = "as GROWN, the least of windows of 1 minute to 4 hours: the longest that were seen 10 times" },
	{ "growth_verdict", "VERDICT", NULL, "How ANON + SWAP changes, by its least values: steady, varying, jump, levelling, slowing, growing, leak? (12 hours of growth), young (seen for less than 13 minutes).", UNIT_TEXT, 9, NEED_GROWTH | NEED_MEMORY | NEED_SWAP, EXTRA(growth.verdict), .is_constant = true,
		.source = "as GROWN, the least of windows of 1 minute to 4 hours",
		.misread = "leak? is a question: memory that grows for 12 hours can also be a cache." },
	{ "vmof", "VMOF", NULL, "The parent whose address space it uses (CLONE_VM without CLONE_THREAD, vfork): its memory is the parent's, not additional. Unknown otherwise.", UNIT_ID, 7, NEED_MEMORY, EXTRA(memory_of),
		.source = "/proc/PID/stat: address space, parent and size alike" },
	{ "cgroup", "CGROUP", NULL, "Its cgroup; with cgroup version 1 that of the memory controller.", UNIT_TEXT, 20, NEED_CGROUP, PLACE(cgroup),
		.source = "/proc/PID/cgroup",
		.misread = "Memory is charged to the cgroup that touched it first, which can be another one." },
	{ "unit", "UNIT", NULL, "Its systemd unit, from the path of the cgroup. In a container: the unit of the machine that the container runs in, never one of a systemd in the container.", UNIT_TEXT, 16, NEED_CGROUP, PLACE(unit),
		.source = "/proc/PID/cgroup" },
	{ "container", "CONTAINER", NULL, "The name of its container, or the first 12 digits of the id if the name is not known. Unknown outside of containers.", UNIT_TEXT, 14, NEED_CONTAINER, PLACE(container),
		.source = "/proc/PID/cgroup, and files of the container's runtime",
		.misread = "The outermost container: containers in a container do not count. Two containers can have the same name; CONTPATH tells them apart." },
	{ "container_path", "CONTPATH", NULL, "The path of the cgroup of its container, which no other container has.", UNIT_TEXT, 20, NEED_CONTAINER, PLACE(container_path), .is_path = true,
		.source = "/proc/PID/cgroup" },
	{ "pod", "POD", NULL, "Its pod: namespace/name, or its UID if the name is not known. Unknown outside of pods.", UNIT_TEXT, 20, NEED_CONTAINER, PLACE(pod),
		.source = "/proc/PID/cgroup, and files of the container's runtime" },
	{ "pod_path", "PODPATH", NULL, "The path of the cgroup of its pod, to the end of its UID, which no other pod has.", UNIT_TEXT, 20, NEED_CONTAINER, PLACE(pod_path), .is_path = true,
		.source = "/proc/PID/cgroup" },
	{ "comm", "COMM", "name", "The kernel's name of the process, at most 15 bytes (64 for kernel threads).", UNIT_TEXT, 15, NEED_STAT, FIELD(comm),
		.source = "/proc/PID/stat: field 2",
		.misread = "The process can set it to anything." },
	{ "command", "COMMAND", "cmd", "The command line, the first 4095 bytes. [COMM] if there is none.", UNIT_TEXT, 20, NEED_COMMAND, FIELD(command),
		.source = "/proc/PID/cmdline",
		.misread = "The process can write anything there." },
	{ "program", "PROGRAM", NULL, "COMMAND without the path of the program or, of a script, without its interpreter. COMM if the command line cannot be read.", UNIT_TEXT, 20, NEED_COMMAND, FIELD(command), .text_of = program_of, .is_constant = true,
		.source = "/proc/PID/cmdline" },
};
/* clang-format on */

const struct table candidate_table = {
	.name = "candidate",
	.search = "comm,command",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct process),
};

static const struct row_tree tree = { FIELD(pid), FIELD(parent), FIELD(start_time) };

const struct table process_table = {
	.name = "process",
	.search = "comm,command",
	.tree = &tree,
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct process),
};

/* clang-format off */
const struct limit_description limit_descriptions[LIMIT_KINDS] = {
	[LIMIT_ADDRESS_SPACE] = { "Max address space", "VIRT", "Above it mmap and brk fail.", UNIT_BYTES, "virt" },
	[LIMIT_DATA] = { "Max data size", "DATA", "A limit for private writable mappings and the heap.", UNIT_BYTES, "data" },
	[LIMIT_STACK] = { "Max stack size", "STACK", "Above it the main stack cannot grow (SIGSEGV). It is also the default stack size of new threads.", UNIT_BYTES, "stack" },
	[LIMIT_LOCKED] = { "Max locked memory", "LOCKED", "Above it mlock fails without CAP_IPC_LOCK.", UNIT_BYTES, "locked" },
	[LIMIT_MESSAGE_QUEUES] = { "Max msgqueue size", "queues", "Kernel memory for POSIX message queues of its user.", UNIT_BYTES, NULL },
	[LIMIT_PROCESSES] = { "Max processes", "tasks", "Processes and threads of its user together.", UNIT_NUMBER, NULL },
	[LIMIT_OPEN_FILES] = { "Max open files", "files", "File descriptors that it may have open.", UNIT_NUMBER, NULL },
};
/* clang-format on */

void
limit_format(char text[static UNIT_FORMAT_SIZE], enum limit_kind kind, int64_t limit)
{
	if (limit == UNLIMITED)
		snprintf(text, UNIT_FORMAT_SIZE, "unlimited");
	else
		unit_format(text, limit_descriptions[kind].unit, limit, SCALE_HUMAN);
}
