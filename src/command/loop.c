// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/loop.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int64_t
loop_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

bool
loop_wait(int64_t until, int output)
{
	struct pollfd reader = { .fd = output };

	for (int64_t left; (left = until - loop_now()) > 0;) {
		struct timespec pause = clock_timespec(left);

		if (ppoll(&reader, 1, &pause, NULL) > 0 && reader.revents & (POLLERR | POLLNVAL))
			return false;
		if (reader.revents) /* a file that polls as ready for something else: only wait */
			reader.fd = -1;
	}
	return true;
}

int
loop_blocks(
	int64_t interval, int64_t count, int (*write)(void *context, int64_t number), void *context)
{
	int64_t next = loop_now();

	for (int64_t number = 1;; number++) {
		int status = write(context, number);

		next += interval;
		if (status != EXIT_SUCCESS || number == count || !loop_wait(next, STDOUT_FILENO))
			return status;
	}
}
