// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Replaces a file, or creates it: readers see the old content or the new one, never a part. The new
 * one is written beside it, as .NAME.NUMBER.new, and renamed. `path` is below `folder`, a
 * descriptor or AT_FDCWD. `durable`: it is on the disk before the old one goes. Returns 0 or
 * -errno.
 */
int replace_file(
	int folder, const char *path, const void *content, size_t size, mode_t mode, bool durable);
