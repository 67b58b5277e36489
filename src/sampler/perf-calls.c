// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/perf-calls.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/scan.h"
#include "base/unit.h"
#include "collect/perf-ring.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { STATUS_SIZE = 8192 };

static int
real_control(int fd, unsigned long request, unsigned long argument)
{
	return ioctl(fd, request, argument) < 0 ? -errno : 0;
}

static int
real_read(int fd, uint64_t *values, size_t count)
{
	ssize_t size = read(fd, values, count * sizeof(*values));

	if (size < 0)
		return -errno;
	return (size_t)size == count * sizeof(*values) ? 0 : -ENODATA;
}

static int64_t
real_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_CONF);
}

static int64_t
real_paranoid(void)
{
	char text[32];
	ssize_t length =
		procfs_read(AT_FDCWD, "/proc/sys/kernel/perf_event_paranoid", text, sizeof(text));

	return length < 0 ? UNKNOWN : scan_number(text);
}

static int64_t
real_seccomp(void)
{
	_cleanup_free_ char *text = xmalloc(STATUS_SIZE);
	ssize_t length = procfs_read(AT_FDCWD, "/proc/self/status", text, STATUS_SIZE);

	return length < 0 ? UNKNOWN : procfs_field(text, "Seccomp");
}

const struct perf_calls perf_calls_real = {
	.open = perf_open,
	.close = close,
	.map = perf_ring_map,
	.unmap = perf_ring_close,
	.control = real_control,
	.read = real_read,
	.cpus = real_cpus,
	.paranoid = real_paranoid,
	.seccomp = real_seccomp,
};

int
calls_open(const struct perf_calls *calls, struct perf_event_attr *attributes, pid_t pid, int cpu)
{
	struct perf_event_attr less = *attributes;

	for (;;) {
		struct perf_event_attr tried = less;
		int fd = calls->open(&tried, pid, cpu);

		if (fd >= 0)
			*attributes = less;
		if (fd == -E2BIG && less.size > PERF_ATTR_SIZE_VER0) {
			less.size = PERF_ATTR_SIZE_VER0;
			less.use_clockid = 0;
		} else if (fd == -EINVAL && less.read_format & PERF_FORMAT_LOST) {
			less.read_format &= ~(uint64_t)PERF_FORMAT_LOST;
		} else {
			return fd;
		}
	}
}

const char cpus_online[] = "/sys/devices/system/cpu/online";

bool
cpus_have_changed(struct cpus *cpus, const char *path)
{
	struct cpus now;
	bool have_changed;

	if (procfs_read(AT_FDCWD, path, now.online, sizeof(now.online)) <= 0)
		return false;
	have_changed = cpus->online[0] && strcmp(cpus->online, now.online) != 0;
	*cpus = now;
	return have_changed;
}
