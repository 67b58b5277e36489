// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct needs;
struct snapshot;

/* The pids of processes, ascending. */
struct pid_list;

/*
 * `root` is a descriptor of /proc; it must outlive this. `has_clock`: CPU clocks show which numbers
 * are processes (cpu_clock_is_usable()).
 */
struct pid_list *pid_list_create(int root, bool has_clock);
void pid_list_destroy(struct pid_list *list);

/*
 * Lists all processes, or only the requested ones; missing ones are noted in the hints of `now`.
 * With CPU clocks only the numbers given since the last read are tried, and all are listed every
 * 30 seconds: then `*ret_all` is false, and the list has the new processes. Returns 0 or -errno.
 */
int pid_list_read(
	struct pid_list *list, struct snapshot *now, const struct needs *needs, bool *ret_all);

/* Valid until the next read. */
const int64_t *pid_list_numbers(const struct pid_list *list, size_t *ret_count);
