// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/index.h"

#include <stddef.h>

/* Texts that are stored once: equal texts are equal pointers. A zeroed one is empty. */
struct string_pool {
	struct arena arena;
	struct index index;
	const char **texts; /* by the index's numbers */
	size_t capacity;
	size_t bytes; /* used by texts and index */
};

const char *string_pool_intern(struct string_pool *pool, const char *text);
void string_pool_finish(struct string_pool *pool);
