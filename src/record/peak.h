// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/moment.h"

struct cursor;

/*
 * Goes to the sample of the next peak, or the one before: a part of the past (a chunk, or a sample
 * of the last one) in which the figure was larger than in those beside it. `path` is that of the
 * cursor. Returns 0, -ENODATA if there is none within a day, or -errno.
 */
int cursor_go_to_peak(struct cursor *cursor, const char *path, const struct moment *moment);
