// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cut_result {
	size_t samples;
	bool ends_at_boot; /* the span goes on after the machine was booted; a file has one boot */
	bool is_of_output; /* the error is about the new file */
};

/*
 * Copies the samples from a moment to a time (nanoseconds since the epoch) into a new file. Returns
 * 0 or -errno: -ENODATA: there are none, -EEXIST: the new file is there already.
 */
int recording_cut(const char *path, const struct moment *from, int64_t to, const char *output,
	struct cut_result *ret_result);
