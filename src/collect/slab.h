// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slab_reader;

/* A slab cache of the kernel. */
struct slab_cache {
	const char *name; /* valid until the next read */
	int64_t bytes;    /* of all its slabs */
	bool is_reclaimable;
};

struct slab_reader *slab_reader_create(void);
void slab_reader_destroy(struct slab_reader *reader);

/*
 * The largest caches, at most `most` of them, from /proc/slabinfo by libproc2; only root may read
 * it. Returns how many there are, or -errno.
 */
int slab_read(struct slab_reader *reader, struct slab_cache *caches, size_t most);
