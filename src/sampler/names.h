// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/index.h"

#include <stddef.h>

/* Texts that are kept once: equal texts are equal pointers. A zeroed one is empty. */
struct names {
	struct arena arena;
	struct index index;
	const char **texts; /* by the index's numbers */
	size_t capacity, bytes;
};

const char *names_keep(struct names *names, const char *text);

/* What they take, with what it takes to find them. */
size_t names_bytes(const struct names *names);

void names_finish(struct names *names);
