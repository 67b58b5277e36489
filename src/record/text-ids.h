// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/index.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes;

/* The texts of a chunk by number, for the encoder. A zeroed one is empty. */
struct text_ids {
	const char **texts;
	size_t count, capacity, written, bytes;
	struct index index;
	struct arena arena;
};

/* The number of a text, which is new if it was not there. -1: there are too many. */
int64_t text_ids_of(struct text_ids *ids, const char *text);

/* Writes those that are new since the last call: their number, then length and bytes of each. */
void text_ids_write(struct text_ids *ids, struct bytes *bytes);

void text_ids_reset(struct text_ids *ids);
void text_ids_finish(struct text_ids *ids);
