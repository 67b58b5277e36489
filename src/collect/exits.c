// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/exits.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/thread.h"
#include "collect/exit-socket.h"
#include "collect/exit-threads.h"
#include "collect/users.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * To wake up for each record would cost more than to read it. The socket holds 6,550: 65,000 may
 * come in a second.
 */
enum { PAUSE_MS = 100, FIRST_WITH_PID = 12 };

struct exits {
	bool is_open;
	int error; /* of the opening; it is not tried again */
	struct exit_socket socket;
	pthread_t thread;
	int stop_fd;
	struct users users;
	pthread_mutex_t lock; /* guards what the thread and exits_read() use: */
	struct exit_threads *threads;
	int64_t empty; /* when there was no record, CLOCK_MONOTONIC */
	struct ended_list {
		struct ended *rows;
		size_t count, capacity;
		int64_t left_out; /* did not fit */
		bool has_lost;    /* the socket overflowed */
	} list;
	bool is_old; /* this kernel's records do not name the process */
	char message[EXIT_MESSAGE_SIZE];
	struct ended_list taken; /* of exits_read() alone */
};

struct exits *
exits_create(void)
{
	struct exits *exits = xcalloc(1, sizeof(*exits));

	exits->stop_fd = -1;
	pthread_mutex_init(&exits->lock, NULL);
	return exits;
}

static void
keep(struct exits *exits, const struct ended *ended)
{
	struct ended_list *list = &exits->list;

	if (list->count == MOST_EXITS) {
		list->left_out++;
		return;
	}
	list->rows =
		array_reserve(list->rows, &list->capacity, list->count + 1, sizeof(list->rows[0]));
	list->rows[list->count++] = *ended;
}

static void
take(struct exits *exits, size_t size, int64_t empty)
{
	const struct exit_clock clock = { clock_ns(CLOCK_REALTIME), clock_ns(CLOCK_MONOTONIC),
		empty };
	struct exit_record record;
	struct ended ended;

	if (!exit_record_parse(exits->message, size, exits->socket.family, &record))
		return;
	exits->is_old = record.version < FIRST_WITH_PID;
	if (exit_threads_take(exits->threads, &record, &clock, &ended))
		keep(exits, &ended);
}

/* What is lost comes after what waits: all of it is taken first. */
static void
drain(struct exits *exits)
{
	int64_t empty = exits->empty;
	bool has_lost = false;
	ssize_t size;

	do {
		exits->empty = clock_ns(CLOCK_MONOTONIC);
		size = exit_socket_receive(&exits->socket, exits->message);
		has_lost |= size == -ENOBUFS;
		if (size >= 0)
			take(exits, (size_t)size, empty);
	} while (size >= 0 || size == -ENOBUFS);
	if (has_lost)
		exit_threads_lose(exits->threads, clock_ns(CLOCK_MONOTONIC));
	exits->list.has_lost |= has_lost;
}

/* A process that its parent has waited for has no threads; all of their records have come. */
static bool
is_gone(int64_t pid)
{
	return kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

/* Returns whether processes wait for further records. */
static bool
drain_and_finish(struct exits *exits)
{
	struct ended ended;

	drain(exits);
	if (!exit_threads_look(exits->threads, exits->empty, is_gone))
		return false;
	drain(exits);
	while (exit_threads_next(exits->threads, &ended))
		keep(exits, &ended);
	return true;
}

/* Waits for so long, or until it is time to stop. Returns false then. */
static bool
wait_for(const struct exits *exits, bool for_records, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = exits->stop_fd, .events = POLLIN },
		{ .fd = for_records ? exits->socket.fd : -1, .events = POLLIN } };

	poll(fds, 2, timeout_ms);
	return fds[0].revents == 0;
}

static void *
run(void *argument)
{
	struct exits *exits = argument;
	bool some_wait = false;

	while (wait_for(exits, true, some_wait ? PAUSE_MS : -1)) {
		pthread_mutex_lock(&exits->lock);
		some_wait = drain_and_finish(exits);
		pthread_mutex_unlock(&exits->lock);
		if (!wait_for(exits, false, PAUSE_MS))
			break;
	}
	return NULL;
}

static int
start(struct exits *exits)
{
	int error;

	exits->empty = clock_ns(CLOCK_MONOTONIC);
	error = exit_socket_open(&exits->socket);
	if (error < 0)
		return error;
	exits->threads = exit_threads_create(clock_ns(CLOCK_MONOTONIC));
	exits->stop_fd = eventfd(0, EFD_CLOEXEC);
	error = exits->stop_fd < 0 ? -errno : thread_start(&exits->thread, run, exits);
	if (error < 0)
		exit_socket_close(&exits->socket);
	exits->is_open = error == 0;
	return error;
}

void
exits_destroy(struct exits *exits)
{
	if (!exits)
		return;
	if (exits->is_open) {
		eventfd_write(exits->stop_fd, 1);
		pthread_join(exits->thread, NULL);
		exit_socket_close(&exits->socket);
	}
	if (exits->stop_fd >= 0)
		close(exits->stop_fd);
	exit_threads_destroy(exits->threads);
	users_finish(&exits->users);
	pthread_mutex_destroy(&exits->lock);
	free(exits->list.rows);
	free(exits->taken.rows);
	free(exits);
}

static void
add_row(struct exits *exits, struct snapshot *now, const struct ended *ended)
{
	struct process_exit *row = rows_add(&now->exits, &exit_table);

	*row = ended->row;
	row->comm = ended->comm[0] ? arena_text(&now->texts, ended->comm) : NULL;
	if (row->uid != UNKNOWN)
		row->user = arena_text(&now->texts, users_name(&exits->users, row->uid));
}

/* The name service may be slow: names are looked up while the thread goes on. */
static void
hand_over(struct exits *exits, struct snapshot *now)
{
	struct ended_list *taken = &exits->taken;

	users_begin(&exits->users, now->monotonic);
	for (size_t i = 0; i < taken->count; i++)
		add_row(exits, now, &taken->rows[i]);
	if (taken->has_lost || taken->left_out > 0)
		snapshot_add_hint(now, NEED_EXITS, -ENOBUFS, taken->left_out);
	taken->rows =
		array_fit(taken->rows, &taken->capacity, taken->count, sizeof(taken->rows[0]));
	taken->count = 0;
	taken->left_out = 0;
	taken->has_lost = false;
}

void
exits_read(struct exits *exits, struct snapshot *now)
{
	struct ended_list empty = exits->taken;

	if (!exits->is_open && exits->error == 0)
		exits->error = start(exits);
	if (exits->error < 0) {
		snapshot_add_hint(now, NEED_EXITS, exits->error, 0);
		return;
	}
	pthread_mutex_lock(&exits->lock);
	drain_and_finish(exits);
	exits->taken = exits->list;
	exits->list = empty;
	if (exits->is_old)
		snapshot_add_hint(now, NEED_EXITS, -EOPNOTSUPP, 0);
	pthread_mutex_unlock(&exits->lock);
	hand_over(exits, now);
}
