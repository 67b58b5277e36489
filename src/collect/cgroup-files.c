// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/cgroup-files.h"

#include "base/clock.h"
#include "base/known.h"
#include "base/macros.h"
#include "collect/procfs.h"
#include "model/needs.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define CHARGE(name) offsetof(struct cgroup_reading, charge.name)
#define OTHER(name) offsetof(struct cgroup_reading, name)
#define KEY(name, offset)                                                                          \
	{                                                                                          \
		name, sizeof(name) - 1, offset, false                                              \
	}
#define LIMIT_KEY(name, offset)                                                                    \
	{                                                                                          \
		name, sizeof(name) - 1, offset, true                                               \
	}
#define KEYS(list) list, ARRAY_SIZE(list)

struct key {
	const char *name;
	size_t length, offset;
	bool is_limit;
};

/* A file, and what is taken from it: one number, or those behind its keys. */
struct file {
	const char *name;
	uint64_t needs; /* any of these */
	void (*take)(struct cgroup_reading *reading, const struct file *file);
	size_t offset;
	const struct key *keys;
	size_t key_count;
	bool is_not_of_machine; /* costly and not needed there */
	bool is_stat;           /* moves with the usage, hardly ever without it */
};

/* Where the usage has not moved, what is in memory.stat is taken so many times more, and so long.
 */
#define MOST_REUSED 3
#define MOST_AGE (4 * NS_PER_SEC)

static void take_number(struct cgroup_reading *reading, const struct file *file);
static void take_limit(struct cgroup_reading *reading, const struct file *file);
static void take_keys(struct cgroup_reading *reading, const struct file *file);
static void take_pressure(struct cgroup_reading *reading, const struct file *file);

/* clang-format off */

/* Without total_ a figure of version 1 is of the group alone, unlike its usage (K15). */
static const struct key old_stat[] = {
	KEY("total_rss", CHARGE(anon)),
	KEY("total_cache", CHARGE(file)),
	KEY("total_shmem", CHARGE(shmem)),
	KEY("total_inactive_file", OTHER(inactive_file)),
	KEY("total_active_file", OTHER(active_file)),
	LIMIT_KEY("hierarchical_memory_limit", OTHER(hierarchical_max)),
};

static const struct key stat[] = {
	KEY("anon", CHARGE(anon)),
	KEY("file", CHARGE(file)),
	KEY("kernel", CHARGE(kernel)),
	KEY("shmem", CHARGE(shmem)),
	KEY("sock", CHARGE(sock)),
	KEY("zswap", CHARGE(zswap)),
	KEY("inactive_file", OTHER(inactive_file)),
	KEY("active_file", OTHER(active_file)),
	KEY("slab_reclaimable", OTHER(slab_reclaimable)),
	KEY("slab", OTHER(slab)),
	KEY("kernel_stack", OTHER(stacks)),
	KEY("pagetables", OTHER(page_tables)),
	KEY("sec_pagetables", OTHER(second_tables)),
	KEY("percpu", OTHER(percpu)),
	KEY("vmalloc", OTHER(vmalloc)),
};

static const struct key own_kills[] = { KEY("oom_kill", CHARGE(own_kills)) };
static const struct key events[] = {
	KEY("high", CHARGE(high_events)),
	KEY("max", CHARGE(max_events)),
	KEY("oom", CHARGE(ooms)),
	KEY("oom_kill", CHARGE(kills)),
	KEY("oom_group_kill", CHARGE(group_kills)),
};
static const struct key group_stat[] = { KEY("nr_dying_descendants", CHARGE(dying)) };

static const struct file old_files[] = {
	{ "memory.usage_in_bytes", NEED_CHARGE, take_number, CHARGE(current) },
	{ "memory.stat", NEED_CHARGE_STAT | NEED_CHARGE_MAX, take_keys, 0, KEYS(old_stat), .is_not_of_machine = true, .is_stat = true },
	{ "memory.limit_in_bytes", NEED_CHARGE_OWN_MAX | NEED_CHARGE_REST, take_limit, CHARGE(max) },
	{ "memory.kmem.usage_in_bytes", NEED_CHARGE_KERNEL, take_number, CHARGE(kernel) },
	{ "memory.kmem.tcp.usage_in_bytes", NEED_CHARGE_KERNEL, take_number, CHARGE(sock) },
	{ "memory.memsw.usage_in_bytes", NEED_CHARGE_REST, take_number, OTHER(both) },
	{ "memory.memsw.limit_in_bytes", NEED_CHARGE_REST, take_limit, OTHER(both_max) },
	{ "memory.soft_limit_in_bytes", NEED_CHARGE_REST, take_limit, CHARGE(low) },
	{ "memory.max_usage_in_bytes", NEED_CHARGE_REST, take_number, CHARGE(peak) },
	{ "memory.failcnt", NEED_CHARGE_EVENTS, take_number, CHARGE(max_events) },
	{ "memory.memsw.failcnt", NEED_CHARGE_EVENTS, take_number, OTHER(both_failures) },
	{ "memory.oom_control", NEED_CHARGE_EVENTS, take_keys, 0, KEYS(own_kills) },
};

static const struct file files[] = {
	{ "memory.current", NEED_CHARGE, take_number, CHARGE(current) },
	{ "memory.stat", NEED_CHARGE_STAT | NEED_CHARGE_KERNEL, take_keys, 0, KEYS(stat), .is_stat = true },
	{ "memory.max", NEED_CHARGE_MAX | NEED_CHARGE_OWN_MAX, take_limit, CHARGE(max) },
	{ "memory.swap.current", NEED_CHARGE_REST, take_number, CHARGE(swap) },
	{ "memory.swap.max", NEED_CHARGE_REST, take_limit, CHARGE(swap_max) },
	{ "memory.high", NEED_CHARGE_REST, take_limit, CHARGE(high) },
	{ "memory.low", NEED_CHARGE_REST, take_limit, CHARGE(low) },
	{ "memory.min", NEED_CHARGE_REST, take_limit, CHARGE(min) },
	{ "memory.peak", NEED_CHARGE_REST, take_number, CHARGE(peak) },
	{ "pids.current", NEED_CHARGE_REST, take_number, CHARGE(pids) },
	{ "cgroup.stat", NEED_CHARGE_REST, take_keys, 0, KEYS(group_stat) },
	{ "memory.events", NEED_CHARGE_EVENTS, take_keys, 0, KEYS(events) },
	{ "memory.events.local", NEED_CHARGE_EVENTS, take_keys, 0, KEYS(own_kills) },
	{ "memory.pressure", NEED_CHARGE_PRESSURE, take_pressure },
};
/* clang-format on */

static_assert(ARRAY_SIZE(old_stat) <= CGROUP_STAT_KEYS && ARRAY_SIZE(stat) <= CGROUP_STAT_KEYS,
	"each key of memory.stat has a place");
static_assert(ARRAY_SIZE(old_files) <= CGROUP_FILES && ARRAY_SIZE(files) <= CGROUP_FILES,
	"each file has a descriptor");

static const struct {
	const struct file *files;
	size_t count;
} versions[] = {
	{ old_files, ARRAY_SIZE(old_files) },
	{ files, ARRAY_SIZE(files) },
};

static void
put(struct cgroup_reading *reading, size_t offset, int64_t number)
{
	*(int64_t *)((char *)reading + offset) = number;
}

/*
 * A number that fills the rest of a line. Without the end of the line it may have been cut, and any
 * other character makes it something else.
 */
static int64_t
number_of_line(const char *text, bool is_limit)
{
	size_t length = strspn(text, "0123456789");
	int64_t number = procfs_number(&(const char *){ text });

	if (is_limit && strncmp(text, "max\n", 4) == 0)
		return UNLIMITED;
	if (length == 0 || text[length] != '\n')
		return UNKNOWN;
	if (number >= CGROUP_NO_LIMIT)
		return is_limit ? UNLIMITED : UNKNOWN;
	return number;
}

static void
take_number(struct cgroup_reading *reading, const struct file *file)
{
	put(reading, file->offset, number_of_line(reading->text, false));
}

static void
take_limit(struct cgroup_reading *reading, const struct file *file)
{
	put(reading, file->offset, number_of_line(reading->text, true));
}

static const struct key *
find_key(const struct file *file, const char *name, size_t length)
{
	for (size_t i = 0; i < file->key_count; i++)
		if (file->keys[i].length == length && memcmp(file->keys[i].name, name, length) == 0)
			return &file->keys[i];
	return NULL;
}

/* Lines "KEY NUMBER", in any order; kernels have others, too. */
static void
take_keys(struct cgroup_reading *reading, const struct file *file)
{
	const char *line = reading->text, *end;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		const char *blank = memchr(line, ' ', (size_t)(end - line));
		const struct key *key = blank ? find_key(file, line, (size_t)(blank - line)) : NULL;

		if (key)
			put(reading, key->offset, number_of_line(blank + 1, key->is_limit));
	}
}

/* "some avg10=12.34 avg60=...": per mille. */
static int64_t
share_of_line(const char *text, const char *start)
{
	const char *line = strstr(text, start), *at;
	int64_t whole, share;

	if (!line || (line != text && line[-1] != '\n'))
		return UNKNOWN;
	at = line + strlen(start);
	whole = procfs_number(&at);
	if (whole == UNKNOWN || whole > 100 || at[0] != '.' || strspn(at + 1, "0123456789") != 2 ||
		at[3] != ' ')
		return UNKNOWN;
	share = whole * 10 + ((at[1] - '0') * 10 + at[2] - '0' + 5) / 10;
	return share > 1000 ? UNKNOWN : share;
}

static void
take_pressure(struct cgroup_reading *reading, const struct file *unused)
{
	reading->charge.psi_some = share_of_line(reading->text, "some avg10=");
	reading->charge.psi_full = share_of_line(reading->text, "full avg10=");
}

/*
 * A group that has just been removed has no files any more, and those that are open have no device
 * (K9). A file may also be missing where the group is there: of another kernel, or of the root.
 */
static bool
is_gone(int folder, ssize_t error)
{
	return error == -ENODEV ||
	       (error == -ENOENT && faccessat(folder, "cgroup.procs", F_OK, 0) < 0);
}

/* A part, read later than the whole, is not above it. */
static void
bound(int64_t *part, int64_t whole)
{
	if (whole != UNKNOWN && *part > whole)
		*part = whole;
}

static void
finish_old(struct cgroup_reading *reading)
{
	struct cgroup_charge *charge = &reading->charge;

	charge->swap = known_difference(reading->both, charge->current);
	if (charge->swap < 0 && charge->swap != UNKNOWN)
		charge->swap = 0; /* the two were not read at once */
	charge->swap_max = reading->both_max == UNLIMITED
				   ? UNLIMITED
				   : known_difference(reading->both_max, charge->max);
	if (charge->low == UNLIMITED)
		charge->low = UNKNOWN; /* no soft limit protects nothing */
	charge->max_events = known_sum(charge->max_events, known_or_zero(reading->both_failures));
	charge->kills = charge->own_kills;
}

/* Before Linux 5.18 there are only the parts of `kernel`. */
static void
finish_kernel(struct cgroup_reading *reading)
{
	const int64_t parts[] = { reading->stacks, reading->page_tables, reading->second_tables,
		reading->percpu, reading->vmalloc };
	int64_t sum = reading->slab;

	if (reading->charge.kernel != UNKNOWN || sum == UNKNOWN)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		sum = known_sum(sum, known_or_zero(parts[i]));
	reading->charge.kernel = sum;
	reading->charge.kernel_is_sum = 1;
}

void
cgroup_files_end(struct cgroup_reading *reading, int version)
{
	struct cgroup_charge *charge = &reading->charge;

	if (version == 1) {
		finish_old(reading);
	} else {
		finish_kernel(reading);
		bound(&charge->sock, charge->current);
		bound(&charge->zswap, charge->current);
	}
	bound(&reading->inactive_file, charge->current);
	charge->workset = known_difference(charge->current, reading->inactive_file);
	charge->cache = known_sum(known_sum(reading->inactive_file, reading->active_file),
		known_or_zero(reading->slab_reclaimable));
	bound(&charge->cache, charge->current);
	bound(&charge->anon, charge->current);
	bound(&charge->file, charge->current);
	bound(&charge->kernel, charge->current);
	bound(&charge->shmem, charge->file);
}

/* A group of version 2 with groups below it has no processes of its own. */
static bool
has_processes(int folder)
{
	char text[64];

	return procfs_read(folder, "cgroup.procs", text, sizeof(text)) != 0;
}

void
cgroup_files_begin(struct cgroup_reading *reading)
{
	reading->max = UNKNOWN;
	reading->hierarchical_max = reading->inactive_file = reading->active_file = UNKNOWN;
	reading->slab_reclaimable = UNKNOWN;
	reading->slab = reading->stacks = reading->page_tables = reading->second_tables = UNKNOWN;
	reading->percpu = reading->vmalloc = UNKNOWN;
	reading->both = reading->both_max = reading->both_failures = UNKNOWN;
	reading->is_refused = false;
}

bool
cgroup_files_take(struct cgroup_reading *reading, int version, const char *name)
{
	for (size_t i = 0; i < versions[version - 1].count; i++) {
		const struct file *file = &versions[version - 1].files[i];

		if (strcmp(file->name, name) != 0)
			continue;
		file->take(reading, file);
		return true;
	}
	return false;
}

void
cgroup_files_none(struct cgroup_open *open)
{
	open->folder = -1;
	for (size_t i = 0; i < CGROUP_FILES; i++)
		open->files[i] = -1;
	open->stat.current = UNKNOWN;
}

int
cgroup_files_close(struct cgroup_open *open)
{
	int closed = 0;

	for (size_t i = 0; i < CGROUP_FILES; i++)
		if (open->files[i] >= 0 && close(open->files[i]) == 0)
			closed++;
	if (open->folder >= 0 && close(open->folder) == 0)
		closed++;
	cgroup_files_none(open);
	return closed;
}

/* Whether memory.stat is taken from the last time. */
static bool
is_same_stat(const struct cgroup_reading *reading, const struct cgroup_stat *last)
{
	return !reading->is_exact && reading->charge.current != UNKNOWN &&
	       reading->charge.current == last->current && last->reused < MOST_REUSED &&
	       reading->time - last->time < MOST_AGE;
}

static void
reuse_stat(struct cgroup_reading *reading, struct cgroup_stat *last, const struct file *file)
{
	for (size_t i = 0; i < file->key_count; i++)
		put(reading, file->keys[i].offset, last->values[i]);
	last->reused++;
}

static void
keep_stat(const struct cgroup_reading *reading, struct cgroup_stat *last, const struct file *file)
{
	for (size_t i = 0; i < file->key_count; i++)
		last->values[i] = *(const int64_t *)((const char *)reading + file->keys[i].offset);
	last->current = reading->charge.current;
	last->time = reading->time;
	last->reused = 0;
}

/* Reads a file, which stays open if there is room. Returns its length or -errno. */
static ssize_t
read_text(struct cgroup_reading *reading, struct cgroup_open *open, size_t i, int *room,
	const char *name)
{
	ssize_t length;
	int fd = open->files[i];

	if (fd < 0)
		fd = openat(open->folder, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = procfs_read_again(fd, reading->text, sizeof(reading->text));
	if (open->files[i] >= 0)
		return length;
	if (*room > 0) {
		(*room)--;
		open->files[i] = fd;
	} else {
		close(fd);
	}
	return length;
}

bool
cgroup_files_read(struct cgroup_reading *reading, struct cgroup_open *open, int *room, int version,
	uint64_t bits, bool is_machine)
{
	cgroup_files_begin(reading);
	for (size_t i = 0; i < versions[version - 1].count; i++) {
		const struct file *file = &versions[version - 1].files[i];
		ssize_t length;

		if (!(file->needs & bits) || (is_machine && file->is_not_of_machine))
			continue;
		if (file->is_stat && is_same_stat(reading, &open->stat)) {
			reuse_stat(reading, &open->stat, file);
			continue;
		}
		length = read_text(reading, open, i, room, file->name);
		if (length > 0)
			file->take(reading, file);
		else if (is_gone(open->folder, length))
			return false;
		else if (length == -ENOENT && file->offset == CHARGE(max))
			reading->max = UNLIMITED;
		if (length > 0 && file->is_stat && open->files[i] >= 0)
			keep_stat(reading, &open->stat, file);
		reading->is_refused = reading->is_refused || length == -EACCES;
	}
	if (reading->charge.max != UNKNOWN)
		reading->max = reading->charge.max;
	if (version == 2 && bits & NEED_CHARGE_REST && !has_processes(open->folder))
		reading->charge.removed = 0;
	cgroup_files_end(reading, version);
	return true;
}
