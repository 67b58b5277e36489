// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/first-sizes.h"

#include "base/memory.h"
#include "base/thread.h"
#include "collect/process-cache.h"
#include "collect/process-files.h"

#include <stdio.h>
#include <stdlib.h>

enum { FEW = 1000 };

struct part {
	int root;
	const struct cached_process *list;
	struct first_size *sizes;
	size_t count;
};

static void *
read_part(void *argument)
{
	const struct part *part = argument;

	for (size_t i = 0; i < part->count; i++) {
		struct first_size *size = &part->sizes[i];
		char directory[PROCESS_PATH_SIZE];

		snprintf(directory, sizeof(directory), "%lld", (long long)part->list[i].pid);
		size->is_known = process_files_read_sizes(part->root, directory, &size->statm) > 0;
	}
	return NULL;
}

struct first_size *
first_sizes_read(int root, const struct cached_process *list, size_t count)
{
	size_t half = count / 2;
	struct first_size *sizes;
	struct part first, second;
	pthread_t thread;

	if (count < FEW)
		return NULL;
	sizes = xcalloc(count, sizeof(sizes[0]));
	first = (struct part){ root, list, sizes, half };
	second = (struct part){ root, list + half, sizes + half, count - half };
	if (thread_start(&thread, read_part, &second) < 0) {
		free(sizes);
		return NULL;
	}
	read_part(&first);
	pthread_join(thread, NULL);
	return sizes;
}
