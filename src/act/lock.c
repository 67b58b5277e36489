// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/lock.h"

#include "act/capability.h"
#include "act/oom.h"
#include "base/thread.h"
#include "base/unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { TEXT_SIZE = 256, PAGE = 4096 };

/* One page for each call. Each result is used, so that the compiler does not make a loop. */
static char __attribute__((noinline)) touch_stack(size_t pages)
{
	volatile char page[PAGE];

	page[0] = 0;
	return pages > 1 ? (char)(touch_stack(pages - 1) + page[0]) : page[0];
}

/*
 * A locked stack that grows beyond RLIMIT_MEMLOCK ends the program with SIGSEGV; without free
 * memory growth waits. So it grows now to the size of a thread's stack, but at most to a quarter of
 * its own limit.
 */
static void
grow_stack(void)
{
	size_t size = THREAD_STACK_SIZE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur / 4 < size)
		size = limit.rlim_cur / 4;
	touch_stack(size / PAGE);
}

/* Raises the limit of locked memory as far as possible and returns it. */
static rlim_t
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return RLIM_INFINITY;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_MEMLOCK, &limit);
	return limit.rlim_cur;
}

static void
refusal_text(char text[static TEXT_SIZE], int error, rlim_t limit)
{
	char size[UNIT_FORMAT_SIZE];

	unit_format(size, UNIT_BYTES, (int64_t)limit, SCALE_HUMAN);
	if (error == 0)
		snprintf(text, TEXT_SIZE,
			"only the memory that is in use now is locked, for fear of the limit of %s "
			"(CAP_IPC_LOCK or ulimit -l unlimited grants more)",
			size);
	else if (error == ENOSYS)
		snprintf(text, TEXT_SIZE, "cannot lock memory: %s", strerror(error));
	else
		snprintf(text, TEXT_SIZE,
			"cannot lock memory: the limit of %s is too low (CAP_IPC_LOCK or ulimit -l "
			"unlimited grants it)",
			size);
}

/* With a limit, later allocations are not locked: a refusal would end the program. */
static void
lock_memory(void (*complain)(void *context, const char *message), void *context)
{
	rlim_t limit = raise_limit();
	bool limited = limit != RLIM_INFINITY && !capability_is_held(CAP_IPC_LOCK);
	char text[TEXT_SIZE];
	int error = 0;

	grow_stack();
	if (mlockall(limited ? MCL_CURRENT : MCL_CURRENT | MCL_FUTURE) < 0)
		error = errno;
	if (error == 0 && !limited)
		return;
	refusal_text(text, error, limit);
	complain(context, text);
}

static void
lower_adjustment(void (*complain)(void *context, const char *message), void *context)
{
	struct oom_change change;
	char text[TEXT_SIZE];
	int error = oom_look_up(getpid(), &change);

	if (error == 0 && change.from <= LOCK_ADJ)
		return;
	if (error == 0) {
		change.to = LOCK_ADJ;
		error = oom_apply(&change);
	}
	if (error == 0)
		return;
	snprintf(text, sizeof(text), "cannot set its own OOM adjustment to %d: %s", LOCK_ADJ,
		oom_error_cause(error));
	complain(context, text);
}

void
lock_self(void (*complain)(void *context, const char *message), void *context)
{
	lock_memory(complain, context);
	lower_adjustment(complain, context);
}
