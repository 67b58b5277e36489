// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

struct needs;
struct snapshot;

/* The pids to read, ascending. */
struct pid_list;

/* `root` is a descriptor of /proc; it must outlive this. */
struct pid_list *pid_list_create(int root);
void pid_list_destroy(struct pid_list *list);

/*
 * Lists all processes, or only the requested ones; missing ones are noted in the hints of `now`.
 * Lists all again when the numbers of /proc/loadavg show that a process may have come or gone, and
 * every ten seconds. Returns 0 or -errno.
 */
int pid_list_read(struct pid_list *list, struct snapshot *now, const struct needs *needs);

/* Valid until the next read. */
const int64_t *pid_list_numbers(const struct pid_list *list, size_t *ret_count);
