// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/known.h"
#include "collect/cgroup-tree.h"
#include "collect/processes.h"
#include "collect/users.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The name service of this test, in the place of that of the C library. */
static struct {
	const char *prefix; /* of all names; NULL: nobody has one */
	int64_t wait;       /* nanoseconds */
	int asked, error;
} service;

struct passwd *
getpwuid(uid_t uid)
{
	static char name[1024];
	static struct passwd entry = { .pw_name = name };
	const struct timespec wait = { .tv_nsec = service.wait };

	service.asked++;
	if (service.wait)
		nanosleep(&wait, NULL);
	errno = service.error;
	snprintf(name, sizeof(name), "%s%u", service.prefix ? service.prefix : "", (unsigned)uid);
	return service.prefix ? &entry : NULL;
}

static int
set_up(void **state)
{
	struct users *users = test_calloc(1, sizeof(*users));

	service.prefix = "u";
	service.wait = 0;
	service.asked = service.error = 0;
	users_begin(users, NS_PER_SEC);
	*state = users;
	return 0;
}

static int
tear_down(void **state)
{
	users_finish(*state);
	test_free(*state);
	return 0;
}

static size_t
count_names(struct users *users, int64_t count)
{
	size_t names = 0;

	for (int64_t uid = 0; uid < count; uid++)
		names += users_name(users, uid)[0] == 'u';
	return names;
}

static void
a_name_is_looked_up_once(void **state)
{
	struct users *users = *state;

	for (int i = 0; i < 3; i++) {
		assert_string_equal(users_name(users, 7), "u7");
		assert_string_equal(users_name(users, 4294967294), "u4294967294");
	}
	assert_int_equal(service.asked, 2);
	service.prefix = NULL;
	for (int i = 0; i < 3; i++)
		assert_string_equal(users_name(users, 8), "8");
	assert_int_equal(service.asked, 3);
}

static void
a_refresh_looks_up_so_many_and_the_next_one_goes_on(void **state)
{
	struct users *users = *state;

	assert_int_equal(count_names(users, 1500), MOST_LOOK_UPS);
	assert_int_equal(count_names(users, 1500), MOST_LOOK_UPS);
	assert_string_equal(users_name(users, 1499), "1499");
	users_begin(users, 2 * NS_PER_SEC);
	assert_int_equal(count_names(users, 1500), 1500);
	assert_int_equal(service.asked, 1500);
}

static void
after_a_slow_answer_no_more_are_looked_up_in_this_refresh(void **state)
{
	struct users *users = *state;

	service.wait = 600 * NS_PER_MS;
	assert_string_equal(users_name(users, 7), "u7");
	assert_string_equal(users_name(users, 8), "8");
	assert_int_equal(service.asked, 1);
	service.wait = 0;
	users_begin(users, 2 * NS_PER_SEC);
	assert_string_equal(users_name(users, 8), "u8");
}

static void
a_name_that_changed_is_seen_after_some_minutes(void **state)
{
	struct users *users = *state;

	users_name(users, 7);
	service.prefix = "v";
	users_begin(users, USER_OLD);
	assert_string_equal(users_name(users, 7), "u7");
	users_begin(users, NS_PER_SEC + USER_OLD);
	assert_string_equal(users_name(users, 7), "v7");
}

/* One that has gone is not. */
static void
a_name_stays_where_the_service_does_not_answer(void **state)
{
	static const struct {
		int error;
		const char *name;
	} cases[] = { { EIO, "u7" }, { ECONNREFUSED, "u7" }, { ENOENT, "7" }, { EIO, "7" },
		{ 0, "7" } };
	struct users *users = *state;

	users_name(users, 7);
	service.prefix = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		service.error = cases[i].error;
		users_begin(users, NS_PER_SEC + (int64_t)(i + 1) * USER_OLD);
		assert_string_equal(users_name(users, 7), cases[i].name);
		assert_int_equal(service.asked, i + 2);
	}
}

/* A name that is old is better than a number. */
static void
a_name_stays_until_it_is_looked_up_again(void **state)
{
	struct users *users = *state;

	count_names(users, 1500);
	users_begin(users, 2 * NS_PER_SEC);
	count_names(users, 1500);
	for (int i = 1; i < 4; i++) {
		users_begin(users, NS_PER_SEC + i * 2 * USER_OLD);
		assert_int_equal(count_names(users, 1500), 1500);
	}
	assert_int_equal(service.asked, 1500 + 3 * MOST_LOOK_UPS);
}

static void
so_many_are_kept_and_what_is_not_used_is_forgotten(void **state)
{
	struct users *users = *state;

	for (int i = 0; i < 10; i++) {
		users_begin(users, (2 + i) * NS_PER_SEC);
		count_names(users, 10000);
	}
	assert_int_equal(users->count, MOST_USERS);
	assert_string_equal(users_name(users, 9999), "9999");
	for (int i = 1; i < 4; i++) {
		users_begin(users, i * USER_OLD + 60 * NS_PER_SEC);
		assert_string_equal(users_name(users, 7), "u7");
	}
	assert_int_equal(users->count, 1);
	assert_string_equal(users_name(users, 9999), "u9999");
	assert_int_equal(users->count, 2);
}

static void
a_long_name_is_cut(void **state)
{
	char prefix[600];

	memset(prefix, 'u', sizeof(prefix) - 1);
	prefix[sizeof(prefix) - 1] = '\0';
	service.prefix = prefix;
	assert_int_equal(strlen(users_name(*state, 7)), USER_NAME_LENGTH);
}

/* A process that sleeps keeps its row, but not the name in it: that is of the last snapshot. */
static void
a_row_that_is_kept_has_the_name_as_it_is_now(void **state)
{
	struct needs needs = { .bits = NEED_PROCESSES | NEED_STAT | NEED_OWNER };
	struct snapshot snapshots[3] = { { .monotonic = 1 }, { .monotonic = 2 },
		{ .monotonic = 1 + USER_OLD } };
	struct cgroup_tree *cgroups;
	struct processes *processes;
	struct tree tree;
	char name[32];

	tree_create(&tree);
	cgroups = cgroup_tree_create(tree.fd);
	processes = processes_create(tree.fd, cgroups, "/");
	for (int pid = 10; pid < 14; pid++) /* one of four has its turn */
		tree_write_process(
			&tree, &(struct tree_process){
				       .pid = pid, .comm = "x", .pages = 5, .start_time = 1 });
	for (size_t i = 0; i < ARRAY_SIZE(snapshots); i++) {
		struct snapshot *now = &snapshots[i];

		service.prefix = i == 0 ? "u" : "v";
		processes_read(processes, now, i > 0 ? now - 1 : NULL, &needs, true);
		assert_int_equal(now->process_count, 4);
		snprintf(name, sizeof(name), "%c%u", i < 2 ? 'u' : 'v', geteuid());
		for (size_t j = 0; j < now->process_count; j++) {
			assert_string_equal(now->processes[j].user, name);
			if (i > 0)
				assert_ptr_not_equal(
					now->processes[j].user, now[-1].processes[j].user);
		}
	}
	assert_int_equal(service.asked, 2);
	for (size_t i = 0; i < ARRAY_SIZE(snapshots); i++)
		snapshot_finish(&snapshots[i]);
	processes_destroy(processes);
	cgroup_tree_destroy(cgroups);
	tree_destroy(&tree);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_is_looked_up_once),
		TEST(a_refresh_looks_up_so_many_and_the_next_one_goes_on),
		TEST(after_a_slow_answer_no_more_are_looked_up_in_this_refresh),
		TEST(a_name_that_changed_is_seen_after_some_minutes),
		TEST(a_name_stays_where_the_service_does_not_answer),
		TEST(a_name_stays_until_it_is_looked_up_again),
		TEST(so_many_are_kept_and_what_is_not_used_is_forgotten),
		TEST(a_long_name_is_cut),
		TEST(a_row_that_is_kept_has_the_name_as_it_is_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
