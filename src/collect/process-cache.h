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
 * What the text of /proc/PID/status tells without being parsed: whether anything in it is other
 * than before. It has all memory figures, the user, and how often its first thread gave up the CPU
 * (fs/proc/array.c, proc_pid_status).
 */
struct status_hash {
	uint64_t hash; /* 0: nothing is known */
	bool asleep;   /* its only thread sleeps: with the same hash it has not run since */
};

struct status_hash status_hash_of(const char *text, size_t length);

/* Whether a text shows nothing else than the one before. */
bool status_hash_is_same(const struct status_hash *before, const char *text, size_t length);

/*
 * Files of processes whose descriptors are kept from one refresh to the next, within a budget: a
 * read is one call then, and a descriptor is bound to its process, so that a number that was used
 * again cannot be taken for the same one (T30).
 */
enum cached_file { CACHED_STATUS, CACHED_OOM_ADJ, CACHED_FILES };

/* Of all processes. */
struct fd_cache {
	int root;
	int left[CACHED_FILES]; /* descriptors that may still be kept of each */
	int left_of_all;
};

/* Of one process. */
struct cached_fds {
	int fd[CACHED_FILES]; /* -1: not kept */
};

#define CACHED_NO_FDS ((struct cached_fds){ { -1, -1 } })

/* `root` is a descriptor of /proc. Raises the limit of descriptors as far as it is permitted. */
void fd_cache_init(struct fd_cache *fd_cache, int root);

/*
 * Reads the whole of a file of process `pid`, and keeps its descriptor while there is room. Returns
 * its length or -errno. -ESRCH: that process has ended, though another one may have its number.
 */
ssize_t fd_cache_read(struct fd_cache *fd_cache, struct cached_fds *fds, int64_t pid,
	enum cached_file file, char *text, size_t size);

/* Whether something is kept of it: what is read through that is of this very process. */
bool fd_cache_holds(const struct cached_fds *fds);

/* Closes what is kept of it. */
void fd_cache_forget(struct fd_cache *fd_cache, struct cached_fds *fds);

/* One refresh of the processes. */
struct pass {
	struct snapshot *now;
	const struct snapshot *before; /* NULL: it is the first */
	const struct needs *needs;
	bool swapless;
	struct pass_time time;
};

/* What is kept of a process from one refresh to the next, beside its row. */
struct cached_process {
	int64_t pid, start_time, start_code, start_stack;
	int64_t exec_time; /* when it was seen to run another program; 0: never */
	uint64_t stat_hash;
	struct status_hash status_hash;
	struct schedule schedule;
	uint32_t row;     /* in the last snapshot; NO_ROW: it had none */
	uint32_t read;    /* the needs that row has been filled for (PROCESS_NEEDS), */
	uint32_t refused; /* those of them that are not permitted, */
	uint32_t absent;  /* and those whose file does not exist */
	struct cached_fds fds;
	bool is_fresh; /* its row was read, not taken over */
};

#define NO_ROW UINT32_MAX

/* Takes rows, or parts of them, from the last snapshot into the one that is being made. */
struct row_copier {
	size_t *texts; /* where in a row texts are */
	size_t text_count;
};

void row_copier_init(struct row_copier *copier);
void row_copier_finish(struct row_copier *copier);

/* The row of the last refresh, or NULL. */
const struct process *cache_old_row(const struct pass *pass, const struct cached_process *cached);

/* Adds last refresh's row as it is, and tells again what of it could not be read. */
struct process *cache_reuse_row(
	const struct row_copier *copier, const struct pass *pass, struct cached_process *cached);

/*
 * Copies the texts of `needs` that have been read for the old row. Returns the needs that are met
 * by that.
 */
uint64_t cache_reuse_names(const struct pass *pass, const struct cached_process *cached,
	struct process *row, const struct process *old, uint64_t needs);

/* Copies what is known of the PSS of the same program. */
void cache_reuse_pss(const struct pass *pass, struct process *row, const struct process *old);
