// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/sharing.h"

#include "model/snapshot.h"

#include <linux/kcmp.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A cheap test before the kernel is asked: one address space has one stack. */
static bool
may_share(const struct process *process, const struct process *parent)
{
	if (process->virtual <= 0 || process->parent <= 0)
		return false;
	return !parent || (parent->start_stack > 0 && parent->start_stack == process->start_stack);
}

static bool
same_address_space(int64_t a, int64_t b)
{
	return syscall(SYS_kcmp, (pid_t)a, (pid_t)b, KCMP_VM, 0, 0) == 0;
}

void
sharing_mark(struct snapshot *snapshot, const size_t *rows, size_t row_count)
{
	for (size_t i = 0; i < row_count; i++) {
		struct process *process = &snapshot->processes[rows[i]];
		const struct process *parent = snapshot_find_process(snapshot, process->parent);

		process->memory_of = UNKNOWN;
		if (may_share(process, parent) && same_address_space(process->pid, process->parent))
			process->memory_of = process->parent;
	}
}
