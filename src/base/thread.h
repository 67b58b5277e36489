// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <pthread.h>

/*
 * What a stack has room for. The deepest path of a reader takes less than half of that; the rest is
 * for what the C library asks others for, as names of users. A locked stack is in memory as a
 * whole, so it is not as large as usual.
 */
enum { THREAD_STACK_SIZE = 256 * 1024 };

/*
 * Starts a thread. Signals are for the main thread, but each thread takes those of its own crash.
 * Returns 0 or -errno; the caller joins it.
 */
int thread_start(pthread_t *ret_thread, void *(*run)(void *argument), void *argument);
