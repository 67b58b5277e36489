// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/sharing.h"

#include "model/process.h"

#include <linux/kcmp.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool
same_address_space(int64_t a, int64_t b)
{
	return syscall(SYS_kcmp, (pid_t)a, (pid_t)b, KCMP_VM, 0, 0) == 0;
}

int64_t
sharing_owner(const struct process *process, int64_t stack, bool has_parent, int64_t parent_stack)
{
	if (process->virtual <= 0 || process->parent <= 0)
		return UNKNOWN;
	if (has_parent && (parent_stack <= 0 || parent_stack != stack))
		return UNKNOWN;
	return same_address_space(process->pid, process->parent) ? process->parent : UNKNOWN;
}
