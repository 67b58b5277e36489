// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/map.h"

#include <stdbool.h>

bool map_is_same_text(const char *a, const char *b);

/* A mapping is the same segment as the row that it is put into. */
uint64_t map_hash_segment(const struct map_row *row);
bool map_is_same_segment(const struct map_row *a, const struct map_row *b);
