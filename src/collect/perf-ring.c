// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/perf-ring.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int
perf_open(struct perf_event_attr *attributes, pid_t pid, int cpu)
{
	long fd = syscall(SYS_perf_event_open, attributes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

int
perf_ring_map(struct perf_ring *ring, int fd, size_t data_pages)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = data_pages * page;
	void *memory = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	*ring = (struct perf_ring){
		.fd = fd, .control = memory, .data = (char *)memory + page, .size = size
	};
	return 0;
}

void
perf_ring_close(struct perf_ring *ring)
{
	munmap(ring->control, (size_t)(ring->data - (char *)ring->control) + ring->size);
	close(ring->fd);
}

uint64_t
perf_ring_head(const struct perf_ring *ring)
{
	return __atomic_load_n(&ring->control->data_head, __ATOMIC_ACQUIRE);
}

static void
copy_out(const struct perf_ring *ring, uint64_t from, void *to, size_t size)
{
	size_t start = from % ring->size, first = ring->size - start;

	first = first < size ? first : size;
	memcpy(to, ring->data + start, first);
	memcpy((char *)to + first, ring->data, size - first);
}

/* Lets the kernel overwrite everything before `tail`. */
static void
give_back(struct perf_ring *ring, uint64_t tail)
{
	__atomic_store_n(&ring->control->data_tail, tail, __ATOMIC_RELEASE);
}

size_t
perf_ring_take(struct perf_ring *ring, uint64_t head, void *record, size_t size)
{
	uint64_t tail = ring->control->data_tail;
	struct perf_event_header header;

	while (tail != head) {
		uint64_t left = head - tail;

		if (left >= sizeof(header) && left <= ring->size)
			copy_out(ring, tail, &header, sizeof(header));
		else
			header.size = 0;
		if (header.size < sizeof(header) || header.size > left) {
			give_back(ring, head);
			return 0;
		}
		if (header.size <= size)
			copy_out(ring, tail, record, header.size);
		tail += header.size;
		give_back(ring, tail);
		if (header.size <= size)
			return header.size;
	}
	return 0;
}
