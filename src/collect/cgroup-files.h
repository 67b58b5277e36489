// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/cgroup.h"
#include "model/charge.h"

#include <stdbool.h>
#include <stdint.h>

/* The files of one memory cgroup as they are read. */
struct cgroup_reading {
	struct cgroup_charge charge;
	int64_t max;              /* its own limit; UNLIMITED where it has no such file */
	int64_t hierarchical_max; /* version 1: the least limit of it and all groups above it */
	int64_t inactive_file, active_file, slab_reclaimable;
	int64_t slab, stacks, page_tables, second_tables, percpu, vmalloc; /* parts of `kernel` */
	int64_t both, both_max, both_failures; /* version 1: memory and swap together */
	bool is_refused;                       /* a file may not be read */
	int64_t time;                          /* set by the caller: CLOCK_BOOTTIME; */
	bool is_exact;                         /* and that nothing of it may be older */
	char text[CGROUP_STAT_SIZE];           /* space for a file */
};

/*
 * The folder of a group and its files, as far as they are open; else negative. And what stood in
 * memory.stat when it was read last, while the files stay open.
 */
enum { CGROUP_FILES = 14, CGROUP_STAT_KEYS = 15 };
struct cgroup_open {
	int folder, files[CGROUP_FILES];
	struct cgroup_stat {
		int64_t current; /* the usage then; UNKNOWN: it was not read */
		int64_t time;    /* CLOCK_BOOTTIME */
		unsigned reused; /* so many times since */
		int64_t values[CGROUP_STAT_KEYS];
	} stat;
};

void cgroup_files_none(struct cgroup_open *open);

/* Returns how many descriptors it has closed. */
int cgroup_files_close(struct cgroup_open *open);

/*
 * Fills the figures of the charge that the needs in `bits` name, from the folder of a group. Files
 * stay open as long as there is `room`, which counts down. memory.stat costs ten times as much as
 * the usage: where that is the same to the byte, it is read each fourth time, and after 4 seconds.
 * `is_machine`: it is the root, which stands for the whole machine. `removed` becomes 0 if the
 * group may have memory that is of nobody below it (version 2, without processes). Returns false if
 * the group has been removed.
 */
bool cgroup_files_read(struct cgroup_reading *reading, struct cgroup_open *open, int *room,
	int version, uint64_t bits, bool is_machine);

/*
 * Its parts, for text that is not from a file: begins with all figures UNKNOWN, takes reading.text
 * as what is in the file `name` (false: there is no such file), computes what follows from several.
 */
void cgroup_files_begin(struct cgroup_reading *reading);
bool cgroup_files_take(struct cgroup_reading *reading, int version, const char *name);
void cgroup_files_end(struct cgroup_reading *reading, int version);
