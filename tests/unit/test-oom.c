// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "act/oom.h"
#include "collect/collect.h"
#include "model/badness.h"
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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GIB (INT64_C(1) << 30)
#define MIB (INT64_C(1) << 20)

/* Exit status of a child that could not be set up; 0 to 99 say which step went wrong. */
enum { CANNOT = 100, DONE = 101 };

/* A machine of 10 GiB: pid 10 with 3, 20 with 2, 30 with 1 GiB; 21 is a child of 20, 22 of 21. */
static int
set_up(void **state)
{
	static const struct {
		int64_t pid, parent, resident, adj;
	} rows[] = {
		{ 10, 1, 3 * GIB, 0 },
		{ 20, 1, 2 * GIB, 0 },
		{ 21, 20, 300 * MIB, -1000 },
		{ 22, 21, 200 * MIB, 0 },
		{ 30, 1, 1 * GIB, 0 },
	};
	struct snapshot *snapshot = test_calloc(1, sizeof(*snapshot));
	struct badness_scope scope;

	snapshot_reset(snapshot);
	snapshot->bits = NEED_BADNESS;
	snapshot->system.total = 10 * GIB;
	snapshot->system.swap_total = 0;
	scope = badness_scope_of(snapshot);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct process *row = snapshot_add_process(snapshot);

		row->pid = rows[i].pid;
		row->parent = rows[i].parent;
		row->start_time = 7;
		row->state = "S";
		row->virtual = row->resident = row->anon = rows[i].resident;
		row->swap = row->page_tables = 0;
		row->oom_adj = rows[i].adj;
		row->oom_score = rows[i].adj == -1000 ? 0 : badness_score_of(row, &scope);
	}
	badness_rank(snapshot);
	*state = snapshot;
	return 0;
}

static int
tear_down(void **state)
{
	snapshot_finish(*state);
	test_free(*state);
	return 0;
}

static void
a_preview_shows_who_dies_instead(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };
	const struct oom_effect *effect;

	oom_plan_add(&plan, snapshot_find_process(now, 10), -500);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 1);
	effect = &preview.effects[0];
	assert_int_equal(effect->before.rank, 1);
	assert_int_equal(effect->after.rank, 4);
	assert_int_equal(effect->before.adj, 0);
	assert_int_equal(effect->after.adj, -500);
	assert_int_equal(effect->before.badness, 3 * GIB);
	assert_int_equal(effect->after.badness, 3 * GIB + badness_adj_weight(-500, 10 * GIB));
	assert_int_equal(effect->before.score, 866);
	assert_int_equal(
		effect->after.score, badness_score(effect->after.badness, 10 * GIB, false));
	assert_int_equal(preview.first_before->pid, 10);
	assert_int_equal(preview.first_after->pid, 20);
	assert_int_equal(effect->next_before, 10);
	assert_int_equal(effect->next_after, 20);
	assert_int_equal(preview.ranked_before, 4);
	assert_int_equal(preview.ranked_after, 4);
	assert_int_equal(now->processes[0].oom_adj, 0); /* the snapshot is as it was */
	assert_int_equal(now->kill_order[0]->pid, 10);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
protection_comes_and_goes_with_minus_1000(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 10), -1000);
	oom_plan_add(&plan, snapshot_find_process(now, 21), 0);
	oom_preview(&preview, now, &plan);
	assert_string_equal(preview.effects[0].after.protection, "adj -1000");
	assert_int_equal(preview.effects[0].after.score, 0);
	assert_true(preview.effects[0].after.rank == UNKNOWN);
	assert_string_equal(preview.effects[1].before.protection, "adj -1000");
	assert_null(preview.effects[1].after.protection);
	assert_int_equal(preview.effects[1].after.rank, 3);
	assert_int_equal(preview.effects[1].after.score, 686);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
who_shares_the_address_space_follows(void **state)
{
	struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	snapshot_find_process(now, 22)->memory_of = 21;
	snapshot_find_process(now, 21)->oom_adj = 0;
	snapshot_find_process(now, 21)->oom_score = 686;
	badness_rank(now);
	oom_plan_add(&plan, snapshot_find_process(now, 22), -1000);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 2);
	assert_true(preview.effects[0].follows == UNKNOWN);
	assert_int_equal(preview.effects[1].pid, 21);
	assert_int_equal(preview.effects[1].follows, 22);
	assert_int_equal(preview.effects[1].after.adj, -1000);
	snapshot_find_process(now, 22)->oom_score = 0; /* between vfork and exec it goes alone */
	badness_rank(now);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 1);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
a_tree_is_a_process_and_all_below_it(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 20), 100);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.children, 2);
	oom_plan_add_tree(&plan, now, snapshot_find_process(now, 20), 300);
	assert_int_equal(plan.count, 3);
	for (size_t i = 0; i < plan.count; i++)
		assert_int_equal(plan.changes[i].to, 300);
	assert_int_equal(plan.changes[2].pid, 22);
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 3);
	assert_int_equal(preview.children, 0);
	assert_int_equal(preview.first_after->pid, 20);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
undoing_is_the_inverse_plan(void **state)
{
	const struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 }, inverse = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 10), 500);
	oom_plan_add(&plan, snapshot_find_process(now, 21), 200);
	oom_plan_invert(&plan, &inverse);
	oom_plan_invert(&plan, &inverse);
	assert_int_equal(inverse.count, 2);
	assert_int_equal(inverse.changes[0].pid, 21);
	assert_int_equal(inverse.changes[0].from, 200);
	assert_int_equal(inverse.changes[0].to, -1000);
	assert_int_equal(inverse.changes[1].pid, 10);
	assert_int_equal(inverse.changes[1].start_time, 7);
	oom_plan_finish(&plan);
	oom_plan_finish(&inverse);
}

static void
T30_a_plan_about_a_process_that_is_gone_shows_nothing(void **state)
{
	struct snapshot *now = *state;
	struct oom_plan plan = { .count = 0 };
	struct oom_preview preview = { .count = 0 };

	oom_plan_add(&plan, snapshot_find_process(now, 10), 500);
	snapshot_find_process(now, 10)->start_time = 8;
	oom_preview(&preview, now, &plan);
	assert_int_equal(preview.count, 0);
	assert_int_equal(preview.first_after->pid, 10);
	oom_plan_finish(&plan);
	oom_preview_finish(&preview);
}

static void
T36_the_old_scale_is_converted_as_the_kernel_does(void **state)
{
	static const int64_t pairs[][2] = { { -17, -1000 }, { -16, -941 }, { -1, -58 }, { 0, 0 },
		{ 1, 58 }, { 14, 823 }, { 15, 1000 } };

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++)
		assert_int_equal(oom_from_legacy(pairs[i][0]), pairs[i][1]);
}

static void
a_drop_in_stands_where_systemd_starts_the_process(void **state)
{
	static const struct {
		const char *cgroup, *unit, *text;
		bool has;
	} cases[] = {
		{ "/system.slice/db.service", "db.service",
			"systemctl edit db.service\n\n[Service]\nOOMScoreAdjust=-500\n", true },
		{ "/system.slice/a.socket", "a.socket",
			"systemctl edit a.socket\n\n[Socket]\nOOMScoreAdjust=-500\n", true },
		{ "/system.slice/sys\\x2dtem.service", "sys\\x2dtem.service",
			"systemctl edit 'sys\\x2dtem.service'\n\n[Service]\nOOMScoreAdjust=-500\n",
			true },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/a.service", "a.service",
			"systemctl --user edit a.service\n\n[Service]\n# A user's systemd may not "
			"go below the adjustment it has itself.\nOOMScoreAdjust=-500\n",
			true },
		{ "/user.slice/user-7.slice/user@7.service", "user@7.service",
			"systemctl edit user@7.service\n\n[Service]\nOOMScoreAdjust=-500\n", true },
		{ "/user.slice/user-7.slice/session-3.scope", "session-3.scope",
			"the processes of a scope are not started by systemd: whoever starts them "
			"has to set it",
			false },
		{ "/", NULL, "it belongs to no systemd unit: whoever starts it has to set it",
			false },
		{ "/x/\x1b[2J.service", "\x1b[2J.service",
			"the name of its unit is none that systemd gives", false },
		{ "/x/$(reboot).service", "$(reboot).service",
			"the name of its unit is none that systemd gives", false },
	};
	struct process process;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[OOM_DROP_IN_SIZE];

		table_reset_row(&process_table, &process);
		process.cgroup = cases[i].cgroup;
		process.unit = cases[i].unit;
		assert_int_equal(oom_drop_in(&process, -500, text), cases[i].has);
		assert_string_equal(text, cases[i].text);
	}
}

/* From here on real processes are changed: children of the test, which wait until they are ended.
 */

static pid_t
start_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
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

	(void)state;
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

	(void)state;
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

	(void)state;
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

	(void)state;
	if (access("/proc/2/exe", F_OK) == 0 || readlink("/proc/2/exe", (char[8]){ 0 }, 8) >= 0 ||
		oom_look_up(2, &change) < 0)
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

	(void)state;
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

	if (setgid(65534) < 0 || setuid(65534) < 0)
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

	(void)state;
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
	(void)unused;
	if (unshare(CLONE_NEWUSER) < 0)
		return CANNOT;
	return oom_may_lower() ? 1 : DONE;
}

static void
a_user_namespace_gives_no_capability_that_counts(void **state)
{
	int status = in_a_child(may_lower_in_user_namespace, NULL);

	(void)state;
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

	(void)unused;
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

	(void)state;
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

static void
the_preview_equals_what_is_measured_after_the_change(void **state)
{
	static const int64_t raises[] = { 1, 17, 300, 999, 1000 };
	struct snapshot before = { .time = 0 }, after = { .time = 0 };
	struct oom_preview preview = { .count = 0 };
	pid_t pid = start_child();

	(void)state;
	for (size_t i = 0; i < COUNT(raises); i++) {
		struct oom_plan plan = { .count = 0 };
		struct process now = measure(pid, &before);

		oom_plan_add(&plan, snapshot_find_process(&before, pid), raises[i]);
		oom_preview(&preview, &before, &plan);
		assert_int_equal(preview.effects[0].before.score, now.oom_score);
		assert_int_equal(oom_apply(&plan.changes[0]), 0);
		now = measure(pid, &after);
		assert_int_equal(preview.effects[0].after.adj, now.oom_adj);
		assert_int_equal(preview.effects[0].after.score, now.oom_score);
		assert_int_equal(preview.effects[0].after.badness, now.badness);
		if (raises[i] == 1000) /* nobody else is so high: others may come and go below */
			assert_int_equal(preview.effects[0].after.rank, now.rank);
		oom_plan_finish(&plan);
	}
	oom_preview_finish(&preview);
	snapshot_finish(&before);
	snapshot_finish(&after);
	end_child(pid);
}

static void
errors_have_words(void **state)
{
	char text[OOM_ERROR_SIZE];

	(void)state;
	oom_error_text(4242, -EACCES, text);
	assert_string_equal(text, "cannot set OOM adjustment of 4242: Permission denied (lowering "
				  "needs CAP_SYS_RESOURCE)");
	oom_error_text(7, -ESTALE, text);
	assert_string_equal(
		text, "cannot set OOM adjustment of 7: another process has this number now");
	oom_error_text(7, -EROFS, text);
	assert_string_equal(text, "cannot set OOM adjustment of 7: Read-only file system");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_preview_shows_who_dies_instead),
		TEST(protection_comes_and_goes_with_minus_1000),
		TEST(who_shares_the_address_space_follows),
		TEST(a_tree_is_a_process_and_all_below_it),
		TEST(undoing_is_the_inverse_plan),
		TEST(T30_a_plan_about_a_process_that_is_gone_shows_nothing),
		cmocka_unit_test(T36_the_old_scale_is_converted_as_the_kernel_does),
		cmocka_unit_test(a_drop_in_stands_where_systemd_starts_the_process),
		cmocka_unit_test(a_change_is_made_read_back_and_undone),
		cmocka_unit_test(T30_another_start_time_is_another_process),
		cmocka_unit_test(what_is_out_of_range_is_refused),
		cmocka_unit_test(T27_a_kernel_thread_is_refused),
		cmocka_unit_test(lowering_needs_the_capability_not_the_uid),
		cmocka_unit_test(another_users_process_is_refused),
		cmocka_unit_test(a_user_namespace_gives_no_capability_that_counts),
		cmocka_unit_test(T30_a_pid_that_was_used_again_is_refused),
		cmocka_unit_test(the_preview_equals_what_is_measured_after_the_change),
		cmocka_unit_test(errors_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
