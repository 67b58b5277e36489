// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "act/oom.h"
#include "collect/collect.h"
#include "command/process-options.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/oom-plan.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Exit status of a child that could not be set up; 0 to 99 say which step went wrong. */
enum { CANNOT = 100, DONE = 101 };

/* From here on real processes are changed: children of the test, which wait until they are ended.
 */

static pid_t
start_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* where the test fails nobody else ends it */
		for (;;)
			pause();
	}
	return pid;
}

static void
end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Runs a part of a test in a child of its own, as it gives up rights. Returns its exit status. */
static int
in_a_child(int (*part)(const struct oom_change *change), const struct oom_change *change)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(part(change));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
a_change_is_made_read_back_and_undone(void **state)
{
	pid_t pid = start_child();
	struct oom_change change, now, inverse;

	assert_int_equal(oom_look_up(pid, &change), 0);
	change.to = change.from == 1000 ? 999 : change.from + 1;
	inverse = change;
	inverse.to = change.from;
	change.from = 77; /* what was really there replaces it */
	assert_int_equal(oom_apply(&change), 0);
	assert_int_equal(change.from, inverse.to);
	assert_int_equal(oom_look_up(pid, &now), 0);
	assert_int_equal(now.from, change.to);
	assert_int_equal(oom_apply(&inverse), 0);
	assert_int_equal(oom_look_up(pid, &now), 0);
	assert_int_equal(now.from, inverse.to);
	end_child(pid);
	assert_int_equal(oom_apply(&inverse), -ESRCH);
	assert_int_equal(oom_look_up(pid, &now), -ESRCH);
}

static void
T30_another_start_time_is_another_process(void **state)
{
	pid_t pid = start_child();
	struct oom_change change, now;

	assert_int_equal(oom_look_up(pid, &change), 0);
	change.start_time--;
	change.to = 1000;
	assert_int_equal(oom_apply(&change), -ESTALE);
	assert_int_equal(oom_look_up(pid, &now), 0);
	assert_int_equal(now.from, change.from);
	end_child(pid);
}

static void
what_is_out_of_range_is_refused(void **state)
{
	struct oom_change change;

	assert_int_equal(oom_look_up(getpid(), &change), 0);
	change.to = 1001;
	assert_int_equal(oom_apply(&change), -ERANGE);
	change.to = -1001;
	assert_int_equal(oom_apply(&change), -ERANGE);
}

static void
T27_a_kernel_thread_is_refused(void **state)
{
	struct oom_change change;

	if (access("/proc/2/stat", F_OK) < 0 || access("/proc/2/exe", F_OK) == 0 ||
		readlink("/proc/2/exe", (char[8]){ 0 }, 8) >= 0 || oom_look_up(2, &change) < 0)
		skip(); /* in a container pid 2 is none */
	change.to = 500;
	assert_int_equal(oom_apply(&change), -ENOTSUP);
	assert_int_equal(oom_look_up(2, &change), 0);
	assert_int_equal(change.from, 0);
}

static int
lower_without_capability(const struct oom_change *child)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct oom_change change = *child;

	change.to = child->from + 10;
	if (oom_apply(&change) < 0)
		return 1;
	if (syscall(SYS_capset, &header, data) < 0)
		return CANNOT;
	if (oom_may_lower())
		return 2;
	change.to = -1000;
	return oom_apply(&change) == -EACCES ? DONE : 3;
}

static void
lowering_needs_the_capability_not_the_uid(void **state)
{
	pid_t pid = start_child();
	struct oom_change change, now;

	assert_int_equal(oom_look_up(pid, &change), 0);
	assert_int_equal(in_a_child(lower_without_capability, &change), DONE);
	assert_int_equal(oom_look_up(pid, &now), 0);
	assert_int_equal(now.from, change.from + 10);
	end_child(pid);
}

static int
raise_as_nobody(const struct oom_change *child)
{
	struct oom_change change = *child;

	if (getuid() == 65534 || setgid(65534) < 0 || setuid(65534) < 0)
		return CANNOT;
	change.to = 900;
	return oom_apply(&change) == -EPERM ? DONE : 1;
}

static void
another_users_process_is_refused(void **state)
{
	pid_t pid = start_child();
	struct oom_change change, now;
	int status;

	assert_int_equal(oom_look_up(pid, &change), 0);
	status = in_a_child(raise_as_nobody, &change);
	assert_int_equal(oom_look_up(pid, &now), 0);
	end_child(pid);
	if (status == CANNOT)
		skip();
	assert_int_equal(status, DONE);
	assert_int_equal(now.from, change.from);
}

static int
may_lower_in_user_namespace(const struct oom_change *unused)
{
	if (unshare(CLONE_NEWUSER) < 0)
		return CANNOT;
	return oom_may_lower() ? 1 : DONE;
}

static void
a_user_namespace_gives_no_capability_that_counts(void **state)
{
	int status = in_a_child(may_lower_in_user_namespace, NULL);

	if (status == CANNOT)
		skip();
	assert_int_equal(status, DONE);
}

static bool
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

/* The first process of a pid namespace: ends a child, and makes the next one get its number. */
static int
reuse_pid(void)
{
	const struct timespec tick = { .tv_nsec = 50000000 };
	struct oom_change change, now;
	char last[16];
	pid_t pid, again;

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("proc", "/proc", "proc", 0, NULL) < 0)
		return CANNOT;
	pid = start_child();
	if (oom_look_up(pid, &change) < 0)
		return 1;
	end_child(pid);
	nanosleep(&tick, NULL); /* start times are in hundredths of a second */
	snprintf(last, sizeof(last), "%d", pid - 1);
	if (!write_text("/proc/sys/kernel/ns_last_pid", last))
		return CANNOT;
	again = start_child();
	if (again != pid)
		return CANNOT;
	change.to = 800;
	if (oom_apply(&change) != -ESTALE)
		return 2;
	if (oom_look_up(pid, &now) < 0 || now.from == 800)
		return 3;
	end_child(again);
	return DONE;
}

static int
reuse_pid_in_namespace(const struct oom_change *unused)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0 &&
		unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) < 0)
		return CANNOT;
	pid = fork();
	if (pid == 0)
		_exit(reuse_pid());
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}

static void
T30_a_pid_that_was_used_again_is_refused(void **state)
{
	int status = in_a_child(reuse_pid_in_namespace, NULL);

	if (status == CANNOT)
		skip();
	assert_int_equal(status, DONE);
}

/* Reads one process by all its files, with the ranks of all. */
static struct process
measure(int64_t pid, struct snapshot *now)
{
	struct needs needs = { .bits = NEED_BADNESS, .exact = true };
	struct source *source;
	const struct process *row;

	assert_int_equal(collect_create(NULL, &source), 0);
	assert_int_equal(source->read(source, now, NULL, &needs), 0);
	derive(now, NULL);
	source->destroy(source);
	row = snapshot_find_process(now, pid);
	assert_non_null(row);
	return *row;
}

/* Whether a raise does what the preview of it says; of a rank where nobody else is so high. */
static bool
is_as_previewed(pid_t pid, int64_t to)
{
	struct snapshot before = { .time = 0 }, after = { .time = 0 };
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };
	const struct oom_standing *predicted;
	struct process now = measure(pid, &before);
	bool is_equal;

	oom_plan_add(&plan, snapshot_find_process(&before, pid), to);
	oom_preview(&preview, &before, &plan);
	assert_int_equal(preview.effects[0].before.score, now.oom_score);
	assert_int_equal(oom_apply(&plan.changes[0]), 0);
	predicted = &preview.effects[0].after;
	now = measure(pid, &after);
	assert_int_equal(predicted->adj, now.oom_adj);
	is_equal = predicted->score == now.oom_score && predicted->badness == now.weight->badness &&
		   (to < 1000 || predicted->rank == now.rank);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
	snapshot_finish(&before);
	snapshot_finish(&after);
	return is_equal;
}

/* Between two looks others come and go, and the kernel sums up what its CPUs have counted. */
static void
the_preview_equals_what_is_measured_after_the_change(void **state)
{
	static const int64_t raises[] = { 1, 17, 300, 999, 1000 };
	pid_t pid = start_child();

	for (size_t i = 0; i < ARRAY_SIZE(raises); i++) {
		bool is_equal = false;

		for (int look = 0; look < 20 && !is_equal; look++)
			is_equal = is_as_previewed(pid, raises[i]);
		assert_true(is_equal);
	}
	end_child(pid);
}

static int
wait_for_the_end(void *pipe)
{
	char byte;

	(void)!read(*(int *)pipe, &byte, 1);
	return 0;
}

/* T25: a process with the test's own address space. */
static void
who_shares_the_address_space_is_changed_by_the_kernel_too(void **state)
{
	static char stack[64 * 1024];
	struct snapshot now = { .time = 0 };
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };
	struct oom_change own;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(oom_look_up(getpid(), &own), 0);
	pid = clone(wait_for_the_end, stack + sizeof(stack), CLONE_VM | SIGCHLD, &ends[0]);
	assert_true(pid > 0);
	measure(pid, &now);
	oom_plan_add(&plan, snapshot_find_process(&now, pid), own.from + 9);
	oom_preview(&preview, &now, &plan);
	assert_int_equal(preview.count, 2);
	assert_int_equal(preview.effects[1].pid, getpid());
	assert_int_equal(preview.effects[1].follows, pid);
	assert_int_equal(oom_apply(&plan.changes[0]), 0);
	assert_int_equal(oom_look_up(getpid(), &own), 0);
	assert_int_equal(own.from, plan.changes[0].to);
	own.to = plan.changes[0].from;
	assert_int_equal(oom_apply(&own), 0);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	oom_preview_finish(&preview);
	oom_plan_finish(&plan);
	snapshot_finish(&now);
	close(ends[0]);
	close(ends[1]);
}

/* A name is looked for in one reading of all processes, what is changed stands in the next. */
static void
T30_a_name_is_that_of_the_process_it_was_found_for(void **state)
{
	struct process_names named = { .pids = NULL };
	struct process process = { .pid = getpid() };
	struct oom_change change;
	char before[16], name[16];
	pid_t pid;

	prctl(PR_GET_NAME, before);
	snprintf(name, sizeof(name), "t%d", (int)getpid());
	prctl(PR_SET_NAME, name); /* the child has it from its start */
	pid = start_child();
	prctl(PR_SET_NAME, before);
	assert_int_equal(process_names_take(&named, name), 0);
	assert_int_equal(process_names_find(&named, true), EXIT_SUCCESS);
	assert_int_equal(named.pid_count, 1);
	assert_int_equal(named.pids[0], pid);
	assert_true(process_names_mean(&named, &process)); /* asked for by its number, if at all */
	assert_int_equal(oom_look_up(pid, &change), 0);
	process = (struct process){ .pid = pid, .start_time = change.start_time };
	assert_true(process_names_mean(&named, &process));
	process.start_time++;
	assert_false(process_names_mean(&named, &process));
	process_names_finish(&named);
	end_child(pid);
}

static void
errors_have_words(void **state)
{
	char text[OOM_ERROR_SIZE];

	oom_error_text(4242, -EACCES, text);
	assert_string_equal(text, "cannot set OOM adjustment of 4242: Permission denied (lowering "
				  "needs CAP_SYS_RESOURCE)");
	oom_error_text(7, -ESTALE, text);
	assert_string_equal(
		text, "cannot set OOM adjustment of 7: another process has this number now");
	oom_error_text(7, -EROFS, text);
	assert_string_equal(text, "cannot set OOM adjustment of 7: Read-only file system");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_made_read_back_and_undone),
		cmocka_unit_test(T30_another_start_time_is_another_process),
		cmocka_unit_test(what_is_out_of_range_is_refused),
		cmocka_unit_test(T27_a_kernel_thread_is_refused),
		cmocka_unit_test(lowering_needs_the_capability_not_the_uid),
		cmocka_unit_test(another_users_process_is_refused),
		cmocka_unit_test(a_user_namespace_gives_no_capability_that_counts),
		cmocka_unit_test(T30_a_pid_that_was_used_again_is_refused),
		cmocka_unit_test(the_preview_equals_what_is_measured_after_the_change),
		cmocka_unit_test(who_shares_the_address_space_is_changed_by_the_kernel_too),
		cmocka_unit_test(T30_a_name_is_that_of_the_process_it_was_found_for),
		cmocka_unit_test(errors_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
