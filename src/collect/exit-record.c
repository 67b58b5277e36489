// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/exit-record.h"

#include "base/known.h"
#include "base/macros.h"
#include "collect/netlink.h"

#include <assert.h>
#include <linux/taskstats.h>
#include <stddef.h>
#include <string.h>

/*
 * Where the fields of struct taskstats are in all versions but 15. The struct of the headers may
 * lack some, or be of version 15.
 */
enum {
	AT_VERSION = 0,
	AT_EXIT_CODE = 4,
	AT_FLAG = 8,
	AT_CPU_RUN_REAL = 64,
	AT_CPU_RUN_VIRTUAL = 72,
	AT_COMM = 80,
	AT_UID = 120,
	AT_PID = 128,
	AT_PPID = 132,
	AT_BTIME = 136,
	AT_ETIME = 144,
	AT_UTIME = 152,
	AT_STIME = 160,
	AT_MINFLT = 168,
	AT_MAJFLT = 176,
	AT_HIWATER_RSS = 200,
	AT_HIWATER_VM = 208,
	AT_FREEPAGES_COUNT = 312,
	AT_BTIME64 = 344, /* since version 10 */
	AT_TGID = 368,    /* since version 12, as are all below */
	AT_TGETIME = 376,
	AT_EXE_DEV = 384,
	AT_EXE_INODE = 392,
};
enum { WITH_BTIME64 = 10, WITH_TGID = 12, SHIFTED = 15, FLAG_LAST = 0x20 /* AGROUP */ };

#if TASKSTATS_VERSION != 15
static_assert(AT_CPU_RUN_VIRTUAL == offsetof(struct taskstats, cpu_run_virtual_total), "");
static_assert(AT_HIWATER_VM == offsetof(struct taskstats, hiwater_vm), "");
#if TASKSTATS_VERSION >= 12
static_assert(AT_EXE_INODE == offsetof(struct taskstats, ac_exe_inode), "");
#endif
#endif

/*
 * Version 15 alone (Linux 6.14 and 6.15, E3) put pairs of fields between those that there were:
 * three before cpu_run_real_total, two before ac_btime64, one before ac_tgid. Version 16 has them
 * at the end.
 */
static size_t
place_of(size_t field, int64_t version)
{
	const size_t pair = 2 * sizeof(uint64_t);

	if (version != SHIFTED || field < AT_CPU_RUN_REAL)
		return field;
	return field + (field < AT_FREEPAGES_COUNT ? 3 : field < AT_TGID ? 5 : 6) * pair;
}

/* A number of `width` bytes; UNKNOWN if this kernel's struct is shorter, or it is too large. */
static int64_t
number_at(struct netlink_span stats, int64_t version, size_t field, size_t width)
{
	size_t place = place_of(field, version);
	uint64_t eight;
	uint32_t four;
	uint16_t two;

	if (place > stats.size || width > stats.size - place)
		return UNKNOWN;
	if (width == sizeof(two))
		return memcpy(&two, stats.data + place, width), two;
	if (width == sizeof(four))
		return memcpy(&four, stats.data + place, width), four;
	memcpy(&eight, stats.data + place, width);
	return eight > INT64_MAX ? UNKNOWN : (int64_t)eight;
}

static int64_t
four_at(struct netlink_span stats, int64_t version, size_t field)
{
	return number_at(stats, version, field, sizeof(uint32_t));
}

static int64_t
eight_at(struct netlink_span stats, int64_t version, size_t field)
{
	return number_at(stats, version, field, sizeof(uint64_t));
}

/*
 * The scheduler's clock, or where there is none (delay accounting is off, before Linux 5.14) what
 * was sampled at each tick.
 */
static int64_t
cpu_time_of(struct netlink_span stats, int64_t version)
{
	int64_t exact = eight_at(stats, version, AT_CPU_RUN_VIRTUAL);
	int64_t sampled =
		known_sum(eight_at(stats, version, AT_UTIME), eight_at(stats, version, AT_STIME));

	return exact > 0 ? exact : known_product(sampled, NS_PER_US);
}

/* Without CONFIG_TASK_XACCT, and of a kernel thread, it is 0. */
static int64_t
peak_of(struct netlink_span stats, int64_t version, size_t field)
{
	int64_t kibibytes = eight_at(stats, version, field);

	return kibibytes > 0 ? known_product(kibibytes, 1024) : UNKNOWN;
}

/* bacct_add_tsk() takes the whole seconds of the lifetime from those of the clock. */
static int64_t
second_of(struct netlink_span stats, int64_t version)
{
	int64_t begin = eight_at(stats, version, AT_BTIME64);
	int64_t lifetime = eight_at(stats, version, AT_ETIME);

	if (version < WITH_BTIME64)
		begin = four_at(stats, version, AT_BTIME);
	return lifetime == UNKNOWN ? UNKNOWN : known_sum(begin, lifetime / US_PER_SEC);
}

static void
take_comm(struct netlink_span stats, int64_t version, char comm[static EXIT_COMM_SIZE])
{
	size_t place = place_of(AT_COMM, version), length;

	comm[0] = '\0';
	if (place > stats.size || TS_COMM_LEN > stats.size - place)
		return;
	length = strnlen(stats.data + place, TS_COMM_LEN);
	memcpy(comm, stats.data + place, length);
	comm[length] = '\0';
}

/* What version 12 brought. */
static void
take_process(struct netlink_span stats, int64_t version, struct exit_record *record)
{
	int64_t flags = four_at(stats, version, AT_FLAG);

	if (version < WITH_TGID)
		return;
	record->pid = four_at(stats, version, AT_TGID);
	record->process_time = known_product(eight_at(stats, version, AT_TGETIME), NS_PER_US);
	record->ends_process = flags != UNKNOWN && *(stats.data + AT_FLAG) & FLAG_LAST;
	record->is_kernel_thread = eight_at(stats, version, AT_EXE_INODE) == 0 &&
				   eight_at(stats, version, AT_EXE_DEV) == 0 &&
				   record->peak_virtual == UNKNOWN;
}

static struct exit_record
parse_stats(struct netlink_span stats, int64_t version)
{
	struct exit_record record = { .version = version,
		.tid = four_at(stats, version, AT_PID),
		.pid = UNKNOWN,
		.parent = four_at(stats, version, AT_PPID),
		.uid = four_at(stats, version, AT_UID),
		.second = second_of(stats, version),
		.lifetime = known_product(eight_at(stats, version, AT_ETIME), NS_PER_US),
		.process_time = UNKNOWN,
		.cpu_time = cpu_time_of(stats, version),
		.all_cpu_time = UNKNOWN,
		.minor = eight_at(stats, version, AT_MINFLT),
		.major = eight_at(stats, version, AT_MAJFLT),
		.peak = peak_of(stats, version, AT_HIWATER_RSS),
		.peak_virtual = peak_of(stats, version, AT_HIWATER_VM),
		.code = four_at(stats, version, AT_EXIT_CODE) };

	take_comm(stats, version, record.comm);
	take_process(stats, version, &record);
	return record;
}

/* The sum of all threads, which comes with the last one. In old kernels it has no version. */
static void
take_sum(struct netlink_span sum, int64_t version, struct exit_record *record)
{
	struct netlink_span pid = netlink_find(sum, TASKSTATS_TYPE_TGID);
	struct netlink_span stats = netlink_find(sum, TASKSTATS_TYPE_STATS);
	int64_t cpu_time = cpu_time_of(stats, version);

	if (pid.size != sizeof(uint32_t))
		return;
	record->pid = number_at(pid, 0, 0, pid.size);
	record->ends_process = record->had_threads = true;
	record->all_cpu_time = cpu_time > 0 ? cpu_time : UNKNOWN;
}

bool
exit_record_parse(const void *message, size_t size, uint16_t family, struct exit_record *ret_record)
{
	struct netlink_span event = netlink_attributes(message, size, family, TASKSTATS_CMD_NEW);
	struct netlink_span thread = netlink_find(event, TASKSTATS_TYPE_AGGR_PID);
	struct netlink_span sum = netlink_find(event, TASKSTATS_TYPE_AGGR_TGID);
	struct netlink_span stats = netlink_find(thread, TASKSTATS_TYPE_STATS);
	int64_t version = number_at(stats, 0, AT_VERSION, sizeof(uint16_t));
	struct exit_record record;

	if (version == UNKNOWN || version < 1)
		return false;
	record = parse_stats(stats, version);
	if (sum.data)
		take_sum(sum, version, &record);
	if (record.tid == UNKNOWN || record.tid <= 0 || (record.pid != UNKNOWN && record.pid <= 0))
		return false;
	*ret_record = record;
	return true;
}
