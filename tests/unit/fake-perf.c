// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake-perf.h"

#include "unit.h"

#include "collect/perf-ring.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct fake_kernel fake_kernel;

static int
fake_error(const struct perf_event_attr *attributes, pid_t task, int cpu)
{
	if (cpu < 64 && fake_kernel.offline >> cpu & 1)
		return -ENODEV;
	if (fake_kernel.open_error)
		return -fake_kernel.open_error;
	if (fake_kernel.known_size && attributes->size > fake_kernel.known_size)
		return -E2BIG;
	if (fake_kernel.has_no_lost && attributes->read_format & PERF_FORMAT_LOST)
		return -EINVAL;
	if (attributes->freq && attributes->sample_freq > fake_kernel.top_frequency)
		return -EINVAL;
	if (fake_kernel.all_error && task == -1)
		return -fake_kernel.all_error;
	if (fake_kernel.kernel_error && task != -1 && !attributes->exclude_kernel)
		return -fake_kernel.kernel_error;
	if (fake_kernel.hardware_error && attributes->type != PERF_TYPE_SOFTWARE)
		return -fake_kernel.hardware_error;
	return fake_kernel.most_fds && fake_kernel.open_fds >= fake_kernel.most_fds ? -EMFILE : 0;
}

static int
fake_open(struct perf_event_attr *attributes, pid_t task, int cpu)
{
	int error = fake_error(attributes, task, cpu), fd;

	fake_kernel.opens++;
	if (error < 0)
		return error;
	fd = eventfd(0, EFD_CLOEXEC);
	assert_in_range(fd, 0, FAKE_FDS - 1);
	fake_kernel.attributes[fd] = *attributes;
	fake_kernel.cpu[fd] = cpu;
	fake_kernel.task[fd] = task;
	fake_kernel.output[fd] = -1;
	fake_kernel.period[fd] = attributes->sample_period;
	fake_kernel.is_open[fd] = true;
	fake_kernel.open_fds++;
	if (fake_kernel.open_fds > fake_kernel.most_open)
		fake_kernel.most_open = fake_kernel.open_fds;
	return fd;
}

static int
fake_close(int fd)
{
	assert_true(fake_kernel.is_open[fd]);
	fake_kernel.is_open[fd] = false;
	fake_kernel.open_fds--;
	return close(fd);
}

static int
fake_map(struct perf_ring *ring, int fd, size_t pages)
{
	assert_true(fake_kernel.is_open[fd]);
	if (fake_kernel.map_error)
		return -fake_kernel.map_error;
	if (fake_kernel.most_pages && pages > fake_kernel.most_pages)
		return -EPERM;
	*ring = (struct perf_ring){ .fd = fd, .size = pages };
	fake_kernel.rings++;
	return 0;
}

static void
fake_unmap(struct perf_ring *ring)
{
	fake_kernel.rings--;
	fake_close(ring->fd);
}

static bool
has_same_clock(int a, int b)
{
	const struct perf_event_attr *left = &fake_kernel.attributes[a],
				     *right = &fake_kernel.attributes[b];

	return left->use_clockid == right->use_clockid && left->clockid == right->clockid;
}

/* As the kernel: a ring may be shared only by events of one CPU, and of one clock. */
static int
fake_control(int fd, unsigned long request, unsigned long argument)
{
	assert_true(fake_kernel.is_open[fd]);
	if (request == PERF_EVENT_IOC_ID)
		*(uint64_t *)argument = (uint64_t)fd + 1000;
	else if (request == PERF_EVENT_IOC_PERIOD)
		fake_kernel.period[fd] = *(uint64_t *)argument;
	else if (request == PERF_EVENT_IOC_SET_OUTPUT) {
		assert_int_equal(fake_kernel.cpu[argument], fake_kernel.cpu[fd]);
		if (!has_same_clock((int)argument, fd))
			return -EINVAL;
		fake_kernel.output[fd] = (int)argument;
	} else {
		return -ENOTTY;
	}
	return 0;
}

static int
fake_read(int fd, uint64_t *values, size_t count)
{
	assert_true(fake_kernel.is_open[fd]);
	assert_int_equal(count, 1 + __builtin_popcountll(fake_kernel.attributes[fd].read_format));
	assert_in_range(count, 1, ARRAY_SIZE(fake_kernel.values));
	memcpy(values, fake_kernel.values, count * sizeof(*values));
	return 0;
}

static int64_t
fake_cpus(void)
{
	return fake_kernel.cpus;
}

static int64_t
fake_paranoid(void)
{
	return fake_kernel.paranoid;
}

static int64_t
fake_seccomp(void)
{
	return fake_kernel.seccomp;
}

const struct perf_calls fake_perf = { fake_open, fake_close, fake_map, fake_unmap, fake_control,
	fake_read, fake_cpus, fake_paranoid, fake_seccomp };

void
fake_perf_reset(void)
{
	memset(&fake_kernel, 0, sizeof(fake_kernel));
	fake_kernel.cpus = 2;
	fake_kernel.paranoid = 2;
	fake_kernel.top_frequency = 100000;
}
