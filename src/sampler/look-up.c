// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/look-up.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
open_below(int directory, const char *path, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };

	return (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

/* No name can lead out of what the process sees as its root. A FIFO or a device is not opened. */
static int
open_file(struct look_up *look_up)
{
	_cleanup_close_ int directory = -1, place = -1;
	char path[40];

	snprintf(path, sizeof(path), "%" PRId64 "/root", look_up->pid);
	directory = openat(look_up->root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0 && (errno == ENOENT || errno == ESRCH))
		directory = openat(look_up->root, "self/root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	place = directory < 0 ? -1 : open_below(directory, look_up->name, O_PATH);
	if (place < 0 || fstat(place, &look_up->status) < 0)
		return -errno;
	if (!S_ISREG(look_up->status.st_mode))
		return -ENODATA;
	look_up->fd = open_below(directory, look_up->name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (look_up->fd < 0 || fstat(look_up->fd, &look_up->status) < 0)
		return -errno;
	return S_ISREG(look_up->status.st_mode) ? 0 : -ENODATA;
}

static int
take_step(struct look_up *look_up)
{
	switch (look_up->step) {
	case LOOK_UP_OPEN:
		return open_file(look_up);
	case LOOK_UP_PLAN:
		return elf_plan(look_up->fd, &look_up->plan);
	default:
		return elf_symbols_read(look_up->fd, &look_up->plan, &look_up->symbols);
	}
}

static void
run(struct job *job)
{
	struct look_up *look_up = (struct look_up *)job;

	look_up->error = take_step(look_up);
}

static void
destroy(struct job *job)
{
	struct look_up *look_up = (struct look_up *)job;

	if (look_up->fd >= 0)
		close(look_up->fd);
	close(look_up->root);
	elf_symbols_finish(&look_up->symbols);
	free(look_up->name);
	free(look_up);
}

struct look_up *
look_up_create(int root, int64_t pid, const char *name)
{
	struct look_up *look_up = xmalloc(sizeof(*look_up));

	*look_up = (struct look_up){ .job = { .run = run, .destroy = destroy },
		.root = fcntl(root, F_DUPFD_CLOEXEC, 0),
		.pid = pid,
		.name = xstrdup(name),
		.fd = -1 };
	return look_up;
}

void
look_up_destroy(struct look_up *look_up)
{
	if (look_up)
		destroy(&look_up->job);
}
