// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The rights that a child of a test gives up before it asks. Each returns whether it could. */
bool as_root(void);
bool as_nobody(void);
bool with_perfmon_only(void);
bool where_perf_is_not_permitted(void);
bool where_perf_does_not_exist(void);
bool with_mounts_of_its_own(void); /* in a user namespace if it must be, as the same user */
bool without_locked_memory(void);  /* of a user of its own, whose ring memory nobody else uses */

/*
 * Runs a function in a child with other rights, and brings back the `size` bytes that it fills.
 * Returns whether the child could have these rights; else `answer` stays as it is.
 */
bool run_with_rights(bool (*set_up)(void), void (*run)(const void *question, void *answer),
	const void *question, void *answer, size_t size);
