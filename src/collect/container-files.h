// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	CONTAINER_ID_SIZE = 64 + 1,
};

/*
 * What the files of container runtimes say about names: no runtime is asked, and no socket is
 * opened. One look at them; `root` is a descriptor that it borrows, all else is empty at first. A
 * file may be on a file system that never answers.
 */
struct container_files {
	int root;
	bool is_own;     /* the places of memtop's own user, below its home; else those of root */
	bool is_refused; /* a file may not be read */
	struct container_entry {
		char id[CONTAINER_ID_SIZE]; /* of a container, or the UID of a pod */
		char *name;                 /* of the container; NULL: not said */
		char *pod;                  /* "NAMESPACE/POD"; NULL: not said */
	} * found;
	size_t count, capacity;
};

/* Reads the places that name many containers at once. */
void container_files_read_lists(struct container_files *files);

/* Reads the files of one container or pod, unless a list has named it. */
void container_files_read_one(struct container_files *files, const char *id);

void container_files_finish(struct container_files *files);
