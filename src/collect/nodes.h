// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct snapshot;

/*
 * The NUMA nodes of a folder, which is /sys/devices/system/node (drivers/base/node.c), by ascending
 * number. Returns 0 or -errno.
 */
int nodes_read(const char *folder, struct snapshot *now);
