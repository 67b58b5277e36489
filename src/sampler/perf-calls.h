// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct perf_event_attr;
struct perf_ring;

/* The sampler's system calls, which tests can replace. They return 0 or -errno. */
struct perf_calls {
	int (*open)(struct perf_event_attr *attributes, pid_t pid, int cpu); /* a descriptor */
	int (*close)(int fd);
	int (*map)(struct perf_ring *ring, int fd, size_t data_pages);
	void (*unmap)(struct perf_ring *ring); /* closes its descriptor too */
	int (*control)(int fd, unsigned long request, unsigned long argument); /* ioctl(2) */
	int (*read)(int fd, uint64_t *values, size_t count);
	int64_t (*cpus)(void);     /* possible CPUs, including those that are offline */
	int64_t (*paranoid)(void); /* kernel.perf_event_paranoid, or UNKNOWN */
	int64_t (*seccomp)(void);  /* 0: no system call filter for this program */
};

extern const struct perf_calls perf_calls_real;

/*
 * Opens an event. On older kernels leaves out PERF_FORMAT_LOST, or uses the first version of the
 * attributes, in which times are not of CLOCK_MONOTONIC. *attributes shows what was used. Returns a
 * descriptor or -errno.
 */
int calls_open(
	const struct perf_calls *calls, struct perf_event_attr *attributes, pid_t pid, int cpu);

enum { CPUS_SIZE = 1024 };

/* The online CPUs at the last check. Zeroed: not checked yet. */
struct cpus {
	char online[CPUS_SIZE];
};

/* The kernel's list of them (drivers/base/cpu.c). */
extern const char cpus_online[];

/*
 * Whether the CPUs in the file `path` differ from the last check. False at the first check and if
 * the file cannot be read.
 */
bool cpus_have_changed(struct cpus *cpus, const char *path);
