// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct perf_event_attr;
struct perf_ring;

/* What the sampler asks of the kernel, so that tests can answer in its place. 0 or -errno. */
struct perf_calls {
	int (*open)(struct perf_event_attr *attributes, pid_t pid, int cpu); /* a descriptor */
	void (*close)(int fd);
	int (*map)(struct perf_ring *ring, int fd, size_t data_pages);
	void (*unmap)(struct perf_ring *ring); /* and closes its descriptor */
	int (*control)(int fd, unsigned long request, unsigned long argument); /* ioctl(2) */
	int (*read)(int fd, uint64_t *values, size_t count);
	int64_t (*cpus)(void);     /* that the machine may have, also those that are offline */
	int64_t (*paranoid)(void); /* kernel.perf_event_paranoid; UNKNOWN: it cannot be read */
	int64_t (*seccomp)(void);  /* 0: no filter of system calls is on this program */
};

extern const struct perf_calls perf_calls_real;

/*
 * Opens an event; where the kernel is too old for all that is asked, with less: without
 * PERF_FORMAT_LOST, or with the first version of the attributes, where times are not those of
 * CLOCK_MONOTONIC. Then *attributes says so. Returns a descriptor or -errno.
 */
int calls_open(
	const struct perf_calls *calls, struct perf_event_attr *attributes, pid_t pid, int cpu);

enum { CPUS_SIZE = 1024 };

/* Which CPUs were online when it was last asked. A zeroed one has not been asked. */
struct cpus {
	char online[CPUS_SIZE];
};

/* The file in which the kernel lists them (drivers/base/cpu.c). */
extern const char cpus_online[];

/*
 * Whether other CPUs are online than when it was last asked, by what stands in `path`. False at
 * first and where that cannot be read.
 */
bool cpus_have_changed(struct cpus *cpus, const char *path);
