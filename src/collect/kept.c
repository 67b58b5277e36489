// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/kept.h"

#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SPARE_DESCRIPTORS = 256 };

/*
 * What the kernel holds for a descriptor was measured on Linux 6.18: 4.4 KiB for a file that is
 * printed as a whole (seq_file), 0.2 KiB for a number. So 17.5 MiB at most.
 */
static const struct {
	const char *name;
	int most;
} files[KEPT_FILES] = {
	[KEPT_STATUS] = { "status", 3584 },
	[KEPT_OOM_ADJ] = { "oom_score_adj", 12000 },
};

/* As many as the hard limit allows, less some for everything else. */
static int
descriptor_budget(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur <= SPARE_DESCRIPTORS)
		return 0;
	return limit.rlim_cur > INT_MAX ? INT_MAX : (int)limit.rlim_cur - SPARE_DESCRIPTORS;
}

void
keeper_init(struct keeper *keeper, int root)
{
	*keeper = (struct keeper){ .root = root, .left_of_all = descriptor_budget() };
	for (int i = 0; i < KEPT_FILES; i++)
		keeper->left[i] = files[i].most;
}

static void
forget_one(struct keeper *keeper, struct kept *kept, enum kept_file file)
{
	if (kept->fd[file] < 0)
		return;
	close(kept->fd[file]);
	kept->fd[file] = -1;
	keeper->left[file]++;
	keeper->left_of_all++;
}

static ssize_t
open_and_keep(struct keeper *keeper, struct kept *kept, const char *path, enum kept_file file,
	char *text, size_t size)
{
	int fd = openat(keeper->root, path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = procfs_read_again(fd, text, size);
	if (length < 0) {
		close(fd);
		return length;
	}
	kept->fd[file] = fd;
	keeper->left[file]--;
	keeper->left_of_all--;
	return length;
}

ssize_t
kept_read(struct keeper *keeper, struct kept *kept, int64_t pid, enum kept_file file, char *text,
	size_t size)
{
	char path[48];

	if (kept->fd[file] >= 0) {
		ssize_t length = procfs_read_again(kept->fd[file], text, size);

		if (length < 0)
			forget_one(keeper, kept, file);
		return length;
	}
	snprintf(path, sizeof(path), "%lld/%s", (long long)pid, files[file].name);
	if (keeper->left[file] > 0 && keeper->left_of_all > 0)
		return open_and_keep(keeper, kept, path, file, text, size);
	return procfs_read(keeper->root, path, text, size);
}

bool
kept_is_bound(const struct kept *kept)
{
	for (int i = 0; i < KEPT_FILES; i++)
		if (kept->fd[i] >= 0)
			return true;
	return false;
}

void
kept_forget(struct keeper *keeper, struct kept *kept)
{
	for (int i = 0; i < KEPT_FILES; i++)
		forget_one(keeper, kept, i);
}
