// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "base/unit.h"
#include "output/oom-page.h"

#include <string.h>

enum { MANY = 3 };

/* Whether a part is at least `share` per cent of the whole. */
static bool
is_share(int64_t part, int64_t whole, int64_t share)
{
	return part != UNKNOWN && whole != UNKNOWN && whole > 0 && part / share >= whole / 100;
}

static bool
has_limit(const struct oom_kill *kill)
{
	return kill->limited_by == OOM_LIMIT_CGROUP && kill->limit_cgroup && kill->limit != UNKNOWN;
}

static bool
has_lowered_limit(const struct oom_kill *kill)
{
	return kill->limit_lowered == 1;
}

static bool
spared_largest(const struct oom_kill *kill)
{
	const struct oom_task *largest = &kill->largest;

	return largest->pid != UNKNOWN && kill->victim.pid != UNKNOWN &&
	       largest->pid != kill->victim.pid && largest->adj != UNKNOWN &&
	       kill->victim.adj != UNKNOWN && largest->adj < kill->victim.adj;
}

static bool
has_no_swap(const struct oom_kill *kill)
{
	return kill->swap_total == 0 && kill->order != -1;
}

static bool
has_full_swap(const struct oom_kill *kill)
{
	return kill->order != -1 &&
	       is_share(known_difference(kill->swap_total, kill->swap_free), kill->swap_total, 95);
}

static bool
needs_one_block(const struct oom_kill *kill)
{
	return kill->order > 0;
}

static bool
is_of_oomd(const struct oom_kill *kill)
{
	return kill->killer == OOM_BY_SYSTEMD_OOMD;
}

static bool
is_of_earlyoom(const struct oom_kill *kill)
{
	return kill->killer == OOM_BY_EARLYOOM;
}

#define PART(name) offsetof(struct oom_kill, name)

/* Advice if something is true of a kill, or a part has at least `share` per cent of the total. */
/* clang-format off */
static const struct advice {
	bool (*applies)(const struct oom_kill *kill);
	size_t part;
	int64_t share;
	const char *text;
} advices[] = {
	{ has_limit, 0, 0, "Raise the limit of {limit_cgroup} (memory.max, memory.limit_in_bytes in version 1, MemoryMax= of its unit), or make its processes use less than {limit}." },
	{ has_lowered_limit, 0, 0, "Lower memory.max in steps, or set memory.high first: then the kernel can free memory before it kills." },
	{ NULL, PART(victim.anon), 75, "{comm} alone used {anon} of anonymous memory: check whether it keeps growing, or needs that much." },
	{ spared_largest, 0, 0, "The largest process was {task.comm} ({task.pid}) with {task.res}. It was not killed because its adjustment is {task.adj} and that of the victim is {adj}. If this is not what you want, change oom_score_adj (OOMScoreAdjust= of the unit)." },
	{ NULL, PART(memory_shmem), 25, "{mem_shmem} are tmpfs or shared memory, which no kill frees: find large files with df -t tmpfs, and segments with ipcs -m." },
	{ NULL, PART(slab_unreclaimable), 25, "{mem_slab_unreclaimable} are kernel objects, which no kill frees: slabtop lists them." },
	{ NULL, PART(memory_page_tables), 10, "{mem_page_tables} are page tables: many processes share large mappings, or one process maps very much. Huge pages make page tables smaller." },
	{ NULL, PART(hugetlb), 25, "{mem_hugetlb} are reserved for huge pages, and nothing else can use them: see vm.nr_hugepages." },
	{ has_no_swap, 0, 0, "There was no swap: with swap (or zram) unused memory could leave RAM." },
	{ has_full_swap, 0, 0, "Swap was full: it only delayed this." },
	{ needs_one_block, 0, 0, "The request was for {pages} pages of contiguous memory: memory may have been free, but not in one block of this size." },
	{ oom_is_of_nodes, 0, 0, "Let it use more memory nodes (cpuset.mems, numactl), or fewer processes use these." },
	{ is_of_oomd, 0, 0, "oomctl shows what systemd-oomd watches; ManagedOOMMemoryPressure=, ManagedOOMSwap= and ManagedOOMPreference= of the units say what it may kill." },
	{ is_of_earlyoom, 0, 0, "earlyoom's -m and -s say when it acts, --avoid and --prefer on whom." },
};
/* clang-format on */

static bool
is_due(const struct advice *advice, const struct oom_kill *kill)
{
	int64_t whole = kill->limited_by == OOM_LIMIT_CGROUP ? kill->limit : kill->ram;

	if (advice->applies)
		return advice->applies(kill);
	return is_share(
		*(const int64_t *)((const char *)kill + advice->part), whole, advice->share);
}

void
oom_advise(const struct page *page, const struct episode *episode)
{
	bool is_again = episode->reports >= MANY, said = is_again;

	if (is_again)
		page_say_item(page,
			"It happened again after each kill: something restarts the killed process, "
			"or the other processes already need too much. Killing does not solve "
			"this.");
	for (size_t i = 0; i < ARRAY_SIZE(advices); i++)
		if (is_due(&advices[i], page->kill)) {
			page_say_item(page, advices[i].text);
			said = true;
		}
	if (!said)
		page_say_item(page, "The log gives no other hint than the table above.");
}

/* Searches the names of the kernel's flags; these tell which zones serve a request. */
static bool
has_flag(const struct oom_kill *kill, const char *name)
{
	return strstr(kill->gfp, name) != NULL;
}

/* HighMem and Movable serve only pages for users, Movable only movable ones. */
static bool
serves(const struct oom_kill *kill, const struct oom_zone *zone)
{
	bool is_high = has_flag(kill, "HIGHUSER") || has_flag(kill, "__GFP_HIGHMEM");

	if (strcmp(zone->name, "HighMem") == 0)
		return is_high;
	return strcmp(zone->name, "Movable") != 0 || (is_high && has_flag(kill, "MOVABLE"));
}

static void
explain_zone(struct page page, const struct oom_zone *zone)
{
	const struct oom_kill *kill = page.kill;
	int64_t rest = known_difference(zone->free, zone->cma);
	char free[UNIT_FORMAT_SIZE], cma[UNIT_FORMAT_SIZE], other[UNIT_FORMAT_SIZE];
	char node[UNIT_FORMAT_SIZE], min[UNIT_FORMAT_SIZE];

	page.zone = zone->name;
	unit_format(node, UNIT_NUMBER, zone->node, SCALE_HUMAN);
	unit_format(free, UNIT_BYTES, zone->free, SCALE_HUMAN);
	unit_format(cma, UNIT_BYTES, zone->cma, SCALE_HUMAN);
	unit_format(other, UNIT_BYTES, rest, SCALE_HUMAN);
	unit_format(min, UNIT_BYTES, zone->min, SCALE_HUMAN);
	if (!serves(kill, zone) && zone->free > zone->min)
		page_say(&page,
			"Zone {zone} of node %s had %s free, but it does not serve such a request "
			"({gfp}).",
			node, free);
	else if (serves(kill, zone) && !has_flag(kill, "MOVABLE") && zone->cma > 0 &&
		 zone->free > zone->min && rest != UNKNOWN)
		page_say(&page,
			"Zone {zone} of node %s had %s free, %s of it in areas for movable pages "
			"only (CMA); the rest, %s, is %s its minimum, %s.",
			node, free, cma, other, rest < zone->min ? "below" : "above", min);
}

void
oom_explain_free(const struct page *page)
{
	const struct oom_kill *kill = page->kill;

	if (!kill->gfp || !strchr(kill->gfp, '(') || kill->order == -1)
		return;
	for (size_t i = 0; i < kill->zone_count; i++)
		if (kill->zones[i].free != UNKNOWN && kill->zones[i].min != UNKNOWN)
			explain_zone(*page, &kill->zones[i]);
}
