// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/schedule.h"

#include "base/known.h"
#include "base/macros.h"
#include "collect/process-cache.h"
#include "collect/procfs.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* The low bits of such a clock: which time it counts (CPUCLOCK_SCHED), of a whole process. */
enum { CLOCK_BITS = 3, CLOCK_SCHED = 2, STATUS_SIZE = 4096, MOST_STEPS = 8 };

int64_t
cpu_clock_read(int64_t pid)
{
	struct timespec time;

	if (clock_gettime((clockid_t)(~(unsigned)pid << CLOCK_BITS | CLOCK_SCHED), &time) < 0)
		return UNKNOWN;
	return time.tv_sec * NS_PER_SEC + time.tv_nsec;
}

/*
 * Numbers mean the same to the clocks and to /proc if /proc is of the reader's own PID namespace:
 * the line "NSpid" has a number for each namespace from that of /proc down to the reader's.
 */
static bool
is_in_own_namespace(int root)
{
	char text[STATUS_SIZE];
	const char *numbers;

	if (procfs_read(root, "self/status", text, sizeof(text)) < 0)
		return false;
	numbers = strstr(text, "\nNSpid:\t");
	return numbers && strcspn(numbers + 8, "\t") > strcspn(numbers + 8, "\n");
}

/* Some machines count CPU time in ticks of the timer: then a short run is not seen. */
static bool
is_fine(void)
{
	int64_t first = cpu_clock_read(getpid()), next = first;

	for (int i = 0; i < MOST_STEPS && next == first; i++)
		next = cpu_clock_read(getpid());
	return next != first;
}

bool
cpu_clock_is_usable(int root)
{
	struct statfs status;

	return fstatfs(root, &status) == 0 && status.f_type == PROC_SUPER_MAGIC &&
	       is_in_own_namespace(root) && cpu_clock_read(1) != UNKNOWN && is_fine();
}

enum { FAST_PERIOD = 4 };

static const struct {
	unsigned slow, fast; /* periods in refreshes, powers of two */
	int64_t longest;     /* nanoseconds, if the interval is long */
} turns[REREADS] = {
	[REREAD_SIZES] = { 32, FAST_PERIOD, 180 * NS_PER_SEC },
	[REREAD_OTHERS] = { 16, FAST_PERIOD, 300 * NS_PER_SEC },
	[REREAD_ALL] = { 256, 256, 1800 * NS_PER_SEC },
	[REREAD_NAMES] = { 32, 32, 300 * NS_PER_SEC },
	[REREAD_UNSEEN_NAMES] = { 4, 4, 300 * NS_PER_SEC },
};

/* Each turn of a period is one of half the period too: nobody misses a turn when it is halved. */
bool
schedule_is_due(enum reread reread, int64_t pid, const struct pass_time *time)
{
	unsigned period = time->is_fast ? turns[reread].fast : turns[reread].slow;

	while (period > 1 && period * time->interval > turns[reread].longest)
		period /= 2;
	return (time->refresh + (unsigned)pid) % period == 0;
}

bool
schedule_is_fast(struct schedule *schedule, unsigned refresh, int64_t changes)
{
	if (changes == UNKNOWN || changes != schedule->changes)
		schedule->fast_until = refresh + FAST_PERIOD;
	schedule->changes = changes;
	return refresh < schedule->fast_until;
}

/* Processes on the screen are read in each refresh, and those whose faults are counted. */
static bool
is_watched(const struct needs *needs, int64_t pid)
{
	return pid == needs->focus || needs->bits & NEED_FAULTS || needs_is_visible(needs, pid);
}

void
schedule_note_run(const struct pass *pass, struct cached_process *cached)
{
	int64_t clock;

	if (!pass->has_clock || pass->needs->only_missing)
		return;
	clock = cpu_clock_read(cached->pid);
	cached->has_run = clock == UNKNOWN || clock != cached->cpu_clock;
	if (cached->has_run)
		cached->has_run_since_stat = cached->has_run_since_names = true;
	if (clock < cached->cpu_clock)
		cached->is_doubtful = true;
	cached->cpu_clock = clock;
}

static bool
names_are_due(const struct pass *pass, const struct cached_process *cached)
{
	bool sees_exec = cached->start_stack > 0; /* else there is no permission */

	return cached->has_run_since_names &&
	       schedule_is_due(
		       sees_exec ? REREAD_NAMES : REREAD_UNSEEN_NAMES, cached->pid, &pass->time);
}

/*
 * Whether its parent has ended, so that it has another one now. Processes are read in the order of
 * their pids, so most parents before their children.
 */
static bool
has_lost_parent(const struct pass *pass, const struct process *old)
{
	bool is_read = old->parent < old->pid;
	const struct process *parent =
		snapshot_find_process(is_read ? pass->now : pass->before, old->parent);

	return old->parent > 0 && (!parent || !parent->state || *parent->state == 'Z');
}

/* Whether stat is read to tell if it is the same program, though nobody needs what is there. */
static bool
may_be_another(const struct cached_process *cached, bool turn)
{
	return cached->is_shared || (cached->has_run && cached->is_doubtful) ||
	       (cached->has_run_since_stat && turn);
}

uint64_t
schedule_due(const struct pass *pass, const struct cached_process *cached, uint64_t all)
{
	const uint64_t own = NEED_STAT | NEED_MEMORY_ANY | NEED_OWNER;
	const uint64_t others = NEED_OOM_ADJ | NEED_CGROUP | NEED_CONTAINER;
	const struct needs *needs = pass->needs;
	const struct process *old = cache_old_row(pass, cached);
	bool watched = is_watched(needs, cached->pid);
	bool turn = watched || schedule_is_due(REREAD_OTHERS, cached->pid, &pass->time);
	bool is_orphan;
	uint64_t due, always = 0;

	if (!old || (needs->exact && !needs->rows_only))
		return all | NEED_STAT;
	if (!old->comm) /* only its sizes have been read */
		all |= NEED_STAT;
	due = all & ~cached->read;
	if (needs->only_missing)
		return due;
	is_orphan = turn && has_lost_parent(pass, old);
	if (is_orphan || may_be_another(cached, turn))
		always = NEED_STAT;
	if (schedule_is_due(REREAD_ALL, cached->pid, &pass->time)) {
		due |= all & ~NEED_COMMAND;
		always = NEED_STAT;
	}
	if (watched || cached->has_run || cached->is_shared || is_orphan ||
		(turn && !pass->has_clock))
		due |= own;
	if (turn)
		due |= others;
	if (watched || schedule_is_due(REREAD_SIZES, cached->pid, &pass->time))
		due |= NEED_MEMORY_ANY;
	if (watched)
		due |= NEED_OOM_SCORE;
	if (names_are_due(pass, cached))
		due |= NEED_COMMAND | NEED_CGROUP | NEED_CONTAINER;
	return (due & all) | always;
}
