// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "herd.h"
#include "record/block-writer.h"
#include "record/cursor.h"
#include "record/decoder.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECOND = 1000000000 };

/* A small file: what was in each sample, and where each block ends. */
enum { SAMPLES = 12, CHUNK = 4 };

struct recording {
	struct tree tree;
	char path[128];
	struct bytes bytes;
	size_t ends[SAMPLES]; /* of the bytes of each sample */
	struct herd herds[SAMPLES];
};

static void
copy_herd(struct herd *copy, const struct herd *herd)
{
	for (size_t i = 0; i < HERD_TABLES; i++)
		rows_copy(&copy->rows[i], &herd->rows[i], &copy->texts);
}

/* Of a herd that lives for the whole program: its parts are shared by the copies. */
static void
make_recording(struct recording *recording, const char *boot)
{
	static struct herd herd;
	const struct note note = { "boot", boot };
	struct encoder *encoder = encoder_create(&herd_recorded, &note, 1);
	unsigned seed = 5;

	for (size_t i = 0; i < SAMPLES; i++) {
		const struct sample_time time = { (int64_t)i * SECOND,
			(int64_t)(100 + i) * SECOND };
		struct sample_rows samples[HERD_TABLES];
		const struct bytes *blocks;

		herd_change(&herd, &seed, 8);
		copy_herd(&recording->herds[i], &herd);
		herd_samples(&herd, samples);
		if (i % CHUNK == 0)
			encoder_restart(encoder);
		assert_int_equal(encoder_add(encoder, &time, samples, &blocks), 0);
		bytes_put(&recording->bytes, blocks->data, blocks->count);
		recording->ends[i] = recording->bytes.count;
	}
	encoder_destroy(encoder);
}

static int
set_up(void **state)
{
	static struct recording recording;

	recording = (struct recording){ .path = "" };
	tree_create(&recording.tree);
	snprintf(recording.path, sizeof(recording.path), "%s/a.mtr", recording.tree.path);
	make_recording(&recording, "b");
	*state = &recording;
	return 0;
}

static int
tear_down(void **state)
{
	struct recording *recording = *state;

	tree_destroy(&recording->tree);
	bytes_finish(&recording->bytes);
	for (size_t i = 0; i < SAMPLES; i++)
		herd_finish(&recording->herds[i]);
	return 0;
}

static void
write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* The number of the sample where the cursor stands, whose rows are right. */
static size_t
right_sample(struct cursor *cursor, const struct recording *recording)
{
	struct cursor_place place;
	size_t sample;

	assert_true(cursor_place(cursor, &place));
	sample = (size_t)(place.boottime / SECOND);
	assert_true(sample < SAMPLES);
	assert_int_equal(place.wall, place.boottime + 100 * INT64_C(1000000000));
	assert_true(herd_is_decoded(cursor_decoder(cursor), &recording->herds[sample]));
	return sample;
}

/* Goes over all samples and sets those that are there. */
static void
see_all(struct cursor *cursor, const struct recording *recording, bool seen[static SAMPLES])
{
	int result = cursor_first(cursor);

	memset(seen, 0, SAMPLES * sizeof(seen[0]));
	for (size_t last = 0; result == 0; result = cursor_next(cursor)) {
		size_t sample = right_sample(cursor, recording);

		assert_true(sample >= last && !seen[sample]);
		seen[sample] = true;
		last = sample;
	}
	assert_int_equal(result, -ENODATA);
}

static void
a_cursor_goes_anywhere(void **state)
{
	const struct recording *recording = *state;
	struct cursor *cursor;

	write_file(recording->path, recording->bytes.data, recording->bytes.count);
	assert_int_equal(cursor_open(&cursor, recording->path, &herd_recorded), 0);
	for (size_t from = 0; from < SAMPLES; from++)
		for (size_t to = 0; to < SAMPLES; to++) {
			assert_int_equal(cursor_go(cursor, (int64_t)(100 + from) * SECOND), 0);
			assert_int_equal(right_sample(cursor, recording), from);
			assert_int_equal(cursor_go(cursor, (int64_t)(101 + to) * SECOND - 1), 0);
			assert_int_equal(right_sample(cursor, recording), to);
		}
	assert_int_equal(cursor_go(cursor, INT64_C(100) * SECOND - 1), -ENODATA);
	assert_int_equal(right_sample(cursor, recording), SAMPLES - 1);
	assert_int_equal(cursor_next(cursor), -ENODATA);
	assert_int_equal(right_sample(cursor, recording), SAMPLES - 1);
	for (size_t i = SAMPLES - 1; i-- > 0;) {
		assert_int_equal(cursor_previous(cursor), 0);
		assert_int_equal(right_sample(cursor, recording), i);
	}
	assert_int_equal(cursor_previous(cursor), -ENODATA);
	assert_int_equal(right_sample(cursor, recording), 0);
	cursor_close(cursor);
}

static void
a_file_cut_at_any_byte_shows_its_whole_samples_and_follows(void **state)
{
	const struct recording *recording = *state;
	struct cursor *cursor;
	bool seen[SAMPLES];

	for (size_t cut = 0; cut <= recording->bytes.count; cut++) {
		write_file(recording->path, recording->bytes.data, cut);
		assert_int_equal(cursor_open(&cursor, recording->path, &herd_recorded), 0);
		see_all(cursor, recording, seen);
		for (size_t i = 0; i < SAMPLES; i++)
			assert_int_equal(seen[i], recording->ends[i] <= cut);
		if (cut % 7 == 0) {
			write_file(recording->path, recording->bytes.data, recording->bytes.count);
			assert_int_equal(cursor_follow(cursor), 0);
			see_all(cursor, recording, seen);
			for (size_t i = 0; i < SAMPLES; i++)
				assert_true(seen[i]);
		}
		cursor_close(cursor);
	}
}

/* The sample whose block, or whose schema, has this byte. */
static size_t
sample_at(const struct recording *recording, size_t place)
{
	size_t i = 0;

	while (recording->ends[i] <= place)
		i++;
	return i;
}

static void
a_flipped_byte_costs_the_rest_of_its_chunk_and_the_gap_is_named(void **state)
{
	const struct recording *recording = *state;
	struct bytes damaged = { .data = NULL };
	struct cursor *cursor;
	struct cursor_gap gap;
	bool seen[SAMPLES];

	bytes_put(&damaged, recording->bytes.data, recording->bytes.count);
	for (size_t place = 0; place < damaged.count; place++) {
		size_t first = sample_at(recording, place), end = first / CHUNK * CHUNK + CHUNK;

		damaged.data[place] ^= (uint8_t)(1 << place % 8);
		write_file(recording->path, damaged.data, damaged.count);
		damaged.data[place] ^= (uint8_t)(1 << place % 8);
		assert_int_equal(cursor_open(&cursor, recording->path, &herd_recorded), 0);
		see_all(cursor, recording, seen);
		for (size_t i = 0; i < SAMPLES; i++)
			assert_int_equal(seen[i], i < first || i >= end);
		assert_int_equal(cursor_last(cursor), 0);
		if (end < SAMPLES) {
			assert_true(cursor_gap(cursor, 0, &gap));
			assert_true(gap.bytes > 0);
			assert_true(
				gap.from == (first > 0 ? (int64_t)(99 + first) * SECOND : UNKNOWN));
			assert_true(gap.to == (int64_t)(100 + end) * SECOND);
			assert_false(cursor_gap(cursor, 1, &gap));
		}
		cursor_close(cursor);
	}
	bytes_finish(&damaged);
}

static void
damage_found_on_the_way_is_passed_over(void **state)
{
	const struct recording *recording = *state;
	struct bytes damaged = { .data = NULL };
	struct cursor *cursor;
	struct cursor_place place;

	bytes_put(&damaged, recording->bytes.data, recording->bytes.count);
	damaged.data[recording->ends[5] - 1] ^= 1; /* in the middle of the second chunk */
	write_file(recording->path, damaged.data, damaged.count);
	assert_int_equal(cursor_open(&cursor, recording->path, &herd_recorded), 0);
	assert_int_equal(cursor_go(cursor, INT64_C(106) * SECOND), 0);
	assert_int_equal(right_sample(cursor, recording), 4);
	assert_int_equal(cursor_next(cursor), 0);
	assert_int_equal(right_sample(cursor, recording), 8);
	assert_true(cursor_place(cursor, &place));
	assert_true(place.marks & MARK_DAMAGE);
	assert_int_equal(cursor_previous(cursor), 0);
	assert_int_equal(right_sample(cursor, recording), 4);
	cursor_close(cursor);

	assert_int_equal(cursor_open(&cursor, recording->path, &herd_recorded), 0);
	assert_int_equal(cursor_go(cursor, INT64_C(109) * SECOND), 0);
	for (size_t i = 8; i != 4;) {
		assert_int_equal(cursor_previous(cursor), 0);
		assert_int_equal(right_sample(cursor, recording), i);
		i = i == 8 ? 4 : i - 1;
	}
	cursor_close(cursor);
	bytes_finish(&damaged);
}

static void
what_is_no_recording_is_refused_or_empty(void **state)
{
	const struct recording *recording = *state;
	struct cursor *cursor;
	struct cursor_place place;

	assert_int_equal(cursor_open(&cursor, "/nowhere/at/all", &herd_recorded), -ENOENT);
	assert_int_equal(cursor_open(&cursor, "/dev/null", &herd_recorded), -EINVAL);
	tree_write(&recording->tree, "text",
		"What an admin may give by mistake: a file of another kind.");
	assert_int_equal(cursor_open(&cursor, recording->tree.path, &herd_recorded), 0);
	assert_int_equal(cursor_first(cursor), -ENODATA);
	assert_int_equal(cursor_previous(cursor), -ENODATA);
	assert_int_equal(cursor_go(cursor, INT64_MAX), -ENODATA);
	assert_false(cursor_place(cursor, &place));
	cursor_close(cursor);
}

/* In a child: samples of a herd that grows out of the seed, until it is killed. */
static _Noreturn void
record_for_ever(const struct recording *recording, unsigned seed)
{
	struct encoder *encoder = encoder_create(&herd_recorded, NULL, 0);
	struct herd herd = { .texts.first = NULL };
	struct block_writer writer;
	uint64_t cut;

	if (block_writer_open(&writer, recording->tree.fd, "a.mtr", &cut) < 0)
		_exit(1);
	for (int64_t i = 0;; i++) {
		const struct sample_time time = { i * SECOND, (100 + i) * SECOND };
		struct sample_rows samples[HERD_TABLES];
		const struct bytes *blocks;

		herd_change(&herd, &seed, 20);
		herd_samples(&herd, samples);
		if (encoder_add(encoder, &time, samples, &blocks) < 0 ||
			block_writer_append(&writer, blocks->data, blocks->count) < 0)
			_exit(1);
	}
}

static pid_t
start_recorder(const struct recording *recording, unsigned seed)
{
	pid_t pid;

	unlinkat(recording->tree.fd, "a.mtr", 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails ends before it is killed */
		record_for_ever(recording, seed);
	}
	return pid;
}

static void
kill_recorder(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

/* Goes on to the last sample; each is what the herd was. Returns how many there were. */
static int64_t
see_next_samples(struct cursor *cursor, struct herd *herd, unsigned *seed, int64_t next)
{
	for (; cursor_next(cursor) == 0; next++) {
		herd_change(herd, seed, 20);
		herd_assert_at(cursor, next, 100 + next);
		assert_true(herd_is_decoded(cursor_decoder(cursor), herd));
	}
	return next;
}

static void
a_recorder_killed_at_any_moment_leaves_whole_samples(void **state)
{
	const struct recording *recording = *state;
	int64_t samples = 0;

	for (unsigned i = 0; i < 100; i++) {
		pid_t pid = start_recorder(recording, i);
		struct herd herd = { .texts.first = NULL };
		struct cursor *cursor;
		struct cursor_gap gap;
		unsigned seed = i;

		usleep(200 + i * 37 % 3000);
		kill_recorder(pid);
		if (cursor_open(&cursor, recording->path, &herd_recorded) < 0)
			continue; /* it was killed before it had made the file */
		samples += see_next_samples(cursor, &herd, &seed, 0);
		assert_false(cursor_gap(cursor, 0, &gap));
		cursor_close(cursor);
		herd_finish(&herd);
	}
	assert_true(samples > 0);
}

static void
a_reader_follows_a_recorder(void **state)
{
	const struct recording *recording = *state;
	pid_t pid = start_recorder(recording, 7);
	struct herd herd = { .texts.first = NULL };
	struct cursor *cursor;
	struct cursor_gap gap;
	unsigned seed = 7;

	while (cursor_open(&cursor, recording->path, &herd_recorded) == -ENOENT)
		usleep(100);
	for (int64_t next = 0; next < 600;) {
		assert_int_equal(cursor_follow(cursor), 0);
		next = see_next_samples(cursor, &herd, &seed, next);
	}
	kill_recorder(pid);
	assert_false(cursor_gap(cursor, 0, &gap));
	cursor_close(cursor);
	herd_finish(&herd);
}

int
main(void)
{
#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_FILE(a_cursor_goes_anywhere),
		WITH_FILE(a_file_cut_at_any_byte_shows_its_whole_samples_and_follows),
		WITH_FILE(a_flipped_byte_costs_the_rest_of_its_chunk_and_the_gap_is_named),
		WITH_FILE(damage_found_on_the_way_is_passed_over),
		WITH_FILE(a_recorder_killed_at_any_moment_leaves_whole_samples),
		WITH_FILE(a_reader_follows_a_recorder),
		WITH_FILE(what_is_no_recording_is_refused_or_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
