// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What there is in a recording, by the headers of its blocks. Nanoseconds, since the epoch. */
struct recording_overview {
	size_t files, samples;
	size_t damaged; /* gaps */
	int64_t begin, end;
	int64_t span;                  /* that its files are about, without the time between them */
	int64_t keep_bytes, keep_days; /* of the last recorder; UNKNOWN: not said */
	int64_t bytes;                 /* of the files */
	int64_t damaged_bytes;
};

/* Of a file, or of all in a folder. Returns 0 or -errno. */
int recording_look_over(const char *path, struct recording_overview *ret_overview);
