// SPDX-License-Identifier: GPL-3.0-or-later
#include "rights.h"
#include "unit.h"

#include "base/arena.h"
#include "model/exit.h"
#include "model/snapshot.h"
#include "record/cursor.h"
#include "record/files.h"
#include "record/overview.h"
#include "record/recorded.h"
#include "record/recorder.h"
#include "record/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
secrets_of_a_command_line_are_not_recorded(void **state)
{
	static const struct {
		const char *command, *recorded;
	} cases[] = {
		{ "java -jar app.jar", "java -jar app.jar" },
		{ "", "" },
		{ "x --password=one --port=2", "x --password=*** --port=2" },
		{ "x --db-password one --port 2", "x --db-password *** --port 2" },
		{ "x --password --port 2", "x --password --port 2" },
		{ "x API_KEY=abc y", "x API_KEY=*** y" },
		{ "x --TOKEN abc", "x --TOKEN ***" },
		{ "x --keyboard us --monkey 3", "x --keyboard us --monkey ***" },
		{ "x --author=me --auth=me", "x --author=me --auth=***" },
		{ "curl -u me:secret http://h/", "curl -u me:*** http://h/" },
		{ "curl --user me http://h/", "curl --user me http://h/" },
		{ "x http://me:secret@host/path y", "x http://me:***@host/path y" },
		{ "x http://host:80/a@b", "x http://host:***@b" },
		{ "x http://host/path", "x http://host/path" },
		{ "x --secret=  --token", "x --secret=  --token" },
		{ "mount -o rw,user=me,password=one /mnt",
			"mount -o rw,user=me,password=*** /mnt" },
		{ "docker run --env=DB_PASSWORD=one", "docker run --env=DB_PASSWORD=***" },
		{ "x jdbc:db://h/d?user=me&password=one&x=y",
			"x jdbc:db://h/d?user=me&password=***" },
		{ "x --set=a=b,c=d --e=token", "x --set=a=b,c=d --e=token" },
		{ "x --to=a://b:one@c,d://e:two@f z", "x --to=a://b:***@c,d://e:***@f z" },
		{ "x a://b:one@two@c", "x a://b:***@c" },
		{ "x a://b:@c,d://e:two@f", "x a://b:@c,d://e:***@f" },
		{ "curl -ume:one http://h:80/", "curl -ume:*** http://h:80/" },
		{ "curl --user=me:one http://h:80/", "curl --user=me:*** http://h:80/" },
		{ "x -url http://h:80/ -use=a:b", "x -url http://h:80/ -use=a:b" },
		{ "x -p secret", "x -p secret" }, /* no name says so: the manual page warns */
		{ "mysqld --pwd=a --passphrase b --credential-file=c",
			"mysqld --pwd=*** --passphrase *** --credential-file=***" },
	};
	struct arena arena = { .used = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *recorded = redact_command(cases[i].command, &arena);

		assert_string_equal(recorded, cases[i].recorded);
		assert_string_equal(redact_command(recorded, &arena), recorded);
		if (strcmp(cases[i].command, cases[i].recorded) == 0)
			assert_ptr_equal(recorded, cases[i].command);
	}
	arena_finish(&arena);
}

enum { NOW = 1795863600 };

static struct recorder *
open_recorder(const struct tree *tree, int64_t bytes)
{
	const struct recorder_options options = { .folder = tree->path,
		.boot = "0123-4567",
		.keep = { bytes, 1000, 0 },
		.interval = 10 * NS_PER_SEC };
	struct recorder *recorder;
	int64_t holder;

	assert_int_equal(recorder_open(&recorder, &options, &holder), 0);
	return recorder;
}

/* A sample of some processes at this time. */
static struct snapshot *
fill_sample(struct recorder *recorder, int64_t seconds)
{
	const struct snapshot *before;
	struct snapshot *snapshot = recorder_next(recorder, &before);

	snapshot_reset(snapshot);
	snapshot->time = (NOW + seconds) * NS_PER_SEC;
	snapshot->monotonic = seconds * NS_PER_SEC;
	for (int64_t i = 1; i <= 2000; i++) {
		struct process *process = snapshot_add_process(snapshot);

		process->pid = i;
		process->start_time = i;
		process->resident = seconds * i * 65537 % 1000003 * 4096;
		process->cpu_time = seconds * i;
	}
	return snapshot;
}

static void
add_sample(struct recorder *recorder, int64_t seconds)
{
	fill_sample(recorder, seconds);
	assert_int_equal(recorder_add(recorder), 0);
}

/* What was recorded of a process before must not hide a secret of this sample. */
static void
a_secret_is_found_in_each_sample(void **state)
{
	static const struct {
		int64_t pid;
		const char *command, *recorded;
	} samples[][3] = {
		{ { 1, "x --token=one", "x --token=***" }, { 5, "y", "y" }, { 9, "z", "z" } },
		{ { 1, "x --token=one", "x --token=***" }, { 5, "y", "y" }, { 9, "z", "z" } },
		{ { 1, "x --token=***", "x --token=***" }, { 9, "z KEY=a", "z KEY=***" } },
		{ { 1, "x --token=two", "x --token=***" }, { 9, "z", "z" }, { 12, NULL, NULL } },
		{ { 5, "z KEY=a", "z KEY=***" }, { 12, "z KEY=b", "z KEY=***" } },
	};
	struct recorder *recorder;
	struct tree tree;

	tree_create(&tree);
	recorder = open_recorder(&tree, INT64_C(1) << 30);
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct snapshot *before;
		struct snapshot *now = recorder_next(recorder, &before);

		snapshot_reset(now);
		now->time = (NOW + (int64_t)i) * NS_PER_SEC;
		for (size_t j = 0; j < ARRAY_SIZE(samples[i]) && samples[i][j].pid; j++) {
			struct process *process = snapshot_add_process(now);

			process->pid = process->start_time = samples[i][j].pid;
			process->command = samples[i][j].command;
		}
		assert_int_equal(recorder_add(recorder), 0);
		for (size_t j = 0; j < now->process_count; j++)
			if (samples[i][j].recorded)
				assert_string_equal(
					now->processes[j].command, samples[i][j].recorded);
			else
				assert_null(now->processes[j].command);
	}
	recorder_close(recorder);
	tree_destroy(&tree);
}

static void
a_restarted_recorder_goes_on_in_the_same_file(void **state)
{
	struct recording_overview overview;
	struct tree tree;

	tree_create(&tree);
	for (int run = 0; run < 3; run++) {
		struct recorder *recorder = open_recorder(&tree, INT64_C(1) << 30);

		add_sample(recorder, run * 20);
		add_sample(recorder, run * 20 + 10);
		recorder_close(recorder);
	}
	assert_int_equal(recording_look_over(tree.path, &overview), 0);
	assert_int_equal(overview.files, 1);
	assert_int_equal(overview.samples, 6);
	assert_int_equal(overview.damaged, 0);
	assert_int_equal(overview.begin / NS_PER_SEC, NOW);
	assert_int_equal(overview.end / NS_PER_SEC, NOW + 50);
	tree_destroy(&tree);
}

/* UTC: the next day begins 13 hours later. */
static void
each_day_has_its_file(void **state)
{
	struct recording_overview overview;
	struct recorder *recorder;
	struct tree tree;

	tree_create(&tree);
	recorder = open_recorder(&tree, INT64_C(1) << 30);
	for (int64_t hour = 0; hour < 50; hour += 5)
		add_sample(recorder, hour * 3600);
	recorder_close(recorder);
	assert_int_equal(recording_look_over(tree.path, &overview), 0);
	assert_int_equal(overview.files, 3);
	assert_int_equal(overview.samples, 10);
	tree_destroy(&tree);
}

static void
what_is_kept_stays_below_the_size(void **state)
{
	enum { MOST = 512 * 1024 };
	struct recording_overview overview;
	struct recorder *recorder;
	struct tree tree;

	tree_create(&tree);
	recorder = open_recorder(&tree, MOST);
	for (int64_t i = 0; i < 400; i++)
		add_sample(recorder, i * 10);
	assert_true(recorder_removed(recorder) > 0);
	recorder_close(recorder);
	assert_int_equal(recording_look_over(tree.path, &overview), 0);
	assert_true(overview.files >= 4);
	assert_true(overview.bytes > MOST / 2);
	assert_true(overview.bytes < MOST + MOST / 4); /* checked with each keyframe */
	assert_int_equal(overview.end / NS_PER_SEC, NOW + 3990);
	tree_destroy(&tree);
}

/* Each sample of another hour begins a chunk, but they are of one day: no file begins. */
static void
files_go_while_another_grows(void **state)
{
	enum { SIZE = 64 * 1024 };
	static char other[SIZE + 1];
	struct recorder *recorder;
	struct tree tree;

	tree_create(&tree);
	memset(other, 'x', SIZE);
	tree_write(&tree, "a.mtr", other);
	recorder = open_recorder(&tree, SIZE);
	add_sample(recorder, 0);
	assert_int_equal(faccessat(tree.fd, "a.mtr", F_OK, 0), 0);
	add_sample(recorder, 3600);
	recorder_close(recorder);
	assert_int_equal(faccessat(tree.fd, "a.mtr", F_OK, 0), -1);
	tree_destroy(&tree);
}

/* The only recording of the folder. */
static void
find_name(const struct tree *tree, char name[static 64])
{
	struct recording_files files = { .count = 0 };

	assert_int_equal(recording_files_find(&files, tree->path), 0);
	assert_int_equal(files.count, 1);
	snprintf(name, 64, "%s", strrchr(files.files[0].path, '/') + 1);
	recording_files_finish(&files);
}

/* Whether each sample of the folder is later than the one before. Returns the last one's time. */
static int64_t
assert_in_order(const struct tree *tree)
{
	struct cursor *cursor;
	struct cursor_place place;
	int64_t last = -1;
	int result;

	assert_int_equal(cursor_open(&cursor, tree->path, &snapshot_recorded), 0);
	for (result = cursor_first(cursor); result == 0; result = cursor_next(cursor)) {
		assert_true(cursor_place(cursor, &place));
		assert_true(place.boottime > last);
		last = place.boottime;
	}
	assert_int_equal(result, -ENODATA);
	cursor_close(cursor);
	return last / NS_PER_SEC;
}

static void
a_restarted_recorder_goes_on_after_the_last_part(void **state)
{
	char first[64] = "";
	struct recorder *recorder;
	struct tree tree;

	tree_create(&tree);
	recorder = open_recorder(&tree, 512 * 1024);
	add_sample(recorder, 0);
	find_name(&tree, first);
	for (int64_t i = 1; i < 150; i++)
		add_sample(recorder, i * 10);
	recorder_close(recorder);
	assert_int_equal(unlinkat(tree.fd, first, 0), 0);
	for (int64_t i = 150; i < 153; i++) {
		recorder = open_recorder(&tree, 512 * 1024);
		add_sample(recorder, i * 10);
		recorder_close(recorder);
		assert_int_equal(assert_in_order(&tree), i * 10);
	}
	tree_destroy(&tree);
}

static void
a_clock_set_back_to_another_day_keeps_the_order(void **state)
{
	struct recorder *recorder;
	struct tree tree;

	tree_create(&tree);
	recorder = open_recorder(&tree, INT64_C(1) << 30);
	for (int64_t i = 0; i < 6; i++) {
		fill_sample(recorder, i * 10)->time += i % 2 * 86400 * NS_PER_SEC;
		assert_int_equal(recorder_add(recorder), 0);
	}
	recorder_close(recorder);
	assert_int_equal(assert_in_order(&tree), 50);
	tree_destroy(&tree);
}

enum { CANNOT_MOUNT = 77 };

/* Runs a test in a process of its own, with a small file system over the folder. */
static void
run_with_disk(const struct tree *tree, const char *size, int (*run)(const struct tree *tree))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (!with_mounts_of_its_own() || mount("none", tree->path, "tmpfs", 0, size) < 0)
			_exit(CANNOT_MOUNT);
		_exit(run(tree));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_MOUNT) {
		print_message("# file systems may not be mounted here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

/* 0: all samples were written, the last ones are there, and the oldest gave room to them. */
static int
fill_disk(const struct tree *tree)
{
	struct recording_overview overview;
	struct recorder *recorder = open_recorder(tree, INT64_C(1) << 40);
	int64_t removed;

	for (int64_t i = 0; i < 1500; i++) {
		fill_sample(recorder, i * 10);
		if (recorder_add(recorder) < 0)
			return 1;
	}
	removed = recorder_removed(recorder);
	recorder_close(recorder);
	if (recording_look_over(tree->path, &overview) < 0 || overview.damaged > 0)
		return 2;
	return removed > 0 && overview.files > 2 && overview.begin / NS_PER_SEC > NOW &&
			       overview.end / NS_PER_SEC == NOW + 14990
		       ? 0
		       : 3;
}

static void
on_a_full_disk_the_oldest_files_go(void **state)
{
	struct tree tree;

	tree_create(&tree);
	run_with_disk(&tree, "size=2m", fill_disk);
	tree_destroy(&tree);
}

/* Another file takes all the space, and gives it back. */
static int
lose_samples(const struct tree *tree)
{
	static char filler[980 * 1024];
	struct recording_overview overview;
	struct recorder *recorder = open_recorder(tree, INT64_C(1) << 40);
	int fd = open(tree->path, O_RDONLY | O_DIRECTORY), lost = 0, other;

	other = openat(fd, "other", O_WRONLY | O_CREAT, 0600);
	if (write(other, filler, sizeof(filler)) != (ssize_t)sizeof(filler))
		return 1;
	for (int64_t i = 0; i < 300; i++) {
		fill_sample(recorder, i * 10);
		lost += recorder_add(recorder) == -ENOSPC;
		if (i == 250 && (lost == 0 || unlinkat(fd, "other", 0) < 0 || close(other) < 0))
			return 2;
	}
	recorder_close(recorder);
	if (lost == 0 || recording_look_over(tree->path, &overview) < 0)
		return 3;
	return overview.damaged == 0 && overview.samples == (size_t)(300 - lost) &&
			       overview.end / NS_PER_SEC == NOW + 2990
		       ? 0
		       : 4;
}

static void
samples_that_found_no_space_are_a_gap(void **state)
{
	struct tree tree;

	tree_create(&tree);
	run_with_disk(&tree, "size=1m", lose_samples);
	tree_destroy(&tree);
}

static void
after_its_file_was_deleted_a_recorder_makes_another(void **state)
{
	struct recording_overview overview;
	struct recorder *recorder;
	char name[64] = "";
	struct tree tree;

	tree_create(&tree);
	recorder = open_recorder(&tree, INT64_C(1) << 30);
	add_sample(recorder, 0);
	find_name(&tree, name);
	assert_int_equal(unlinkat(tree.fd, name, 0), 0);
	add_sample(recorder, 10);
	add_sample(recorder, 20);
	recorder_close(recorder);
	assert_int_equal(recording_look_over(tree.path, &overview), 0);
	assert_int_equal(overview.samples, 2);
	tree_destroy(&tree);
}

static void
names_of_users_can_be_left_out(void **state)
{
	struct recorder_options options = { .boot = "0123-4567",
		.keep = { INT64_C(1) << 30, 1000, 0 },
		.without_users = true,
		.interval = 10 * NS_PER_SEC };
	struct snapshot *snapshot;
	struct process_exit *ended;
	struct recorder *recorder;
	struct tree tree;
	int64_t holder;

	tree_create(&tree);
	options.folder = tree.path;
	assert_int_equal(recorder_open(&recorder, &options, &holder), 0);
	snapshot = fill_sample(recorder, 0);
	snapshot->processes[0].user = "alice";
	ended = rows_add(&snapshot->exits, &exit_table);
	ended->uid = 1000;
	ended->user = "alice";
	assert_int_equal(recorder_add(recorder), 0);
	assert_null(snapshot->processes[0].user);
	assert_null(ended->user);
	assert_int_equal(ended->uid, 1000);
	recorder_close(recorder);
	tree_destroy(&tree);
}

static void
a_foreign_file_of_that_name_is_left_as_it_is(void **state)
{
	static const char text[] = "this is no recording, and must not be lost";
	char name[64] = "", content[64] = "";
	struct recording_overview overview;
	struct recorder *recorder;
	struct tree tree;
	int fd;

	tree_create(&tree);
	recorder = open_recorder(&tree, INT64_C(1) << 30);
	add_sample(recorder, 0);
	recorder_close(recorder);
	find_name(&tree, name);
	tree_write(&tree, name, text);
	recorder = open_recorder(&tree, INT64_C(1) << 30);
	add_sample(recorder, 10);
	recorder_close(recorder);
	fd = openat(tree.fd, name, O_RDONLY);
	assert_int_equal(read(fd, content, sizeof(content) - 1), sizeof(text) - 1);
	assert_string_equal(content, text);
	close(fd);
	assert_int_equal(recording_look_over(tree.path, &overview), 0);
	assert_int_equal(overview.samples, 1);
	tree_destroy(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_of_a_command_line_are_not_recorded),
		cmocka_unit_test(a_secret_is_found_in_each_sample),
		cmocka_unit_test(a_restarted_recorder_goes_on_in_the_same_file),
		cmocka_unit_test(each_day_has_its_file),
		cmocka_unit_test(what_is_kept_stays_below_the_size),
		cmocka_unit_test(files_go_while_another_grows),
		cmocka_unit_test(on_a_full_disk_the_oldest_files_go),
		cmocka_unit_test(samples_that_found_no_space_are_a_gap),
		cmocka_unit_test(a_restarted_recorder_goes_on_after_the_last_part),
		cmocka_unit_test(a_clock_set_back_to_another_day_keeps_the_order),
		cmocka_unit_test(after_its_file_was_deleted_a_recorder_makes_another),
		cmocka_unit_test(names_of_users_can_be_left_out),
		cmocka_unit_test(a_foreign_file_of_that_name_is_left_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
