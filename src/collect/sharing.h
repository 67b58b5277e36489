// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct process;

/*
 * The parent whose address space a process uses, or UNKNOWN: one made with CLONE_VM but without
 * CLONE_THREAD (also by vfork) shows the same memory as its parent (T25). Where their stacks begin
 * at the same address kcmp(2) is asked; where that is refused it stays UNKNOWN.
 */
int64_t sharing_owner(
	const struct process *process, int64_t stack, bool has_parent, int64_t parent_stack);
