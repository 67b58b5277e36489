// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/oom.h"

#include "act/capability.h"
#include "base/cleanup.h"
#include "base/macros.h"
#include "base/text.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

enum {
	STAT_SIZE = 1024,
	COMM_SIZE = 4 * 64 + 1,
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD, include/linux/sched.h */
};

/* A process with an open directory. Reads and writes through it never reach another process. */
struct target {
	int directory;
	int64_t start_time;
	bool kernel_thread;
	char comm[COMM_SIZE]; /* safe */
};

/*
 * Each access to the directory of an ended process fails, even if its PID is in use again. With
 * hidepid other users' directories cannot even be entered.
 */
static int
access_error(int error)
{
	return error == -ENOENT ? -ESRCH : error == -EACCES ? -EPERM : error;
}

static int
read_stat(struct target *target)
{
	char text[STAT_SIZE], comm[65];
	ssize_t length = procfs_read(target->directory, "stat", text, sizeof(text));
	struct procfs_stat stat;

	if (length < 0)
		return access_error((int)length);
	if (procfs_parse_stat(text, (size_t)length, &stat) < 0)
		return -EINVAL;
	snprintf(comm, sizeof(comm), "%.*s", (int)stat.comm_length, stat.comm);
	text_safe(target->comm, sizeof(target->comm), comm, CHARSET_ASCII);
	target->start_time = stat.start_time;
	target->kernel_thread = stat.flags & KERNEL_THREAD;
	return 0;
}

/* A number may be that of a thread, which has the same files (T24). */
static bool
is_thread(const struct target *target, int64_t pid)
{
	char text[4 * STAT_SIZE];

	return procfs_read(target->directory, "status", text, sizeof(text)) > 0 &&
	       procfs_field(text, "Tgid") != pid;
}

/* Opens a process. On success the caller closes target->directory. */
static int
target_open(int64_t pid, struct target *target)
{
	char path[32];
	int error;

	snprintf(path, sizeof(path), "/proc/%lld", (long long)pid);
	target->directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target->directory < 0)
		return access_error(-errno);
	error = read_stat(target);
	if (error == 0 && is_thread(target, pid))
		error = -ESRCH;
	if (error < 0)
		close(target->directory);
	return error;
}

/* Reads the adjustment from an open descriptor. */
static int
read_adj(int fd, int64_t *ret_adj)
{
	char text[32];
	ssize_t length = procfs_read_again(fd, text, sizeof(text));

	if (length < 0)
		return (int)length;
	text[strcspn(text, "\n")] = '\0';
	return text_to_number(text, ret_adj);
}

static int
open_adj(const struct target *target, int flags)
{
	int fd = openat(target->directory, "oom_score_adj", flags | O_CLOEXEC);

	return fd < 0 ? access_error(-errno) : fd;
}

static int
write_adj(int fd, int64_t adj)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%lld", (long long)adj);

	return pwrite(fd, text, (size_t)length, 0) < 0 ? -errno : 0;
}

/* Logs the real user; sudo and su have already logged the original one. */
static void
write_log(const struct target *target, const struct oom_change *change)
{
	const struct passwd *user = getpwuid(getuid());
	char name[128] = "?";

	if (user)
		text_safe(name, sizeof(name), user->pw_name, CHARSET_ASCII);
	openlog("memtop", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE, "user %s (%u) changed the OOM adjustment of %lld (%s) from %lld to %lld",
		name, (unsigned)getuid(), (long long)change->pid, target->comm,
		(long long)change->from, (long long)change->to);
	closelog();
}

static int
apply(const struct target *target, struct oom_change *change)
{
	_cleanup_close_ int fd = open_adj(target, O_RDWR);
	int64_t before, after;
	int error = fd < 0 ? fd : read_adj(fd, &before);

	if (error == 0)
		error = write_adj(fd, change->to);
	if (error < 0)
		return error;
	change->from = before;
	write_log(target, change);
	return read_adj(fd, &after) == 0 && after != change->to ? -EBUSY : 0;
}

int
oom_apply(struct oom_change *change)
{
	struct target target;
	int error;

	if (change->to < OOM_ADJ_LEAST || change->to > OOM_ADJ_MOST)
		return -ERANGE;
	error = target_open(change->pid, &target);
	if (error < 0)
		return error;
	if (target.start_time != change->start_time)
		error = -ESTALE;
	else if (target.kernel_thread)
		error = -ENOTSUP;
	else
		error = apply(&target, change);
	close(target.directory);
	return error;
}

int
oom_look_up(int64_t pid, struct oom_change *ret_change)
{
	struct target target;
	int64_t adj;
	int fd, error = target_open(pid, &target);

	if (error < 0)
		return error;
	fd = open_adj(&target, O_RDONLY);
	error = fd < 0 ? fd : read_adj(fd, &adj);
	if (fd >= 0)
		close(fd);
	close(target.directory);
	if (error == 0)
		*ret_change = (struct oom_change){
			.pid = pid, .start_time = target.start_time, .from = adj, .to = adj
		};
	return error;
}

bool
oom_may_lower(void)
{
	return capability_is_held(CAP_SYS_RESOURCE);
}

/* clang-format off */
static const struct {
	int error;
	const char *cause;
} causes[] = {
	{ ERANGE,  "it must be from -1000 to 1000" },
	{ ESRCH,   "No such process" },
	{ ESTALE,  "another process has this number now" },
	{ ENOTSUP, "it is a kernel thread" },
	{ EPERM,   "Permission denied (it is another user's)" },
	{ EACCES,  "Permission denied (lowering needs CAP_SYS_RESOURCE)" },
	{ EBUSY,   "something else has changed it at the same time" },
};
/* clang-format on */

const char *
oom_error_cause(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].error == -error)
			return causes[i].cause;
	return strerror(-error);
}

void
oom_error_text(int64_t pid, int error, char text[static OOM_ERROR_SIZE])
{
	snprintf(text, OOM_ERROR_SIZE, "cannot set OOM adjustment of %lld: %s", (long long)pid,
		oom_error_cause(error));
}
