// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/oom-log-parts.h"
#include "model/scan.h"

#include <string.h>

#define KILL(name) offsetof(struct oom_report, kill.name)
#define REPORT(name) offsetof(struct oom_report, name)

static int64_t *
field(struct oom_report *report, size_t offset)
{
	return (int64_t *)((char *)report + offset);
}

/* Adds to a figure of which nothing may be known yet. */
static void
add(struct oom_report *report, size_t offset, int64_t number, int64_t factor)
{
	int64_t *sum = field(report, offset);

	number = known_product(number, factor);
	if (number != UNKNOWN)
		*sum = *sum == UNKNOWN ? number : known_sum(*sum, number);
}

/* clang-format off */
static const struct {
	const char *key;
	size_t offset;
} page_figures[] = {
	{ "active_anon:",        REPORT(lru_anon) },
	{ "inactive_anon:",      REPORT(lru_anon) },
	{ "isolated_anon:",      REPORT(lru_anon) },
	{ "active_file:",        REPORT(lru_file) },
	{ "inactive_file:",      REPORT(lru_file) },
	{ "isolated_file:",      REPORT(lru_file) },
	{ "slab_reclaimable:",   KILL(slab_reclaimable) },
	{ "slab_unreclaimable:", KILL(slab_unreclaimable) },
	{ "shmem:",              KILL(memory_shmem) },
	{ "pagetables:",         KILL(memory_page_tables) },
	{ "free:",               KILL(free) },
};

/* "NUMBER pages RAM" */
static const struct {
	const char *behind;
	size_t offset;
} counts[] = {
	{ " pages RAM",      REPORT(ram_pages) },
	{ " pages reserved", REPORT(reserved_pages) },
};

/* "Key = NUMBERkB" */
static const struct {
	const char *start;
	size_t offset;
} swap_figures[] = {
	{ "Free swap", KILL(swap_free) },
	{ "Total swap", KILL(swap_total) },
};

/* "KEY NUMBER" in bytes; of version 1 the sums over the hierarchy, from 4.19 "KEY:NUMBERKB". */
static const struct {
	const char *key;
	size_t offset;
} cgroup_stats[] = {
	{ "anon",               REPORT(lru_anon) },
	{ "file",               REPORT(lru_file) },
	{ "shmem",              KILL(memory_shmem) },
	{ "pagetables",         KILL(memory_page_tables) },
	{ "kernel_stack",       KILL(kernel_stack) },
	{ "slab_reclaimable",   KILL(slab_reclaimable) },
	{ "slab_unreclaimable", KILL(slab_unreclaimable) },
	{ "total_rss",          REPORT(lru_anon) },
	{ "total_cache",        REPORT(lru_file) },
	{ "total_shmem",        KILL(memory_shmem) },
}, old_cgroup_stats[] = {
	{ " rss:",   REPORT(lru_anon) },
	{ " cache:", REPORT(lru_file) },
	{ " shmem:", KILL(memory_shmem) },
};
/* clang-format on */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "Node 0 DMA: 1*4kB (U) 0*8kB ..." names the size of a page. */
static void
take_page_size(struct oom_report *report, const char *line)
{
	const char *size = strstr(line, ": "), *star = size ? strchr(size, '*') : NULL;
	int64_t kib;

	if (!star || (size_t)(star - size - 2) != strspn(size + 2, "0123456789"))
		return;
	kib = scan_number(star + 1);
	if (kib == 4 || kib == 8 || kib == 16 || kib == 64 || kib == 256)
		report->page_size = kib * 1024;
}

static void
take_node(struct oom_report *report, const char *line)
{
	int64_t pages = scan_field(line, "hugepages_total=");

	add(report, REPORT(present_bytes), scan_field(line, "present:"), 1024);
	add(report, KILL(kernel_stack), scan_field(line, "kernel_stack:"), 1024);
	add(report, KILL(hugetlb), known_product(pages, scan_field(line, "hugepages_size=")), 1024);
	take_page_size(report, line);
}

static void
take_swap(struct oom_report *report, const char *line)
{
	for (size_t i = 0; i < COUNT(swap_figures); i++) {
		const char *rest = scan_start(line, swap_figures[i].start);

		if (rest && (rest = strchr(rest, '=')))
			*field(report, swap_figures[i].offset) =
				known_product(scan_number(rest + 1), 1024);
	}
}

/* The first two kinds of line are about the whole machine; nodes repeat some of their keys. */
void
report_take_machine(struct oom_report *report, const char *line)
{
	const char *behind = line;

	if (scan_start(line, "Node ")) {
		take_node(report, line);
		return;
	}
	take_swap(report, line);
	if (scan_next_number(&behind) != UNKNOWN) {
		for (size_t i = 0; i < COUNT(counts); i++)
			if (scan_start(behind, counts[i].behind))
				*field(report, counts[i].offset) = scan_number(line);
		return;
	}
	for (size_t i = 0; i < COUNT(page_figures); i++)
		add(report, page_figures[i].offset, scan_field(line, page_figures[i].key), 1);
}

/* What has no limit has one that no machine can meet. */
static int64_t
real_limit(int64_t limit)
{
	return limit < INT64_C(1) << 60 ? limit : UNKNOWN;
}

/* "memory: usage 61440kB, limit 61440kB, failcnt 35" */
void
report_take_cgroup_usage(struct oom_report *report, const char *line)
{
	int64_t usage = known_product(scan_field(line, "usage "), 1024);
	int64_t limit = real_limit(known_product(scan_field(line, "limit "), 1024));
	struct oom_kill *kill = &report->kill;

	if (scan_start(line, "memory:")) {
		kill->usage = usage;
		kill->limit = limit;
		kill->fail_count = scan_field(line, "failcnt ");
	} else if (scan_start(line, "swap:")) {
		kill->swap_usage = usage;
		kill->swap_limit = limit;
	} else if (scan_start(line, "memory+swap:")) {
		/* Version 1 limits the sum: what is left of it is for swap. */
		kill->swap_usage = known_difference(usage, kill->usage);
		kill->swap_limit = known_difference(limit, kill->limit);
	}
}

/* All cgroups below the one with the limit stand on a line each; their own sums add up. */
static void
take_old_stats(struct oom_report *report, const char *line)
{
	for (size_t i = 0; i < COUNT(old_cgroup_stats); i++) {
		const char *value = strstr(line, old_cgroup_stats[i].key);

		if (value)
			add(report, old_cgroup_stats[i].offset,
				scan_number(value + strlen(old_cgroup_stats[i].key)), 1024);
	}
}

void
report_take_cgroup_stats(struct oom_report *report, const char *line)
{
	size_t length = strcspn(line, " ");

	report->is_cgroup = true;
	if (scan_start(line, "Memory cgroup stats for ")) {
		take_old_stats(report, line);
		return;
	}
	for (size_t i = 0; i < COUNT(cgroup_stats); i++)
		if (strlen(cgroup_stats[i].key) == length &&
			memcmp(line, cgroup_stats[i].key, length) == 0)
			*field(report, cgroup_stats[i].offset) = scan_number(line + length);
}

static int64_t
less(int64_t whole, int64_t part)
{
	if (whole == UNKNOWN || part == UNKNOWN)
		return whole;
	return whole > part ? whole - part : 0;
}

/*
 * The machine's figures are pages, and its lists of anonymous pages hold the shared ones too. A
 * cgroup's are bytes, and it is the cache that holds them.
 */
void
report_sum_memory(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;

	if (report->ram_pages != UNKNOWN && report->reserved_pages != UNKNOWN)
		kill->ram =
			known_product(known_difference(report->ram_pages, report->reserved_pages),
				report->page_size);
	if (report->is_cgroup) {
		kill->memory_anon = report->lru_anon;
		kill->memory_file = less(report->lru_file, kill->memory_shmem);
		return;
	}
	for (size_t i = 0; i < COUNT(page_figures); i++)
		if (page_figures[i].offset != REPORT(lru_anon) &&
			page_figures[i].offset != REPORT(lru_file)) {
			int64_t *figure = field(report, page_figures[i].offset);

			*figure = known_product(*figure, report->page_size);
		}
	kill->memory_anon = known_product(
		less(report->lru_anon, kill->memory_shmem == UNKNOWN
					       ? UNKNOWN
					       : kill->memory_shmem / report->page_size),
		report->page_size);
	kill->memory_file = known_product(report->lru_file, report->page_size);
}
