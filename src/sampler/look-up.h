// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sampler/elf-symbols.h"
#include "sampler/jobs.h"

#include <stdint.h>
#include <sys/stat.h>

/* What a look-up does next. */
enum look_up_step {
	LOOK_UP_OPEN, /* find the file as a process sees it */
	LOOK_UP_PLAN, /* see how much there is */
	LOOK_UP_READ,
};

/*
 * A file of a process on its way to its functions, step by step: each is a job, for any of them may
 * wait for ever where the file's device does.
 */
struct look_up {
	struct job job; /* runs the step */
	int root;       /* a descriptor of /proc, its own */
	int64_t pid;
	char *name;
	enum look_up_step step;
	int error; /* of the last step; -EREMOTE: the file is on FUSE and not opened */
	int fd;
	struct stat status;
	struct elf_plan plan;
	struct elf_symbols symbols;
	void *file;    /* the caller's, as is: */
	int64_t since; /* when it had not been done in time; 0: it was, or that has been told */
};

struct look_up *look_up_create(int root, int64_t pid, const char *name);

/* Not while it runs. NULL is allowed. */
void look_up_destroy(struct look_up *look_up);
