// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "record/block-index.h"
#include "record/block-writer.h"
#include "record/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two chunks of four and three samples, and an end. */
static const struct {
	enum block_kind kind;
	uint16_t number;
} kinds[] = {
	{ BLOCK_SCHEMA, 0 },
	{ BLOCK_KEYFRAME, 1 },
	{ BLOCK_DELTA, 2 },
	{ BLOCK_DELTA, 3 },
	{ BLOCK_DELTA, 4 },
	{ BLOCK_SCHEMA, 0 },
	{ BLOCK_KEYFRAME, 1 },
	{ BLOCK_DELTA, 2 },
	{ BLOCK_DELTA, 3 },
	{ BLOCK_END, 0 },
};

enum { BLOCKS = ARRAY_SIZE(kinds), PAYLOAD = 24, ONE = BLOCK_HEADER_SIZE + PAYLOAD };

struct file {
	struct tree tree;
	int fd;
};

static int
set_up(void **state)
{
	static struct file file;

	tree_create(&file.tree);
	file.fd = openat(file.tree.fd, "a.mtr", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file.fd >= 0);
	*state = &file;
	return 0;
}

static int
tear_down(void **state)
{
	struct file *file = *state;

	close(file->fd);
	tree_destroy(&file->tree);
	return 0;
}

/* A block with the second `number` as its time. Its payload contains a magic. */
static void
put_block(struct bytes *bytes, size_t number)
{
	char payload[PAYLOAD] = "mtr1 is the magic     ";
	struct block block = { .boottime = (int64_t)number * NS_PER_SEC,
		.wall = (int64_t)(number + 1000) * NS_PER_SEC,
		.size = PAYLOAD,
		.raw_size = PAYLOAD,
		.kind = (uint8_t)kinds[number % BLOCKS].kind,
		.number = kinds[number % BLOCKS].number };

	payload[PAYLOAD - 1] = (char)number;
	block.check = block_check(payload, PAYLOAD);
	block_write_header(bytes_reserve(bytes, BLOCK_HEADER_SIZE), &block);
	bytes->count += BLOCK_HEADER_SIZE;
	bytes_put(bytes, payload, PAYLOAD);
}

static void
put_blocks(struct bytes *bytes)
{
	for (size_t i = 0; i < BLOCKS; i++)
		put_block(bytes, i);
}

static void
write_file(const struct file *file, const void *data, size_t size)
{
	assert_int_equal(ftruncate(file->fd, 0), 0);
	assert_int_equal(pwrite(file->fd, data, size, 0), (ssize_t)size);
}

static bool
has_sample(const struct block_index *index, size_t number)
{
	for (size_t i = 0; i < index->count; i++)
		if (index->samples[i].boottime == (int64_t)number * NS_PER_SEC)
			return true;
	return false;
}

static bool
is_sample(size_t number)
{
	return kinds[number].kind == BLOCK_KEYFRAME || kinds[number].kind == BLOCK_DELTA;
}

static void
what_is_written_is_found_by_its_headers(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };
	struct block_index index;

	put_blocks(&bytes);
	write_file(file, bytes.data, bytes.count);
	assert_int_equal(block_index_open(&index, file->fd), 0);
	assert_int_equal(index.count, 7);
	assert_int_equal(index.chunk_count, 2);
	assert_int_equal(index.chunks[1].first, 4);
	assert_int_equal(index.chunks[1].schema.offset, 5 * ONE);
	assert_int_equal(index.gap_count, 0);
	assert_int_equal(index.end, bytes.count);
	assert_true(index.has_ended);
	assert_int_equal(index.samples[6].boottime, 8 * NS_PER_SEC);
	assert_int_equal(index.samples[6].wall, 1008 * NS_PER_SEC);
	for (size_t i = 0; i < index.count; i++)
		assert_int_equal(block_index_chunk(&index, i), i >= 4);
	block_index_finish(&index);
	bytes_finish(&bytes);
}

static void
a_file_cut_at_any_byte_has_its_whole_blocks_and_goes_on(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };

	put_blocks(&bytes);
	for (size_t cut = 0; cut <= bytes.count; cut++) {
		struct block_index index;
		size_t expected = 0;

		write_file(file, bytes.data, cut);
		assert_int_equal(block_index_open(&index, file->fd), 0);
		for (size_t i = 0; i < cut / ONE; i++)
			expected += is_sample(i);
		assert_int_equal(index.count, expected);
		assert_int_equal(index.end, cut / ONE * ONE);
		assert_int_equal(index.gap_count, 0);

		/* The writer goes on: the torn block becomes whole. */
		assert_int_equal(pwrite(file->fd, bytes.data, bytes.count, 0), bytes.count);
		assert_int_equal(block_index_follow(&index), 0);
		assert_int_equal(index.count, 7);
		assert_int_equal(index.gap_count, 0);
		block_index_finish(&index);
	}
	bytes_finish(&bytes);
}

/* All before the damage is there, and all from the next keyframe on. */
static void
assert_damage_is_a_gap(const struct block_index *index, size_t damaged)
{
	for (size_t i = 0; i < BLOCKS; i++) {
		bool is_lost = i >= damaged && (i < 5) == (damaged < 5);

		assert_int_equal(has_sample(index, i), is_sample(i) && !is_lost);
	}
	if (damaged < 5) {
		assert_int_equal(index->gap_count, 1);
		assert_true(index->gaps[0].bytes >= ONE);
		assert_int_equal(index->gaps[0].sample, damaged > 1 ? damaged - 1 : 0);
		assert_true(block_index_is_after_gap(index, index->gaps[0].sample));
	}
}

static void
a_header_with_any_bit_flipped_is_skipped_and_the_gap_is_named(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };

	put_blocks(&bytes);
	for (size_t i = 0; i < bytes.count * 8; i++) {
		size_t place = i / 8;
		struct block_index index;

		if (place % ONE >= BLOCK_HEADER_SIZE || place / ONE == BLOCKS - 1)
			continue;
		bytes.data[place] ^= (uint8_t)(1 << i % 8);
		write_file(file, bytes.data, bytes.count);
		assert_int_equal(block_index_open(&index, file->fd), 0);
		assert_damage_is_a_gap(&index, place / ONE);
		block_index_finish(&index);
		bytes.data[place] ^= (uint8_t)(1 << i % 8);
	}
	bytes_finish(&bytes);
}

static void
a_damaged_payload_is_seen_when_it_is_read(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };
	struct block_index index;
	uint8_t payload[PAYLOAD];

	put_blocks(&bytes);
	bytes.data[3 * ONE + BLOCK_HEADER_SIZE + 5] ^= 1;
	write_file(file, bytes.data, bytes.count);
	assert_int_equal(block_index_open(&index, file->fd), 0);
	assert_int_equal(index.count, 7);
	assert_int_equal(block_read_payload(file->fd, &index.samples[1], payload), 0);
	assert_int_equal(block_read_payload(file->fd, &index.samples[2], payload), -EBADMSG);
	block_index_leave_out(&index, 2);
	assert_int_equal(index.count, 5);
	assert_int_equal(index.chunks[1].first, 2);
	assert_int_equal(index.gap_count, 1);
	assert_true(block_index_is_after_gap(&index, 2));
	block_index_leave_out(&index, 2); /* all of the second chunk */
	assert_int_equal(index.count, 2);
	assert_int_equal(index.chunk_count, 1);
	assert_int_equal(index.gap_count, 1);
	block_index_finish(&index);
	bytes_finish(&bytes);
}

static void
a_last_block_with_zeros_in_its_payload_is_not_there_yet(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };
	struct block_index index;

	for (size_t i = 0; i < 4; i++)
		put_block(&bytes, i);
	memset(bytes.data + 3 * ONE + BLOCK_HEADER_SIZE, 0, PAYLOAD);
	write_file(file, bytes.data, bytes.count);
	assert_int_equal(block_index_open(&index, file->fd), 0);
	assert_int_equal(index.count, 2);
	assert_int_equal(index.gap_count, 0);
	bytes.count = 3 * ONE;
	put_block(&bytes, 3);
	write_file(file, bytes.data, bytes.count);
	assert_int_equal(block_index_follow(&index), 0);
	assert_int_equal(index.count, 3);
	block_index_finish(&index);
	bytes_finish(&bytes);
}

static void
a_delta_without_the_one_before_is_left_out(void **state)
{
	static const size_t order[] = { 0, 1, 2, 4, 5, 6, 8, 3, 0, 1 };
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };
	struct block_index index;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		put_block(&bytes, order[i]);
	write_file(file, bytes.data, bytes.count);
	assert_int_equal(block_index_open(&index, file->fd), 0);
	assert_int_equal(index.count, 4);
	assert_int_equal(index.chunk_count, 3);
	assert_int_equal(index.gap_count, 2);
	assert_int_equal(index.gaps[0].bytes, ONE);
	assert_int_equal(index.gaps[1].bytes, 2 * ONE);
	block_index_finish(&index);
	bytes_finish(&bytes);
}

static void
a_file_that_became_shorter_is_read_anew(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };
	struct block_index index;

	put_blocks(&bytes);
	write_file(file, bytes.data, bytes.count);
	assert_int_equal(block_index_open(&index, file->fd), 0);
	write_file(file, bytes.data, 3 * ONE);
	assert_int_equal(block_index_follow(&index), 0);
	assert_int_equal(index.count, 2);
	write_file(file, "", 0);
	assert_int_equal(block_index_follow(&index), 0);
	assert_int_equal(index.count, 0);
	block_index_finish(&index);
	bytes_finish(&bytes);
}

static void
lengths_above_the_limits_are_no_header(void **state)
{
	uint8_t header[BLOCK_HEADER_SIZE];
	struct block block = { .size = MOST_RAW, .raw_size = MOST_RAW, .kind = BLOCK_DELTA }, read;

	block_write_header(header, &block);
	assert_true(block_read_header(header, 7, &read));
	assert_int_equal(read.offset, 7);
	block.size++;
	block_write_header(header, &block);
	assert_false(block_read_header(header, 7, &read));
	block.size--;
	block.raw_size++;
	block_write_header(header, &block);
	assert_false(block_read_header(header, 7, &read));
}

static void
the_writer_cuts_off_what_is_torn_and_appends(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };
	struct block_writer writer;
	struct block_index index;
	uint64_t cut = 1;

	put_blocks(&bytes);
	write_file(file, bytes.data, 5 * ONE + 17);
	assert_int_equal(block_writer_open(&writer, file->tree.fd, "a.mtr", &cut), 0);
	assert_int_equal(cut, 17);
	assert_int_equal(block_writer_append(&writer, bytes.data + 5 * ONE, 2 * ONE), 0);
	assert_int_equal(block_writer_sync(&writer), 0);
	block_writer_close(&writer);
	assert_int_equal(block_index_open(&index, file->fd), 0);
	assert_int_equal(index.count, 5);
	assert_int_equal(index.gap_count, 0);
	block_index_finish(&index);
	bytes_finish(&bytes);
}

static void
the_writer_leaves_a_file_that_is_no_recording_alone(void **state)
{
	struct file *file = *state;
	struct block_writer writer;
	struct stat status;
	uint64_t cut;

	write_file(file, "root:x:0:0", 10);
	assert_int_equal(block_writer_open(&writer, file->tree.fd, "a.mtr", &cut), -EINVAL);
	assert_int_equal(fstat(file->fd, &status), 0);
	assert_int_equal(status.st_size, 10);
	write_file(file, "mtr1:x:0:0", 10);
	assert_int_equal(block_writer_open(&writer, file->tree.fd, "a.mtr", &cut), 0);
	assert_int_equal(cut, 10);
	block_writer_close(&writer);
}

/* A limit of the file's size is as good as a full disk: the write ends early. */
static void
a_write_that_does_not_fit_leaves_the_file_as_it_was(void **state)
{
	struct file *file = *state;
	struct bytes bytes = { .data = NULL };
	struct block_writer writer;
	struct rlimit limit, small;
	struct stat status;
	uint64_t cut;

	put_blocks(&bytes);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(block_writer_open(&writer, file->tree.fd, "a.mtr", &cut), 0);
	assert_int_equal(block_writer_append(&writer, bytes.data, 3 * ONE), 0);
	small = (struct rlimit){ 3 * ONE + 10, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(block_writer_append(&writer, bytes.data + 3 * ONE, ONE), -ENOSPC);
	assert_int_equal(fstat(file->fd, &status), 0);
	assert_int_equal(status.st_size, 3 * ONE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(block_writer_append(&writer, bytes.data + 3 * ONE, ONE), 0);
	block_writer_close(&writer);
	bytes_finish(&bytes);
}

static void
numbers_of_any_size_are_read_as_they_were_put(void **state)
{
	struct bytes bytes = { .data = NULL };
	struct byte_reader reader;
	size_t length;

	for (unsigned shift = 0; shift < 64; shift++)
		for (int64_t i = -2; i <= 2; i++)
			bytes_put_varint(
				&bytes, zigzag((int64_t)((UINT64_C(1) << shift) + (uint64_t)i)));
	bytes_put_text(&bytes, "text");
	bytes_put_text(&bytes, NULL);
	reader = (struct byte_reader){ bytes.data, bytes.data + bytes.count, false };
	for (unsigned shift = 0; shift < 64; shift++)
		for (int64_t i = -2; i <= 2; i++)
			assert_true(unzigzag(byte_reader_varint(&reader)) ==
				    (int64_t)((UINT64_C(1) << shift) + (uint64_t)i));
	assert_memory_equal(byte_reader_text(&reader, 4, &length), "text", 4);
	assert_int_equal(length, 4);
	byte_reader_text(&reader, 4, &length);
	assert_int_equal(length, 0);
	assert_false(reader.failed);
	assert_int_equal(byte_reader_left(&reader), 0);
	bytes_finish(&bytes);
}

static void
foreign_bytes_fail_and_nothing_is_read_after_them(void **state)
{
	static const uint8_t too_long[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		2 };
	static const uint8_t no_end[] = { 0x80 };
	static const uint8_t text[] = { 5, 'a', 'b' };
	struct byte_reader reader = { too_long, too_long + sizeof(too_long), false };
	size_t length;

	assert_int_equal(byte_reader_varint(&reader), 0);
	assert_true(reader.failed);
	reader = (struct byte_reader){ no_end, no_end + 1, false };
	assert_int_equal(byte_reader_varint(&reader), 0);
	assert_true(reader.failed);
	reader = (struct byte_reader){ text, text + sizeof(text), false };
	byte_reader_text(&reader, 9, &length);
	assert_int_equal(length, 0);
	assert_true(reader.failed);
	assert_int_equal(byte_reader_varint(&reader), 0);
	reader = (struct byte_reader){ text, text + sizeof(text), false };
	assert_int_equal(byte_reader_count(&reader, 4), 0);
	assert_true(reader.failed);
}

int
main(void)
{
#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_FILE(what_is_written_is_found_by_its_headers),
		WITH_FILE(a_file_cut_at_any_byte_has_its_whole_blocks_and_goes_on),
		WITH_FILE(a_header_with_any_bit_flipped_is_skipped_and_the_gap_is_named),
		WITH_FILE(a_damaged_payload_is_seen_when_it_is_read),
		WITH_FILE(a_last_block_with_zeros_in_its_payload_is_not_there_yet),
		WITH_FILE(a_delta_without_the_one_before_is_left_out),
		WITH_FILE(a_file_that_became_shorter_is_read_anew),
		WITH_FILE(the_writer_cuts_off_what_is_torn_and_appends),
		WITH_FILE(the_writer_leaves_a_file_that_is_no_recording_alone),
		WITH_FILE(a_write_that_does_not_fit_leaves_the_file_as_it_was),
		cmocka_unit_test(lengths_above_the_limits_are_no_header),
		cmocka_unit_test(numbers_of_any_size_are_read_as_they_were_put),
		cmocka_unit_test(foreign_bytes_fail_and_nothing_is_read_after_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
