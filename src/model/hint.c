// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/hint.h"

#include "base/macros.h"
#include "model/needs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * smaps, smaps_rollup and others need PTRACE_MODE_READ; since Linux 6.15 CAP_PERFMON is enough
 * (fs/proc/task_mmu.c, may_access_mm).
 */
static const char ptrace_remedy[] = "needs CAP_PERFMON (since Linux 6.15) or CAP_SYS_PTRACE";
static const char hidepid_remedy[] =
	"/proc is mounted with hidepid; needs CAP_SYS_PTRACE or its gid=";
static const char pressure_remedy[] =
	"needs CONFIG_PSI, perhaps psi=1, and /proc without subset=pid";
static const char events_remedy[] =
	"needs CAP_SYS_ADMIN and CAP_PERFMON for the tracepoint, or CAP_SYSLOG for /dev/kmsg";
static const char exits_remedy[] = "needs CONFIG_TASKSTATS and CONFIG_TASK_XACCT";
static const char subset_remedy[] = "is /proc mounted with subset=pid?";

/* clang-format off */
static const struct {
	uint64_t need;
	const char *subject;
	const char *refused; /* shown if it is not permitted */
	const char *absent;  /* shown if it does not exist */
} subjects[] = {
	{ NEED_PROCESSES, "other users' processes", hidepid_remedy, subset_remedy },
	{ NEED_STAT, "all figures", hidepid_remedy, NULL },
	{ NEED_MEMORY, "memory figures", hidepid_remedy, NULL },
	{ NEED_STATUS, "memory figures", hidepid_remedy, NULL },
	{ NEED_SWAP, "SWAP", hidepid_remedy, NULL },
	{ NEED_OWNER, "USER", hidepid_remedy, NULL },
	{ NEED_OOM_SCORE, "OOM", hidepid_remedy, NULL },
	{ NEED_OOM_ADJ, "ADJ", hidepid_remedy, NULL },
	{ NEED_PSS, "PSS, USS and SWAPPSS", ptrace_remedy, NULL },
	{ NEED_CGROUP, "CGROUP and UNIT", hidepid_remedy, NULL },
	{ NEED_CONTAINER, "names of containers", "only root may read the files that have them", NULL },
	{ NEED_COMMAND, "COMMAND", hidepid_remedy, NULL },
	{ NEED_LIMITS, "its limits", hidepid_remedy, NULL },
	{ NEED_MAPPINGS, "memory by mapping (smaps)", ptrace_remedy, "needs CONFIG_PROC_PAGE_MONITOR" },
	{ NEED_MEMINFO, "the machine's memory (/proc/meminfo)", subset_remedy, subset_remedy },
	{ NEED_VMSTAT, "fault and reclaim rates (/proc/vmstat)", subset_remedy, subset_remedy },
	{ NEED_PRESSURE, "psi (/proc/pressure/memory)", pressure_remedy, pressure_remedy },
	{ NEED_OOM, "the memory cgroup of the kill order", NULL, "there is no such memory cgroup" },
	{ NEED_RANK, "RANK", hidepid_remedy, subset_remedy },
	{ NEED_FAULTS, "page faults by segment and code", NULL, NULL },
	{ NEED_EVENTS, "the victim of the OOM killer", events_remedy, events_remedy },
	{ NEED_BUDGET, "the memory budget (/proc/meminfo)", subset_remedy, subset_remedy },
	{ NEED_SLABS, "slab caches (/proc/slabinfo)", "only root may read it", "needs CONFIG_SLUB_DEBUG or CONFIG_SLAB, and /proc without subset=pid" },
	{ NEED_ZONES, "zones or their free blocks (/proc/zoneinfo, buddyinfo)", subset_remedy, subset_remedy },
	{ NEED_RECLAIM, "counters of reclaim (/proc/vmstat)", subset_remedy, subset_remedy },
	{ NEED_SWAPS, "swap devices (/proc/swaps)", subset_remedy, "needs CONFIG_SWAP, and /proc without subset=pid" },
	{ NEED_NODES, "NUMA nodes (/sys/devices/system/node)", NULL, "needs CONFIG_NUMA and sysfs" },
	{ NEED_CHARGE, "what cgroups are charged for", "memory.stat and others may not be read", "there is no memory controller of cgroups" },
	{ NEED_INCIDENTS, "what happened", NULL, NULL },
	{ NEED_EXITS, "processes that ended between two refreshes", "needs CAP_NET_ADMIN", exits_remedy },
	{ NEED_HOST, "uptime (/proc/uptime)", subset_remedy, subset_remedy },
};

/* Causes with a special text. */
static const struct {
	uint64_t need;
	int error;
	const char *text;
} sentences[] = {
	{ NEED_MEMINFO, ERANGE, "used and available unknown: MemAvailable is above MemTotal, as in some containers; free takes MemFree in its place" },
	{ NEED_BUDGET, ENODATA, "where memory is unknown: /proc/meminfo has no MemTotal above 0" },
	{ NEED_BUDGET, ERANGE, "figures of a container and of its host are mixed in /proc/meminfo, as by lxcfs: they add up to more than MemTotal" },
	{ NEED_PSS, E2BIG, "of more than 1,000 processes only the PSS of the largest is read: the footprint of others is at most so much; --exact reads all" },
	{ NEED_CHARGE, E2BIG, "there are more than 8,192 cgroups, or more than 64 inside each other: the others count in those above them" },
	{ NEED_INCIDENTS, E2BIG, "too much happened to list all of it: the oldest is missing" },
	{ NEED_INCIDENTS, ETIME, "the machine was suspended, which the clock of the log does not count: kills before that were earlier than it says" },
	{ NEED_EXITS, ENOBUFS, "more processes ended than could be counted: some that ended since the last refresh are missing" },
	{ NEED_EXITS, EOPNOTSUPP, "of processes that ended, those with one thread are missing: the kernel says since Linux 5.19 which process a thread was of" },
	{ NEED_EXITS, ENONET, "processes that ended are unknown: the kernel reports them only to the network namespace of the host" },
	{ NEED_EXITS, EINVAL, "processes that ended are unknown: the kernel reports them only to the PID namespace of the host" },
};
/* clang-format on */

static const char *
remedy_of(size_t subject, const struct hint *hint)
{
	if (hint->error == EACCES)
		return subjects[subject].refused;
	if (hint->error != ENOENT && hint->error != EOPNOTSUPP)
		return NULL;
	return subjects[subject].absent ? subjects[subject].absent : "this kernel does not have it";
}

bool
hint_add(struct hint hints[static MOST_HINTS], size_t *count, const struct hint *hint)
{
	for (size_t i = 0; i < *count; i++)
		if (hints[i].need == hint->need && hints[i].error == hint->error) {
			hints[i].count += hint->count;
			return false;
		}
	if (*count == MOST_HINTS)
		return false;
	hints[(*count)++] = *hint;
	return true;
}

void
hint_text(const struct hint *hint, char text[static HINT_TEXT_SIZE])
{
	const char *subject = "figures", *remedy = NULL;
	const char *cause = hint->error == ESRCH ? "ended while it was read"
			    : hint->error == ETIMEDOUT
				    ? "blocked: a file of a process does not answer"
			    : hint->error == NOT_RECORDED ? "not in this recording"
							  : strerror(hint->error);
	char rows[64] = "";

	if (hint->need == NEED_PROCESSES && hint->error == ESRCH) {
		snprintf(text, HINT_TEXT_SIZE, "%lld of the processes asked for do not exist",
			(long long)hint->count);
		return;
	}
	if (hint->error == NOT_KNOWN) {
		snprintf(text, HINT_TEXT_SIZE,
			"this version of memtop does not know %lld column%s of the recording, "
			"which another version made: left out",
			(long long)hint->count, hint->count == 1 ? "" : "s");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++)
		if (sentences[i].need == hint->need && sentences[i].error == hint->error) {
			snprintf(text, HINT_TEXT_SIZE, "%s", sentences[i].text);
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
		if (subjects[i].need == hint->need) {
			subject = subjects[i].subject;
			remedy = remedy_of(i, hint);
		}
	if (hint->count > 0)
		snprintf(rows, sizeof(rows), " of %lld process%s", (long long)hint->count,
			hint->count == 1 ? "" : "es");
	snprintf(text, HINT_TEXT_SIZE, "%s%s unknown: %s%s%s%s", subject, rows, cause,
		remedy ? " (" : "", remedy ? remedy : "", remedy ? ")" : "");
}
