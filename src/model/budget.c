// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/budget.h"

#include "base/arena.h"
#include "base/memory.h"
#include "model/needs.h"
#include "model/scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct budget_row, name)
#define FIGURE(name) offsetof(struct budget_figures, name)
#define NO_FIGURE SIZE_MAX
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define MINUTE (60 * 1e9)

const char budget_default_columns[] = "item,part,bytes,share,what";

/* clang-format off */
static const struct column columns[] = {
	{ "item", "ITEM", NULL, "What the memory is; the items add up to MemTotal.", UNIT_TEXT, 18, NEED_BUDGET, FIELD(item),
		.source = "the parts into which meminfo and other files divide memory" },
	{ "part", "PART", NULL, "A part of the item; it is in the item and does not count. Unknown: the item itself.", UNIT_TEXT, 16, NEED_BUDGET, FIELD(part),
		.source = "what its item comes from" },
	{ "bytes", "SIZE", NULL, "How much it is.", UNIT_BYTES, 7, NEED_BUDGET, FIELD(bytes), .about = "{what}",
		.source = "{source}", .formula = "{figure} - {elsewhere}",
		.misread = "{misreading}" },
	{ "share", "%TOTAL", NULL, "SIZE as a share of MemTotal.", UNIT_PERCENT, 6, NEED_BUDGET, FIELD(share),
		.source = "", .formula = "{bytes} / {system.total}" },
	{ "change", "+SIZE", NULL, "How much it has grown since the first block; unknown in that.", UNIT_BYTES, 7, NEED_BUDGET, FIELD(change),
		.source = "two readings" },
	{ "rate", "SIZE/min", NULL, "The same for a minute.", UNIT_BYTES_PER_MINUTE, 8, NEED_BUDGET, FIELD(rate),
		.source = "two readings" },
	{ "what", "WHAT", NULL, "What it is, in a sentence.", UNIT_TEXT, 20, NEED_BUDGET, FIELD(what),
		.source = "words of memtop" },
	{ "figure", "FIGURE", NULL, "What the kernel's own figure says; of vmalloc without the stacks of the kernel.", UNIT_BYTES, 7, NEED_BUDGET, FIELD(figure),
		.source = "{source}" },
	{ "elsewhere", "ELSEWHERE", NULL, "The part of it that another item counts: SIZE is FIGURE less that.", UNIT_BYTES, 9, NEED_BUDGET, FIELD(elsewhere),
		.source = "{source}" },
	{ "misreading", "MISREAD", NULL, "What it is often taken for.", UNIT_TEXT, 30, NEED_BUDGET, FIELD(misreading),
		.source = "words of memtop" },
	{ "source", "SOURCE", NULL, "The file and the fields that it comes from.", UNIT_TEXT, 30, NEED_BUDGET, FIELD(source),
		.source = "words of memtop" },
};

/*
 * What counts, in order: a figure, less another one that is counted elsewhere. A claim is memory
 * of which a part may be counted elsewhere as well: it is no more than what is left.
 */
static const struct item {
	const char *name;
	size_t figure, less;
	bool is_claim;
	const char *what, *source, *misreading;
} items[] = {
	{ "free", FIGURE(free), NO_FIGURE, false, "nothing uses it", "meminfo: MemFree",
		"Little of it is no shortage: what programs leave is used as cache." },
	{ "free_per_cpu", FIGURE(free_per_cpu), NO_FIGURE, false, "free, kept at hand for each CPU; not in MemFree", "zoneinfo: pagesets, count", NULL },
	{ "anon", FIGURE(anon), NO_FIGURE, false, "heaps, stacks and other memory of processes without a file", "meminfo: AnonPages",
		"The RES of processes is more: it has mapped files and shared memory in it as well." },
	{ "cache", FIGURE(cached), FIGURE(shmem), false, "contents of files; what is clean can be dropped at once", "meminfo: Cached - Shmem",
		"Not lost: what is clean is dropped when memory is needed. But what is used all the time comes back from disk." },
	{ "buffers", FIGURE(buffers), NO_FIGURE, false, "blocks of block devices, mostly metadata of file systems", "meminfo: Buffers",
		"Not the buffers of programs." },
	{ "shmem", FIGURE(shmem), NO_FIGURE, false, "tmpfs and shared memory: lives until it is deleted, only swap can take it", "meminfo: Shmem",
		"free has it in buff/cache, though it cannot be dropped." },
	{ "slab_reclaimable", FIGURE(slab_reclaimable), NO_FIGURE, false, "kernel objects that can be dropped, as dentries and inodes", "meminfo: SReclaimable",
		"Not all of it goes when memory is short: objects in use stay." },
	{ "slab_unreclaimable", FIGURE(slab_unreclaimable), NO_FIGURE, false, "kernel objects that are in use", "meminfo: SUnreclaim",
		"Not a leak by itself: it grows with files, sockets and processes." },
	{ "kernel_reclaimable", FIGURE(reclaimable), FIGURE(slab_reclaimable), false, "what else the kernel can give back", "meminfo: KReclaimable - SReclaimable", NULL },
	{ "kernel_stacks", FIGURE(stacks), NO_FIGURE, false, "the stack in the kernel of each thread", "meminfo: KernelStack",
		"Not in the RES of any process." },
	{ "page_tables", FIGURE(page_tables), NO_FIGURE, false, "page tables of processes", "meminfo: PageTables",
		"Not in the RES of any process; the OOM killer counts them." },
	{ "sec_page_tables", FIGURE(secondary_page_tables), NO_FIGURE, false, "page tables of virtual machines and IOMMUs", "meminfo: SecPageTables", NULL },
	{ "per_cpu", FIGURE(per_cpu), NO_FIGURE, false, "variables of the kernel that each CPU has of its own", "meminfo: Percpu", NULL },
	{ "vmalloc", FIGURE(vmalloc), NO_FIGURE, false, "modules, BPF programs and other large objects of the kernel", "meminfo: VmallocUsed - KernelStack",
		"VmallocTotal is address space and says nothing." },
	{ "huge_pages", FIGURE(hugetlb), NO_FIGURE, false, "pools of huge pages: set aside, also where nothing uses them", "meminfo: Hugetlb",
		"Used or not, it is missing for all else; it is in no RES." },
	{ "zswap", FIGURE(zswap), NO_FIGURE, false, "swapped pages, compressed, in memory", "meminfo: Zswap",
		"What it holds counts as used swap, too." },
	{ "zram", FIGURE(zram), NO_FIGURE, false, "contents of compressed block devices in memory, often swap", "/sys/block/zram*/mm_stat",
		"Swap on it is memory: it takes less than it gives only as far as pages compress." },
	{ "gpu", FIGURE(gpu_active), NO_FIGURE, false, "system memory that graphics use", "meminfo: GPUActive", NULL },
	{ "gpu_reclaimable", FIGURE(gpu_reclaim), NO_FIGURE, false, "the same that they give back on demand", "meminfo: GPUReclaim", NULL },
	{ "corrupted", FIGURE(corrupted), NO_FIGURE, false, "pages with hardware errors, no longer used", "meminfo: HardwareCorrupted", NULL },
	{ "arc", FIGURE(arc), NO_FIGURE, true, "cache of ZFS, as far as it is not slab", "spl/kstat/zfs/arcstats: size",
		"It shrinks on demand, but not at once; available does not contain it." },
	{ "balloon", FIGURE(balloon), NO_FIGURE, true, "given back to the host of this virtual machine for now", "meminfo: Balloon",
		"Not a use of this machine: the host has it." },
};

static const struct item unaccounted = {
	"unaccounted", FIGURE(total), NO_FIGURE, false, "pages that the kernel or a driver took for itself and no counter knows; if it grows, something leaks", "meminfo: MemTotal - all above",
		"Some of it is on every machine: drivers and the network take whole pages.",
};

/* Parts that are figures themselves. */
static const struct {
	const char *item, *name;
	size_t figure;
	const char *what;
} figure_parts[] = {
	{ "free", "CMA", FIGURE(cma_free), "of the area for devices that need it in one piece" },
	{ "anon", "huge", FIGURE(anon_huge), "in transparent huge pages" },
	{ "anon", "swap cached", FIGURE(swap_cached), "in swap as well; some of it may not be mapped and is unaccounted" },
	{ "cache", "dirty", FIGURE(dirty), "waits to be written; may be of buffers, too" },
	{ "cache", "writeback", FIGURE(writeback), "is being written" },
	{ "slab_unreclaimable", "sockets", FIGURE(sockets), "queues of sockets; some of it is not slab but unaccounted" },
};
/* clang-format on */

const struct table budget_table = {
	.name = "budget",
	.search = "item,part,what",
	.columns = columns,
	.column_count = COUNT(columns),
	.row_size = sizeof(struct budget_row),
};

static int64_t
figure_of(const struct budget_figures *figures, size_t figure)
{
	return figure == NO_FIGURE ? UNKNOWN : *(const int64_t *)((const char *)figures + figure);
}

/* An exbibyte: what container file systems print beyond it is no size (T11). */
static void
drop_impossible(struct budget_figures *figures)
{
	int64_t *figure = (int64_t *)figures;

	for (size_t i = 0; i < sizeof(*figures) / sizeof(figure[0]); i++)
		if (figure[i] < 0 || figure[i] > INT64_C(1) << 60)
			figure[i] = UNKNOWN;
}

static struct budget_row *
add_row(struct budget *budget, const char *item, const char *part, int64_t bytes, int64_t total)
{
	struct budget_row *row;

	budget->rows = array_reserve(
		budget->rows, &budget->capacity, budget->count + 1, sizeof(budget->rows[0]));
	row = &budget->rows[budget->count++];
	table_reset_row(&budget_table, row);
	row->item = item;
	row->part = part;
	row->bytes = bytes;
	row->share = known_share(bytes, total);
	return row;
}

/* What an item counts: less than 0 is no size, and a claim is no more than what is left. */
static int64_t
bytes_of(const struct item *item, const struct budget_figures *figures, int64_t left)
{
	int64_t bytes = figure_of(figures, item->figure), less = figure_of(figures, item->less);

	if (bytes == UNKNOWN)
		return UNKNOWN;
	bytes -= known_or_zero(less);
	if (item->is_claim && bytes > left)
		bytes = left;
	return bytes > 0 ? bytes : 0;
}

static struct budget_row *
add_item(struct budget *budget, const struct item *item, int64_t bytes,
	const struct budget_figures *figures)
{
	struct budget_row *row = add_row(budget, item->name, NULL, bytes, figures->total);

	row->figure = figure_of(figures, item->figure);
	row->elsewhere = known_difference(row->figure, bytes);
	row->what = item->what;
	row->source = item->source;
	row->misreading = item->misreading;
	return row;
}

static int
compare_parts(const void *left, const void *right)
{
	const struct budget_row *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return strcmp(a->part, b->part);
}

/* The parts of the item whose row is the last one, and for some what is left of it. */
static void
add_parts(struct budget *budget, const struct budget_figures *figures,
	const struct budget_part *parts, size_t part_count)
{
	size_t first = budget->count;
	const char *item = budget->rows[first - 1].item;
	int64_t left = budget->rows[first - 1].bytes, total = figures->total;

	for (size_t i = 0; i < COUNT(figure_parts); i++) {
		int64_t bytes = figure_of(figures, figure_parts[i].figure);

		if (strcmp(figure_parts[i].item, item) == 0 && bytes != UNKNOWN)
			add_row(budget, item, figure_parts[i].name, bytes, total)->what =
				figure_parts[i].what;
	}
	for (size_t i = 0; i < part_count; i++)
		if (strcmp(parts[i].item, item) == 0)
			add_row(budget, item, parts[i].name, parts[i].bytes, total)->what =
				parts[i].what;
	for (size_t i = first; i < budget->count; i++)
		left = known_difference(left, budget->rows[i].bytes);
	if (budget->count > first && left > 0 && strcmp(item, "cache") == 0)
		add_row(budget, item, "clean", left, total)->what = "can be dropped at once";
	if (budget->count > first && left > 0 && strcmp(item, "shmem") == 0)
		add_row(budget, item, "other", left, total)->what =
			"System V, memfd, shared anonymous, graphics";
	qsort(budget->rows + first, budget->count - first, sizeof(budget->rows[0]), compare_parts);
}

/* Where stacks are mapped by vmalloc, as on all large machines, they are in both figures. */
static void
take_stacks_from_vmalloc(struct budget_figures *figures)
{
	if (figures->vmalloc != UNKNOWN && figures->stacks != UNKNOWN &&
		figures->vmalloc >= figures->stacks)
		figures->vmalloc -= figures->stacks;
}

void
budget_build(struct budget *budget, const struct budget_figures *given,
	const struct budget_part *parts, size_t part_count)
{
	struct budget_figures figures = *given;
	int64_t left;

	budget_reset(budget);
	drop_impossible(&figures);
	left = figures.total;
	if (figures.total == UNKNOWN || figures.total <= 0)
		return;
	take_stacks_from_vmalloc(&figures);
	for (size_t i = 0; i < COUNT(items); i++) {
		int64_t bytes = bytes_of(&items[i], &figures, left);

		add_item(budget, &items[i], bytes, &figures);
		left -= known_or_zero(bytes);
		add_parts(budget, &figures, parts, part_count);
	}
	add_item(budget, &unaccounted, left, &figures);
}

static bool
is_same(const struct budget_row *a, const struct budget_row *b)
{
	return strcmp(a->item, b->item) == 0 &&
	       (a->part ? b->part && strcmp(a->part, b->part) == 0 : !b->part);
}

void
budget_compare(struct budget *now, const struct budget *first, int64_t elapsed)
{
	for (size_t i = 0; i < now->count; i++) {
		struct budget_row *row = &now->rows[i];
		const struct budget_row *old = NULL;

		for (size_t j = 0; j < first->count && !old; j++)
			if (is_same(row, &first->rows[j]))
				old = &first->rows[j];
		if (row->bytes == UNKNOWN || !old || old->bytes == UNKNOWN)
			continue;
		row->change = row->bytes - old->bytes;
		if (elapsed > 0)
			row->rate = (int64_t)((double)row->change * MINUTE / (double)elapsed);
	}
}

bool
budget_is_worth_showing(const void *of)
{
	const struct budget_row *row = of;

	return (row->bytes != 0 && row->bytes != UNKNOWN) ||
	       (row->change != 0 && row->change != UNKNOWN);
}

void
budget_take(struct budget *copy, const struct budget *budget)
{
	copy->rows =
		array_reserve(copy->rows, &copy->capacity, budget->count, sizeof(copy->rows[0]));
	copy->count = budget->count;
	for (size_t i = 0; i < budget->count; i++)
		copy->rows[i] = budget->rows[i];
}

void
budget_copy(struct budget *copy, const struct budget *budget, struct arena *texts)
{
	budget_take(copy, budget);
	for (size_t i = 0; i < budget->count; i++) {
		if (copy->rows[i].part)
			copy->rows[i].part = arena_copy(
				texts, budget->rows[i].part, strlen(budget->rows[i].part));
	}
}

void
budget_reset(struct budget *budget)
{
	budget->count = 0;
}

void
budget_finish(struct budget *budget)
{
	free(budget->rows);
	*budget = (struct budget){ .count = 0 };
}
