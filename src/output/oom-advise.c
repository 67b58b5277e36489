// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "base/unit.h"
#include "oomlog/oom-kill.h"
#include "output/oom-page.h"

#include <string.h>

enum { MANY = 3 };

/* The total for the figures of a kill; UNKNOWN if the log does not have it. */
static int64_t
whole_of(const struct oom_kill *kill)
{
	return kill->limited_by == OOM_LIMIT_CGROUP ? kill->limit : kill->ram;
}

/* Whether a part is at least `share` per cent of the whole. */
static bool
is_share(int64_t part, int64_t whole, int64_t share)
{
	return part != UNKNOWN && whole != UNKNOWN && whole > 0 && part / share >= whole / 100;
}

static bool
advise_limit(struct page *page, const struct oom_kill *kill)
{
	if (kill->limited_by != OOM_LIMIT_CGROUP || !kill->limit_cgroup || kill->limit == UNKNOWN)
		return false;
	page_say(page, "-",
		"Raise the limit of %s (memory.max, memory.limit_in_bytes in version 1, MemoryMax= "
		"of its unit), or make its processes use less than %s.",
		page_safe(page, kill->limit_cgroup), page_bytes(page, kill->limit));
	return true;
}

static bool
advise_lowered(struct page *page, const struct oom_kill *kill)
{
	if (kill->limit_lowered != 1)
		return false;
	page_say(page, "-",
		"Lower memory.max in steps, or set memory.high first: then the kernel can free "
		"memory before it kills.");
	return true;
}

static bool
advise_dominant(struct page *page, const struct oom_kill *kill)
{
	if (!is_share(kill->victim.anon, whole_of(kill), 75))
		return false;
	page_say(page, "-",
		"%s alone used %s of anonymous memory: check whether it keeps growing, or needs "
		"that much.",
		page_safe(page, kill->victim.comm), page_bytes(page, kill->victim.anon));
	return true;
}

static bool
advise_adjustment(struct page *page, const struct oom_kill *kill)
{
	const struct oom_task *largest = &kill->largest;

	if (largest->pid == UNKNOWN || kill->victim.pid == UNKNOWN ||
		largest->pid == kill->victim.pid || largest->adj == UNKNOWN ||
		kill->victim.adj == UNKNOWN || largest->adj >= kill->victim.adj)
		return false;
	page_say(page, "-",
		"The largest process was %s (%s) with %s. It was not killed because its adjustment "
		"is %s "
		"and that of the victim is %s. If this is not what you want, change oom_score_adj "
		"(OOMScoreAdjust= of the unit).",
		page_safe(page, largest->comm), page_number(page, largest->pid),
		page_bytes(page, largest->resident), page_number(page, largest->adj),
		page_number(page, kill->victim.adj));
	return true;
}

static bool
advise_shmem(struct page *page, const struct oom_kill *kill)
{
	if (!is_share(kill->memory_shmem, whole_of(kill), 25))
		return false;
	page_say(page, "-",
		"%s are tmpfs or shared memory, which no kill frees: find large files with df -t "
		"tmpfs, and segments with ipcs -m.",
		page_bytes(page, kill->memory_shmem));
	return true;
}

static bool
advise_kernel(struct page *page, const struct oom_kill *kill)
{
	if (!is_share(kill->slab_unreclaimable, whole_of(kill), 25))
		return false;
	page_say(page, "-", "%s are kernel objects, which no kill frees: slabtop lists them.",
		page_bytes(page, kill->slab_unreclaimable));
	return true;
}

static bool
advise_page_tables(struct page *page, const struct oom_kill *kill)
{
	if (!is_share(kill->memory_page_tables, whole_of(kill), 10))
		return false;
	page_say(page, "-",
		"%s are page tables: many processes share large mappings, or one process maps very "
		"much. Huge pages make page tables smaller.",
		page_bytes(page, kill->memory_page_tables));
	return true;
}

static bool
advise_huge_pages(struct page *page, const struct oom_kill *kill)
{
	if (!is_share(kill->hugetlb, whole_of(kill), 25))
		return false;
	page_say(page, "-",
		"%s are reserved for huge pages, and nothing else can use them: see "
		"vm.nr_hugepages.",
		page_bytes(page, kill->hugetlb));
	return true;
}

static bool
advise_swap(struct page *page, const struct oom_kill *kill)
{
	if (kill->swap_total == UNKNOWN || kill->order == -1)
		return false;
	if (kill->swap_total == 0)
		page_say(page, "-",
			"There was no swap: with swap (or zram) unused memory could leave RAM.");
	else if (kill->swap_free != UNKNOWN &&
		 is_share(
			 known_difference(kill->swap_total, kill->swap_free), kill->swap_total, 95))
		page_say(page, "-", "Swap was full: it only delayed this.");
	else
		return false;
	return true;
}

static bool
advise_order(struct page *page, const struct oom_kill *kill)
{
	if (kill->order <= 0)
		return false;
	page_say(page, "-",
		"The request was for %s of contiguous memory: memory may have been free, but not "
		"in one block of this size.",
		page_count(page, INT64_C(1) << (kill->order < 20 ? kill->order : 20), "page",
			"pages"));
	return true;
}

static bool
advise_nodes(struct page *page, const struct oom_kill *kill)
{
	if (kill->limited_by != OOM_LIMIT_CPUSET && kill->limited_by != OOM_LIMIT_MEMPOLICY)
		return false;
	page_say(page, "-",
		"Let it use more memory nodes (cpuset.mems, numactl), or fewer processes use "
		"these.");
	return true;
}

static bool
advise_daemon(struct page *page, const struct oom_kill *kill)
{
	if (kill->killer == OOM_BY_SYSTEMD_OOMD)
		page_say(page, "-",
			"oomctl shows what systemd-oomd watches; ManagedOOMMemoryPressure=, "
			"ManagedOOMSwap= and ManagedOOMPreference= of the units say what it may "
			"kill.");
	else if (kill->killer == OOM_BY_EARLYOOM)
		page_say(page, "-",
			"earlyoom's -m and -s say when it acts, --avoid and --prefer on whom.");
	return kill->killer != OOM_BY_KERNEL;
}

static bool
advise_repeats(struct page *page, const struct episode *episode)
{
	if (episode->reports < MANY)
		return false;
	page_say(page, "-",
		"It happened again after each kill: something restarts the killed process, or the "
		"other processes already need too much. Killing does not solve this.");
	return true;
}

void
oom_advise(struct page *page, const struct episode *episode)
{
	static bool (*const advices[])(struct page * page, const struct oom_kill *kill) = {
		advise_limit,
		advise_lowered,
		advise_dominant,
		advise_adjustment,
		advise_shmem,
		advise_kernel,
		advise_page_tables,
		advise_huge_pages,
		advise_swap,
		advise_order,
		advise_nodes,
		advise_daemon,
	};
	bool said = advise_repeats(page, episode);

	for (size_t i = 0; i < ARRAY_SIZE(advices); i++)
		said |= advices[i](page, episode->explained);
	if (!said)
		page_say(page, "-", "The log gives no other hint than the table above.");
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
explain_zone(struct page *page, const struct oom_kill *kill, const struct oom_zone *zone)
{
	int64_t rest = known_difference(zone->free, zone->cma);

	if (!serves(kill, zone) && zone->free > zone->min)
		page_say(page, "",
			"Zone %s of node %s had %s free, but it does not serve such a request "
			"(%s).",
			zone->name, page_number(page, zone->node), page_bytes(page, zone->free),
			page_safe(page, kill->gfp));
	else if (serves(kill, zone) && !has_flag(kill, "MOVABLE") && zone->cma > 0 &&
		 zone->free > zone->min && rest != UNKNOWN)
		page_say(page, "",
			"Zone %s of node %s had %s free, %s of it in areas for movable pages only "
			"(CMA); "
			"the rest, %s, is %s its minimum, %s.",
			zone->name, page_number(page, zone->node), page_bytes(page, zone->free),
			page_bytes(page, zone->cma), page_bytes(page, rest),
			rest < zone->min ? "below" : "above", page_bytes(page, zone->min));
}

void
oom_explain_free(struct page *page, const struct oom_kill *kill)
{
	if (!kill->gfp || !strchr(kill->gfp, '(') || kill->order == -1)
		return;
	for (size_t i = 0; i < kill->zone_count; i++)
		if (kill->zones[i].free != UNKNOWN && kill->zones[i].min != UNKNOWN)
			explain_zone(page, kill, &kill->zones[i]);
}
