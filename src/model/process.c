// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/process.h"

#include "model/needs.h"

#define FIELD(name) offsetof(struct process, name)
#define EXTRA(name) offsetof(struct process_extras, name), 0, &extras
#define ROLLUP(name)                                                                               \
	offsetof(struct process_extras, rollup.name), offsetof(struct process_extras, pss_stale),  \
		&extras

const struct process_extras process_no_extras = {
	.rollup = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN },
	.pss_age = UNKNOWN,
	.pss_stale = UNKNOWN,
	.minor_fault_count = UNKNOWN,
	.major_fault_count = UNKNOWN,
	.tlb_walk_rate = UNKNOWN,
};

static const struct row_part extras = { FIELD(extras), &process_no_extras };

const char process_default_columns[] =
	"pid,user,oom,adj,virt,res,shr,anon,swap,growth,minflt_rate,majflt_rate,state,mem,command";

const char process_kill_order_columns[] = "rank,pid,user,badness,adj,frees,protection,oom,anon,"
					  "swap,file,shmem,pte,adj_weight,unit,command";

/* clang-format off */
static const struct column columns[] = {
	{ "pid", "PID", NULL, "The process's number.", UNIT_ID, 7, NEED_STAT, FIELD(pid) },
	{ "ppid", "PPID", NULL, "The number of its parent.", UNIT_ID, 7, NEED_STAT, FIELD(parent) },
	{ "user", "USER", NULL, "The name of its effective user.", UNIT_TEXT, 8, NEED_OWNER, FIELD(user) },
	{ "uid", "UID", NULL, "The number of its effective user.", UNIT_ID, 6, NEED_OWNER, FIELD(uid) },
	{ "state", "S", NULL, "R running, S sleeping, D waiting uninterruptibly, T stopped, t traced, Z zombie, I idle kernel thread.", UNIT_TEXT, 1, NEED_STAT, FIELD(state) },
	{ "nice", "NI", NULL, "The nice value, -20 to 19.", UNIT_NUMBER, 3, NEED_STAT, FIELD(nice) },
	{ "priority", "PR", NULL, "The kernel's scheduling priority.", UNIT_NUMBER, 4, NEED_STAT, FIELD(priority) },
	{ "threads", "THR", NULL, "How many threads it has. They share all memory figures of the row.", UNIT_NUMBER, 4, NEED_STAT, FIELD(threads) },
	{ "cputime", "TIME", "time+", "CPU time used by all its threads, in JSON and CSV as seconds.", UNIT_DURATION, 9, NEED_STAT, FIELD(cpu_time) },
	{ "cpu", "%CPU", NULL, "Share of one CPU since the last refresh; unknown in the first.", UNIT_PERCENT, 5, NEED_STAT, FIELD(cpu_share) },
	{ "age", "AGE", "etime", "Time since its start.", UNIT_DURATION, 9, NEED_STAT | NEED_HOST, FIELD(age) },
	{ "virt", "VIRT", "vsz", "Address space (statm size): what it asked for, not what it holds.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(virtual) },
	{ "res", "RES", "rss", "Resident memory (statm resident): ANON + FILE + SHMEM. Pages shared with others count in each of them, so a sum can exceed the machine's memory.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(resident) },
	{ "shr", "SHR", NULL, "The part of RES that is backed by files or shared memory (statm shared); whether others use it too is not said.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(shared) },
	{ "anon", "ANON", NULL, "The part of RES that is anonymous (RssAnon): heap, stacks, written private pages.", UNIT_BYTES, 7, NEED_MEMORY, FIELD(anon) },
	{ "file", "FILE", NULL, "The part of RES that maps files (RssFile).", UNIT_BYTES, 7, NEED_STATUS, FIELD(file) },
	{ "shmem", "SHMEM", "shm", "The part of RES that maps shared memory (RssShmem): tmpfs, System V, shared anonymous.", UNIT_BYTES, 7, NEED_STATUS, FIELD(shmem) },
	{ "swap", "SWAP", NULL, "Anonymous memory in swap (VmSwap); swapped shared memory is not in it.", UNIT_BYTES, 7, NEED_SWAP, FIELD(swap) },
	{ "used", "USED", NULL, "RES + SWAP.", UNIT_BYTES, 7, NEED_MEMORY | NEED_SWAP, FIELD(used) },
	{ "mem", "%MEM", NULL, "RES as a share of the machine's memory.", UNIT_PERCENT, 5, NEED_MEMORY | NEED_MEMINFO, FIELD(memory_share) },
	{ "peak", "PEAK", "hwm", "The largest RES so far (VmHWM).", UNIT_BYTES, 7, NEED_STATUS, FIELD(peak) },
	{ "data", "DATA", NULL, "Private writable address space without the stack (VmData).", UNIT_BYTES, 7, NEED_STATUS, FIELD(data) },
	{ "code", "CODE", NULL, "Address space of the program's text (VmExe).", UNIT_BYTES, 7, NEED_STATUS, FIELD(code) },
	{ "lib", "LIB", NULL, "Address space of the libraries' text (VmLib).", UNIT_BYTES, 7, NEED_STATUS, FIELD(library) },
	{ "stack", "STACK", NULL, "Address space of the main stack (VmStk).", UNIT_BYTES, 7, NEED_STATUS, FIELD(stack) },
	{ "locked", "LOCKED", NULL, "Address space locked into memory (VmLck); can exceed RES.", UNIT_BYTES, 7, NEED_STATUS, FIELD(locked) },
	{ "pte", "PTE", NULL, "Page tables (VmPTE); not in RES, but in the OOM killer's sum.", UNIT_BYTES, 7, NEED_STATUS, FIELD(page_tables) },
	{ "hugetlb", "HUGETLB", NULL, "Pages from the huge page pools (HugetlbPages); not in RES.", UNIT_BYTES, 7, NEED_STATUS, FIELD(hugetlb) },
	{ "pss", "PSS", NULL, "RES with each shared page divided by the number of its users (smaps_rollup Pss). Costly to read.", UNIT_BYTES, 7, NEED_ROLLUP, ROLLUP(pss) },
	{ "uss", "USS", NULL, "Resident memory that nobody else maps (Private_Clean + Private_Dirty). Costly to read.", UNIT_BYTES, 7, NEED_ROLLUP, ROLLUP(uss) },
	{ "swappss", "SWAPPSS", NULL, "SWAP with each shared page divided by the number of its users (SwapPss). Costly to read.", UNIT_BYTES, 7, NEED_ROLLUP, ROLLUP(swap_pss) },
	{ "pss_age", "PSSAGE", NULL, "Time since PSS, USS and SWAPPSS were read: they are read in turn, what is on the screen first.", UNIT_DURATION, 9, NEED_ROLLUP, EXTRA(pss_age) },
	{ "blocked", "BLOCKED", NULL, "Its files that do not answer: something holds the lock of its address space (mmap_lock). Unknown where all do.", UNIT_TEXT, 20, NEED_COMMAND, EXTRA(blocked) },
	{ "oom", "OOM", NULL, "The kernel's own OOM score (oom_score): the highest is killed first. 0: last or never.", UNIT_NUMBER, 5, NEED_OOM_SCORE, FIELD(oom_score) },
	{ "adj", "ADJ", NULL, "OOM adjustment (oom_score_adj), -1000 never to 1000 first.", UNIT_NUMBER, 5, NEED_OOM_ADJ, FIELD(oom_adj) },
	{ "badness", "BADNESS", NULL, "What the OOM killer compares: RES + SWAP + PTE + ADJ as bytes. Unknown for what it never kills.", UNIT_BYTES, 7, NEED_BADNESS, FIELD(badness) },
	{ "rank", "RANK", NULL, "Its place in the order in which the OOM killer would take the processes, 1 the first: a prediction. Processes that would end together have the same one.", UNIT_ID, 5, NEED_BADNESS, FIELD(rank) },
	{ "adj_weight", "ADJW", NULL, "ADJ as bytes: how much larger it makes the process look to the OOM killer.", UNIT_BYTES, 7, NEED_OOM_ADJ | NEED_MEMINFO, FIELD(adj_weight) },
	{ "frees", "~FREES", NULL, "What its end would about give back: ANON + SWAP + PTE, or where USS is read too USS + SWAPPSS + PTE.", UNIT_BYTES, 7, NEED_STATUS | NEED_SWAP, FIELD(frees) },
	{ "protection", "SPARED", "protected", "Why the OOM killer passes it over: init, kernel thread, adj -1000, zombie, vfork child and others. Unknown where it does not.", UNIT_TEXT, 13, NEED_BADNESS, FIELD(protection) },
	{ "oomgroup", "OOMGROUP", NULL, "The control group whose members the OOM killer ends together (memory.oom.group); unknown where it is none.", UNIT_TEXT, 16, NEED_CGROUP | NEED_OOM_GROUP, FIELD(oom_group) },
	{ "fault_segment", "FAULTSEG", NULL, "The segment of most of its minor faults since the last refresh, by the sampler (4).", UNIT_TEXT, 9, NEED_FAULTS, EXTRA(fault_segment) },
	{ "fault_code", "FAULTCODE", NULL, "The file of the code that met most of them; kernel: a system call.", UNIT_TEXT, 16, NEED_FAULTS, EXTRA(fault_code) },
	{ "tlb_walk_rate", "WALKS/s", NULL, "Walks of the page tables for data a second since the last refresh, sampled 97 times a second: an estimate.", UNIT_RATE, 8, NEED_SAMPLED_WALKS, EXTRA(tlb_walk_rate) },
	{ "minflt", "MINFLT", NULL, "Page faults served from memory, since its start.", UNIT_NUMBER, 10, NEED_STAT, FIELD(minor_faults) },
	{ "majflt", "MAJFLT", NULL, "Page faults that waited for a device, since its start.", UNIT_NUMBER, 8, NEED_STAT, FIELD(major_faults) },
	{ "minflt_rate", "MINF/s", "minflt/s", "Minor faults a second since the last refresh; unknown in the first.", UNIT_RATE, 7, NEED_STAT, FIELD(minor_fault_rate) },
	{ "majflt_rate", "MAJF/s", "majflt/s", "Major faults a second since the last refresh; unknown in the first.", UNIT_RATE, 7, NEED_STAT, FIELD(major_fault_rate) },
	{ "growth", "RES/min", NULL, "Change of RES since the last refresh, for a minute; unknown in the first.", UNIT_BYTES_PER_MINUTE, 7, NEED_MEMORY, FIELD(growth) },
	{ "vmof", "VMOF", NULL, "The parent whose address space it uses (CLONE_VM without CLONE_THREAD, vfork); what it shows is the parent's memory, not more. Otherwise unknown.", UNIT_ID, 7, NEED_MEMORY, FIELD(memory_of) },
	{ "cgroup", "CGROUP", NULL, "Its control group: of the memory controller where that is version 1.", UNIT_TEXT, 20, NEED_CGROUP, FIELD(cgroup) },
	{ "unit", "UNIT", NULL, "Its systemd unit, from the names in its control group.", UNIT_TEXT, 16, NEED_CGROUP, FIELD(unit) },
	{ "comm", "COMM", "name", "The kernel's name of the process, at most 15 bytes (64 for kernel threads).", UNIT_TEXT, 15, NEED_STAT, FIELD(comm) },
	{ "command", "COMMAND", "cmd", "Its command line, the first 4095 bytes; [COMM] where it has none.", UNIT_TEXT, 20, NEED_COMMAND, FIELD(command) },
};
/* clang-format on */

const struct table candidate_table = {
	.name = "candidate",
	.search = "comm,command",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct process),
};

const struct table process_table = {
	.name = "process",
	.search = "comm,command",
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct process),
};
