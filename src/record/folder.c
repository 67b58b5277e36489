// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/folder.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char of_machine[] = "/var/lib/memtop";
static const char lock_name[] = "lock";

enum { LOCK_TRIES = 10 };

static char *
join(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static bool
is_set(const char *text)
{
	return text && *text;
}

char *
recording_folder(void)
{
	const char *of_unit = getenv("STATE_DIRECTORY"), *state = getenv("XDG_STATE_HOME"),
		   *home = getenv("HOME");

	if (is_set(of_unit)) /* several are separated by colons */
		return xstrndup(of_unit, strcspn(of_unit, ":"));
	if (geteuid() == 0)
		return xstrdup(of_machine);
	if (is_set(state))
		return join(state, "memtop");
	return is_set(home) ? join(home, ".local/state/memtop") : NULL;
}

char *
recording_folder_to_read(void)
{
	char *own = recording_folder();

	if (own && access(own, F_OK) == 0)
		return own;
	free(own);
	return xstrdup(of_machine);
}

static int
create_above(const char *path)
{
	_cleanup_free_ char *folder = xstrdup(path);

	for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(folder, 0755) < 0 && errno != EEXIST)
			return -errno;
		*at = '/';
	}
	return 0;
}

/* Who may read the logs of the machine may read its recordings. */
static void
give_to_readers(const char *path)
{
	const struct group *readers = geteuid() == 0 ? getgrnam("adm") : NULL;

	if (readers && chown(path, (uid_t)-1, readers->gr_gid) < 0)
		return; /* a file system without owners */
}

static int
open_folder(const char *path)
{
	int fd, error = create_above(path);

	if (error < 0)
		return error;
	if (mkdir(path, 0750) == 0)
		give_to_readers(path);
	else if (errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int64_t
read_holder(int fd)
{
	char text[32];
	int64_t holder = 0;
	ssize_t count = pread(fd, text, sizeof(text) - 1, 0);

	text[count > 0 ? count : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text_to_number(text, &holder) == 0 ? holder : 0;
}

/* The number is only for people: the lock is what counts. */
static void
write_holder(int fd)
{
	if (ftruncate(fd, 0) == 0)
		dprintf(fd, "%lld\n", (long long)getpid());
}

/* Who asks for the holder has it for a moment too. */
static int
lock_file(int fd)
{
	const struct timespec pause = { .tv_nsec = 10 * NS_PER_MS };

	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (tries == LOCK_TRIES)
			return -EBUSY;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int
recording_lock_take(struct recording_lock *lock, const char *path, int64_t *ret_holder)
{
	int error;

	*ret_holder = 0;
	lock->folder = open_folder(path);
	if (lock->folder < 0)
		return lock->folder;
	lock->lock =
		openat(lock->folder, lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	error = lock->lock < 0 ? -errno : lock_file(lock->lock);
	if (error == 0) {
		write_holder(lock->lock);
		return 0;
	}
	if (error == -EBUSY)
		*ret_holder = read_holder(lock->lock);
	recording_lock_release(lock);
	return error;
}

void
recording_lock_release(struct recording_lock *lock)
{
	if (lock->lock >= 0)
		close(lock->lock);
	if (lock->folder >= 0)
		close(lock->folder);
	lock->lock = lock->folder = -1;
}

int64_t
recording_lock_holder(const char *path)
{
	_cleanup_free_ char *name = join(path, lock_name);
	_cleanup_close_ int fd =
		name ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

	if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0)
		return 0;
	return read_holder(fd);
}

DIR *
recording_folder_list(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? NULL : fdopendir(fd);
}
