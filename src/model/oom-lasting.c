// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-lasting.h"

#include "base/macros.h"
#include "model/process.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The kinds of unit with OOMScoreAdjust= (systemd.exec(5)), and its section. */
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

/* Anyone can name a cgroup. A name that systemd gives is safe in a terminal and in quotes. */
static bool
is_unit_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isascii((unsigned char)*c) ||
			(!isalnum((unsigned char)*c) && !strchr(":-_.\\@", *c)))
			return false;
	return strlen(name) < 256;
}

/* A unit below user@UID.service belongs to the user's own systemd. */
static bool
is_of_a_user(const struct process *process)
{
	const char *manager =
		process->place->cgroup ? strstr(process->place->cgroup, "/user@") : NULL;

	manager = manager ? strstr(manager, ".service/") : NULL;
	return manager && strstr(manager, process->place->unit);
}

/* Whether systemd starts the process and has a setting for it. */
static bool
is_of_systemd(const struct process *process)
{
	return process->place->unit && is_unit_name(process->place->unit) &&
	       section_of(process->place->unit);
}

/*
 * Who else starts processes, by a part of the cgroup's path, the first that matches; %lld is the
 * adjustment.
 */
static const struct {
	const char *part, *how;
} managers[] = {
	{ "kubepods", "Kubernetes sets it by the pod's quality of service, not by a field:\n"
		      "Guaranteed (requests equal to limits of CPU and memory): -997\n"
		      "Burstable: 2 to 999, less with a larger request of memory\n"
		      "BestEffort (no requests): 1000\n" },
	{ "libpod", "podman run --oom-score-adj=%lld IMAGE\n"
		    "in a Quadlet file: PodmanArgs=--oom-score-adj=%lld\n" },
	{ "docker", "docker run --oom-score-adj=%lld IMAGE\n"
		    "in compose.yaml, of the service: oom_score_adj: %lld\n" },
	{ "lxc", "in the container's configuration: lxc.proc.oom_score_adj = %lld\n" },
	{ "", "in the script that starts it:\n"
	      "memtop oom -n %lld -- COMMAND (or: choom -n %lld -- COMMAND)\n" },
};

static void
write_manager(const struct process *process, int64_t adj, char text[static OOM_LASTING_SIZE])
{
	const char *cgroup = process->place->cgroup ? process->place->cgroup : "";
	size_t i = 0;

	while (!strstr(cgroup, managers[i].part))
		i++;
	snprintf(text, OOM_LASTING_SIZE, managers[i].how, (long long)adj, (long long)adj);
}

bool
oom_lasting_text(const struct process *process, int64_t adj, char text[static OOM_LASTING_SIZE])
{
	const char *quote, *user, *note = "";

	if (!is_of_systemd(process)) {
		write_manager(process, adj, text);
		return false;
	}
	quote = strchr(process->place->unit, '\\') ? "'" : "";
	user = is_of_a_user(process) ? "--user " : "";
	if (*user && adj < 0)
		note = "# A user's systemd may not go below the adjustment it has itself.\n";
	snprintf(text, OOM_LASTING_SIZE, "systemctl %sedit %s%s%s\n\n[%s]\n%sOOMScoreAdjust=%lld\n",
		user, quote, process->place->unit, quote, section_of(process->place->unit), note,
		(long long)adj);
	return true;
}

bool
oom_lasting_file(const struct process *process, int64_t adj, char folder[static OOM_LASTING_SIZE],
	char content[static OOM_LASTING_SIZE])
{
	if (!is_of_systemd(process) || is_of_a_user(process))
		return false;
	snprintf(folder, OOM_LASTING_SIZE, "%s.d", process->place->unit);
	snprintf(content, OOM_LASTING_SIZE, "# Written by memtop.\n[%s]\nOOMScoreAdjust=%lld\n",
		section_of(process->place->unit), (long long)adj);
	return true;
}
