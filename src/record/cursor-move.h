// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/moment.h"

struct cursor;

/*
 * Goes to a moment. Where no later sample is there the recording is looked at again: a recorder may
 * still write it. Returns 0, or -ENODATA if there is no such sample, or -errno.
 */
int cursor_move(struct cursor *cursor, const struct moment *moment);
