// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/maps-job.h"

#include "base/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void
run(struct job *job)
{
	struct maps_job *maps = (struct maps_job *)job;

	maps->error = maps_read(maps->root, maps->pid, &maps->mappings);
}

static void
destroy(struct job *job)
{
	struct maps_job *maps = (struct maps_job *)job;

	mappings_finish(&maps->mappings);
	close(maps->root);
	free(maps);
}

struct maps_job *
maps_job_create(int root)
{
	struct maps_job *maps = xcalloc(1, sizeof(*maps));

	maps->job = (struct job){ .run = run, .destroy = destroy };
	maps->root = fcntl(root, F_DUPFD_CLOEXEC, 0);
	return maps;
}

void
maps_job_destroy(struct maps_job *maps)
{
	if (maps)
		destroy(&maps->job);
}
