// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/sharing.h"

#include "model/snapshot.h"

#include <linux/kcmp.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool
same_sizes(const struct process *a, const struct process *b)
{
	return a->virtual > 0 && a->virtual == b->virtual && a->resident == b->resident &&
	       a->shared == b->shared;
}

static bool
same_address_space(const struct process *a, const struct process *b)
{
	return syscall(SYS_kcmp, (pid_t)a->pid, (pid_t)b->pid, KCMP_VM, 0, 0) == 0;
}

void
sharing_mark(struct snapshot *snapshot, const size_t *rows, size_t row_count)
{
	for (size_t i = 0; i < row_count; i++) {
		struct process *process = &snapshot->processes[rows[i]];
		const struct process *parent;

		process->memory_of = UNKNOWN;
		if (process->virtual <= 0)
			continue;
		parent = snapshot_find_process(snapshot, process->parent);
		if (parent && same_sizes(process, parent) && same_address_space(process, parent))
			process->memory_of = parent->pid;
	}
}
