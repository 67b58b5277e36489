// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stdbool.h>

struct slab_reader;
struct snapshot;

struct slab_reader *slab_reader_create(void);
void slab_reader_destroy(struct slab_reader *reader);

/* Those that are read by turns are at most so old. */
#define SLABS_OLD (60 * NS_PER_SEC)

/*
 * Reads all slab caches, from /proc/slabinfo with libproc2; only root may read it. That is dear:
 * the kernel walks over partial slabs (mm/slub.c, get_slabinfo). So `by_turns` takes those that
 * were read before, unless they are old or slab as a whole has changed by more than a 256th; it
 * needs meminfo. Returns 0 or -errno.
 */
int slab_read(struct slab_reader *reader, struct snapshot *now, bool by_turns);
