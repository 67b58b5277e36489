// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/block.h"

#include "base/bytes.h"
#include "record/limits.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Into the program, so that no start has to load one more library. */
#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	KIND = 4,
	FLAGS = 5,
	NUMBER = 6,
	SIZE = 8,
	RAW_SIZE = 12,
	BOOTTIME = 16,
	WALL = 24,
	PAYLOAD_CHECK = 32,
	HEADER_CHECK = 36,
};

static const char magic[BLOCK_MAGIC_SIZE] = { 'm', 't', 'r', '1' };

uint32_t
block_check(const void *payload, size_t size)
{
	return (uint32_t)XXH3_64bits(payload, size);
}

void
block_write_header(uint8_t header[static BLOCK_HEADER_SIZE], const struct block *block)
{
	memcpy(header, magic, sizeof(magic));
	header[KIND] = block->kind;
	header[FLAGS] = block->flags;
	header[NUMBER] = (uint8_t)block->number;
	header[NUMBER + 1] = (uint8_t)(block->number >> 8);
	put_le32(header + SIZE, block->size);
	put_le32(header + RAW_SIZE, block->raw_size);
	put_le64(header + BOOTTIME, (uint64_t)block->boottime);
	put_le64(header + WALL, (uint64_t)block->wall);
	put_le32(header + PAYLOAD_CHECK, block->check);
	put_le32(header + HEADER_CHECK, block_check(header, HEADER_CHECK));
}

bool
block_read_header(
	const uint8_t header[static BLOCK_HEADER_SIZE], uint64_t offset, struct block *ret_block)
{
	if (memcmp(header, magic, sizeof(magic)) != 0 ||
		get_le32(header + HEADER_CHECK) != block_check(header, HEADER_CHECK))
		return false;
	*ret_block = (struct block){
		.offset = offset,
		.boottime = (int64_t)get_le64(header + BOOTTIME),
		.wall = (int64_t)get_le64(header + WALL),
		.size = get_le32(header + SIZE),
		.raw_size = get_le32(header + RAW_SIZE),
		.check = get_le32(header + PAYLOAD_CHECK),
		.number = (uint16_t)(header[NUMBER] | header[NUMBER + 1] << 8),
		.flags = header[FLAGS],
		.kind = header[KIND],
	};
	return ret_block->size <= MOST_RAW && ret_block->raw_size <= MOST_RAW;
}

bool
block_begins_chunk(const uint8_t header[static BLOCK_HEADER_SIZE])
{
	return header[KIND] == BLOCK_SCHEMA || header[KIND] == BLOCK_SUMMARY;
}

size_t
block_find_magic(const uint8_t *bytes, size_t size)
{
	const uint8_t *found = memmem(bytes, size, magic, sizeof(magic));

	return found ? (size_t)(found - bytes) : size;
}

bool
block_may_begin(const uint8_t *bytes, size_t size)
{
	return memcmp(bytes, magic, size < sizeof(magic) ? size : sizeof(magic)) == 0;
}

int64_t
block_pread(int fd, void *data, size_t size, uint64_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t count = pread(fd, (char *)data + done, size - done, (off_t)(offset + done));

		if (count < 0 && errno != EINTR)
			return -errno;
		if (count == 0)
			break;
		if (count > 0)
			done += (size_t)count;
	}
	return (int64_t)done;
}

int
block_read_payload(int fd, const struct block *block, void *payload)
{
	int64_t count = block_pread(fd, payload, block->size, block->offset + BLOCK_HEADER_SIZE);

	if (count < 0)
		return (int)count;
	if (count != block->size || block_check(payload, block->size) != block->check)
		return -EBADMSG;
	return 0;
}
