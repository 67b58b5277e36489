// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct snapshot;

/*
 * The processes that ended, also those that no refresh has seen: a thread of its own receives the
 * kernel's records (exit-socket.h), which come while nobody refreshes.
 */
struct exits;

/* Opens nothing yet. */
struct exits *exits_create(void);
void exits_destroy(struct exits *exits);

/* Processes that are kept until the next reading. */
enum { MOST_EXITS = 65536 };

/*
 * Puts the processes that ended since the last reading into `now->exits`, in the order of their
 * records. The first reading begins to listen. Those whose parent has not yet taken notice of the
 * end of the last thread come up to a second later if they had several. Kernel threads are left
 * out.
 *
 * Hints of NEED_EXITS: the error of exit_socket_open(); ENOBUFS if more ended than could be
 * counted; EOPNOTSUPP before Linux 5.19, where only processes that had several threads are told
 * from threads.
 */
void exits_read(struct exits *exits, struct snapshot *now);
