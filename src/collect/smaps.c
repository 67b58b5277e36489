// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/smaps.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/maps.h"
#include "collect/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name has at most 4096 bytes, each escaped to four. */
enum { PIECE_SIZE = 256 * 1024, FLAGS_KEPT = 16 };

/* Mappings in a piece; at its edges the segments of some are not known yet. */
enum { PIECE_ROWS = 1024, EDGE = 2 * MAPPING_REACH };

#define FIELD(name) offsetof(struct map_row, name)

/* fs/proc/task_mmu.c, show_smap(), in the order of the file. */
static const struct procfs_key keys[] = {
	{ "Size", FIELD(usage.size) },
	{ "KernelPageSize", FIELD(page_size) },
	{ "Rss", FIELD(usage.rss) },
	{ "Pss", FIELD(usage.pss) },
	{ "Pss_Dirty", FIELD(usage.pss_dirty) },
	{ "Shared_Clean", FIELD(usage.shared_clean) },
	{ "Shared_Dirty", FIELD(usage.shared_dirty) },
	{ "Private_Clean", FIELD(usage.private_clean) },
	{ "Private_Dirty", FIELD(usage.private_dirty) },
	{ "Referenced", FIELD(usage.referenced) },
	{ "Anonymous", FIELD(usage.anonymous) },
	{ "KSM", FIELD(usage.ksm) },
	{ "LazyFree", FIELD(usage.lazyfree) },
	{ "AnonHugePages", FIELD(usage.anon_huge) },
	{ "ShmemPmdMapped", FIELD(usage.shmem_huge) },
	{ "FilePmdMapped", FIELD(usage.file_huge) },
	{ "Shared_Hugetlb", FIELD(usage.shared_hugetlb) },
	{ "Private_Hugetlb", FIELD(usage.private_hugetlb) },
	{ "Swap", FIELD(usage.swap) },
	{ "SwapPss", FIELD(usage.swap_pss) },
	{ "Locked", FIELD(usage.locked) },
};

/* Short names are the kernel's or few; long ones may be many of a user's. */
static const char *
keep_name(struct smaps *smaps, const char *name)
{
	const char *last = smaps->name;
	size_t length = strlen(name);

	if (smaps->name_bytes + length > SMAPS_MOST_NAMES) {
		name = mapping_without_name(name);
		length = strlen(name);
	}
	smaps->name = arena_copy_new(smaps->texts, last, name, length);
	smaps->name_bytes += smaps->name == last ? 0 : length + 1;
	return smaps->name;
}

static const char *
permissions_of(unsigned bits)
{
	static const char texts[16][5] = { "---p", "r--p", "-w-p", "rw-p", "--xp", "r-xp", "-wxp",
		"rwxp", "---s", "r--s", "-w-s", "rw-s", "--xs", "r-xs", "-wxs", "rwxs" };

	return texts[bits % 16];
}

static const char *
device_of(struct smaps *smaps, const struct mapping *mapping)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%02x:%02x", mapping->major, mapping->minor);

	return smaps->device = arena_copy_new(smaps->texts, smaps->device, text, (size_t)length);
}

/* Most mappings have one of a few sets of flags. */
static const char *
flags_of(struct smaps *smaps, const char *entry)
{
	const char *text = strstr(entry, "\nVmFlags: ");
	size_t length, place = smaps->next_flags;

	if (!text)
		return NULL;
	text += strlen("\nVmFlags: ");
	length = strcspn(text, "\n");
	while (length > 0 && text[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < FLAGS_KEPT; i++) {
		const char *kept = smaps->flags[i];

		if (kept && strncmp(kept, text, length) == 0 && !kept[length])
			return kept;
	}
	smaps->next_flags = (place + 1) % FLAGS_KEPT;
	return smaps->flags[place] = arena_copy(smaps->texts, text, length);
}

static void
fill_row(struct smaps *smaps, struct map_row *row, const struct mapping *mapping)
{
	row->start = (int64_t)mapping->start;
	row->end = (int64_t)mapping->end;
	row->count = 1;
	row->bits = mapping->permissions;
	row->permissions = permissions_of(mapping->permissions);
	row->name = *mapping->name ? mapping->name : NULL;
	if (mapping->inode == 0)
		return;
	row->offset = (int64_t)mapping->offset;
	row->inode = (int64_t)mapping->inode;
	row->device = device_of(smaps, mapping);
}

static struct map_row *
add_row(struct smaps *smaps, const struct mapping *mapping)
{
	size_t number = smaps->added->count;

	smaps->mappings = array_reserve(
		smaps->mappings, &smaps->capacity, number + 1, sizeof(smaps->mappings[0]));
	smaps->mappings[number] = *mapping;
	smaps->count++;
	return map_add(smaps->added);
}

/* Sets segments and roles up to before `end`. */
static void
classify(struct smaps *smaps, size_t end)
{
	struct rows *rows = smaps->added;

	mapping_classify(smaps->mappings, rows->count);
	for (size_t i = smaps->known; i < rows->count; i++) {
		map_at(rows, i)->kind = smaps->mappings[i].segment;
		map_at(rows, i)->segment = segment_descriptions[smaps->mappings[i].segment].name;
	}
	map_find_roles(rows, smaps->known, end);
	smaps->known = end;
}

static void
group(struct smaps *smaps, size_t end)
{
	map_group_some(
		&smaps->grouping, map_at(&smaps->piece, smaps->grouped), end - smaps->grouped);
	smaps->grouped = end;
}

/* Forgets mappings that are in the result, but those near enough to matter for the next ones. */
static void
forget(struct smaps *smaps)
{
	size_t gone = smaps->grouped > EDGE ? smaps->grouped - EDGE : 0;
	size_t left = smaps->piece.count - gone;

	memmove(smaps->mappings, smaps->mappings + gone, left * sizeof(smaps->mappings[0]));
	memmove(smaps->piece.data, map_at(&smaps->piece, gone), left * sizeof(struct map_row));
	smaps->piece.count = left;
	smaps->known -= gone;
	smaps->grouped -= gone;
}

/* The segments near the end of a piece follow from the next one, and a role may from the next row.
 */
static void
end_piece(struct smaps *smaps)
{
	if (!smaps->by_segment || smaps->piece.count < PIECE_ROWS)
		return;
	classify(smaps, smaps->piece.count - EDGE);
	group(smaps, smaps->known - 1);
	forget(smaps);
}

static void
end_all(struct smaps *smaps)
{
	classify(smaps, smaps->added->count);
	if (smaps->by_segment && smaps->known > 0)
		group(smaps, smaps->known);
}

/* All mappings that have no room for their own row are one. */
static struct map_row *
rest_row(struct smaps *smaps, const struct mapping *mapping)
{
	struct map_row *rest;

	if (smaps->rest != SIZE_MAX)
		return map_at(smaps->rows, smaps->rest);
	end_all(smaps);
	smaps->rest = smaps->rows->count;
	rest = map_add(smaps->rows);
	rest->segment = segment_descriptions[SEGMENT_UNKNOWN].name;
	rest->start = (int64_t)mapping->start;
	rest->count = 0;
	rest->name = rest->owner = "(further mappings)";
	usage_set(&rest->usage, 0);
	return rest;
}

static void
add_to_rest(struct smaps *smaps, const struct mapping *mapping, const struct usage *usage)
{
	struct map_row *rest = rest_row(smaps, mapping);

	if (!smaps->by_segment)
		rest->end = (int64_t)mapping->end;
	rest->count++;
	usage_add(&rest->usage, usage);
}

/* The figures are in the lines after the one of maps; "" without any. */
static void
parse_figures(const char *figures, const struct mapping *mapping, struct map_row *row)
{
	table_reset_row(&mapping_table, row);
	procfs_fields(figures, keys, ARRAY_SIZE(keys), row);
	usage_complete(&row->usage);
	if (row->usage.size == UNKNOWN)
		row->usage.size = (int64_t)((mapping->end - mapping->start) & INT64_MAX);
}

/* Parses one entry: a line of maps, and the lines of figures after it. */
static void
parse_entry(struct smaps *smaps, char *entry)
{
	char *figures = strchrnul(entry, '\n');
	struct map_row row = { .kind = SEGMENT_UNKNOWN };
	bool has_figures = *figures == '\n';
	struct mapping mapping;

	*figures = '\0';
	if (!maps_parse_line(entry, &mapping) || !maps_cut_to_follow(&mapping, smaps->end))
		return;
	smaps->end = mapping.end;
	parse_figures(has_figures ? figures + 1 : "", &mapping, &row);
	if (smaps->count + 1 >= SMAPS_MOST_ROWS) {
		add_to_rest(smaps, &mapping, &row.usage);
		return;
	}
	mapping.name = keep_name(smaps, mapping.name);
	fill_row(smaps, &row, &mapping);
	if (has_figures) {
		*figures = '\n';
		row.flags = flags_of(smaps, figures);
	}
	*add_row(smaps, &mapping) = row;
	end_piece(smaps);
}

/* Entries begin with a hexadecimal number, figures with a capital letter. */
static bool
begins_entry(char character)
{
	return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

/* The end of an entry, or NULL if it is not in the text yet. */
static char *
end_of_entry(char *entry, char *end)
{
	for (char *line = entry; line < end;) {
		char *next = memchr(line, '\n', (size_t)(end - line));

		if (!next || next + 1 == end)
			return NULL;
		line = next + 1;
		if (begins_entry(*line))
			return line;
	}
	return NULL;
}

size_t
smaps_parse(struct smaps *smaps, char *text, size_t length, bool is_last)
{
	char *entry = text, *end = text + length, *next;

	*end = '\0';
	while ((next = end_of_entry(entry, end))) {
		next[-1] = '\0';
		parse_entry(smaps, entry);
		entry = next;
	}
	if (!is_last || entry == end)
		return (size_t)(entry - text);
	parse_entry(smaps, entry);
	return length;
}

void
smaps_begin(struct smaps *smaps, struct rows *rows, struct arena *texts, bool by_segment)
{
	*smaps = (struct smaps){ .rows = rows,
		.texts = texts,
		.by_segment = by_segment,
		.added = by_segment ? &smaps->piece : rows,
		.grouping = { .segments = rows },
		.rest = SIZE_MAX };
}

void
smaps_finish(struct smaps *smaps)
{
	if (smaps->rest == SIZE_MAX)
		end_all(smaps);
	index_finish(&smaps->grouping.index);
	rows_finish(&smaps->piece);
	free(smaps->mappings);
}

static size_t
take_entries(void *context, char *text, size_t length, bool is_last)
{
	return smaps_parse(context, text, length, is_last);
}

/* Reads smaps or maps: both have the same format. */
static int
read_file(int root, const char *directory, const char *name, struct rows *rows, struct arena *texts,
	bool by_segment)
{
	struct smaps smaps;
	_cleanup_close_ int fd = -1;
	char path[80];
	int error;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	smaps_begin(&smaps, rows, texts, by_segment);
	error = procfs_read_pieces(fd, PIECE_SIZE, take_entries, &smaps);
	smaps_finish(&smaps);
	if (error < 0)
		rows_reset(rows);
	return error;
}

int
smaps_read(int root, const char *directory, struct rows *rows, struct arena *texts, bool by_segment)
{
	int error = read_file(root, directory, "smaps", rows, texts, by_segment);

	if (error != -ENOENT)
		return error;
	error = read_file(root, directory, "maps", rows, texts, by_segment);
	return error < 0 ? error : -ENODATA;
}
