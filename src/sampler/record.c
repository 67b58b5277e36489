// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/record.h"

#include "base/unit.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>

/* The end of a record that is no sample, added by sample_id_all. */
struct trailer {
	uint32_t pid, tid;
	uint64_t time;
	uint32_t cpu, reserved;
	uint64_t id;
};

struct sample {
	uint64_t id, ip;
	uint32_t pid, tid;
	uint64_t time, address;
	uint32_t cpu, reserved;
};

/*
 * A record of type PERF_RECORD_MMAP ends before `major`; the name follows. From `major` up to
 * `generation` there may be a build id.
 */
struct mapped {
	uint32_t pid, tid;
	uint64_t start, length, offset;
	uint32_t major, minor;
	uint64_t inode, generation;
	uint32_t protection, flags;
};

struct comm {
	uint32_t pid, tid;
};

struct task {
	uint32_t pid, parent, tid, parent_tid;
	uint64_t time;
};

struct lost {
	uint64_t id, lost;
};

/* The bytes between the header and the trailer. */
struct body {
	const char *bytes;
	size_t size;
	unsigned misc;
};

static int64_t
count_of(uint64_t number)
{
	return number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

/* The kernel writes -1 for a task that has ended. */
static int64_t
task_of(uint32_t id)
{
	return id > INT32_MAX ? UNKNOWN : (int64_t)id;
}

static bool
is_kernel(unsigned misc)
{
	unsigned mode = misc & PERF_RECORD_MISC_CPUMODE_MASK;

	return mode == PERF_RECORD_MISC_KERNEL || mode == PERF_RECORD_MISC_GUEST_KERNEL;
}

/* Takes the text at the end of a record, which the kernel pads with zeros. */
static bool
take_name(const struct body *body, size_t offset, const char **ret_name)
{
	if (body->size <= offset || !memchr(body->bytes + offset, '\0', body->size - offset))
		return false;
	*ret_name = body->bytes + offset;
	return true;
}

/* The values of PERF_SAMPLE_READ; PERF_FORMAT_LOST may add one. */
struct values {
	uint64_t count, enabled, id;
};

/* Parses the optional fields after those of all samples. */
static void
parse_rest(const char *bytes, size_t size, struct record *record)
{
	uint64_t period;
	struct values values;

	if (size >= sizeof(period)) {
		memcpy(&period, bytes, sizeof(period));
		record->period = count_of(period);
	}
	if (size >= sizeof(values)) {
		memcpy(&values, bytes, sizeof(values));
		record->enabled = count_of(values.enabled);
		record->own_id = values.id;
	}
}

/* A sample may be larger than its event requires: another program may want a call chain. */
static bool
parse_sample(const struct body *body, struct record *record)
{
	struct sample sample;

	if (body->size < sizeof(sample))
		return false;
	memcpy(&sample, body->bytes, sizeof(sample));
	record->kind = RECORD_SAMPLE;
	record->id = sample.id;
	record->ip = sample.ip;
	record->pid = task_of(sample.pid);
	record->tid = task_of(sample.tid);
	record->time = count_of(sample.time);
	record->address = sample.address;
	record->in_kernel = is_kernel(body->misc);
	parse_rest(body->bytes + sizeof(sample), body->size - sizeof(sample), record);
	return true;
}

static bool
parse_map(const struct body *body, bool has_inode, struct record *record)
{
	size_t size = has_inode ? sizeof(struct mapped) : offsetof(struct mapped, major);
	struct mapped map = { .flags = MAP_PRIVATE,
		.protection =
			PROT_READ | (body->misc & PERF_RECORD_MISC_MMAP_DATA ? 0 : PROT_EXEC) };

	if (!take_name(body, size, &record->name))
		return false;
	memcpy(&map, body->bytes, size);
	record->kind = RECORD_MAP;
	record->pid = task_of(map.pid);
	record->tid = task_of(map.tid);
	record->map = (struct record_map){ .start = map.start,
		.length = map.length,
		.offset = map.offset,
		.protection = map.protection,
		.flags = map.flags,
		.in_kernel = is_kernel(body->misc) };
	return true;
}

static bool
parse_comm(const struct body *body, struct record *record)
{
	struct comm comm;

	if (!take_name(body, sizeof(comm), &record->name))
		return false;
	memcpy(&comm, body->bytes, sizeof(comm));
	record->kind = RECORD_COMM;
	record->pid = task_of(comm.pid);
	record->tid = task_of(comm.tid);
	record->is_exec = body->misc & PERF_RECORD_MISC_COMM_EXEC;
	return true;
}

static bool
parse_task(const struct body *body, enum record_kind kind, struct record *record)
{
	struct task task;

	if (body->size != sizeof(task))
		return false;
	memcpy(&task, body->bytes, sizeof(task));
	record->kind = kind;
	record->pid = task_of(task.pid);
	record->tid = task_of(task.tid);
	record->parent = task_of(task.parent);
	record->time = count_of(task.time);
	return true;
}

static bool
parse_lost(const struct body *body, bool has_id, struct record *record)
{
	struct lost lost = { .id = record->id };
	size_t skipped = has_id ? 0 : offsetof(struct lost, lost);

	if (body->size != sizeof(lost) - skipped)
		return false;
	memcpy((char *)&lost + skipped, body->bytes, body->size);
	record->kind = RECORD_LOST;
	record->id = lost.id;
	record->lost = count_of(lost.lost);
	return true;
}

/* Takes the trailer off the end. A sample has none: its own fields have these values. */
static bool
take_trailer(struct body *body, struct record *record)
{
	struct trailer trailer;

	if (body->size < sizeof(trailer))
		return false;
	body->size -= sizeof(trailer);
	memcpy(&trailer, body->bytes + body->size, sizeof(trailer));
	record->id = trailer.id;
	record->pid = task_of(trailer.pid);
	record->tid = task_of(trailer.tid);
	record->time = count_of(trailer.time);
	return true;
}

static bool
parse_body(uint32_t type, const struct body *body, struct record *record)
{
	switch (type) {
	case PERF_RECORD_SAMPLE:
		return parse_sample(body, record);
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		return parse_map(body, type == PERF_RECORD_MMAP2, record);
	case PERF_RECORD_COMM:
		return parse_comm(body, record);
	case PERF_RECORD_FORK:
		return parse_task(body, RECORD_FORK, record);
	case PERF_RECORD_EXIT:
		return parse_task(body, RECORD_EXIT, record);
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		return parse_lost(body, type == PERF_RECORD_LOST, record);
	default:
		return true;
	}
}

bool
record_parse(const void *bytes, size_t size, struct record *ret_record)
{
	struct perf_event_header header;
	struct body body = { .bytes = (const char *)bytes + sizeof(header) };
	struct record record = { .kind = RECORD_OTHER,
		.time = UNKNOWN,
		.pid = UNKNOWN,
		.tid = UNKNOWN,
		.period = UNKNOWN,
		.enabled = UNKNOWN,
		.parent = UNKNOWN,
		.lost = UNKNOWN,
		.name = "" };

	if (size < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (header.size != size)
		return false;
	body.size = size - sizeof(header);
	body.misc = header.misc;
	if (header.type != PERF_RECORD_SAMPLE && !take_trailer(&body, &record))
		return false;
	if (!parse_body(header.type, &body, &record))
		return false;
	*ret_record = record;
	return true;
}
