// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stdint.h>
#include <time.h>

/* The time of a clock in nanoseconds. */
static inline int64_t
clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * NS_PER_SEC + time.tv_nsec;
}

/* Converts nanoseconds (0 or more) for the kernel. */
static inline struct timespec
clock_timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / NS_PER_SEC, .tv_nsec = ns % NS_PER_SEC };
}
