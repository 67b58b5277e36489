// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <sys/resource.h>

/* What the words of the command line do. Tables of them end in a row of nulls. */
struct step {
	const char *name;
	void (*run)(size_t count);
};

extern const struct step memory_steps[], relative_steps[], shape_steps[];

/* Touches `count` pages that are `stride` bytes apart. */
typedef void toucher(volatile char *start, size_t count, size_t stride);

extern size_t page;
extern const char *step_value; /* what stands behind the = of a step */

void fail(const char *what) __attribute__((noreturn));
void report(const char *step, const volatile char *start, size_t count, size_t stride,
	const struct rusage *before, const struct rusage *after);

/* Reports what a step has met while it touched. */
void measure(const char *step, toucher *touch, void *start, size_t count, size_t stride);

void *map(size_t size, int protection, int flags, int fd);
void *map_anonymous(size_t size, int flags);

#if defined(__clang__)
#define KEPT_APART __attribute__((noinline))
#else
#define KEPT_APART __attribute__((noipa))
#endif

/* One function for each step, so that the symbol of a fault tells the step. */
#define TOUCHER(step)                                                                              \
	static KEPT_APART void touch_##step(volatile char *start, size_t count, size_t stride)     \
	{                                                                                          \
		for (size_t i = 0; i < count; i++)                                                 \
			start[i * stride] = 1;                                                     \
	}
#define READER(step)                                                                               \
	static KEPT_APART void touch_##step(volatile char *start, size_t count, size_t stride)     \
	{                                                                                          \
		for (size_t i = 0; i < count; i++)                                                 \
			(void)start[i * stride];                                                   \
	}
