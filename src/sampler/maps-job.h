// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/maps.h"
#include "sampler/jobs.h"

#include <stdint.h>

/* Reads the mappings of one process, which may take as long as the process wants (T17). */
struct maps_job {
	struct job job;
	int root; /* a descriptor of /proc, its own */
	int64_t pid;
	int error; /* as maps_read() returns it */
	struct mappings mappings;
};

struct maps_job *maps_job_create(int root);

/* Not while it runs. NULL is allowed. */
void maps_job_destroy(struct maps_job *job);
