// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * The deepest path of a reader needs less than half of this stack. The rest is for plugins of the C
 * library (user names). A locked stack is fully in memory, so it is smaller than the default.
 */
enum { THREAD_STACK_SIZE = 256 * 1024 };

/*
 * Starts a thread with all signals blocked except those of its own crash. Returns 0 or -errno; the
 * caller joins the thread.
 */
int thread_start(pthread_t *ret_thread, void *(*run)(void *argument), void *argument);

/* A condition whose waits end at times of CLOCK_MONOTONIC. */
void thread_init_condition(pthread_cond_t *condition);

/* Whether a thread of this program waits for something other than a CPU (/proc/self/task). */
bool thread_sleeps(pid_t tid);
