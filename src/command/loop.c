// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/loop.h"

#include "base/clock.h"
#include "collect/collect.h"
#include "model/source.h"
#include "sampler/sampler.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#define TELL_PAUSE (3600 * NS_PER_SEC)

int64_t
loop_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int64_t
loop_next(int64_t next, int64_t interval)
{
	int64_t now = loop_now();

	return next + interval < now ? now : next + interval;
}

bool
loop_may_tell(int64_t *told)
{
	int64_t now = loop_now();

	if (*told && now - *told < TELL_PAUSE)
		return false;
	*told = now;
	return true;
}

bool
loop_wait(int64_t until, int output)
{
	struct pollfd reader = { .fd = output };

	for (int64_t left; (left = until - loop_now()) > 0;) {
		struct timespec pause = clock_timespec(left);

		if (ppoll(&reader, 1, &pause, NULL) > 0 && reader.revents & (POLLERR | POLLNVAL))
			return false;
		if (reader.revents) /* ready for another reason: only wait */
			reader.fd = -1;
	}
	return true;
}

static bool
is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* The signals that end it. Those that are ignored, as by nohup, would arrive if they were blocked.
 */
static sigset_t
end_signals(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	sigset_t signals;

	sigemptyset(&signals);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!is_ignored(numbers[i]))
			sigaddset(&signals, numbers[i]);
	return signals;
}

void
loop_block_signals(void)
{
	const sigset_t signals = end_signals();

	sigprocmask(SIG_BLOCK, &signals, NULL);
}

bool
loop_wait_signal(int64_t until)
{
	const sigset_t signals = end_signals();

	for (;;) {
		int64_t left = until - loop_now();
		struct timespec pause = clock_timespec(left > 0 ? left : 0);

		if (sigtimedwait(&signals, NULL, &pause) >= 0)
			return false;
		if (errno == EAGAIN)
			return true;
	}
}

int
source_create(int64_t patience, struct source **ret_source)
{
	struct source *kernel;
	int error = collect_create(NULL, &kernel);

	if (error == 0 && patience == 0)
		*ret_source = kernel;
	if (error < 0 || patience == 0)
		return error;
	error = sampler_create(kernel, NULL, patience, ret_source);
	if (error < 0)
		kernel->destroy(kernel);
	return error;
}

int
throttle_next(struct throttle *throttle, int64_t took, int64_t interval)
{
	int64_t shorter = took < throttle->took ? took : throttle->took;

	throttle->took = throttle->has_begun ? took : 0;
	throttle->has_begun = true;
	/* Divides, because ten times an interval of many years overflows. */
	for (int count = 1; count < THROTTLE_MOST; count++)
		if (shorter / count <= interval / THROTTLE_SHARE)
			return count;
	return THROTTLE_MOST;
}
