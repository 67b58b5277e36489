// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

struct needs;
struct snapshot;

/* The numbers of the processes to read, ascending. */
struct pid_list;

/* `root` is a descriptor of /proc that stays open as long as this lives. */
struct pid_list *pid_list_create(int root);
void pid_list_destroy(struct pid_list *list);

/*
 * Lists all processes, or only the ones asked for; one that does not exist is told in the hints of
 * `now`. The list of all is made anew where a process may have come or gone since, by the numbers
 * of /proc/loadavg, and every ten seconds. Returns 0 or -errno.
 */
int pid_list_read(struct pid_list *list, struct snapshot *now, const struct needs *needs);

/* They stay where they are until the next read. */
const int64_t *pid_list_numbers(const struct pid_list *list, size_t *ret_count);
