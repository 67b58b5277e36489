// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/scan.h"
#include "oomlog/parser.h"

#include <string.h>

static void
begin(struct oom_kill *kill, enum oom_killer killer)
{
	oom_kill_init(kill);
	kill->killer = killer;
	kill->outcome = OOM_KILLED;
}

/*
 * "Killed CGROUP due to memory pressure for CGROUP being 65.79% > 50.00% for > 20s with reclaim
 * activity", "Killed CGROUP due to memory used (N) / total (N) and swap used (N) / total (N) being
 * more than 90.00%" (systemd 248 to 257); "Marked CGROUP for killing due to ..." since.
 */
bool
daemon_take_oomd(struct oom_log *log, const char *at, const char *behind)
{
	const char *words = *at == 'M' ? " for killing due to memory " : " due to memory ";
	const char *end = strstr(behind, words);
	struct oom_kill kill;

	if (!end)
		return false;
	begin(&kill, OOM_BY_SYSTEMD_OOMD);
	value_copy(&kill.cgroup, behind - 1, end);
	value_copy(&kill.group, behind - 1, end);
	value_copy(&kill.reason, end + strlen(words) - strlen("memory "), NULL);
	queue_push(log, &kill);
	return true;
}

static struct oom_kill *
find_unit(struct oom_log *log, const char *unit, size_t length)
{
	for (size_t i = log->queue_count; i-- > 0;) {
		struct oom_kill *kill = &log->queue[i];
		const char *name = kill->cgroup ? strrchr(kill->cgroup, '/') : NULL;

		if (kill->killer == OOM_BY_SYSTEMD_OOMD && name && scan_is(unit, length, name + 1))
			return kill;
	}
	return NULL;
}

/* "UNIT: systemd-oomd killed 131 process(es) in this unit.", in the journal of the unit */
bool
daemon_take_unit(struct oom_log *log, const char *at, const char *behind)
{
	const char *unit = log->line.message, *end = at - strlen(": ");
	const char *rest = behind + strspn(behind, "0123456789");
	struct oom_kill kill, *known;

	if (end <= unit || *end != ':' || !scan_start(rest, " process(es) in this unit"))
		return false;
	for (const char *word = unit; word < end; word++)
		unit = *word == ' ' ? word + 1 : unit;
	known = find_unit(log, unit, (size_t)(end - unit));
	if (known) {
		known->processes = value_at(behind);
		return true;
	}
	begin(&kill, OOM_BY_SYSTEMD_OOMD);
	kill.processes = value_at(behind);
	value_copy(&kill.cgroup, unit, end);
	queue_push(log, &kill);
	return true;
}

/*
 * `sending SIGTERM to process 42 uid 0 "name": badness 978, VmRSS 177 MiB` (earlyoom until 1.7),
 * `...: oom_score 978, oom_score_adj 0, VmRSS 177 MiB, cmdline "..."` (since).
 */
bool
daemon_take_earlyoom(struct oom_log *log, const char *at, const char *behind)
{
	const char *signal = at + strlen("sending "), *end = strstr(behind, " to process ");
	const char *name = end ? strchr(end, '"') : NULL, *figures = NULL;
	int64_t pid = end ? value_at(end + strlen(" to process ")) : UNKNOWN;
	struct oom_kill kill;

	if (pid < 1)
		return false;
	if (name && !(figures = strstr(name + 1, "\": oom_score ")))
		figures = strstr(name + 1, "\": badness ");
	if (!figures && value_line_end(at))
		return false;
	begin(&kill, OOM_BY_EARLYOOM);
	kill.limited_by = OOM_LIMIT_MACHINE;
	kill.victim.pid = pid;
	kill.victim.uid = value_of(end, "uid ", " ");
	value_copy(&kill.signal, signal, end);
	if (figures) {
		value_copy(&kill.victim.comm, name + 1, figures);
		kill.score = value_of(figures + 2, "oom_score ", ",");
		if (kill.score == UNKNOWN)
			kill.score = value_of(figures + 2, "badness ", ",");
		kill.victim.adj = value_of(figures + 2, "oom_score_adj ", ",");
		kill.victim.resident =
			known_product(value_of(figures + 2, "VmRSS ", " MiB"), 1 << 20);
	}
	queue_push(log, &kill);
	return true;
}
