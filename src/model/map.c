// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/map.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/needs.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct map_row, name)

const char map_segment_columns[] = "segment,size,rss,pss,private_clean,private_dirty,swap,huge,"
				   "locked,lazyfree,mappings,role,name";
const char map_mapping_columns[] = "start,size,rss,pss,private_clean,private_dirty,swap,huge,"
				   "locked,lazyfree,permissions,segment,role,flags,name";
const char map_segment_growth_columns[] = "segment,size,size_grown,rss,rss_grown,pss_grown,"
					  "dirty_grown,swap_grown,mappings,role,name";
const char map_mapping_growth_columns[] = "start,size,size_grown,rss,rss_grown,pss_grown,"
					  "dirty_grown,swap_grown,permissions,segment,role,name";

/* clang-format off */
static const struct column columns[] = {
	{ "start", "START", "address", "The address of the first byte. In JSON and CSV: a text in hexadecimal.", UNIT_ADDRESS, 16, NEED_MAPPINGS, FIELD(start),
		.source = "/proc/PID/smaps: the heading" },
	{ "end", "END", NULL, "The address after the last byte. Only for a single mapping.", UNIT_ADDRESS, 16, NEED_MAPPINGS, FIELD(end),
		.source = "/proc/PID/smaps: the heading" },
	{ "permissions", "PERM", "mode", "r read, w write, x execute, p private or s shared. Only for a single mapping.", UNIT_TEXT, 4, NEED_MAPPINGS, FIELD(permissions),
		.source = "/proc/PID/smaps: the heading" },
	{ "offset", "OFFSET", NULL, "The offset in the file, written like START. Only for a single mapping.", UNIT_ADDRESS, 8, NEED_MAPPINGS, FIELD(offset),
		.source = "/proc/PID/smaps: the heading" },
	{ "device", "DEV", NULL, "The device of the file, major:minor in hexadecimal. Only for a single mapping of a file.", UNIT_TEXT, 5, NEED_MAPPINGS, FIELD(device),
		.source = "/proc/PID/smaps: the heading" },
	{ "inode", "INODE", NULL, "The inode of the file. Only for a single mapping of a file.", UNIT_ID, 8, NEED_MAPPINGS, FIELD(inode),
		.source = "/proc/PID/smaps: the heading" },
	{ "page_size", "PAGE", "kernelpagesize", "The page size. Larger than usual only for huge page pools (KernelPageSize).", UNIT_BYTES, 5, NEED_MAPPINGS, FIELD(page_size),
		.source = "/proc/PID/smaps: KernelPageSize" },
	{ "segment", "SEGMENT", NULL, "What the memory is for: text, rodata, data (with bss), heap (by brk), anon (by mmap), file, shared, stack, vdso.", UNIT_TEXT, 7, NEED_MAPPINGS, FIELD(segment),
		.source = "/proc/PID/smaps: permissions, name and neighbours",
		.misread = "A conclusion of memtop: the kernel only names heap and stack.", .is_constant = true },
	{ "role", "ROLE", NULL, "More about the use, concluded from size and place: bss, arena (of glibc's malloc), thread-stack (with the guard page below it).", UNIT_TEXT, 4, NEED_MAPPINGS, FIELD(role),
		.source = "/proc/PID/smaps: shape and neighbours",
		.misread = "Concluded from size and place: other memory can look the same.",
		.is_constant = true }, /* and compared by its address */
	{ "size", "SIZE", NULL, "Address space: what was asked for, not what is used.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.size),
		.source = "/proc/PID/smaps: Size",
		.misread = "This is address space: it says nothing about memory in use." },
	{ "rss", "RSS", "res", "Resident memory. A page shared by several processes counts in each.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.rss),
		.source = "/proc/PID/smaps: Rss", .formula = "{shared_clean} + {shared_dirty} + {private_clean} + {private_dirty}",
		.misread = "Shared pages count in full in each process: a sum over processes counts them many times." },
	{ "pss", "PSS", NULL, "RSS with each shared page divided by the number of processes that map it. The kernel rounds each mapping down to 1 KiB.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.pss),
		.source = "/proc/PID/smaps: Pss",
		.misread = "It changes when other processes start or end, without any change in this one." },
	{ "pss_dirty", "PSSDIRTY", NULL, "The dirty part of PSS (since Linux 6.0).", UNIT_BYTES, 8, NEED_MAPPINGS, FIELD(usage.pss_dirty),
		.source = "/proc/PID/smaps: Pss_Dirty" },
	{ "uss", "USS", NULL, "Resident memory that no other process maps: PCLEAN + PDIRTY.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.uss),
		.source = "/proc/PID/smaps: Private_Clean, Private_Dirty", .formula = "{private_clean} + {private_dirty}" },
	{ "shared_clean", "SCLEAN", NULL, "Resident, also mapped by other processes, unchanged since it was read from the file.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.shared_clean),
		.source = "/proc/PID/smaps: Shared_Clean" },
	{ "shared_dirty", "SDIRTY", NULL, "Resident, also mapped by other processes, written.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.shared_dirty),
		.source = "/proc/PID/smaps: Shared_Dirty" },
	{ "private_clean", "PCLEAN", NULL, "Resident, mapped by no other process, unchanged since it was read from the file: the kernel can drop it and read it again.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.private_clean),
		.source = "/proc/PID/smaps: Private_Clean",
		.misread = "Private means that no other process maps it now, not that the mapping is private." },
	{ "private_dirty", "PDIRTY", "dirty", "Resident, mapped by no other process, written: it can only go to swap or back to its file.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.private_dirty),
		.source = "/proc/PID/smaps: Private_Dirty" },
	{ "referenced", "REFD", NULL, "Resident and used since the marks were last cleared (Referenced).", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.referenced),
		.source = "/proc/PID/smaps: Referenced",
		.misread = "Not a period of time: it counts from the moment when somebody last cleared the marks." },
	{ "anonymous", "ANON", NULL, "Resident memory that does not belong to a file, or a written private copy of a file page.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.anonymous),
		.source = "/proc/PID/smaps: Anonymous" },
	{ "ksm", "KSM", NULL, "Resident, merged with equal pages (since Linux 6.8).", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.ksm),
		.source = "/proc/PID/smaps: KSM" },
	{ "lazyfree", "LAZYFREE", NULL, "Marked as free by MADV_FREE: still in RSS, dropped as soon as memory is short.", UNIT_BYTES, 8, NEED_MAPPINGS, FIELD(usage.lazyfree),
		.source = "/proc/PID/smaps: LazyFree",
		.misread = "It still counts in RSS: memory that looks like a leak may already be marked as free." },
	{ "huge", "HUGE", NULL, "Resident in transparent huge pages: ANONHUGE + SHMHUGE + FILEHUGE.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.huge),
		.source = "/proc/PID/smaps: AnonHugePages, ShmemPmdMapped, FilePmdMapped", .formula = "{anon_huge} + {shmem_huge} + {file_huge}",
		.misread = "Transparent huge pages. Pages of pools are in HUGETLB." },
	{ "anon_huge", "ANONHUGE", NULL, "The anonymous part of HUGE (AnonHugePages).", UNIT_BYTES, 8, NEED_MAPPINGS, FIELD(usage.anon_huge),
		.source = "/proc/PID/smaps: AnonHugePages" },
	{ "shmem_huge", "SHMHUGE", NULL, "The shared memory part of HUGE (ShmemPmdMapped).", UNIT_BYTES, 7, NEED_MAPPINGS, FIELD(usage.shmem_huge),
		.source = "/proc/PID/smaps: ShmemPmdMapped" },
	{ "file_huge", "FILEHUGE", NULL, "The file part of HUGE (FilePmdMapped).", UNIT_BYTES, 8, NEED_MAPPINGS, FIELD(usage.file_huge),
		.source = "/proc/PID/smaps: FilePmdMapped" },
	{ "hugetlb", "HUGETLB", NULL, "Pages from the huge page pools. Not in RSS and PSS.", UNIT_BYTES, 7, NEED_MAPPINGS, FIELD(usage.hugetlb),
		.source = "/proc/PID/smaps: Shared_Hugetlb, Private_Hugetlb", .formula = "{shared_hugetlb} + {private_hugetlb}",
		.misread = "Not in any RSS." },
	{ "shared_hugetlb", "SHUGETLB", NULL, "The part of HUGETLB that other processes map too.", UNIT_BYTES, 8, NEED_MAPPINGS, FIELD(usage.shared_hugetlb),
		.source = "/proc/PID/smaps: Shared_Hugetlb" },
	{ "private_hugetlb", "PHUGETLB", NULL, "The part of HUGETLB that no other process maps.", UNIT_BYTES, 8, NEED_MAPPINGS, FIELD(usage.private_hugetlb),
		.source = "/proc/PID/smaps: Private_Hugetlb" },
	{ "swap", "SWAP", NULL, "Memory in swap, including shared memory of the mapped range.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.swap),
		.source = "/proc/PID/smaps: Swap",
		.misread = "VmSwap of the process does not include shared memory, this figure does." },
	{ "swap_pss", "SWAPPSS", NULL, "SWAP without shared memory, each page divided by the number of processes that map it.", UNIT_BYTES, 7, NEED_MAPPINGS, FIELD(usage.swap_pss),
		.source = "/proc/PID/smaps: SwapPss" },
	{ "locked", "LOCKED", NULL, "Locked into memory (mlock): its PSS.", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(usage.locked),
		.source = "/proc/PID/smaps: Locked" },
	{ "mappings", "MAPS", "count", "The number of mappings.", UNIT_NUMBER, 4, NEED_MAPPINGS, FIELD(count),
		.source = "/proc/PID/smaps: counted" },
	{ "size_grown", "+SIZE", NULL, "Change of SIZE (--diff).", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(size_grown),
		.source = "/proc/PID/smaps: Size, two readings" },
	{ "rss_grown", "+RSS", NULL, "Change of RSS (--diff).", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(rss_grown),
		.source = "/proc/PID/smaps: Rss, two readings" },
	{ "pss_grown", "+PSS", NULL, "Change of PSS (--diff).", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(pss_grown),
		.source = "/proc/PID/smaps: Pss, two readings" },
	{ "dirty_grown", "+PDIRTY", NULL, "Change of PDIRTY (--diff).", UNIT_BYTES, 7, NEED_MAPPINGS, FIELD(dirty_grown),
		.source = "/proc/PID/smaps: Private_Dirty, two readings" },
	{ "swap_grown", "+SWAP", NULL, "Change of SWAP (--diff).", UNIT_BYTES, 6, NEED_MAPPINGS, FIELD(swap_grown),
		.source = "/proc/PID/smaps: Swap, two readings" },
	{ "flags", "FLAGS", "vmflags", "The kernel's flags (VmFlags), two letters each. Only for a single mapping.", UNIT_TEXT, 20, NEED_MAPPINGS, FIELD(flags),
		.source = "/proc/PID/smaps: VmFlags" },
	{ "name", "NAME", NULL, "The file, or the kernel's name: [heap], [stack], [anon:NAME]. A line feed is \\012.", UNIT_TEXT, 16, NEED_MAPPINGS, FIELD(name), .is_path = true,
		.source = "/proc/PID/smaps: the heading",
		.misread = "(deleted) marks a file that was replaced or removed: its memory is still in use." },
};
/* clang-format on */

const struct table mapping_table = {
	.name = "mapping",
	.search = "segment,role,name",
	.key = "start",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct map_row),
};

const struct table segment_table = {
	.name = "segment",
	.search = "segment,role,name",
	.key = "segment,role,name",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct map_row),
};

struct map_row *
map_add(struct rows *rows)
{
	struct map_row *row = rows_add(rows, &mapping_table);

	row->kind = SEGMENT_UNKNOWN;
	return row;
}

void
map_copy(struct rows *copy, const struct rows *rows, struct arena *texts)
{
	rows_copy(copy, rows, texts);
	for (size_t i = 0; i < copy->count; i++)
		map_at(copy, i)->owner = arena_text(texts, map_at(copy, i)->owner);
}

bool
map_is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Variables with and without a place in the file are one segment. */
static const char *
role_of_segment(const struct map_row *row)
{
	return row->kind == SEGMENT_ANON ? row->role : NULL;
}

uint64_t
map_hash_segment(const struct map_row *row)
{
	uint64_t hash = index_mix_text(index_mix_text(0, row->owner), role_of_segment(row));

	return index_mix(hash, row->kind);
}

bool
map_is_same_segment(const struct map_row *a, const struct map_row *b)
{
	return a->kind == b->kind && map_is_same_text(a->owner, b->owner) &&
	       map_is_same_text(role_of_segment(a), role_of_segment(b));
}

static struct map_row *
find_segment(const struct map_grouping *grouping, const struct map_row *row)
{
	uint32_t found = index_first(&grouping->index, map_hash_segment(row));

	for (; found != INDEX_END; found = index_next(&grouping->index, found)) {
		if (map_is_same_segment(map_at(grouping->segments, found), row))
			return map_at(grouping->segments, found);
	}
	return NULL;
}

static struct map_row *
add_segment(struct map_grouping *grouping, const struct map_row *row)
{
	struct map_row *segment = map_add(grouping->segments);

	index_add(&grouping->index, map_hash_segment(row));
	segment->start = row->start;
	segment->kind = row->kind;
	segment->segment = row->segment;
	segment->role = role_of_segment(row);
	segment->owner = segment->name = row->owner;
	segment->count = 0;
	usage_set(&segment->usage, 0);
	return segment;
}

void
map_group_some(struct map_grouping *grouping, const struct map_row *mappings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct map_row *row = &mappings[i];
		struct map_row *segment = find_segment(grouping, row);

		if (!segment)
			segment = add_segment(grouping, row);
		usage_add(&segment->usage, &row->usage);
		segment->count += row->count;
	}
}

void
map_group(struct rows *segments, const struct rows *mappings)
{
	struct map_grouping grouping = { .segments = segments };

	rows_reset(segments);
	map_group_some(&grouping, mappings->data, mappings->count);
	index_finish(&grouping.index);
}

struct kind {
	const char *words;
	int64_t resident;
};

struct map_total
map_sum(const struct rows *rows, enum segment kind, const char *role)
{
	struct map_total total = { .mappings = 0 };

	for (size_t i = 0; i < rows->count; i++) {
		const struct map_row *row = map_at(rows, i);

		if ((kind != SEGMENT_KINDS && row->kind != kind) ||
			(role && !map_is_same_text(row->role, role)))
			continue;
		usage_add(&total.usage, &row->usage);
		total.mappings += row->count;
	}
	return total;
}

static int
compare_resident(const void *left, const void *right)
{
	const struct kind *a = left, *b = right;

	return (a->resident < b->resident) - (a->resident > b->resident);
}

void
map_kinds_text(char text[static MAP_KINDS_SIZE], const struct rows *rows, enum scale scale)
{
	struct kind kinds[SEGMENT_KINDS];
	size_t length = 0;

	for (size_t i = 0; i < SEGMENT_KINDS; i++)
		kinds[i] = (struct kind){ segment_descriptions[i].words, 0 };
	for (size_t i = 0; i < rows->count; i++) {
		struct kind *kind = &kinds[map_at(rows, i)->kind];

		kind->resident = known_sum(kind->resident, map_at(rows, i)->usage.rss);
	}
	qsort(kinds, SEGMENT_KINDS, sizeof(kinds[0]), compare_resident);
	*text = '\0';
	for (size_t i = 0; i < SEGMENT_KINDS && kinds[i].resident > 0; i++) {
		char size[UNIT_FORMAT_SIZE];

		unit_format(size, UNIT_BYTES, kinds[i].resident, scale);
		length += (size_t)snprintf(text + length, MAP_KINDS_SIZE - length, "%s%s %s",
			i > 0 ? ", " : "", kinds[i].words, size);
	}
}

/* The earlier rows by start and by end, and which of them are found again. */
struct search {
	const struct rows *before;
	size_t count; /* without those that had gone before: their texts may have, too */
	struct index starts, ends;
	bool *found;
};

/* A segment has no end; it is found by kind, owner and role. */
static bool
is_segment(const struct map_row *row)
{
	return row->end == UNKNOWN;
}

static uint64_t
hash_of(const struct map_row *row, int64_t address)
{
	if (is_segment(row))
		return map_hash_segment(row);
	return index_mix(index_mix_text(0, row->name), (uint64_t)address);
}

static bool
matches(const struct map_row *a, const struct map_row *b, bool by_start)
{
	if (is_segment(a) || is_segment(b))
		return is_segment(a) && is_segment(b) && map_is_same_segment(a, b);
	return (by_start ? a->start == b->start : a->end == b->end) &&
	       map_is_same_text(a->name, b->name);
}

static const struct map_row *
find_by(struct search *search, const struct map_row *row, bool by_start)
{
	const struct index *index = by_start ? &search->starts : &search->ends;
	uint32_t place = index_first(index, hash_of(row, by_start ? row->start : row->end));

	for (; place != INDEX_END; place = index_next(index, place)) {
		if (search->found[place] || !matches(map_at(search->before, place), row, by_start))
			continue;
		search->found[place] = true;
		return map_at(search->before, place);
	}
	return NULL;
}

static void
set_growth(struct map_row *row, const struct usage *before)
{
	row->size_grown = known_difference(row->usage.size, before->size);
	row->rss_grown = known_difference(row->usage.rss, before->rss);
	row->pss_grown = known_difference(row->usage.pss, before->pss);
	row->dirty_grown = known_difference(row->usage.private_dirty, before->private_dirty);
	row->swap_grown = known_difference(row->usage.swap, before->swap);
}

static void
add_gone(struct rows *now, const struct map_row *gone)
{
	struct map_row *row = map_add(now);

	*row = *gone;
	row->count = 0;
	usage_set(&row->usage, 0);
	set_growth(row, &gone->usage);
}

static struct search
search_begin(const struct rows *before)
{
	struct search search = { .before = before, .count = before->count };

	while (search.count > 0 && map_at(before, search.count - 1)->count == 0)
		search.count--;
	search.found = xcalloc(search.count + 1, 1);
	for (size_t i = 0; i < search.count; i++) {
		index_add(&search.starts, hash_of(map_at(before, i), map_at(before, i)->start));
		index_add(&search.ends, hash_of(map_at(before, i), map_at(before, i)->end));
	}
	return search;
}

/* Searches by start first: of a split mapping the first part matches. */
static void
find_all(struct search *search, struct rows *now, const struct map_row **origins)
{
	for (size_t i = 0; i < now->count; i++)
		origins[i] = find_by(search, map_at(now, i), true);
	for (size_t i = 0; i < now->count; i++)
		if (!origins[i])
			origins[i] = find_by(search, map_at(now, i), false);
}

void
map_compare(struct rows *now, const struct rows *before)
{
	struct search search = search_begin(before);
	_cleanup_free_ const struct map_row **origins = xcalloc(now->count + 1, sizeof(*origins));
	struct usage nothing;

	usage_set(&nothing, 0);
	find_all(&search, now, origins);
	for (size_t i = 0; i < now->count; i++)
		set_growth(map_at(now, i), origins[i] ? &origins[i]->usage : &nothing);
	for (size_t i = 0; i < search.count; i++)
		if (!search.found[i])
			add_gone(now, map_at(before, i));
	free(search.found);
	index_finish(&search.starts);
	index_finish(&search.ends);
}
