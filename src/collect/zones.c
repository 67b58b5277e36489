// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/zones.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 512, NAME_SIZE = 16 };

static const struct {
	const char *key;
	size_t offset;
} keys[] = {
	{ "free", offsetof(struct zone, free) },
	{ "min", offsetof(struct zone, min) },
	{ "low", offsetof(struct zone, low) },
	{ "high", offsetof(struct zone, high) },
	{ "spanned", offsetof(struct zone, spanned) },
	{ "present", offsetof(struct zone, present) },
	{ "managed", offsetof(struct zone, managed) },
	{ "cma", offsetof(struct zone, cma) },
};

/* "Node 0, zone   Normal", perhaps with more behind it, of which the length comes back; 0: none. */
static int
parse_heading(const char *line, int *ret_node, char name[static NAME_SIZE])
{
	int length = 0;

	if (sscanf(line, "Node %d, zone %15s%n", ret_node, name, &length) != 2)
		return 0;
	return length;
}

/* "  pages free     3840" or "        min      28": the number counts pages. */
static void
parse_key(const char *line, struct zone *zone)
{
	const char *key = line + strspn(line, " "), *number;
	size_t length;

	if (strncmp(key, "pages ", 6) == 0)
		key += 6;
	length = strcspn(key, " \n");
	number = key + length;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i].key) == length && strncmp(keys[i].key, key, length) == 0)
			*(int64_t *)((char *)zone + keys[i].offset) =
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
 * The size is told where there are transparent huge pages (mm/huge_memory.c, hpage_pmd_size). Else
 * a table of the lowest level has, on most processors, as many entries as a huge page has pages.
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
