// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct tui_settings;

/*
 * The settings of the screen in a file for people: INI, with a comment for each setting. Read at
 * the start, and written only on request.
 */

/*
 * The file of this user: $XDG_CONFIG_HOME/memtop/config, else ~/.config/memtop/config. NULL if
 * neither is an absolute path: nothing is ever read from the working directory. The caller frees
 * it.
 */
char *settings_default_path(void);

/*
 * Reads a file into the settings. A wrong or unknown line leaves its setting unchanged and is
 * reported to `complain` with its number. A file that cannot be read or belongs to another user is
 * reported too; a missing file only if it `must_exist`.
 */
void settings_load(const char *path, bool must_exist, struct tui_settings *settings,
	void (*complain)(void *context, const char *message), void *context);

/*
 * Writes the whole file or nothing, and creates its folder. Follows a link. Returns 0, or -errno
 * with the old file unchanged.
 */
int settings_save(const char *path, const struct tui_settings *settings);
