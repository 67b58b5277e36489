// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jobs.h"
#include "sampler/elf-symbols.h"

#include <stdint.h>
#include <sys/stat.h>

/* The next step of a look-up. */
enum look_up_step {
	LOOK_UP_OPEN, /* find the file as the process sees it */
	LOOK_UP_PLAN, /* check its size */
	LOOK_UP_READ,
};

/*
 * A look-up of a file's functions, step by step. Each step is a job, because the file's device may
 * block it for ever.
 */
struct look_up {
	struct job job; /* runs the step */
	int root;       /* a descriptor of /proc, its own */
	int64_t pid;
	char *name;
	enum look_up_step step;
	int error; /* of the last step; -EREMOTE: on FUSE, not opened */
	int fd;
	int separate; /* the file with the symbols of `fd`, which was stripped; -1: none */
	struct stat status;
	struct elf_plan plan;
	struct elf_symbols symbols;
	void *file;    /* of the caller, like the next one */
	int64_t since; /* time when it became late; 0: it is not, or this has been reported */
};

/* The look-up ends with job_destroy(). */
struct look_up *look_up_create(int root, int64_t pid, const char *name);
