// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/group.h"
#include "model/needs.h"
#include "model/process.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The first word of the column PROGRAM without the colon of "sshd: user". */
static const char *
program_of(const struct process *process, char text[static GROUP_NAME_SIZE])
{
	const char *program = process->command ? process_program(process->command) : process->comm;
	size_t length = program ? strcspn(program, " ") : 0;

	if (length > 1 && program[length - 1] == ':')
		length--;
	if (length >= GROUP_NAME_SIZE)
		length = GROUP_NAME_SIZE - 1;
	memcpy(text, program ? program : "", length);
	text[length] = '\0';
	return length > 0 ? text : NULL;
}

static const char *
user_of(const struct process *process, char unused[static GROUP_NAME_SIZE])
{
	return process->user;
}

static const char *
unit_of(const struct process *process, char unused[static GROUP_NAME_SIZE])
{
	return process->place->unit;
}

static const char *
cgroup_of(const struct process *process, char unused[static GROUP_NAME_SIZE])
{
	return process->place->cgroup;
}

/* Containers of different pods often have the same name: "NAMESPACE/POD/CONTAINER". */
static const char *
container_of(const struct process *process, char text[static GROUP_NAME_SIZE])
{
	bool has_pod_name = process->place->pod && strchr(process->place->pod, '/');

	if (!process->place->container || !has_pod_name)
		return process->place->container;
	snprintf(text, GROUP_NAME_SIZE, "%s/%s", process->place->pod, process->place->container);
	return text;
}

static const char *
pod_of(const struct process *process, char unused[static GROUP_NAME_SIZE])
{
	return process->place->pod;
}

static const char *
container_path_of(const struct process *process)
{
	return process->place->container_path;
}

static const char *
pod_path_of(const struct process *process)
{
	return process->place->pod_path;
}

/*
 * The name of the group of a process, which may be made in `text`; NULL: none. `path` is the text
 * in the process that tells groups apart; NULL: the name does.
 */
static const struct {
	const char *(*name)(const struct process *process, char text[static GROUP_NAME_SIZE]);
	const char *(*path)(const struct process *process);
} names[GROUP_KINDS] = {
	[GROUP_BY_PROGRAM] = { program_of },
	[GROUP_BY_USER] = { user_of },
	[GROUP_BY_UNIT] = { unit_of },
	[GROUP_BY_CGROUP] = { cgroup_of },
	[GROUP_BY_CONTAINER] = { container_of, container_path_of },
	[GROUP_BY_POD] = { pod_of, pod_path_of },
	[GROUP_BY_TREE] = { program_of },
};

/* clang-format off */
const struct group_description group_kinds[GROUP_KINDS] = {
	[GROUP_BY_PROGRAM]   = { "program", "the program, or the script that an interpreter runs", NEED_COMMAND },
	[GROUP_BY_USER]      = { "user", "the effective user", NEED_OWNER },
	[GROUP_BY_UNIT]      = { "unit", "the systemd unit", NEED_CGROUP, group_charge_columns, .has_charge = true },
	[GROUP_BY_CGROUP]    = { "cgroup", "the cgroup with all cgroups below it", NEED_CGROUP | NEED_CHARGE, group_charge_columns, .has_charge = true, .is_tree = true },
	[GROUP_BY_CONTAINER] = { "container", "the container, by name or id", NEED_CONTAINER | NEED_CGROUP, group_charge_columns, .has_charge = true },
	[GROUP_BY_POD]       = { "pod", "the pod, by namespace and name or UID", NEED_CONTAINER | NEED_CGROUP, group_charge_columns, .has_charge = true },
	[GROUP_BY_TREE]      = { "tree", "each process with all that descend from it", NEED_COMMAND, "footprint,share,processes,anon,file,shared,swap,root,name", .is_tree = true },
};
/* clang-format on */

void
group_kinds_list(char text[static GROUP_KINDS_SIZE])
{
	size_t length = 0;

	for (size_t i = 0; i < GROUP_KINDS && length < GROUP_KINDS_SIZE; i++)
		length += (size_t)snprintf(text + length, GROUP_KINDS_SIZE - length, "%s%s",
			i ? ", " : "", group_kinds[i].name);
}

struct group_key
group_key_of(enum group_kind kind, const struct process *process, char text[static GROUP_NAME_SIZE])
{
	struct group_key key = { .name = names[kind].name(process, text) };

	key.path = names[kind].path ? names[kind].path(process) : NULL;
	key.key = names[kind].path ? key.path : key.name;
	return key;
}

bool
group_has_path(enum group_kind kind)
{
	return names[kind].path != 0;
}
