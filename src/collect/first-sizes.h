// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/procfs.h"

#include <stdbool.h>
#include <stddef.h>

struct cached_process;

/* What statm says of a process. */
struct first_size {
	struct procfs_statm statm;
	bool is_known; /* false: it is a kernel thread, has lost its first thread, or is gone */
};

/*
 * Reads the sizes of many processes, half of them in a second thread: someone waits for the first
 * screen. `root` is a descriptor of /proc. The caller frees the result, in the order of the list;
 * NULL if there are few, or without a second thread.
 */
struct first_size *first_sizes_read(int root, const struct cached_process *list, size_t count);
