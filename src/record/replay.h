// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source.h"

/*
 * A source that reads a recording: each reading is the sample of needs.moment, with snapshot.past.
 * What the recording lacks is unknown, with a hint. If a recorder still writes it, its samples come
 * when all others have been read.
 *
 * `path` is a file, or a folder with recordings. Returns 0 or -errno; -ENODATA: there is no sample.
 * The caller destroys the source.
 */
int replay_create(const char *path, struct source **ret_source);
