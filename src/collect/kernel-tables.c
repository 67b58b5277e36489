// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/kernel-tables.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"
#include "collect/procfs.h"
#include "collect/system.h"
#include "model/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 512, NAME_SIZE = 16 };

static const struct {
	const char *key;
	size_t offset;
} zone_keys[] = {
	{ "free", offsetof(struct zone, free) },
	{ "min", offsetof(struct zone, min) },
	{ "low", offsetof(struct zone, low) },
	{ "high", offsetof(struct zone, high) },
	{ "spanned", offsetof(struct zone, spanned) },
	{ "present", offsetof(struct zone, present) },
	{ "managed", offsetof(struct zone, managed) },
	{ "cma", offsetof(struct zone, cma) },
};

/*
 * Parses "Node 0, zone   Normal", perhaps followed by more. Returns the length of that part, or 0.
 */
static int
parse_heading(const char *line, int *ret_node, char name[static NAME_SIZE])
{
	int length = 0;

	if (sscanf(line, "Node %d, zone %15s%n", ret_node, name, &length) != 2)
		return 0;
	return length;
}

/* Parses "  pages free     3840" or "        min      28"; the numbers are pages. */
static void
parse_key(const char *line, struct zone *zone)
{
	const char *key = line + strspn(line, " "), *number;
	size_t length;

	if (strncmp(key, "pages ", 6) == 0)
		key += 6;
	length = strcspn(key, " \n");
	number = key + length;
	for (size_t i = 0; i < ARRAY_SIZE(zone_keys); i++)
		if (scan_is(key, length, zone_keys[i].key))
			*(int64_t *)((char *)zone + zone_keys[i].offset) =
				known_pages(scan_number(number));
}

void
zones_take_line(struct snapshot *now, const char *line)
{
	struct rows *rows = &now->kernel[KERNEL_ZONES];
	char name[NAME_SIZE];
	struct zone *zone;
	int node;

	if (parse_heading(line, &node, name) > 0) {
		zone = rows_add(rows, kernel_parts[KERNEL_ZONES].table);
		zone->node = node;
		zone->name = arena_text(&now->texts, name);
	} else if (rows->count > 0) {
		parse_key(line, (struct zone *)rows->data + rows->count - 1);
	}
}

static int
read_zoneinfo(int root, struct snapshot *now)
{
	_cleanup_fclose_ FILE *file = procfs_open(root, "zoneinfo");
	char line[LINE_SIZE];

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		zones_take_line(now, line);
	return now->kernel[KERNEL_ZONES].count > 0 ? 0 : -ENODATA;
}

static struct zone *
find_zone(const struct rows *rows, int node, const char *name)
{
	struct zone *zones = rows->data;

	for (size_t i = 0; i < rows->count; i++)
		if (zones[i].node == node && strcmp(zones[i].name, name) == 0)
			return &zones[i];
	return NULL;
}

bool
zones_take_blocks(struct snapshot *now, const char *line)
{
	char name[NAME_SIZE];
	int node, length = parse_heading(line, &node, name);
	struct zone *zone = length > 0 ? find_zone(&now->kernel[KERNEL_ZONES], node, name) : NULL;
	const char *at = line + length;

	for (int order = 0; zone && order < ZONE_ORDERS; order++) {
		int64_t count = scan_next_number(&at);

		zone->blocks[order] = count < 0 ? UNKNOWN : count;
	}
	return zone != NULL;
}

static int
read_buddyinfo(int root, struct snapshot *now)
{
	_cleanup_fclose_ FILE *file = procfs_open(root, "buddyinfo");
	char line[LINE_SIZE];
	int error = -ENODATA;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		error = zones_take_blocks(now, line) ? 0 : error;
	return error;
}

/*
 * hpage_pmd_size exists with transparent huge pages (mm/huge_memory.c, hpage_pmd_size). Without it:
 * on most processors a page table of the lowest level has as many entries as a huge page has pages.
 */
static int
huge_page_order(void)
{
	int64_t page = sysconf(_SC_PAGESIZE), size = UNKNOWN;
	char text[32];
	int order = 0;

	if (procfs_read(AT_FDCWD, "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", text,
		    sizeof(text)) > 0)
		size = scan_number(text);
	if (size == UNKNOWN)
		size = page * (page / (int64_t)sizeof(uint64_t));
	while (order < ZONE_ORDERS && page << order < size)
		order++;
	return order;
}

int
zones_read(int root, struct snapshot *now)
{
	int error = read_zoneinfo(root, now);
	struct rows *rows = &now->kernel[KERNEL_ZONES];
	struct zone *zones = rows->data;

	if (error < 0)
		return error;
	error = read_buddyinfo(root, now);
	for (size_t i = 0; i < rows->count; i++) {
		zones[i].above = known_difference(zones[i].free, zones[i].low);
		zones[i].fragmentation = zone_fragmentation(&zones[i], huge_page_order());
	}
	return error;
}

#define FIELD(name) offsetof(struct node, name)

/* The keys after "Node 0" in meminfo, and those of numastat. */
static const struct {
	const char *file, *key;
	size_t offset;
} node_keys[] = {
	{ "meminfo", "MemTotal:", FIELD(total) },
	{ "meminfo", "MemFree:", FIELD(free) },
	{ "meminfo", "MemUsed:", FIELD(used) },
	{ "meminfo", "AnonPages:", FIELD(anon) },
	{ "meminfo", "FilePages:", FIELD(file) },
	{ "meminfo", "Shmem:", FIELD(shmem) },
	{ "meminfo", "Slab:", FIELD(slab) },
	{ "meminfo", "HugePages_Total:", FIELD(huge) },
	{ "numastat", "numa_hit", FIELD(hit) },
	{ "numastat", "numa_miss", FIELD(miss) },
	{ "numastat", "numa_foreign", FIELD(foreign) },
	{ "numastat", "interleave_hit", FIELD(interleave) },
	{ "numastat", "local_node", FIELD(local) },
	{ "numastat", "other_node", FIELD(other) },
};

/* Converts a number that ends in kB from KiB to bytes. */
static int64_t
value_of(const char *text)
{
	int64_t number = scan_number(text);

	return strstr(text, " kB") ? known_product(number, 1024) : number;
}

void
nodes_take_line(struct node *node, const char *file, const char *line)
{
	const char *key = line;
	size_t length;

	if (strcmp(file, "meminfo") == 0) /* "Node 0 MemTotal:  9136340 kB" */
		for (int word = 0; word < 2; word++) {
			key += strcspn(key, " ");
			key += strspn(key, " ");
		}
	length = strcspn(key, " ");
	for (size_t i = 0; i < ARRAY_SIZE(node_keys); i++)
		if (strcmp(node_keys[i].file, file) == 0 && scan_is(key, length, node_keys[i].key))
			*(int64_t *)((char *)node + node_keys[i].offset) = value_of(key + length);
}

static int
read_file(int folder, struct node *node, const char *name)
{
	char path[64], line[LINE_SIZE];
	_cleanup_fclose_ FILE *file = NULL;

	snprintf(path, sizeof(path), "node%lld/%s", (long long)node->node, name);
	file = procfs_open(folder, path);
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		nodes_take_line(node, name, line);
	return 0;
}

/* Reads both files, even if one of them fails. */
static int
read_node(int folder, struct node *node)
{
	int error = read_file(folder, node, "meminfo"),
	    failure = read_file(folder, node, "numastat");

	return error < 0 ? error : failure;
}

static int
compare(const void *left, const void *right)
{
	const struct node *a = left, *b = right;

	return a->node < b->node ? -1 : a->node > b->node;
}

int
nodes_read(const char *folder, struct snapshot *now)
{
	_cleanup_closedir_ DIR *directory = opendir(folder);
	struct rows *rows = &now->kernel[KERNEL_NODES];
	const struct dirent *entry;
	int error = 0;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		int64_t number = strncmp(entry->d_name, "node", 4) == 0
					 ? scan_number(entry->d_name + 4)
					 : UNKNOWN;

		if (number != UNKNOWN && number >= 0) {
			struct node *node = rows_add(rows, kernel_parts[KERNEL_NODES].table);
			int failure;

			node->node = number;
			failure = read_node(dirfd(directory), node);
			error = error < 0 ? error : failure;
		}
	}
	if (rows->count > 1)
		qsort(rows->data, rows->count, sizeof(struct node), compare);
	return error;
}

enum { PATH_SIZE = 4096, KIND_SIZE = 16 };

/*
 * mm_stat: "orig_data_size compr_data_size mem_used_total ..." (drivers/block/zram, mm_stat_show).
 */
int64_t
swaps_zram_memory(const char *device)
{
	char path[256], text[256];
	const char *at = text;

	snprintf(path, sizeof(path), "/sys/block/%.200s/mm_stat", device);
	if (procfs_read(AT_FDCWD, path, text, sizeof(text)) < 0)
		return UNKNOWN;
	(void)scan_next_number(&at);
	(void)scan_next_number(&at);
	return scan_next_number(&at);
}

static void
complete(struct swap_device *device)
{
	if (strncmp(device->path, "/dev/zram", 9) == 0) {
		device->kind = "zram";
		device->stored = swaps_zram_memory(device->path + strlen("/dev/"));
		device->ratio = known_share(device->stored, device->used);
	}
	device->use = known_share(device->used, device->size);
}

/* Parses "/dev/sda2   partition   8388604   0   -2"; ignores other lines. */
void
swaps_take_line(struct snapshot *now, const char *line)
{
	size_t length = strcspn(line, " \t");
	char path[PATH_SIZE], kind[KIND_SIZE];
	long long size, used, priority;
	struct swap_device *device;

	if (sscanf(line + length, "%15s %lld %lld %lld", kind, &size, &used, &priority) != 4 ||
		!procfs_unescape(path, sizeof(path), line, length))
		return;
	device = rows_add(&now->kernel[KERNEL_SWAPS], kernel_parts[KERNEL_SWAPS].table);
	device->path = arena_text(&now->texts, path);
	device->kind = arena_text(&now->texts, kind);
	device->size = known_product(size, 1024);
	device->used = known_product(used, 1024);
	device->priority = priority;
	complete(device);
}

int
swaps_read(int root, char line[static SWAPS_LINE_SIZE], struct snapshot *now)
{
	_cleanup_fclose_ FILE *file = procfs_open(root, "swaps");

	if (!file)
		return -errno;
	if (fgets(line, SWAPS_LINE_SIZE, file)) /* skips the heading */
		while (fgets(line, SWAPS_LINE_SIZE, file))
			swaps_take_line(now, line);
	return 0;
}

int
reclaim_read(int root, char text[static VMSTAT_SIZE], struct snapshot *now)
{
	struct rows *rows = &now->kernel[KERNEL_RECLAIM];
	struct reclaim *counters;
	ssize_t length = vmstat_read(root, text);

	if (length < 0)
		return (int)length;
	reclaim_add_rows(rows);
	counters = rows->data;
	for (size_t i = 0; i < rows->count; i++)
		counters[i].count = vmstat_counter(text, counters[i].counter);
	return 0;
}
