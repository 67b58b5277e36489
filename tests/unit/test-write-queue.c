// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/clock.h"
#include "model/snapshot.h"
#include "record/files.h"
#include "record/overview.h"
#include "record/recorder.h"
#include "record/write-queue.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#define NOW INT64_C(1795996800) /* 2026-11-30T00:00:00Z */

/* A disk that does not answer: the recorder calls this one after each urgent sample. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t thawed = PTHREAD_COND_INITIALIZER;
static bool is_frozen;

int
fdatasync(int fd)
{
	pthread_mutex_lock(&lock);
	while (is_frozen)
		pthread_cond_wait(&thawed, &lock);
	pthread_mutex_unlock(&lock);
	return 0;
}

static void
freeze(bool on)
{
	pthread_mutex_lock(&lock);
	is_frozen = on;
	pthread_cond_broadcast(&thawed);
	pthread_mutex_unlock(&lock);
}

struct world {
	struct tree tree;
	struct recorder *recorder;
	int64_t seconds; /* of the next sample */
};

static int
set_up(void **state)
{
	struct world *world = test_calloc(1, sizeof(*world));
	const struct recorder_options options = { .folder = world->tree.path,
		.boot = "0123-4567",
		.keep = { INT64_C(1) << 30, 1000, 0 },
		.interval = 10 * NS_PER_SEC };
	int64_t holder;

	tree_create(&world->tree);
	assert_int_equal(recorder_open(&world->recorder, &options, &holder), 0);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	freeze(false);
	tree_destroy(&world->tree);
	test_free(world);
	return 0;
}

/* A sample with a kill, which is put on the disk at once. */
static int
add(struct world *world)
{
	const struct snapshot *before;
	struct snapshot *now = recorder_next(world->recorder, &before);

	snapshot_reset(now);
	now->time = (NOW + world->seconds) * NS_PER_SEC;
	now->monotonic = world->seconds * NS_PER_SEC;
	snapshot_add_event(now);
	world->seconds += 10;
	return recorder_add(world->recorder);
}

static int64_t
lost(const struct world *world, int *why)
{
	return recorder_lost(world->recorder, why);
}

static void
assert_recorded(const struct world *world, size_t files, size_t samples)
{
	struct recording_overview overview;

	assert_int_equal(recording_look_over(world->tree.path, &overview), 0);
	assert_int_equal(overview.files, files);
	assert_int_equal(overview.samples, samples);
	assert_int_equal(overview.damaged, 0);
}

static void
what_waits_is_written_when_the_disk_answers(void **state)
{
	struct world *world = *state;

	assert_int_equal(add(world), 0);
	assert_false(recorder_is_behind(world->recorder));
	freeze(true);
	for (int i = 0; i < 7; i++)
		assert_int_equal(add(world), 0);
	assert_true(recorder_is_behind(world->recorder));
	freeze(false);
	assert_int_equal(add(world), 0);
	assert_int_equal(recorder_close(world->recorder), 0);
	assert_recorded(world, 1, 9);
}

static void
what_is_too_much_is_refused(void **state)
{
	struct world *world = *state;
	int why;

	freeze(true);
	for (int i = 0; i <= QUEUE_MOST_PORTIONS; i++)
		assert_int_equal(add(world), 0);
	assert_int_equal(add(world), -ETIMEDOUT);
	assert_int_equal(lost(world, &why), 0); /* the caller knows of it */
	freeze(false);
	assert_int_equal(recorder_close(world->recorder), 0);
	assert_recorded(world, 1, QUEUE_MOST_PORTIONS + 1);
}

static void
delete_files(const struct world *world)
{
	struct recording_files files = { .count = 0 };

	assert_int_equal(recording_files_find(&files, world->tree.path), 0);
	assert_int_equal(files.count, 1);
	assert_int_equal(unlink(files.files[0].path), 0);
	recording_files_finish(&files);
}

/* Until what waits has been tried. */
static void
add_until_none_waits(struct world *world)
{
	for (int i = 0; i < 1000 && recorder_is_behind(world->recorder); i++) {
		usleep(1000);
		assert_int_equal(add(world), 0);
	}
	assert_false(recorder_is_behind(world->recorder));
}

static void
what_waited_and_could_not_be_written_is_counted(void **state)
{
	struct world *world = *state;
	int why;

	freeze(true);
	for (int i = 0; i < 4; i++)
		assert_int_equal(add(world), 0);
	delete_files(world);
	freeze(false);
	add_until_none_waits(world);
	assert_true(lost(world, &why) >= 3);
	assert_int_equal(why, -ESTALE);
	assert_int_equal(add(world), 0);
	assert_int_equal(recorder_close(world->recorder), 0);
}

static void
what_could_not_be_written_at_the_end_is_told(void **state)
{
	struct world *world = *state;

	freeze(true);
	for (int i = 0; i < 4; i++)
		assert_int_equal(add(world), 0);
	delete_files(world);
	freeze(false);
	assert_int_equal(recorder_close(world->recorder), -ESTALE);
}

static void
a_day_that_begins_while_the_disk_hangs_has_its_file(void **state)
{
	struct world *world = *state;

	assert_int_equal(add(world), 0);
	freeze(true);
	assert_int_equal(add(world), 0);
	world->seconds = 86400;
	for (int i = 0; i < 3; i++)
		assert_int_equal(add(world), 0);
	freeze(false);
	assert_int_equal(recorder_close(world->recorder), 0);
	assert_recorded(world, 2, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_waits_is_written_when_the_disk_answers),
		TEST(what_is_too_much_is_refused),
		TEST(what_waited_and_could_not_be_written_is_counted),
		TEST(what_could_not_be_written_at_the_end_is_told),
		TEST(a_day_that_begins_while_the_disk_hangs_has_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
