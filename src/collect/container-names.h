// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The names of containers and pods, from files that their runtimes leave: no runtime is asked, and
 * no socket is opened. Each id is looked up once; one that was not found, once a minute. This is
 * done in a thread, which is waited for half a second, and in the long run one second in 25: until
 * then the name is unknown.
 */
struct container_names;

/* Files are read below `root`; a home directory, too. */
struct container_names *container_names_create(const char *root);
void container_names_destroy(struct container_names *names);

/* Both may be unknown: NULL. They are valid until the next search. */
struct container_name {
	const char *name; /* of the container */
	const char *pod;  /* "NAMESPACE/POD" */
	int error;        /* there is no name: -EACCES: some files may not be read, -ETIMEDOUT: one
			     does not answer. Else 0 */
};

/*
 * The names for a container's id or a pod's UID, of `length` bytes. `user` is the user whose slice
 * it is in: other users than memtop's own could have it mistake one container for another. `now`
 * is in nanoseconds.
 */
struct container_name container_names_find(
	struct container_names *names, const char *id, size_t length, int64_t user, int64_t now);
