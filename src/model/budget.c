// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/budget.h"

#include "base/arena.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/needs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct budget_row, name)
#define FIGURE(name) offsetof(struct budget_figures, name)
#define NO_FIGURE SIZE_MAX

#define MINUTE (60 * 1e9)
#define MOST_BYTES (INT64_C(1) << 58)

const char budget_default_columns[] = "name,bytes,share,what";
const char budget_growth_columns[] = "name,bytes,share,change,rate,what";

/* clang-format off */
static const struct column columns[] = {
	{ "item", "ITEM", NULL, "The kind of memory. All items add up to MemTotal.", UNIT_TEXT, 18, NEED_BUDGET, FIELD(item),
		.source = "the division of memory in meminfo and other files" },
	{ "part", "PART", NULL, "A part of the item: included in the item, so it does not count again. Unknown: the row of the item itself.", UNIT_TEXT, 16, NEED_BUDGET, FIELD(part),
		.source = "the sources of its item" },
	{ "name", "NAME", NULL, "The item in words; its parts stand below it.", UNIT_TEXT, 22, NEED_BUDGET, FIELD(name),
		.depth = FIELD(depth), .source = "memtop itself" },
	{ "bytes", "SIZE", NULL, "The size.", UNIT_BYTES, 7, NEED_BUDGET, FIELD(bytes), .about = "{what}",
		.source = "{source}", .formula = "{figure} - {elsewhere}",
		.misread = "{misreading}" },
	{ "share", "%TOTAL", NULL, "SIZE as a share of MemTotal.", UNIT_PERCENT, 6, NEED_BUDGET, FIELD(share),
		.source = "", .formula = "{bytes} / {system.total}" },
	{ "change", "+SIZE", NULL, "Growth since the first block. Unknown in the first block.", UNIT_BYTES, 7, NEED_BUDGET, FIELD(change),
		.source = "two readings" },
	{ "rate", "SIZE/min", NULL, "Growth since the first block, per minute.", UNIT_BYTES_PER_MINUTE, 8, NEED_BUDGET, FIELD(rate),
		.source = "two readings" },
	{ "what", "WHAT", NULL, "A description.", UNIT_TEXT, 20, NEED_BUDGET, FIELD(what),
		.source = "memtop itself" },
	{ "figure", "FIGURE", NULL, "The kernel's own figure; for vmalloc without kernel stacks.", UNIT_BYTES, 7, NEED_BUDGET, FIELD(figure),
		.source = "{source}" },
	{ "elsewhere", "ELSEWHERE", NULL, "The part that another item counts: SIZE is FIGURE - ELSEWHERE.", UNIT_BYTES, 9, NEED_BUDGET, FIELD(elsewhere),
		.source = "{source}" },
	{ "misreading", "MISREAD", NULL, "A frequent misunderstanding.", UNIT_TEXT, 30, NEED_BUDGET, FIELD(misreading),
		.source = "memtop itself" },
	{ "source", "SOURCE", NULL, "The file and the fields behind the figure.", UNIT_TEXT, 30, NEED_BUDGET, FIELD(source),
		.source = "memtop itself" },
};

/*
 * How an item counts; items are taken in order. COUNTS: its figure, minus the figure that another
 * item counts. MAY_BE_ELSEWHERE: at most the rest of MemTotal. MAY_BE_BEYOND: not at all, if it
 * exceeds the rest of MemTotal but not the memory outside MemTotal: some drivers take the pages of
 * a balloon off MemTotal (adjust_managed_page_count), others do not.
 */
enum claim { COUNTS, MAY_BE_ELSEWHERE, MAY_BE_BEYOND };

static const struct item {
	const char *name, *words;
	size_t figure, less;
	enum claim claim;
	const char *what, *source, *misreading;
} items[] = {
	{ "free", "free", FIGURE(free), NO_FIGURE, COUNTS, "not used at all", "meminfo: MemFree",
		"A small value is normal: memory that programs do not need is used as cache." },
	{ "free_per_cpu", "free, kept per CPU", FIGURE(free_per_cpu), NO_FIGURE, COUNTS, "free pages kept for each CPU; not in MemFree", "zoneinfo: pagesets, count", NULL },
	{ "anon", "anonymous", FIGURE(anon), NO_FIGURE, COUNTS, "heaps, stacks and other memory of processes that has no file", "meminfo: AnonPages",
		"The RES of processes is larger: it includes mapped files and shared memory." },
	{ "cache", "page cache", FIGURE(cached), FIGURE(shmem), COUNTS, "contents of files; clean pages can be dropped at once", "meminfo: Cached - Shmem",
		"Not lost: clean pages are dropped when memory is needed. But pages in constant use must be read from disk again." },
	{ "buffers", "buffers", FIGURE(buffers), NO_FIGURE, COUNTS, "blocks of block devices, mostly metadata of file systems", "meminfo: Buffers",
		"Not the buffers of programs." },
	{ "shmem", "shared, tmpfs", FIGURE(shmem), NO_FIGURE, COUNTS, "tmpfs and shared memory: it stays until it is deleted, or goes to swap", "meminfo: Shmem",
		"free counts it in buff/cache, though it cannot be dropped." },
	{ "slab_reclaimable", "slab, reclaimable", FIGURE(slab_reclaimable), NO_FIGURE, COUNTS, "kernel objects that can be dropped, such as dentries and inodes", "meminfo: SReclaimable",
		"Not all of it is dropped when memory is short: objects in use stay." },
	{ "slab_unreclaimable", "slab, in use", FIGURE(slab_unreclaimable), NO_FIGURE, COUNTS, "kernel objects that are in use", "meminfo: SUnreclaim",
		"Growth alone is not a leak: it grows with files, sockets and processes." },
	{ "slab", "slab", FIGURE(slab), FIGURE(slab_told), COUNTS, "kernel objects; this kernel does not say whether they can be dropped", "meminfo: Slab - SReclaimable - SUnreclaim", NULL },
	{ "kernel_reclaimable", "kernel, reclaimable", FIGURE(reclaimable), FIGURE(slab_reclaimable), COUNTS, "other kernel memory that can be reclaimed", "meminfo: KReclaimable - SReclaimable", NULL },
	{ "kernel_stacks", "kernel stacks", FIGURE(stacks), NO_FIGURE, COUNTS, "the kernel stack of each thread", "meminfo: KernelStack",
		"Not in the RES of any process." },
	{ "page_tables", "page tables", FIGURE(page_tables), NO_FIGURE, COUNTS, "page tables of processes", "meminfo: PageTables",
		"Not in the RES of any process; the OOM killer counts them." },
	{ "sec_page_tables", "page tables of guests", FIGURE(secondary_page_tables), NO_FIGURE, COUNTS, "page tables of virtual machines and IOMMUs", "meminfo: SecPageTables", NULL },
	{ "per_cpu", "per-CPU variables", FIGURE(per_cpu), NO_FIGURE, COUNTS, "kernel variables that exist once per CPU", "meminfo: Percpu", NULL },
	{ "vmalloc", "vmalloc", FIGURE(vmalloc), NO_FIGURE, COUNTS, "modules, BPF programs and other large objects of the kernel", "meminfo: VmallocUsed - KernelStack",
		"VmallocTotal is address space, not memory. Before Linux 5.3 VmallocUsed is address space, too, or 0: unknown." },
	{ "huge_pages", "huge pages", FIGURE(hugetlb), NO_FIGURE, COUNTS, "pools of huge pages: reserved, used or not", "meminfo: Hugetlb",
		"Used or not, nothing else can use it, and it is not in any RES." },
	{ "zswap", "zswap", FIGURE(zswap), NO_FIGURE, COUNTS, "swapped pages, compressed, in memory", "meminfo: Zswap",
		"Its contents also count as used swap." },
	{ "zram", "zram", FIGURE(zram), NO_FIGURE, COUNTS, "contents of compressed block devices in memory, often swap", "/sys/block/zram*/mm_stat",
		"Swap on zram is memory: it saves only as much as the pages compress." },
	{ "gpu", "graphics", FIGURE(gpu_active), NO_FIGURE, COUNTS, "system memory that graphics use", "meminfo: GPUActive", NULL },
	{ "gpu_reclaimable", "graphics, reclaimable", FIGURE(gpu_reclaim), NO_FIGURE, COUNTS, "system memory that graphics can give back on demand", "meminfo: GPUReclaim", NULL },
	{ "corrupted", "hardware errors", FIGURE(corrupted), NO_FIGURE, COUNTS, "pages with hardware errors, no longer used", "meminfo: HardwareCorrupted", NULL },
	{ "arc", "ZFS cache (ARC)", FIGURE(arc), NO_FIGURE, MAY_BE_ELSEWHERE, "cache of ZFS, without its slab part", "spl/kstat/zfs/arcstats: size",
		"It shrinks on demand, but not at once. available does not include it." },
	{ "balloon", "balloon", FIGURE(balloon), NO_FIGURE, MAY_BE_BEYOND, "lent back to the host of this virtual machine", "meminfo: Balloon; vmstat: balloon_inflate - balloon_deflate",
		"Not used by this machine: the host has it. If it is not in MemTotal, it does not count here." },
};

static const struct item unaccounted = {
	"unaccounted", "unaccounted", FIGURE(total), NO_FIGURE, COUNTS, "pages of the kernel or of drivers without a counter; if it keeps growing, something leaks", "meminfo: MemTotal - all above",
		"Every machine has some of it: drivers and the network take whole pages.",
};

/* Replaces `unaccounted` if the items are far above MemTotal. */
static const struct item mixed = {
	"mixed", "mixed", FIGURE(total), NO_FIGURE, COUNTS, "the items add up to more than MemTotal: figures of a container and of its host are mixed, as by lxcfs", "meminfo: MemTotal - all above",
	"No figure of this list can be trusted: which of them are the host's is not said.",
};

/* Parts with a figure of their own. */
static const struct {
	const char *item, *name;
	size_t figure;
	const char *what;
} figure_parts[] = {
	{ "free", "CMA", FIGURE(cma_free), "in the area for devices that need contiguous memory" },
	{ "anon", "huge", FIGURE(anon_huge), "in transparent huge pages" },
	{ "anon", "swap cached", FIGURE(swap_cached), "also in swap; pages that are not mapped are unaccounted" },
	{ "cache", "dirty", FIGURE(dirty), "waits to be written; can be of buffers too" },
	{ "cache", "writeback", FIGURE(writeback), "being written to disk" },
	{ "slab_unreclaimable", "sockets", FIGURE(sockets), "queues of sockets; the part outside slab is unaccounted" },
};
/* clang-format on */

const struct table budget_table = {
	.name = "budget",
	.search = "item,part,name,what",
	.key = "item,part",
	.labels = "item,part",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct budget_row),
};

void
budget_reset_figures(struct budget_figures *figures)
{
	int64_t *figure = (int64_t *)figures;

	for (size_t i = 0; i < sizeof(*figures) / sizeof(figure[0]); i++)
		figure[i] = UNKNOWN;
}

static int64_t
figure_of(const struct budget_figures *figures, size_t figure)
{
	return figure == NO_FIGURE ? UNKNOWN : *(const int64_t *)((const char *)figures + figure);
}

/*
 * No machine has a quarter of an exbibyte: larger figures of container file systems are invalid
 * (T11). So the sum of all figures does not overflow.
 */
static void
drop_impossible(struct budget_figures *figures)
{
	int64_t *figure = (int64_t *)figures;

	for (size_t i = 0; i < sizeof(*figures) / sizeof(figure[0]); i++)
		if (figure[i] < 0 || figure[i] > MOST_BYTES)
			figure[i] = UNKNOWN;
}

static struct budget_row *
add_row(struct rows *budget, const char *item, const char *part, int64_t bytes, int64_t total)
{
	struct budget_row *row = rows_add(budget, &budget_table);

	row->item = item;
	row->name = row->part = part;
	row->depth = part ? 1 : 0;
	row->bytes = bytes;
	row->share = bytes > total || bytes < -total ? UNKNOWN : known_share(bytes, total);
	return row;
}

/* The memory of the machine that is not in MemTotal. */
static int64_t
beyond_total(const struct budget_figures *figures)
{
	int64_t all = figures->installed == UNKNOWN ? figures->present : figures->installed;
	int64_t beyond = known_difference(all, figures->total);

	return beyond > 0 ? beyond : 0;
}

/* The size that an item counts, never below 0. */
static int64_t
bytes_of(const struct item *item, const struct budget_figures *figures, int64_t left)
{
	int64_t bytes = figure_of(figures, item->figure), less = figure_of(figures, item->less);

	if (bytes == UNKNOWN)
		return UNKNOWN;
	bytes -= known_or_zero(less);
	if (item->claim == MAY_BE_ELSEWHERE && bytes > left)
		bytes = left;
	if (item->claim == MAY_BE_BEYOND && bytes > left && bytes <= beyond_total(figures))
		bytes = 0;
	return bytes > 0 ? bytes : 0;
}

static struct budget_row *
add_item(struct rows *budget, const struct item *item, int64_t bytes,
	const struct budget_figures *figures)
{
	struct budget_row *row = add_row(budget, item->name, NULL, bytes, figures->total);

	row->name = item->words;
	row->bytes_of_item = bytes;
	row->figure = figure_of(figures, item->figure);
	row->elsewhere = known_difference(row->figure, bytes);
	row->what = item->what;
	row->source = item->source;
	row->misreading = item->misreading;
	return row;
}

/* The largest item first, each followed by its parts, the largest first. */
static int
compare_rows(const void *left, const void *right)
{
	const struct budget_row *a = left, *b = right;

	if (a->bytes_of_item != b->bytes_of_item)
		return a->bytes_of_item < b->bytes_of_item ? 1 : -1;
	if (strcmp(a->item, b->item) != 0)
		return strcmp(a->item, b->item);
	if (!a->part || !b->part)
		return a->part ? 1 : -1;
	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return strcmp(a->part, b->part);
}

/*
 * Slab caches were read at another time than their item, and may be larger by now. Of a tmpfs all
 * is told: the pages that it has in swap are not in its item.
 */
static int64_t
bytes_of_part(const struct budget_part *part, int64_t item)
{
	bool is_within = strncmp(part->item, "slab_", 5) == 0 && item != UNKNOWN;

	return is_within && part->bytes > item ? item : part->bytes;
}

/* Adds the parts of the item in the last row, and for some items the rest. */
static void
add_parts(struct rows *budget, const struct budget_figures *figures,
	const struct budget_part *parts, size_t part_count)
{
	size_t first = budget->count;
	const char *item = budget_at(budget, first - 1)->item;
	int64_t left = budget_at(budget, first - 1)->bytes, total = figures->total;

	for (size_t i = 0; i < ARRAY_SIZE(figure_parts); i++) {
		int64_t bytes = figure_of(figures, figure_parts[i].figure);

		if (strcmp(figure_parts[i].item, item) == 0 && bytes != UNKNOWN)
			add_row(budget, item, figure_parts[i].name, bytes, total)->what =
				figure_parts[i].what;
	}
	for (size_t i = 0; i < part_count; i++)
		if (strcmp(parts[i].item, item) == 0)
			add_row(budget, item, parts[i].name, bytes_of_part(&parts[i], left), total)
				->what = parts[i].what;
	for (size_t i = first; i < budget->count; i++)
		left = known_difference(left, budget_at(budget, i)->bytes);
	if (budget->count > first && left > 0 && strcmp(item, "cache") == 0)
		add_row(budget, item, "clean", left, total)->what = "can be dropped at once";
	if (budget->count > first && left > 0 && strcmp(item, "shmem") == 0)
		add_row(budget, item, "other", left, total)->what =
			"System V, memfd, shared anonymous, graphics";
	for (size_t i = first; i < budget->count; i++)
		budget_at(budget, i)->bytes_of_item = budget_at(budget, first - 1)->bytes;
}

/*
 * Before Linux 4.4 VmallocUsed is address space, not only memory, and VmallocChunk the largest hole
 * in it. From 4.4 to 5.2 both are 0: unknown.
 */
static void
drop_address_space(struct budget_figures *figures)
{
	if (figures->vmalloc == 0 || known_or_zero(figures->vmalloc_chunk) > 0)
		figures->vmalloc = UNKNOWN;
}

/* All large machines map stacks by vmalloc: then both figures contain them. */
static void
take_stacks_from_vmalloc(struct budget_figures *figures)
{
	if (figures->vmalloc != UNKNOWN && figures->stacks != UNKNOWN &&
		figures->vmalloc >= figures->stacks)
		figures->vmalloc -= figures->stacks;
}

static void
complete(struct budget_figures *figures)
{
	drop_impossible(figures);
	drop_address_space(figures);
	take_stacks_from_vmalloc(figures);
	figures->slab_told = known_or_zero(figures->slab_reclaimable) +
			     known_or_zero(figures->slab_unreclaimable);
}

/* Different reading times do not explain an item above MemTotal, or a sum far above it. */
static bool
is_mixed(const struct rows *budget, int64_t total, int64_t left)
{
	for (size_t i = 0; i < budget->count; i++)
		if (!budget_at(budget, i)->part && budget_at(budget, i)->bytes > total)
			return true;
	return left < -(total / 4);
}

bool
budget_build(struct rows *budget, const struct budget_figures *given,
	const struct budget_part *parts, size_t part_count)
{
	struct budget_figures figures = *given;
	int64_t left;
	bool mixes;

	rows_reset(budget);
	complete(&figures);
	left = figures.total;
	if (figures.total == UNKNOWN || figures.total <= 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		int64_t bytes = bytes_of(&items[i], &figures, left);

		add_item(budget, &items[i], bytes, &figures);
		left -= known_or_zero(bytes);
		add_parts(budget, &figures, parts, part_count);
	}
	qsort(budget->data, budget->count, sizeof(struct budget_row), compare_rows);
	mixes = is_mixed(budget, figures.total, left);
	add_item(budget, mixes ? &mixed : &unaccounted, left, &figures);
	return mixes;
}

void
budget_beyond(const struct rows *budget, const struct budget_figures *figures, int64_t *ret_balloon,
	int64_t *ret_kept)
{
	int64_t beyond = known_difference(figures->installed, figures->total), balloon = 0;

	for (size_t i = 0; i < budget->count; i++)
		if (strcmp(budget_at(budget, i)->item, "balloon") == 0 &&
			!budget_at(budget, i)->part)
			balloon = known_or_zero(budget_at(budget, i)->elsewhere);
	*ret_balloon = balloon;
	*ret_kept = beyond < balloon ? UNKNOWN : beyond - balloon;
}

static bool
is_same(const struct budget_row *a, const struct budget_row *b)
{
	return strcmp(a->item, b->item) == 0 &&
	       (a->part ? b->part && strcmp(a->part, b->part) == 0 : !b->part);
}

void
budget_compare(struct rows *now, const struct rows *first, int64_t elapsed)
{
	for (size_t i = 0; i < now->count; i++) {
		struct budget_row *row = budget_at(now, i);
		const struct budget_row *old = NULL;

		for (size_t j = 0; j < first->count && !old; j++)
			if (is_same(row, budget_at(first, j)))
				old = budget_at(first, j);
		if (row->bytes == UNKNOWN || !old || old->bytes == UNKNOWN)
			continue;
		row->change = row->bytes - old->bytes;
		if (elapsed > 0)
			row->rate = known_rounded((double)row->change * MINUTE / (double)elapsed);
	}
}

bool
budget_is_worth_showing(const void *of)
{
	const struct budget_row *row = of;

	return (row->bytes != 0 && row->bytes != UNKNOWN) ||
	       (row->change != 0 && row->change != UNKNOWN);
}
