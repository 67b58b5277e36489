// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct slab_reader;
struct snapshot;

struct slab_reader *slab_reader_create(void);
void slab_reader_destroy(struct slab_reader *reader);

/*
 * Reads all slab caches, from /proc/slabinfo with libproc2; only root may read it. Returns 0 or
 * -errno.
 */
int slab_read(struct slab_reader *reader, struct snapshot *now);
