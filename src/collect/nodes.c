// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/nodes.h"

#include "base/cleanup.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 256 };

#define FIELD(name) offsetof(struct node, name)

/* What follows "Node 0" in meminfo, and the keys of numastat. */
static const struct {
	const char *file, *key;
	size_t offset;
} keys[] = {
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

/* A number that ends in kB is one of KiB. */
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
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].file, file) == 0 && strlen(keys[i].key) == length &&
			strncmp(keys[i].key, key, length) == 0)
			*(int64_t *)((char *)node + keys[i].offset) = value_of(key + length);
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

/* Both files, also where one of them cannot be read. */
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
