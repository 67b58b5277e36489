// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* The drop-in files of the machine's systemd (systemd.unit(5)). */
#define DROP_IN_ROOT "/etc/systemd/system"
#define DROP_IN_NAME "50-memtop-oom.conf"

/*
 * Writes ROOT/FOLDER/50-memtop-oom.conf as a whole, and creates its folder. Returns 0 or -errno.
 * Follows no link below the root.
 */
int drop_in_write(const char *root, const char *folder, const char *content);
