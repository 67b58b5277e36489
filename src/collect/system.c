// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/system.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/scan.h"
#include "base/text.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <libproc2/meminfo.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/vfs.h>

#define FIELD(name) offsetof(struct system, name)

/* A quarter of an exbibyte: container file systems print larger numbers that are no sizes (T11). */
#define MOST_KIB (1UL << 48)

/* clang-format off */
static const struct {
	enum meminfo_item item;
	const char *key; /* must be in the file for the figure to be known */
	size_t offset;   /* system_check_sums() checks sums of libproc2 */
} meminfo_figures[] = {
	{ MEMINFO_MEM_TOTAL,          "MemTotal",     FIELD(total) },
	{ MEMINFO_MEM_USED,           "MemTotal",     FIELD(used) },
	{ MEMINFO_MEM_FREE,           "MemFree",      FIELD(free) },
	{ MEMINFO_MEM_SHARED,         "Shmem",        FIELD(shared) },
	{ MEMINFO_MEM_BUFFERS,        "Buffers",      FIELD(buffers) },
	{ MEMINFO_MEM_CACHED_ALL,     "Cached",       FIELD(cache) },
	{ MEMINFO_MEM_AVAILABLE,      "MemAvailable", FIELD(available) },
	{ MEMINFO_MEM_LOW_TOTAL,      "MemTotal",     FIELD(low_total) },
	{ MEMINFO_MEM_LOW_USED,       "MemTotal",     FIELD(low_used) },
	{ MEMINFO_MEM_LOW_FREE,       "MemFree",      FIELD(low_free) },
	{ MEMINFO_MEM_HIGH_TOTAL,     "HighTotal",    FIELD(high_total) },
	{ MEMINFO_MEM_HIGH_USED,      "HighTotal",    FIELD(high_used) },
	{ MEMINFO_MEM_HIGH_FREE,      "HighFree",     FIELD(high_free) },
	{ MEMINFO_SWAP_TOTAL,         "SwapTotal",    FIELD(swap_total) },
	{ MEMINFO_SWAP_USED,          "SwapFree",     FIELD(swap_used) },
	{ MEMINFO_SWAP_FREE,          "SwapFree",     FIELD(swap_free) },
	{ MEMINFO_SWAP_CACHED,        "SwapCached",   FIELD(swap_cached) },
	{ MEMINFO_MEM_COMMIT_LIMIT,   "CommitLimit",  FIELD(commit_limit) },
	{ MEMINFO_MEM_COMMITTED_AS,   "Committed_AS", FIELD(committed) },
	{ MEMINFO_MEM_CACHED,         "Cached",       FIELD(page_cache) },
	{ MEMINFO_MEM_ANON,           "AnonPages",    FIELD(anon) },
	{ MEMINFO_MEM_SLAB_RECLAIM,   "SReclaimable", FIELD(slab_reclaimable) },
	{ MEMINFO_MEM_SLAB_UNRECLAIM, "SUnreclaim",   FIELD(slab_unreclaimable) },
	{ MEMINFO_MEM_KERNEL_STACK,   "KernelStack",  FIELD(kernel_stack) },
	{ MEMINFO_MEM_PAGE_TABLES,    "PageTables",   FIELD(page_tables) },
	{ MEMINFO_MEM_PER_CPU,        "Percpu",       FIELD(per_cpu) },
	{ MEMINFO_MEM_HUGETBL,        "Hugetlb",      FIELD(hugetlb) },
	{ MEMINFO_MEM_DIRTY,          "Dirty",        FIELD(dirty) },
	{ MEMINFO_MEM_WRITEBACK,      "Writeback",    FIELD(writeback) },
};

static const struct {
	const char *counter; /* for vmstat_counter() */
	size_t offset;       /* counters with the same offset are added */
} vmstat_figures[] = {
	{ "pgfault",        FIELD(faults) },
	{ "pgmajfault",     FIELD(major_faults) },
	{ "pswpin",         FIELD(pages_swapped_in) },
	{ "pswpout",        FIELD(pages_swapped_out) },
	{ "pgscan_kswapd",  FIELD(pages_scanned) },
	{ "pgscan_direct",  FIELD(pages_scanned) },
	{ "pgsteal_kswapd", FIELD(pages_reclaimed) },
	{ "pgsteal_direct", FIELD(pages_reclaimed) },
	{ "oom_kill",       FIELD(oom_kills) },
	{ "workingset_refault_anon", FIELD(anon_refaults) },
};
/* clang-format on */

struct system_reader {
	struct meminfo_info *meminfo;
	bool keys_known;
	bool meminfo_absent[ARRAY_SIZE(meminfo_figures)];
	char text[VMSTAT_SIZE]; /* of vmstat, or of meminfo, which is shorter */
};

struct system_reader *
system_reader_create(void)
{
	return xcalloc(1, sizeof(struct system_reader));
}

void
system_reader_destroy(struct system_reader *reader)
{
	if (!reader)
		return;
	if (reader->meminfo)
		procps_meminfo_unref(&reader->meminfo);
	free(reader);
}

/* Whether a line begins with KEY and a colon. */
static bool
has_key(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *at = text; (at = strstr(at, key)); at += length)
		if ((at == text || at[-1] == '\n') && at[length] == ':')
			return true;
	return false;
}

/* The kernel's set of figures does not change while it runs, so once is enough (T12). */
static int
learn_keys(struct system_reader *reader)
{
	ssize_t length;

	if (reader->keys_known)
		return 0;
	length = procfs_read_whole(AT_FDCWD, "/proc/meminfo", reader->text, VMSTAT_SIZE);
	if (length < 0)
		return (int)length;
	for (size_t i = 0; i < ARRAY_SIZE(meminfo_figures); i++)
		reader->meminfo_absent[i] = !has_key(reader->text, meminfo_figures[i].key);
	reader->keys_known = true;
	return 0;
}

static int64_t *
field(struct system *system, size_t offset)
{
	return (int64_t *)((char *)system + offset);
}

static int
select_meminfo(struct system_reader *reader, const struct meminfo_stack **ret_stack)
{
	enum meminfo_item items[ARRAY_SIZE(meminfo_figures)];
	int error = reader->meminfo ? 0 : procps_meminfo_new(&reader->meminfo);

	if (error < 0)
		return error;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i] = meminfo_figures[i].item;
	errno = 0;
	*ret_stack = procps_meminfo_select(reader->meminfo, items, (int)ARRAY_SIZE(items));
	return *ret_stack ? 0 : errno ? -errno : -EIO;
}

int
system_read_raw_meminfo(struct system_reader *reader, struct system *system)
{
	const struct meminfo_stack *stack;
	int error = select_meminfo(reader, &stack);

	if (error < 0)
		return error;
	for (size_t i = 0; i < ARRAY_SIZE(meminfo_figures); i++)
		*field(system, meminfo_figures[i].offset) =
			(int64_t)(stack->head[i].result.ul_int * 1024);
	system->buff_cache = system->buffers + system->cache;
	return 0;
}

/* libproc2 replaces an available above total by free (in some containers). */
static bool
is_available_replaced(struct system_reader *reader, const struct system *system)
{
	return system->total != UNKNOWN && system->available == system->free &&
	       procfs_read_whole(AT_FDCWD, "/proc/meminfo", reader->text, VMSTAT_SIZE) > 0 &&
	       procfs_field(reader->text, "MemAvailable") > system->total;
}

int
system_read_meminfo(struct system_reader *reader, struct system *system)
{
	const struct meminfo_stack *stack;
	int error = select_meminfo(reader, &stack);
	bool replaced;

	if (error == 0)
		error = learn_keys(reader);
	if (error < 0)
		return error;
	for (size_t i = 0; i < ARRAY_SIZE(meminfo_figures); i++) {
		unsigned long kib = stack->head[i].result.ul_int;
		bool known = !reader->meminfo_absent[i] && kib <= MOST_KIB;

		*field(system, meminfo_figures[i].offset) = known ? (int64_t)kib * 1024 : UNKNOWN;
	}
	replaced = is_available_replaced(reader, system);
	if (replaced)
		system->available = UNKNOWN;
	system_check_sums(system);
	system_split(system);
	return replaced ? 1 : 0;
}

static const char *const zone_kinds[] = { "_dma", "_dma32", "_normal", "_high", "_movable",
	"_device" };

ssize_t
vmstat_read(int root, char text[static VMSTAT_SIZE])
{
	return procfs_read_whole(root, "vmstat", text, VMSTAT_SIZE);
}

/* The text after a name, with or without a kind of zone; NULL for another name. */
static const char *
behind_zone(const char *text)
{
	if (*text == ' ')
		return text;
	for (size_t i = 0; i < ARRAY_SIZE(zone_kinds); i++) {
		const char *rest = scan_start(text, zone_kinds[i]);

		if (rest && *rest == ' ')
			return rest;
	}
	return NULL;
}

int64_t
vmstat_counter(const char *text, const char *name)
{
	int64_t sum = UNKNOWN;

	while (*text) {
		const char *rest = scan_start(text, name),
			   *number = rest ? behind_zone(rest) : NULL;

		if (number) {
			sum = known_sum(known_or_zero(sum), scan_number(number));
			if (sum == UNKNOWN)
				return UNKNOWN;
		}
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return sum;
}

int64_t
vmstat_changes(const char *text)
{
	static const char *const groups[] = { "pgsteal", "pswp", "swp", "zswp", "oom_kill",
		"thp_collapse_alloc", "thp_split_page", "thp_underused", "cow_ksm", "ksm_" };
	int64_t sum = 0;

	for (; *text; text += *text == '\n') {
		const char *end = strchrnul(text, '\n');

		for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
			if (scan_start(text, groups[i]))
				sum += known_or_zero(scan_number(text + strcspn(text, " \n")));
		text = end;
	}
	return sum;
}

int
system_read_vmstat(struct system_reader *reader, int root, struct system *system)
{
	ssize_t length = vmstat_read(root, reader->text);

	system->memory_changes = length < 0 ? UNKNOWN : vmstat_changes(reader->text);
	if (length < 0)
		return (int)length;
	for (size_t i = 0; i < ARRAY_SIZE(vmstat_figures); i++)
		*field(system, vmstat_figures[i].offset) = 0;
	/* A sum with a missing part is UNKNOWN. */
	for (size_t i = 0; i < ARRAY_SIZE(vmstat_figures); i++) {
		int64_t *sum = field(system, vmstat_figures[i].offset);

		*sum = known_sum(*sum, vmstat_counter(reader->text, vmstat_figures[i].counter));
	}
	return 0;
}

/* Neither the kernel's nor one of lxcfs, which tells how old a container is. */
static bool
is_copied_file(int fd)
{
	struct statfs status;

	return fstatfs(fd, &status) == 0 && status.f_type != PROC_SUPER_MAGIC &&
	       status.f_type != FUSE_SUPER_MAGIC;
}

int
system_read_uptime(struct system *system, bool *ret_is_copy)
{
	_cleanup_close_ int fd = open("/proc/uptime", O_RDONLY | O_CLOEXEC);
	char text[64];
	ssize_t length = fd < 0 ? -errno : procfs_read_again(fd, text, sizeof(text));
	double uptime;
	int error;

	if (length < 0)
		return (int)length;
	text[strcspn(text, " ")] = '\0';
	error = text_to_decimal(text, &uptime);
	if (error == 0 && uptime > 9e9)
		return -ERANGE;
	if (error < 0)
		return error;
	system->uptime = (int64_t)(uptime * 1e9);
	*ret_is_copy = is_copied_file(fd);
	return 0;
}

/* clang-format off */
static const struct {
	const char *line, *key;
	size_t offset;
	double factor; /* to the base unit */
} figures[] = {
	{ "some ", " avg10=",  FIELD(some_avg10),  10 },
	{ "some ", " avg60=",  FIELD(some_avg60),  10 },
	{ "some ", " avg300=", FIELD(some_avg300), 10 },
	{ "some ", " total=",  FIELD(some_total),  1000 },
	{ "full ", " avg10=",  FIELD(full_avg10),  10 },
	{ "full ", " avg60=",  FIELD(full_avg60),  10 },
	{ "full ", " avg300=", FIELD(full_avg300), 10 },
	{ "full ", " total=",  FIELD(full_total),  1000 },
};
/* clang-format on */

/* Parses "12.34" or "567" in any locale. */
static double
decimal(const char *text)
{
	int64_t whole = procfs_number(&text);
	int64_t hundredths = 0;

	if (whole == UNKNOWN)
		return -1;
	if (text[0] == '.' && text[1] >= '0' && text[1] <= '9' && text[2] >= '0' && text[2] <= '9')
		hundredths = (text[1] - '0') * 10 + (text[2] - '0');
	return (double)whole + (double)hundredths / 100;
}

void
pressure_parse(const char *text, struct system *system)
{
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++) {
		const char *line = strstr(text, figures[i].line), *value, *end;
		double number;

		if (!line)
			continue;
		end = strchrnul(line, '\n');
		value = strstr(line, figures[i].key);
		if (!value || value > end)
			continue;
		number = decimal(value + strlen(figures[i].key));
		if (number >= 0 && number < 1e15)
			*(int64_t *)((char *)system + figures[i].offset) =
				(int64_t)(number * figures[i].factor + 0.5);
	}
}

void
load_read(int root, struct system *system)
{
	char text[128];
	double load;

	if (procfs_read(root, "loadavg", text, sizeof(text)) > 0 && (load = decimal(text)) >= 0)
		system->load = known_rounded(load * 1000);
}

int
pressure_read(int root, struct system *system)
{
	char text[512];
	ssize_t length = procfs_read(root, "pressure/memory", text, sizeof(text));

	if (length < 0)
		return (int)length;
	pressure_parse(text, system);
	return 0;
}

static int64_t
nanoseconds(const struct timeval *time)
{
	return (int64_t)time->tv_sec * NS_PER_SEC + (int64_t)time->tv_usec * 1000;
}

void
self_read(int root, struct system *system)
{
	struct procfs_statm statm;
	struct rusage usage;
	char text[128];

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		system->self_cpu_time = nanoseconds(&usage.ru_utime) + nanoseconds(&usage.ru_stime);
	if (procfs_read(root, "self/statm", text, sizeof(text)) > 0 &&
		procfs_parse_statm(text, &statm) == 0)
		system->self_resident = statm.resident;
}
