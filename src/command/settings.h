// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct tui_settings;

/*
 * The settings of the screen in a file that people can edit: INI, with a comment for each. It is
 * read at the start and written only when the user asks for it.
 */

/*
 * The file for this user: $XDG_CONFIG_HOME/memtop/config, else ~/.config/memtop/config. NULL where
 * neither is an absolute path: nothing is ever read from the working directory. The caller frees
 * it.
 */
char *settings_default_path(void);

/*
 * Reads a file into the settings. A line that is wrong or unknown leaves its setting as it is and
 * is told to `complain` with its number, as is a file that cannot be read or belongs to another
 * user. A file that does not exist is no problem, except where it `must_exist`.
 */
void settings_load(const char *path, bool must_exist, struct tui_settings *settings,
	void (*complain)(void *context, const char *message), void *context);

/*
 * Writes the file as a whole or not at all, with its folder if that is missing. A link is
 * followed. Returns 0 or -errno; then the old file is as it was.
 */
int settings_save(const char *path, const struct tui_settings *settings);
