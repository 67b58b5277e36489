// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct node;
struct snapshot;

/*
 * The NUMA nodes of a folder, which is /sys/devices/system/node (drivers/base/node.c), by ascending
 * number. Returns 0 or -errno.
 */
int nodes_read(const char *folder, struct snapshot *now);

/* For nodes_read(): takes one line of `file`, which is "meminfo" or "numastat". */
void nodes_take_line(struct node *node, const char *file, const char *line);
