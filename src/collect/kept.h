// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Files of processes whose descriptors are kept from one refresh to the next, within a budget: a
 * read is one call then, and a descriptor is bound to its process, so that a number that was used
 * again cannot be taken for the same one (T30).
 */
enum kept_file { KEPT_STATUS, KEPT_OOM_ADJ, KEPT_FILES };

/* Of all processes. */
struct keeper {
	int root;
	int left[KEPT_FILES]; /* descriptors that may still be kept of each */
	int left_of_all;
};

/* Of one process. */
struct kept {
	int fd[KEPT_FILES]; /* -1: not kept */
};

#define KEPT_NOTHING ((struct kept){ { -1, -1 } })

/* `root` is a descriptor of /proc. Raises the limit of descriptors as far as it is permitted. */
void keeper_init(struct keeper *keeper, int root);

/*
 * Reads the whole of a file of process `pid`, and keeps its descriptor while there is room. Returns
 * its length or -errno. -ESRCH: that process has ended, though another one may have its number.
 */
ssize_t kept_read(struct keeper *keeper, struct kept *kept, int64_t pid, enum kept_file file,
	char *text, size_t size);

/* Whether something is kept of it: what is read through that is of this very process. */
bool kept_is_bound(const struct kept *kept);

/* Closes what is kept of it. */
void kept_forget(struct keeper *keeper, struct kept *kept);
