// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <dirent.h>
#include <stdint.h>

/*
 * The folder of recordings: $STATE_DIRECTORY, which systemd sets, else /var/lib/memtop of root, and
 * $XDG_STATE_HOME/memtop or ~/.local/state/memtop of others. NULL: there is no home. The caller
 * frees it.
 */
char *recording_folder(void);

/* The same for a reader: /var/lib/memtop too, if a user has no folder of their own. */
char *recording_folder_to_read(void);

/*
 * The folder of one recorder, which holds its lock. Others may read, and need no lock: the files
 * have the group of the folder, which of a new one is adm if there is that group.
 */
struct recording_lock {
	int folder, lock; /* descriptors */
};

/*
 * Creates the folder if it is not there, with those above it, and takes the lock. Returns 0 or
 * -errno; -EBUSY: the process *ret_holder has it, 0 if that is not known.
 */
int recording_lock_take(struct recording_lock *lock, const char *path, int64_t *ret_holder);
void recording_lock_release(struct recording_lock *lock);

/* The process that records into the folder; 0: none, or it is not known which. */
int64_t recording_lock_holder(const char *path);

/* The entries of a folder by its descriptor, which stays open. NULL: errno says why. */
DIR *recording_folder_list(int folder);
