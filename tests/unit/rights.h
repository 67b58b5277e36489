// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/* The rights that a child of a test gives up before it asks. Each returns whether it could. */
bool as_root(void);
bool as_nobody(void);
bool with_perfmon_only(void);
bool where_perf_is_not_permitted(void);
bool where_perf_does_not_exist(void);
bool without_locked_memory(void); /* of a user of its own, whose ring memory nobody else uses */
