// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct perf_event_attr;
struct perf_event_mmap_page;

/* The ring buffer in which the kernel writes the records of perf events (perf_event_open(2)). */
struct perf_ring {
	int fd;
	struct perf_event_mmap_page *control;
	const char *data;
	size_t size; /* bytes of data: a power of two */
};

/*
 * Opens an event, for a task on a CPU (-1: all tasks, or all CPUs). The kernel may write the size
 * it supports into `attributes`. Returns a descriptor or -errno.
 */
int perf_open(struct perf_event_attr *attributes, pid_t pid, int cpu);

/* Maps the ring of an event. On success the ring owns the descriptor. Returns 0 or -errno. */
int perf_ring_map(struct perf_ring *ring, int fd, size_t data_pages);
void perf_ring_close(struct perf_ring *ring);

/* The end of the data that the kernel has written. */
uint64_t perf_ring_head(const struct perf_ring *ring);

/*
 * Copies the next whole record before `head` and frees its place for the kernel. Returns its size,
 * or 0 if there is none. Skips records larger than `size`. A record with an impossible size drops
 * all data before `head`.
 */
size_t perf_ring_take(struct perf_ring *ring, uint64_t head, void *record, size_t size);
