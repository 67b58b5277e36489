// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/look-up.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { SEPARATE_PATH_SIZE = 64 + 2 * BUILD_ID_SIZE };

/* Names a file, without opening it. */
static int
name_below(int directory, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };

	return (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

/* The length of the mount point if a name is at or below it, else 0. */
static size_t
reach_of_mount(const char *line, const char *name)
{
	const char *field = procfs_mount_field(line, MOUNT_POINT);
	char point[PATH_MAX];
	size_t length;

	if (!field || !procfs_unescape(point, sizeof(point), field, strcspn(field, " ")))
		return 0;
	length = strlen(point);
	if (length == 1)
		return 1;
	return strncmp(name, point, length) == 0 && (name[length] == '/' || !name[length]) ? length
											   : 0;
}

/*
 * Whether a name is on a FUSE file system. If its program does not answer, not even SIGKILL ends a
 * thread that waits for it.
 */
static bool
is_on_fuse(int root, const char *directory, const char *name)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	char path[40];
	size_t size = 0, longest = 0;
	bool is_fuse = false;

	snprintf(path, sizeof(path), "%s/mountinfo", directory);
	file = procfs_open(root, path);
	while (file && getline(&line, &size, file) > 0) {
		size_t reach = reach_of_mount(line, name);
		const char *type = procfs_mount_field(line, MOUNT_TYPE);

		if (reach == 0 || reach < longest || !type)
			continue;
		longest = reach;
		is_fuse = strncmp(type, "fuse", 4) == 0;
	}
	return is_fuse;
}

/*
 * Opens the file of a descriptor that only names it (O_PATH). Not by its name again: that may lead
 * to a device by now. Returns a descriptor or -errno.
 */
static int
open_named(int place, struct stat *ret_status)
{
	struct statfs system;
	char path[40];
	int fd;

	if (fstatfs(place, &system) < 0)
		return -errno;
	if (system.f_type == FUSE_SUPER_MAGIC)
		return -EREMOTE;
	if (fstat(place, ret_status) < 0)
		return -errno;
	/* Of /proc/kmsg and trace_pipe, which have no size, a read would take something away. */
	if (!S_ISREG(ret_status->st_mode) || ret_status->st_size == 0)
		return -ENODATA;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * Opens a file as the process sees it. No name can lead out of the process's root; names from the
 * kernel have no symbolic links. FIFOs, devices and what has no size are not opened. Returns a
 * descriptor or -errno.
 */
static int
open_file(const struct look_up *look_up, const char *name, struct stat *ret_status)
{
	_cleanup_close_ int directory = -1, place = -1;
	char process[24], path[40];

	snprintf(process, sizeof(process), "%" PRId64, look_up->pid);
	snprintf(path, sizeof(path), "%s/root", process);
	directory = openat(look_up->root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0 && (errno == ENOENT || errno == ESRCH)) {
		strcpy(process, "self");
		directory = openat(look_up->root, "self/root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (is_on_fuse(look_up->root, process, name))
		return -EREMOTE;
	place = directory < 0 ? -1 : name_below(directory, name);
	return place < 0 ? -errno : open_named(place, ret_status);
}

static int
open_name(struct look_up *look_up)
{
	look_up->fd = open_file(look_up, look_up->name, &look_up->status);
	return look_up->fd < 0 ? look_up->fd : 0;
}

/* Where distributions put the symbols that they have taken out of a file, by its build ID. */
static void
separate_path(char path[static SEPARATE_PATH_SIZE], const struct elf_plan *plan)
{
	size_t length = (size_t)snprintf(path, SEPARATE_PATH_SIZE, "/usr/lib/debug/.build-id/");

	for (size_t i = 0; i < plan->build_id_size; i++)
		length += (size_t)snprintf(path + length, SEPARATE_PATH_SIZE - length, "%02x%s",
			plan->build_id[i], i == 0 ? "/" : "");
	snprintf(path + length, SEPARATE_PATH_SIZE - length, ".debug");
}

/* Takes the symbols of a stripped file from the one that has them, if that is there. */
static bool
plan_separate(struct look_up *look_up)
{
	char path[SEPARATE_PATH_SIZE];
	struct elf_plan separate;
	struct stat status;

	if (look_up->plan.build_id_size < 2)
		return false;
	separate_path(path, &look_up->plan);
	look_up->separate = open_file(look_up, path, &status);
	return look_up->separate >= 0 && elf_plan(look_up->separate, &separate) == 0 &&
	       elf_plan_take(&look_up->plan, &separate);
}

static int
plan_tables(struct look_up *look_up)
{
	int error = elf_plan(look_up->fd, &look_up->plan);
	bool is_stripped = error == 0 ? !look_up->plan.is_full : error == -ENODATA;

	if (is_stripped && plan_separate(look_up))
		return 0;
	if (look_up->separate >= 0)
		close(look_up->separate);
	look_up->separate = -1;
	return error;
}

static int
take_step(struct look_up *look_up)
{
	switch (look_up->step) {
	case LOOK_UP_OPEN:
		return open_name(look_up);
	case LOOK_UP_PLAN:
		return plan_tables(look_up);
	default:
		return elf_symbols_read(look_up->fd,
			look_up->separate >= 0 ? look_up->separate : look_up->fd, &look_up->plan,
			&look_up->symbols);
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
	if (look_up->separate >= 0)
		close(look_up->separate);
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
		.fd = -1,
		.separate = -1 };
	return look_up;
}
