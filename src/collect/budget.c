// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/budget.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/scan.h"
#include "collect/kernel-tables.h"
#include "collect/procfs.h"
#include "collect/system.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FIGURE(name) offsetof(struct budget_figures, name)

enum { PATH_SIZE = 512, MOUNTS = 64, CACHES = 8 };

struct budget_reader {
	int root;
	struct budget_part *parts;
	size_t part_count, part_capacity;
	char text[VMSTAT_SIZE]; /* of vmstat, or of meminfo, which is shorter */
};

/* clang-format off */
static const struct procfs_key meminfo_keys[] = {
	{ "MemTotal", FIGURE(total) },
	{ "MemFree", FIGURE(free) },
	{ "Buffers", FIGURE(buffers) },
	{ "Cached", FIGURE(cached) },
	{ "SwapCached", FIGURE(swap_cached) },
	{ "Zswap", FIGURE(zswap) },
	{ "Dirty", FIGURE(dirty) },
	{ "Writeback", FIGURE(writeback) },
	{ "AnonPages", FIGURE(anon) },
	{ "Shmem", FIGURE(shmem) },
	{ "KReclaimable", FIGURE(reclaimable) },
	{ "Slab", FIGURE(slab) },
	{ "SReclaimable", FIGURE(slab_reclaimable) },
	{ "SUnreclaim", FIGURE(slab_unreclaimable) },
	{ "KernelStack", FIGURE(stacks) },
	{ "PageTables", FIGURE(page_tables) },
	{ "SecPageTables", FIGURE(secondary_page_tables) },
	{ "VmallocUsed", FIGURE(vmalloc) },
	{ "VmallocChunk", FIGURE(vmalloc_chunk) },
	{ "Percpu", FIGURE(per_cpu) },
	{ "HardwareCorrupted", FIGURE(corrupted) },
	{ "AnonHugePages", FIGURE(anon_huge) },
	{ "CmaFree", FIGURE(cma_free) },
	{ "Balloon", FIGURE(balloon) },
	{ "GPUActive", FIGURE(gpu_active) },
	{ "GPUReclaim", FIGURE(gpu_reclaim) },
	{ "Hugetlb", FIGURE(hugetlb) },
};
/* clang-format on */

struct budget_reader *
budget_reader_create(int root)
{
	struct budget_reader *reader = xcalloc(1, sizeof(*reader));

	reader->root = root;
	return reader;
}

void
budget_reader_destroy(struct budget_reader *reader)
{
	if (!reader)
		return;
	free(reader->parts);
	free(reader);
}

/* The name of the part is a constant, or text of the snapshot. */
static void
add_part(struct budget_reader *reader, const struct budget_part *part)
{
	reader->parts = array_reserve(
		reader->parts, &reader->part_capacity, reader->part_count + 1, sizeof(*part));
	reader->parts[reader->part_count++] = *part;
}

/* The sum of the numbers behind a key, anywhere in a line; UNKNOWN without any. */
static int64_t
sum_of(int directory, const char *path, const char *key)
{
	_cleanup_fclose_ FILE *file = procfs_open(directory, path);
	char line[256];
	int64_t sum = UNKNOWN;

	while (file && fgets(line, sizeof(line), file)) {
		int64_t number = scan_field(line, key);

		if (number != UNKNOWN)
			sum = known_sum(known_or_zero(sum), number);
	}
	return sum;
}

/* Before Linux 4.20 meminfo has only the pool of the default size. */
int
budget_parse_meminfo(const char *text, struct budget_figures *figures)
{
	procfs_fields(text, meminfo_keys, ARRAY_SIZE(meminfo_keys), figures);
	if (figures->hugetlb == UNKNOWN)
		figures->hugetlb = known_product(
			procfs_field(text, "HugePages_Total"), procfs_field(text, "Hugepagesize"));
	return figures->total == UNKNOWN || figures->total <= 0 ? -ENODATA : 0;
}

static int
read_meminfo(struct budget_reader *reader, struct budget_figures *figures)
{
	ssize_t length =
		procfs_read_whole(reader->root, "meminfo", reader->text, sizeof(reader->text));

	return length < 0 ? (int)length : budget_parse_meminfo(reader->text, figures);
}

/* Some kernels have no Balloon in meminfo, but count its pages in vmstat. */
static int64_t
read_balloon(struct budget_reader *reader)
{
	if (vmstat_read(reader->root, reader->text) < 0)
		return UNKNOWN;
	return known_pages(known_difference(vmstat_counter(reader->text, "balloon_inflate"),
		vmstat_counter(reader->text, "balloon_deflate")));
}

static int64_t
read_zram(void)
{
	_cleanup_closedir_ DIR *devices = opendir("/sys/block");
	const struct dirent *entry;
	int64_t sum = UNKNOWN;

	while (devices && (entry = readdir(devices))) {
		int64_t used = strncmp(entry->d_name, "zram", 4) == 0
				       ? swaps_zram_memory(entry->d_name)
				       : UNKNOWN;

		if (used != UNKNOWN)
			sum = known_sum(known_or_zero(sum), used);
	}
	return sum;
}

/* The file has many lines like "size 4 12345". */
static int64_t
read_arc(int root)
{
	_cleanup_fclose_ FILE *file = procfs_open(root, "spl/kstat/zfs/arcstats");
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		const char *at = scan_start(line, "size ");

		if (at && scan_next_number(&at) != UNKNOWN)
			return scan_next_number(&at);
	}
	return UNKNOWN;
}

/* "00100000-bfffffff : System RAM"; without permission all addresses are 0. */
static int64_t
read_installed(int root)
{
	_cleanup_fclose_ FILE *file = procfs_open(root, "iomem");
	unsigned long long first, last;
	char line[256];
	int64_t sum = 0;

	while (file && fgets(line, sizeof(line), file))
		if (line[0] != ' ' && strstr(line, ": System RAM") &&
			sscanf(line, "%llx-%llx", &first, &last) == 2 && last > first)
			sum += (int64_t)(last - first + 1);
	return sum > 0 ? sum : UNKNOWN;
}

static bool
is_in(const dev_t *devices, size_t count, dev_t device)
{
	for (size_t i = 0; i < count; i++)
		if (devices[i] == device)
			return true;
	return false;
}

/*
 * Counts a file system once, even if it is mounted in several places. Hidden mounts are not seen.
 */
static void
add_mount(struct budget_reader *reader, struct snapshot *now, const char *path, dev_t *devices,
	size_t *count)
{
	struct statvfs file_system;
	struct stat status;
	int64_t used;

	if (*count == MOUNTS || stat(path, &status) < 0 || is_in(devices, *count, status.st_dev) ||
		statvfs(path, &file_system) < 0)
		return;
	devices[(*count)++] = status.st_dev;
	used = known_product((int64_t)(file_system.f_blocks - file_system.f_bfree),
		(int64_t)file_system.f_frsize);
	if (used > 0)
		add_part(reader, &(struct budget_part){
					 "shmem", arena_text(&now->texts, path), "tmpfs", used });
}

/* Reads only tmpfs: other file systems may block. */
static void
read_mounts(struct budget_reader *reader, struct snapshot *now)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	dev_t devices[MOUNTS];
	struct mntent entry;
	char text[4096];
	size_t count = 0;

	while (mounts && getmntent_r(mounts, &entry, text, sizeof(text)))
		if (strcmp(entry.mnt_type, "tmpfs") == 0 || strcmp(entry.mnt_type, "devtmpfs") == 0)
			add_mount(reader, now, entry.mnt_dir, devices, &count);
	if (mounts)
		endmntent(mounts);
}

static const char *
item_of(const struct slab *slab)
{
	return *slab->reclaimable == 'y' ? "slab_reclaimable" : "slab_unreclaimable";
}

/* Adds the largest slab caches as parts. Without /sys/kernel/slab it is unknown of which item. */
static void
add_caches(struct budget_reader *reader, struct snapshot *now)
{
	const struct rows *rows = &now->kernel[KERNEL_SLABS];
	const struct slab *slabs = rows->data, *largest[CACHES];
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		bool is_full = count == CACHES;
		size_t at = is_full ? CACHES - 1 : count;

		if (!slabs[i].reclaimable || (is_full && largest[at]->bytes >= slabs[i].bytes))
			continue;
		count += !is_full;
		for (; at > 0 && largest[at - 1]->bytes < slabs[i].bytes; at--)
			largest[at] = largest[at - 1];
		largest[at] = &slabs[i];
	}
	for (size_t i = 0; i < count; i++)
		add_part(reader, &(struct budget_part){ item_of(largest[i]), largest[i]->name,
					 "slab cache", largest[i]->bytes });
}

static int64_t
number_in(const char *directory, const char *name)
{
	char path[PATH_SIZE + 32], text[32];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	length = procfs_read(AT_FDCWD, path, text, sizeof(text));
	return length < 0 ? UNKNOWN : scan_number(text);
}

static void
add_pool_part(struct budget_reader *reader, struct snapshot *now, int64_t size, const char *name,
	int64_t count, const char *what)
{
	char text[64];

	if (count == UNKNOWN || count <= 0)
		return;
	if (size % 1024 == 0 && size < 1048576)
		snprintf(text, sizeof(text), "%lldM %s", (long long)size / 1024, name);
	else if (size % 1048576 == 0)
		snprintf(text, sizeof(text), "%lldG %s", (long long)size / 1048576, name);
	else
		snprintf(text, sizeof(text), "%lldK %s", (long long)size, name);
	add_part(reader, &(struct budget_part){ "huge_pages", arena_text(&now->texts, text), what,
				 known_product(count, known_product(size, 1024)) });
}

/* Huge page pools of each size (Documentation/admin-guide/mm/hugetlbpage.rst). */
static void
read_pools(struct budget_reader *reader, struct snapshot *now)
{
	static const char folder[] = "/sys/kernel/mm/hugepages";
	_cleanup_closedir_ DIR *pools = opendir(folder);
	const struct dirent *entry;

	while (pools && (entry = readdir(pools))) {
		const char *size = scan_start(entry->d_name, "hugepages-");
		int64_t kib = size ? scan_number(size) : UNKNOWN, all, unused, reserved;
		char path[PATH_SIZE];

		if (kib == UNKNOWN)
			continue;
		snprintf(path, sizeof(path), "%s/%.64s", folder, entry->d_name);
		all = number_in(path, "nr_hugepages");
		unused = number_in(path, "free_hugepages");
		reserved = number_in(path, "resv_hugepages");
		add_pool_part(reader, now, kib, "used", known_difference(all, unused), "in use");
		add_pool_part(reader, now, kib, "reserved", reserved,
			"promised to a mapping, not used yet");
		add_pool_part(reader, now, kib, "free", known_difference(unused, reserved),
			"set aside for nobody");
	}
}

int
budget_read(struct budget_reader *reader, struct snapshot *now)
{
	struct budget_figures *figures = &now->budget_figures;
	int error;

	budget_reset_figures(figures);
	reader->part_count = 0;
	error = read_meminfo(reader, figures);
	if (error < 0)
		return error;
	figures->free_per_cpu = known_pages(sum_of(reader->root, "zoneinfo", "count:"));
	figures->sockets = known_pages(sum_of(reader->root, "net/sockstat", "mem"));
	figures->present = known_pages(sum_of(reader->root, "zoneinfo", "present"));
	if (figures->balloon == UNKNOWN)
		figures->balloon = read_balloon(reader);
	figures->zram = read_zram();
	figures->arc = read_arc(reader->root);
	figures->installed = read_installed(reader->root);
	read_mounts(reader, now);
	read_pools(reader, now);
	add_caches(reader, now);
	if (budget_build(&now->budget, figures, reader->parts, reader->part_count))
		snapshot_add_hint(now, NEED_BUDGET, -ERANGE, 0);
	return 0;
}
