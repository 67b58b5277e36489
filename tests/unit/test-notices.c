// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/macros.h"
#include "model/snapshot.h"
#include "output/journal.h"
#include "output/notices.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct world {
	struct snapshot now;
	struct notices notices;
	int journal, reader;
	char entry[4096];
};

static int
set_up(void **state)
{
	struct world *world = test_calloc(1, sizeof(*world));
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
	world->journal = pair[0];
	world->reader = pair[1];
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	snapshot_finish(&world->now);
	close(world->journal);
	close(world->reader);
	test_free(world);
	return 0;
}

/* The next entry as a text, with '.' for each NUL in it; "" if there is none. */
static const char *
next_entry(struct world *world)
{
	ssize_t length = recv(world->reader, world->entry, sizeof(world->entry) - 1, 0);

	for (ssize_t i = 0; i < length; i++)
		if (!world->entry[i])
			world->entry[i] = '.';
	world->entry[length > 0 ? length : 0] = '\0';
	return world->entry;
}

static void
begin(struct world *world, const char *state)
{
	snapshot_reset(&world->now);
	world->now.system.verdict.state_now = state;
	world->now.system.available = 1 << 30;
}

static void
send_all(struct world *world)
{
	assert_int_equal(notices_send(&world->notices, &world->now, world->journal), 0);
}

static void
a_field_with_a_line_feed_has_its_length_before_it(void **state)
{
	static const char expected[] = "A=b\nC\n\3\0\0\0\0\0\0\0d\ne\nG=\n";
	const struct journal_field fields[] = { { "A", "b" }, { "C", "d\ne" }, { "F", NULL },
		{ "G", "" } };
	struct world *world = *state;

	assert_int_equal(journal_send(world->journal, fields, ARRAY_SIZE(fields)), 0);
	assert_int_equal(
		recv(world->reader, world->entry, sizeof(world->entry), 0), sizeof(expected) - 1);
	assert_memory_equal(world->entry, expected, sizeof(expected) - 1);
}

static void
a_kill_is_told_with_its_victim(void **state)
{
	struct world *world = *state;
	struct event *event;

	begin(world, "ok");
	event = snapshot_add_event(&world->now);
	event->name = "oom_kill";
	event->victim.comm = "hog\nPRIORITY=0";
	event->victim.pid = 42;
	event->constraint = "cgroup";
	send_all(world);
	assert_non_null(strstr(next_entry(world), "MESSAGE_ID=" NOTICE_KILL "\nPRIORITY=2\n"));
	assert_non_null(strstr(world->entry, "\nMEMTOP_VICTIM_PID=42\n"));
	assert_non_null(strstr(world->entry, "\nMEMTOP_LIMIT=cgroup\n"));
	assert_null(strstr(world->entry, "MEMTOP_BYTES"));
	/* A name cannot become a field: its length stands before it, 14 bytes. */
	assert_non_null(strstr(world->entry, "\nMEMTOP_VICTIM_COMM\n\016.......hog\nPRIORITY=0\n"));
	assert_string_equal(next_entry(world), "");
}

static void
a_state_is_told_when_it_changes(void **state)
{
	static const struct {
		const char *state, *told; /* NULL: nothing is */
	} steps[] = {
		{ "ok", NULL },
		{ "ok", NULL },
		{ "low", "MEMTOP_STATE=low\n" },
		{ "low", NULL },
		{ NULL, NULL },
		{ "low", NULL },
		{ "limit", "MEMTOP_STATE=limit\n" },
		{ "ok", "MEMTOP_STATE=ok\n" },
		{ "ok", NULL },
	};
	struct world *world = *state;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		begin(world, steps[i].state);
		send_all(world);
		next_entry(world);
		if (steps[i].told)
			assert_non_null(strstr(world->entry, steps[i].told));
		else
			assert_string_equal(world->entry, "");
	}
}

static void
a_machine_that_is_not_well_at_first_is_told(void **state)
{
	struct world *world = *state;

	begin(world, "stalled");
	send_all(world);
	assert_non_null(strstr(next_entry(world), "\nPRIORITY=2\n"));
	assert_non_null(strstr(world->entry, "MEMTOP_STATE=stalled\n"));
}

static struct process *
add_leak(struct world *world, int64_t pid)
{
	struct process *process = snapshot_add_process(&world->now);

	process->pid = process->start_time = pid;
	process->comm = "leaky";
	snapshot_extras(&world->now, process)->growth =
		(struct growth_summary){ "leak?", 500 << 20, 1 << 20, 1 << 20, 1 << 20, NULL };
	return process;
}

static void
a_leak_is_told_once(void **state)
{
	struct world *world = *state;

	for (int i = 0; i < 3; i++) {
		begin(world, "ok");
		add_leak(world, 7)->start_time = i == 2 ? 2 : 1; /* another process at last */
		send_all(world);
		next_entry(world);
		if (i == 1)
			assert_string_equal(world->entry, "");
		else
			assert_non_null(strstr(world->entry,
				"MESSAGE=leaky (7) has grown for 12 hours, by 500M, 1.0M/min in "
				"the last: a leak?\nMESSAGE_ID=" NOTICE_LEAK "\n"));
	}
}

static size_t
count_entries(struct world *world)
{
	size_t count = 0;

	while (*next_entry(world))
		count++;
	return count;
}

/* Each once, whatever somebody starts; who has ended makes room. */
static void
more_leaks_than_the_bound_are_not_told_again_and_again(void **state)
{
	struct world *world = *state;
	size_t told = 0;

	for (int i = 0; i < 3; i++) {
		begin(world, "ok");
		for (int64_t pid = 1; pid <= NOTICES_MOST_LEAKS + 50; pid++)
			add_leak(world, pid);
		while (notices_send(&world->notices, &world->now, world->journal) == -EAGAIN)
			told += count_entries(world); /* the socket is full: it goes on */
		told += count_entries(world);
	}
	assert_int_equal(told, NOTICES_MOST_LEAKS);
	begin(world, "ok");
	add_leak(world, 1000);
	send_all(world);
	assert_int_equal(count_entries(world), 1);
}

static void
what_could_not_be_sent_is_sent_later(void **state)
{
	struct world *world = *state;

	begin(world, "low");
	assert_int_equal(notices_send(&world->notices, &world->now, -1), -EBADF);
	send_all(world);
	assert_non_null(strstr(next_entry(world), "MEMTOP_STATE=low\n"));
	begin(world, "ok");
	assert_int_equal(notices_send(&world->notices, &world->now, -1), -EBADF);
	begin(world, "ok");
	send_all(world);
	assert_non_null(strstr(next_entry(world), "MEMTOP_STATE=ok\n"));
}

static void
a_journal_that_is_gone_or_full_is_an_error(void **state)
{
	struct world *world = *state;
	const struct journal_field field = { "A", "b" };
	int error = 0;

	assert_int_equal(journal_open("/nowhere/socket"), -ENOENT);
	assert_int_equal(
		journal_open("/a/very/long/name/that/is/longer/than/the/address/of/a/socket/can/be/"
			     "which/is/108/characters/at/most/with/its/end"),
		-ENAMETOOLONG);
	for (int i = 0; i < 100000 && error == 0; i++)
		error = journal_send(world->journal, &field, 1);
	assert_int_equal(error, -EAGAIN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_field_with_a_line_feed_has_its_length_before_it),
		TEST(a_kill_is_told_with_its_victim),
		TEST(a_state_is_told_when_it_changes),
		TEST(a_machine_that_is_not_well_at_first_is_told),
		TEST(a_leak_is_told_once),
		TEST(more_leaks_than_the_bound_are_not_told_again_and_again),
		TEST(what_could_not_be_sent_is_sent_later),
		TEST(a_journal_that_is_gone_or_full_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
