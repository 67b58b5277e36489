// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-log-parts.h"
#include "model/scan.h"

#include <string.h>

static void
set_text(const char **text, const char *start, const char *end)
{
	size_t length = (size_t)(end - start);

	oom_set_text(text, start, length < OOM_TEXT_LENGTH ? length : OOM_TEXT_LENGTH);
}

static const char *
end_of(const char *line)
{
	return line + strcspn(line, "\r\n");
}

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
oomd_take_line(const char *line, struct oom_kill *ret_kill)
{
	static const char marked[] = " for killing due to ", killed[] = " due to ";
	bool is_mark = scan_start(line, "Marked /") != NULL;
	const char *path = strchr(line, '/'), *behind;

	if (!is_mark && !scan_start(line, "Killed /"))
		return false;
	behind = strstr(path, is_mark ? marked : killed);
	if (!behind)
		return false;
	begin(ret_kill, OOM_BY_SYSTEMD_OOMD);
	ret_kill->limited_by = OOM_LIMIT_UNKNOWN;
	set_text(&ret_kill->cgroup, path, behind);
	set_text(&ret_kill->group, path, behind);
	behind += is_mark ? sizeof(marked) - 1 : sizeof(killed) - 1;
	set_text(&ret_kill->reason, behind, end_of(behind));
	return true;
}

/*
 * `sending SIGTERM to process 42 uid 0 "name": badness 978, VmRSS 177 MiB` (earlyoom until 1.7),
 * `...: oom_score 978, oom_score_adj 0, VmRSS 177 MiB, cmdline "..."` (since).
 */
bool
earlyoom_take_line(const char *line, struct oom_kill *ret_kill)
{
	const char *signal = scan_start(line, "sending SIG"), *name, *end, *figures;
	struct oom_kill *kill = ret_kill;
	int64_t pid;

	if (!signal || !(end = strstr(signal, " to process ")))
		return false;
	pid = scan_number(end + strlen(" to process "));
	name = strchr(end, '"');
	figures = name ? strstr(name + 1, "\": oom_score ") : NULL;
	figures = name && !figures ? strstr(name + 1, "\": badness ") : figures;
	if (pid < 1 || !figures)
		return false;
	begin(kill, OOM_BY_EARLYOOM);
	kill->limited_by = OOM_LIMIT_MACHINE;
	kill->pid = pid;
	kill->uid = scan_field(end, "uid ");
	set_text(&kill->signal, signal - 3, end);
	set_text(&kill->comm, name + 1, figures);
	kill->score = scan_field(figures + 2, "oom_score ");
	if (kill->score == UNKNOWN)
		kill->score = scan_field(figures + 2, "badness ");
	kill->adj = scan_field(figures + 2, "oom_score_adj ");
	kill->resident = known_product(scan_field(figures + 2, "VmRSS "), 1 << 20);
	return true;
}
