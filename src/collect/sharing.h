// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

struct snapshot;

/*
 * Fills memory_of for the given rows: a process made with CLONE_VM but without CLONE_THREAD (also
 * by vfork) uses its parent's address space, and both show the same memory (T25). Where their
 * stacks begin at the same address kcmp(2) is asked; where that is refused it stays UNKNOWN.
 */
void sharing_mark(struct snapshot *snapshot, const size_t *rows, size_t row_count);
