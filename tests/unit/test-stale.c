// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"
#include "world.h"

#include "collect/collect.h"
#include "collect/procfs.h"
#include "collect/schedule.h"
#include "collect/system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What others change of a process that sleeps all the time: no CPU clock shows it, and its row is
 * right all the same within 16 refreshes.
 */

enum { HUGE_PAGE = 2 << 20, REGION = 4 << 20, WITHIN = 16 };

/* Kernel headers of Debian 12 do not have it in their libc. */
enum { COLLAPSE = 25 };

struct sleeper {
	struct world world;
	int64_t pid;
	char *region; /* of memory: the first half of each huge page is used */
	int file;     /* whose pages it has mapped */
	char *mapped;
	int orders, answers; /* pipes to and from the process */
	int64_t before;      /* its resident memory, before somebody changes it */
	pid_t orphan;        /* a process whose parent has ended */
	char group[64];      /* a memory group that it joins at its start; "": none */
	bool is_for_khugepaged;
};

/* The process */

static void
answer_with_pid(int answers)
{
	pid_t pid = getpid();

	if (write(answers, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
}

static void
join(const char *group, pid_t pid)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	file = fopen(path, "we");
	fprintf(file, "%lld", (long long)pid);
	fclose(file);
}

/* Pages of the file are charged to the group that brings them into memory. */
static void
use_memory(const struct sleeper *sleeper)
{
	volatile char sum = 0;

	if (sleeper->group[0]) {
		join(sleeper->group, getpid());
		posix_fadvise(sleeper->file, 0, 0, POSIX_FADV_DONTNEED);
	}
	for (size_t i = 0; i < REGION; i += HUGE_PAGE)
		memset(sleeper->region + i, 1, HUGE_PAGE / 2);
	if (sleeper->is_for_khugepaged) /* after it has small pages */
		madvise(sleeper->region, REGION, MADV_HUGEPAGE);
	for (size_t i = 0; i < REGION; i++)
		sum = (char)(sum + sleeper->mapped[i]);
}

/* Its child uses the same address space and writes to it as soon as it is told, while it waits. */
static void
let_a_child_write(const struct sleeper *sleeper, int orders, int answers)
{
	if (vfork() == 0) { // NOLINT: that is what is tested
		char order;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		answer_with_pid(answers);
		if (read(orders, &order, 1) != 1)
			_exit(0);
		memset(sleeper->region, 1, REGION);
		answer_with_pid(answers);
		for (;;)
			pause();
	}
}

static void
sleep_for_ever(const struct sleeper *sleeper, int orders, int answers)
{
	char order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	use_memory(sleeper);
	answer_with_pid(answers);
	if (read(orders, &order, 1) == 1)
		let_a_child_write(sleeper, orders, answers);
	_exit(0);
}

/* The tests' side */

static pid_t
wait_for_answer(const struct sleeper *sleeper)
{
	pid_t pid;

	assert_int_equal(read(sleeper->answers, &pid, sizeof(pid)), sizeof(pid));
	return pid;
}

/* Its CPU clock stands still once it sleeps. */
static void
wait_until_it_sleeps(const struct sleeper *sleeper)
{
	char path[32], text[4096];

	snprintf(path, sizeof(path), "/proc/%lld/status", (long long)sleeper->pid);
	do
		assert_true(procfs_read(AT_FDCWD, path, text, sizeof(text)) > 0);
	while (!strstr(text, "State:\tS") && !strstr(text, "State:\tD"));
}

static const struct process *
row_of(struct sleeper *sleeper)
{
	return snapshot_find_process(world_refresh(&sleeper->world), sleeper->pid);
}

static void
make_memory(struct sleeper *sleeper)
{
	char *space = mmap(NULL, REGION + HUGE_PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char name[] = "test-stale-XXXXXX"; /* of the build's file system: tmpfs is not reclaimed */

	assert_true(space != MAP_FAILED);
	sleeper->region = space + (HUGE_PAGE - (uintptr_t)space % HUGE_PAGE) % HUGE_PAGE;
	sleeper->file = mkostemp(name, O_CLOEXEC);
	assert_true(sleeper->file >= 0);
	unlink(name);
	memset(sleeper->region, 1, REGION);
	assert_int_equal(write(sleeper->file, sleeper->region, REGION), REGION);
	assert_int_equal(fdatasync(sleeper->file), 0);
	madvise(sleeper->region, REGION, MADV_DONTNEED);
	sleeper->mapped = mmap(NULL, REGION, PROT_READ, MAP_SHARED, sleeper->file, 0);
	assert_true(sleeper->mapped != MAP_FAILED);
}

/* A control group of memory, version 1 or 2; "" if this user cannot make one. */
static void
make_group(char path[static 64])
{
	static const char *const places[] = { "/sys/fs/cgroup/memory", "/sys/fs/cgroup" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, 64, "%s/cgroup.procs", places[i]);
		if (access(path, W_OK) < 0)
			continue;
		snprintf(path, 64, "%s/memtop-stale-%d", places[i], (int)getpid());
		if (mkdir(path, 0755) == 0)
			return;
	}
	path[0] = '\0';
}

static int
begin(void **state, bool in_group, bool is_for_khugepaged)
{
	struct sleeper *sleeper = test_calloc(1, sizeof(*sleeper));
	int orders[2], answers[2];

	sleeper->is_for_khugepaged = is_for_khugepaged;
	if (in_group)
		make_group(sleeper->group);
	assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
	assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
	sleeper->orders = orders[1];
	sleeper->answers = answers[0];
	make_memory(sleeper);
	sleeper->pid = fork();
	assert_true(sleeper->pid >= 0);
	if (sleeper->pid == 0)
		sleep_for_ever(sleeper, orders[0], answers[1]);
	close(orders[0]);
	close(answers[1]);
	wait_for_answer(sleeper);
	wait_until_it_sleeps(sleeper);
	sleeper->world.needs = (struct needs){ .bits = WORLD_NEEDS };
	assert_int_equal(collect_create(NULL, &sleeper->world.source), 0);
	for (int i = 0; i < WITHIN; i++)
		sleeper->before = row_of(sleeper)->resident;
	*state = sleeper;
	return 0;
}

static int
set_up(void **state)
{
	return begin(state, false, false);
}

static int
set_up_in_group(void **state)
{
	return begin(state, true, false);
}

/*
 * The first process that wants huge pages wakes khugepaged: this one does, so that it sleeps again
 * when the other comes.
 */
static int
set_up_for_khugepaged(void **state)
{
	char *space = mmap(
		NULL, 2 * HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(space != MAP_FAILED);
	madvise(space, 2 * HUGE_PAGE, MADV_DONTFORK);
	madvise(space, 2 * HUGE_PAGE, MADV_HUGEPAGE);
	usleep(100000);
	return begin(state, false, true);
}

static int
tear_down(void **state)
{
	struct sleeper *sleeper = *state;

	if (sleeper->orphan > 0)
		kill(sleeper->orphan, SIGKILL);
	kill((pid_t)sleeper->pid, SIGKILL);
	waitpid((pid_t)sleeper->pid, NULL, 0);
	if (sleeper->group[0])
		rmdir(sleeper->group);
	sleeper->world.source->destroy(sleeper->world.source);
	snapshot_finish(&sleeper->world.snapshots[0]);
	snapshot_finish(&sleeper->world.snapshots[1]);
	munmap(sleeper->mapped, REGION);
	close(sleeper->file);
	close(sleeper->orders);
	close(sleeper->answers);
	test_free(sleeper);
	return 0;
}

/* What /proc says of it now. */
static int64_t
resident_now(const struct sleeper *sleeper)
{
	char path[32], text[256];
	struct procfs_statm statm;

	snprintf(path, sizeof(path), "/proc/%lld/statm", (long long)sleeper->pid);
	assert_true(procfs_read(AT_FDCWD, path, text, sizeof(text)) > 0);
	assert_int_equal(procfs_parse_statm(text, &statm), 0);
	return statm.resident;
}

/* The row after the refreshes in which all must have been seen; the process has not run. */
static const struct process *
row_within(struct sleeper *sleeper, int refreshes)
{
	int64_t clock = cpu_clock_read(sleeper->pid);
	const struct process *row = NULL;

	for (int i = 0; i < refreshes; i++)
		row = row_of(sleeper);
	assert_true(cpu_clock_read(sleeper->pid) == clock);
	return row;
}

/* Its memory has changed in this direction by about `size`, and the row has it. */
static void
assert_memory_is_seen(struct sleeper *sleeper, int64_t size)
{
	int64_t now = resident_now(sleeper), changed = now - sleeper->before;

	assert_in_range(changed / (size / 8), 7, 9);
	assert_int_equal(row_within(sleeper, WITHIN)->resident, now);
}

static void
a_file_cut_by_another_is_seen(void **state)
{
	struct sleeper *sleeper = *state;

	assert_int_equal(ftruncate(sleeper->file, 0), 0);
	assert_memory_is_seen(sleeper, -REGION);
}

static void
memory_written_by_another_is_seen(void **state)
{
	struct sleeper *sleeper = *state;
	static char data[HUGE_PAGE / 2];
	struct iovec from = { data, sizeof(data) },
		     to = { sleeper->region + sizeof(data), sizeof(data) };

	if (process_vm_writev((pid_t)sleeper->pid, &from, 1, &to, 1, 0) < 0 && errno == EPERM)
		skip();
	assert_memory_is_seen(sleeper, sizeof(data));
}

/* This is how a debugger writes. */
static void
memory_written_through_proc_is_seen(void **state)
{
	struct sleeper *sleeper = *state;
	static char data[HUGE_PAGE / 2];
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%lld/mem", (long long)sleeper->pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		skip();
	assert_int_equal(
		pwrite(fd, data, sizeof(data), (off_t)(uintptr_t)(sleeper->region + sizeof(data))),
		sizeof(data));
	close(fd);
	assert_memory_is_seen(sleeper, sizeof(data));
}

/* Returns false if this kernel, or this user, cannot. */
static bool
advise(const struct sleeper *sleeper, void *start, int advice)
{
	struct iovec range = { start, REGION };
	int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)sleeper->pid, 0);
	ssize_t done = pidfd < 0 ? -1 : syscall(SYS_process_madvise, pidfd, &range, 1, advice, 0);

	close(pidfd);
	return done == REGION;
}

static void
pages_reclaimed_by_another_are_seen(void **state)
{
	struct sleeper *sleeper = *state;

	/* Pages that are mapped here too are not taken away. */
	munmap(sleeper->mapped, REGION);
	if (!advise(sleeper, sleeper->mapped, MADV_PAGEOUT) ||
		resident_now(sleeper) == sleeper->before)
		skip();
	assert_true(resident_now(sleeper) < sleeper->before);
	assert_int_equal(row_within(sleeper, WITHIN)->resident, resident_now(sleeper));
}

/* Writing the time that khugepaged sleeps wakes it, also where the time stays the same. */
static bool
wake_khugepaged(void)
{
	static const char path[] =
		"/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs";
	char text[32];
	ssize_t length = procfs_read(AT_FDCWD, path, text, sizeof(text));
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool woken = length > 0 && fd >= 0 && write(fd, text, (size_t)length) == length;

	if (fd >= 0)
		close(fd);
	return woken;
}

/* /proc/vmstat counts its huge pages: four refreshes are enough. */
static void
huge_pages_made_by_khugepaged_are_seen(void **state)
{
	struct sleeper *sleeper = *state;
	int64_t wanted = sleeper->before + REGION / 2;

	for (int i = 0; i < 200 && resident_now(sleeper) < wanted; i++) {
		if (!wake_khugepaged())
			skip();
		usleep(10000);
	}
	if (resident_now(sleeper) < wanted)
		skip(); /* khugepaged is off, or has too much to do */
	assert_int_equal(row_within(sleeper, 4)->resident, resident_now(sleeper));
}

/* As khugepaged does it. */
static void
huge_pages_made_by_another_are_seen(void **state)
{
	struct sleeper *sleeper = *state;

	if (!advise(sleeper, sleeper->region, COLLAPSE))
		skip();
	assert_memory_is_seen(sleeper, REGION / 2);
}

static void
an_adjustment_by_another_is_seen(void **state)
{
	struct sleeper *sleeper = *state;

	adjust_process(sleeper->pid, 321);
	assert_int_equal(row_within(sleeper, WITHIN)->oom_adj, 321);
}

/* Rows on the screen do not wait. */
static void
a_visible_row_is_always_right(void **state)
{
	struct sleeper *sleeper = *state;

	sleeper->world.needs.visible = &sleeper->pid;
	sleeper->world.needs.visible_count = 1;
	assert_int_equal(ftruncate(sleeper->file, 0), 0);
	assert_int_equal(row_within(sleeper, 1)->resident, resident_now(sleeper));
	assert_true(resident_now(sleeper) < sleeper->before);
}

/* Nor do those whose address space another process uses. */
static void
T25_memory_written_by_a_vfork_child_is_seen_at_once(void **state)
{
	struct sleeper *sleeper = *state;
	const struct process *child;
	pid_t pid;

	assert_int_equal(write(sleeper->orders, "", 1), 1);
	pid = wait_for_answer(sleeper);
	wait_until_it_sleeps(sleeper);
	row_of(sleeper);
	child = snapshot_find_process(world_refresh(&sleeper->world), pid);
	if (child->extras->memory_of == UNKNOWN)
		skip(); /* this user may not ask */
	assert_int_equal(child->extras->memory_of, sleeper->pid);
	sleeper->before = resident_now(sleeper);
	assert_int_equal(write(sleeper->orders, "", 1), 1);
	assert_int_equal(wait_for_answer(sleeper), pid);
	assert_in_range(resident_now(sleeper) - sleeper->before, REGION / 4, REGION);
	assert_int_equal(row_within(sleeper, 1)->resident, resident_now(sleeper));
}

/* Its parent ends: it gets another one without running. */
static void
another_parent_is_seen(void **state)
{
	struct sleeper *sleeper = *state;
	int answers[2];
	pid_t parent;

	assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		if (fork() == 0)
			answer_with_pid(answers[1]);
		for (;;)
			pause();
	}
	assert_int_equal(read(answers[0], &sleeper->orphan, sizeof(pid_t)), sizeof(pid_t));
	for (int i = 0; i < 2; i++)
		world_refresh(&sleeper->world);
	assert_int_equal(
		snapshot_find_process(world_refresh(&sleeper->world), sleeper->orphan)->parent,
		parent);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	for (int i = 1; i < WITHIN; i++)
		world_refresh(&sleeper->world);
	assert_int_not_equal(
		snapshot_find_process(world_refresh(&sleeper->world), sleeper->orphan)->parent,
		parent);
	close(answers[0]);
	close(answers[1]);
}

static void
a_move_to_another_control_group_is_seen(void **state)
{
	struct sleeper *sleeper = *state;
	const struct process *row;

	make_group(sleeper->group); /* tear_down() removes it */
	if (!sleeper->group[0])
		skip();
	join(sleeper->group, (pid_t)sleeper->pid);
	row = row_within(sleeper, WITHIN);
	assert_non_null(row->place->cgroup);
	assert_non_null(strstr(row->place->cgroup, strrchr(sleeper->group, '/') + 1));
}

/* Of a control group: since Linux 5.8 /proc/vmstat counts this too, so four refreshes are enough.
 */
static void
pages_reclaimed_from_its_group_are_seen(void **state)
{
	static const char *const orders[][2] = { { "memory.force_empty", "0" },
		{ "memory.reclaim", "64M" } };
	static char text[VMSTAT_SIZE];
	struct sleeper *sleeper = *state;

	assert_true(procfs_read_whole(AT_FDCWD, "/proc/vmstat", text, sizeof(text)) > 0);
	for (size_t i = 0; sleeper->group[0] && i < ARRAY_SIZE(orders); i++) {
		char path[96];
		int fd;

		snprintf(path, sizeof(path), "%s/%s", sleeper->group, orders[i][0]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		(void)!write(
			fd, orders[i][1], strlen(orders[i][1])); /* it may say that more is left */
		close(fd);
		break;
	}
	if (resident_now(sleeper) > sleeper->before - REGION / 2)
		skip(); /* no such groups here, or its pages cannot be reclaimed */
	assert_int_equal(row_within(sleeper, strstr(text, "pgsteal_file") ? 4 : WITHIN)->resident,
		resident_now(sleeper));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_cut_by_another_is_seen),
		TEST(memory_written_by_another_is_seen),
		TEST(memory_written_through_proc_is_seen),
		TEST(pages_reclaimed_by_another_are_seen),
		TEST(huge_pages_made_by_another_are_seen),
		cmocka_unit_test_setup_teardown(
			huge_pages_made_by_khugepaged_are_seen, set_up_for_khugepaged, tear_down),
		TEST(an_adjustment_by_another_is_seen),
		TEST(a_visible_row_is_always_right),
		TEST(T25_memory_written_by_a_vfork_child_is_seen_at_once),
		TEST(another_parent_is_seen),
		TEST(a_move_to_another_control_group_is_seen),
		cmocka_unit_test_setup_teardown(
			pages_reclaimed_from_its_group_are_seen, set_up_in_group, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
