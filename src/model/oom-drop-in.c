// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "model/oom-plan.h"

#include "model/process.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The kinds of unit in which OOMScoreAdjust= can stand (systemd.exec(5)), and where. */
static const struct {
	const char *ending, *section;
} kinds[] = {
	{ ".service", "Service" },
	{ ".socket", "Socket" },
	{ ".mount", "Mount" },
	{ ".swap", "Swap" },
};

static bool
ends_in(const char *text, const char *ending)
{
	size_t length = strlen(text), end = strlen(ending);

	return length > end && strcmp(text + length - end, ending) == 0;
}

static const char *
section_of(const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (ends_in(unit, kinds[i].ending))
			return kinds[i].section;
	return NULL;
}

/* Anybody can name a control group; what systemd names is safe in a terminal and between quotes. */
static bool
is_unit_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isascii((unsigned char)*c) ||
			(!isalnum((unsigned char)*c) && !strchr(":-_.\\@", *c)))
			return false;
	return strlen(name) < 256;
}

/* A unit below user@UID.service is one of that user's own systemd. */
static bool
is_of_a_user(const struct process *process)
{
	const char *manager = process->cgroup ? strstr(process->cgroup, "/user@") : NULL;

	manager = manager ? strstr(manager, ".service/") : NULL;
	return manager && strstr(manager, process->unit);
}

/* Why there is no setting for a process, or NULL. */
static const char *
reason_against(const struct process *process)
{
	if (!process->unit)
		return "it belongs to no systemd unit: set it where the process is started";
	if (!is_unit_name(process->unit))
		return "the name of its unit is none that systemd gives";
	if (ends_in(process->unit, ".scope"))
		return "the processes of a scope are not started by systemd: the program that "
		       "starts them "
		       "has to set it";
	if (!section_of(process->unit))
		return "there is no such setting for a unit of this kind";
	return NULL;
}

bool
oom_drop_in(const struct process *process, int64_t adj, char text[static OOM_DROP_IN_SIZE])
{
	const char *reason = reason_against(process);
	const char *quote, *user, *note = "";

	if (reason) {
		snprintf(text, OOM_DROP_IN_SIZE, "%s", reason);
		return false;
	}
	quote = strchr(process->unit, '\\') ? "'" : "";
	user = is_of_a_user(process) ? "--user " : "";
	if (*user && adj < 0)
		note = "# A user's systemd may not go below the adjustment it has itself.\n";
	snprintf(text, OOM_DROP_IN_SIZE, "systemctl %sedit %s%s%s\n\n[%s]\n%sOOMScoreAdjust=%lld\n",
		user, quote, process->unit, quote, section_of(process->unit), note, (long long)adj);
	return true;
}
