// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collect/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct needs;
struct process;
struct snapshot;

/*
 * A hash of the text of /proc/PID/status, to find changes without parsing. The text has all memory
 * figures, the user, and how often the first thread gave up the CPU (fs/proc/array.c,
 * proc_pid_status).
 */
struct status_hash {
	uint64_t hash; /* 0: unknown */
	bool asleep;   /* its only thread sleeps: with the same hash it has not run since */
};

struct status_hash status_hash_of(const char *text, size_t length);

/* Whether a text is the same as before. */
bool status_hash_is_same(const struct status_hash *before, const char *text, size_t length);

/*
 * Caches descriptors of processes' files from one refresh to the next, within a budget. A read is
 * then one call, and the descriptor is bound to its process, even if the pid is reused (T30).
 */
enum cached_file { CACHED_STATUS, CACHED_OOM_ADJ, CACHED_FILES };

/* All processes. */
struct fd_cache {
	int root;
	int left[CACHED_FILES]; /* descriptors that may still be cached for each file */
	int left_of_all;
};

/* One process. */
struct cached_fds {
	int fd[CACHED_FILES]; /* -1: not cached */
};

#define CACHED_NO_FDS ((struct cached_fds){ { -1, -1 } })

/* `root` is a descriptor of /proc. Raises the limit of descriptors as far as permitted. */
void fd_cache_init(struct fd_cache *fd_cache, int root);

/*
 * Reads a whole file of process `pid`, and caches its descriptor within the budget. Returns its
 * length or -errno. -ESRCH: that process has ended, though another one may have its pid.
 */
ssize_t fd_cache_read(struct fd_cache *fd_cache, struct cached_fds *fds, int64_t pid,
	enum cached_file file, char *text, size_t size);

/* Whether a descriptor is cached, so that reads are surely from this process. */
bool fd_cache_holds(const struct cached_fds *fds);

/* Closes all descriptors of a process. */
void fd_cache_forget(struct fd_cache *fd_cache, struct cached_fds *fds);

struct pass {
	struct snapshot *now;
	const struct snapshot *before; /* NULL: first refresh */
	const struct needs *needs;
	bool swapless;
	struct pass_time time;
};

/* The cached state of a process between refreshes, beside its row. */
struct cached_process {
	int64_t pid, start_time, start_code, start_stack;
	int64_t exec_time; /* time of its last exec that was seen; 0: never */
	uint64_t stat_hash;
	struct status_hash status_hash;
	struct schedule schedule;
	uint32_t row;     /* in the last snapshot, or NO_ROW */
	uint32_t read;    /* needs that the row was filled for (PROCESS_NEEDS), */
	uint32_t refused; /* those without permission, */
	uint32_t absent;  /* and those without a file */
	struct cached_fds fds;
	bool is_fresh; /* its row was read, not reused */
};

#define NO_ROW UINT32_MAX

/* Copies rows, or parts of them, from the last snapshot to the new one. */
struct row_copier {
	size_t *texts; /* offsets of texts in a row */
	size_t text_count;
};

void row_copier_init(struct row_copier *copier);
void row_copier_finish(struct row_copier *copier);

/* The row of the last refresh, or NULL. */
const struct process *cache_old_row(const struct pass *pass, const struct cached_process *cached);

/* Adds the last refresh's row unchanged, and repeats its gaps. */
struct process *cache_reuse_row(
	const struct row_copier *copier, const struct pass *pass, struct cached_process *cached);

/* Copies the texts of `needs` that were read for the old row. Returns the needs met by that. */
uint64_t cache_reuse_names(const struct pass *pass, const struct cached_process *cached,
	struct process *row, const struct process *old, uint64_t needs);

/* Copies the PSS figures of the same program. */
void cache_reuse_pss(const struct pass *pass, struct process *row, const struct process *old);
