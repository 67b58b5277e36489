// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/scan.h"
#include "oomlog/parser.h"

#include <string.h>

#define KILL(name) offsetof(struct oom_report, kill.name)
#define REPORT(name) offsetof(struct oom_report, name)

/* clang-format off */
/* The keys of the totals in pages and of the nodes in KiB (show_mem() of the kernel). */
static const struct {
	const char *total, *node;
	enum memory_figure figure;
} figures[] = {
	{ "active_anon:",        "active_anon:",    FIGURE_ACTIVE_ANON },
	{ "inactive_anon:",      "inactive_anon:",  FIGURE_INACTIVE_ANON },
	{ "isolated_anon:",      "isolated(anon):", FIGURE_ISOLATED_ANON },
	{ "active_file:",        "active_file:",    FIGURE_ACTIVE_FILE },
	{ "inactive_file:",      "inactive_file:",  FIGURE_INACTIVE_FILE },
	{ "isolated_file:",      "isolated(file):", FIGURE_ISOLATED_FILE },
	{ "unevictable:",        "unevictable:",    FIGURE_UNEVICTABLE },
	{ "slab_reclaimable:",   NULL,              FIGURE_SLAB_RECLAIMABLE },
	{ "slab_unreclaimable:", NULL,              FIGURE_SLAB_UNRECLAIMABLE },
	{ "shmem:",              "shmem:",          FIGURE_SHMEM },
	{ "pagetables:",         "pagetables:",     FIGURE_PAGE_TABLES },
	{ "free:",               NULL,              FIGURE_FREE },
};

/* "KEY NUMBER" in bytes; version 1: sums over the hierarchy, from 4.19 "KEY:NUMBERKB". */
static const struct {
	const char *key;
	size_t offset;
} cgroup_stats[] = {
	{ "anon",               REPORT(cgroup_anon) },
	{ "file",               REPORT(cgroup_file) },
	{ "shmem",              KILL(memory_shmem) },
	{ "pagetables",         KILL(memory_page_tables) },
	{ "kernel_stack",       KILL(kernel_stack) },
	{ "slab_reclaimable",   KILL(slab_reclaimable) },
	{ "slab_unreclaimable", KILL(slab_unreclaimable) },
	{ "total_rss",          REPORT(cgroup_anon) },
	{ "total_cache",        REPORT(cgroup_file) },
	{ "total_shmem",        KILL(memory_shmem) },
}, old_cgroup_stats[] = {
	{ "rss:",   REPORT(cgroup_anon) },
	{ "cache:", REPORT(cgroup_file) },
	{ "shmem:", KILL(memory_shmem) },
};

static const struct {
	const char *words;
	size_t offset;
} counts[] = {
	{ "pages RAM",      REPORT(ram_pages) },
	{ "pages reserved", REPORT(reserved_pages) },
};
/* clang-format on */

static int64_t *
field(struct oom_report *report, size_t offset)
{
	return (int64_t *)((char *)report + offset);
}

/* Adds to a figure that may be UNKNOWN. */
static void
add(int64_t *sum, int64_t number)
{
	if (number != UNKNOWN)
		*sum = *sum == UNKNOWN ? number : known_sum(*sum, number);
}

bool
report_take_machine(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;
	bool understood = false;

	for (size_t i = 0; i < ARRAY_SIZE(figures); i++) {
		int64_t pages = value_of(at, figures[i].total, "");

		report_set(report, &report->pages[figures[i].figure], pages);
		understood = understood || pages != UNKNOWN;
	}
	return understood || value_of(at, "mapped:", "") != UNKNOWN ||
	       value_of(at, "kernel_misc_reclaimable:", "") != UNKNOWN ||
	       value_of(at, "sec_pagetables:", "") != UNKNOWN;
}

/* "1*4kB (U) 0*8kB ...": the first size is the page size. */
static bool
take_free_list(struct oom_report *report, const char *lists)
{
	int64_t kib, count = scan_next_number(&lists);

	if (count == UNKNOWN || *lists != '*')
		return false;
	kib = value_of(lists + 1, "", "kB");
	if (kib == 4 || kib == 8 || kib == 16 || kib == 64 || kib == 256)
		report_set(report, &report->page_size, kib * 1024);
	return kib != UNKNOWN;
}

/* "Normal free:230984kB min:292864kB ... free_cma:0kB" */
static bool
take_zone(struct oom_report *report, int64_t node, const char *zone)
{
	struct oom_kill *kill = &report->kill;
	struct oom_zone found = { .node = node,
		.free = value_of(zone, "free:", "kB"),
		.min = value_of(zone, "min:", "kB"),
		.cma = value_of(zone, "free_cma:", "kB") };
	size_t length = strcspn(zone, " :");

	if (found.free == UNKNOWN || length >= sizeof(found.name))
		return false;
	memcpy(found.name, zone, length);
	found.free = known_product(found.free, 1024);
	found.min = known_product(found.min, 1024);
	found.cma = known_product(found.cma, 1024);
	for (size_t i = 0; i < kill->zone_count; i++)
		if (kill->zones[i].node == node && strcmp(kill->zones[i].name, found.name) == 0)
			report->is_mixed = true;
	if (!kill->zones)
		kill->zones = xcalloc(OOM_ZONES, sizeof(kill->zones[0]));
	if (kill->zone_count < OOM_ZONES)
		kill->zones[kill->zone_count++] = found;
	add(&report->kib[FIGURE_FREE], value_of(zone, "free:", "kB"));
	add(&report->kib[FIGURE_PRESENT], value_of(zone, "present:", "kB"));
	add(&report->kib[FIGURE_KERNEL_STACK], value_of(zone, "kernel_stack:", "kB"));
	return true;
}

/* "active_anon:128kB inactive_anon:400kB ...", over all zones of a node. */
static bool
take_node(struct oom_report *report, int64_t node, const char *line)
{
	report->is_mixed =
		report->is_mixed || (report->last_node != UNKNOWN && node <= report->last_node);
	report->last_node = node;
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		if (figures[i].node)
			add(&report->kib[figures[i].figure], value_of(line, figures[i].node, "kB"));
	add(&report->kib[FIGURE_KERNEL_STACK], value_of(line, "kernel_stack:", "kB"));
	return value_of(line, "active_anon:", "kB") != UNKNOWN && value_line_end(line);
}

bool
report_take_node(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;
	int64_t node = scan_next_number(&behind), pages, size;
	const char *word = behind + strspn(behind, " "), *rest = word + strcspn(word, " :");

	if (scan_start(word, "hugepages_total=")) {
		pages = value_of(word, "hugepages_total=", "");
		size = value_of(word, "hugepages_size=", "kB");
		add(&report->kib[FIGURE_HUGE], known_product(pages, size));
		return pages != UNKNOWN && size != UNKNOWN;
	}
	if (scan_start(word, "active_anon:"))
		return take_node(report, node, word);
	if (*rest == ':')
		return take_free_list(report, rest + 1);
	return take_zone(report, node, word);
}

bool
report_is_zone(const char *behind)
{
	const char *digits = behind + 1 + strspn(behind + (*behind != '\0'), " ");

	return scan_start(behind, " free:") ||
	       (*behind == ':' && *digits >= '0' && *digits <= '9' && strchr(digits, '*'));
}

/* Without NUMA there is no node: "Normal free:230984kB", "Normal: 611*8kB" */
bool
report_take_zone(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;

	return *behind == ':' ? take_free_list(report, behind + 1) : take_zone(report, 0, at);
}

/* "2095568 pages RAM": the number is before the words. */
bool
report_take_count(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;
	const char *number = at;
	bool ended = *behind && !((*behind >= 'a' && *behind <= 'z'));

	while (number > log->text && number[-1] == ' ')
		number--;
	while (number > log->text && number[-1] >= '0' && number[-1] <= '9')
		number--;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (scan_start(at, counts[i].words) && ended)
			report_set(report, field(report, counts[i].offset), scan_number(number));
	return ended;
}

/* "Free swap  = 0kB", "Total swap = 0kB" */
bool
report_take_swap(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;
	struct oom_kill *kill = &report->kill;
	const char *sign = strchr(behind, '=');
	int64_t bytes = sign ? known_product(value_of(sign + 1, "", "kB"), 1024) : UNKNOWN;

	report_set(report, *at == 'F' ? &kill->swap_free : &kill->swap_total, bytes);
	return bytes != UNKNOWN;
}

/* The kernel writes "no limit" as a limit that no machine can reach. */
static int64_t
real_limit(int64_t limit)
{
	return limit < INT64_C(1) << 60 ? limit : UNKNOWN;
}

/* "memory: usage 61440kB, limit 61440kB, failcnt 35" */
bool
report_take_usage(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;
	struct oom_kill *kill = &report->kill;
	int64_t usage = known_product(value_of(behind, "", "kB"), 1024);
	int64_t all = known_product(value_of(behind, "limit ", "kB"), 1024);
	int64_t limit = all == UNKNOWN ? UNKNOWN : real_limit(all);

	report->is_cgroup = true;
	if (scan_start(at, "memory:")) {
		report_set(report, &kill->usage, usage);
		report_set(report, &kill->limit, limit);
		report_set(report, &kill->fail_count, value_of(behind, "failcnt ", ""));
	} else if (scan_start(at, "swap:")) {
		report_set(report, &kill->swap_usage, usage);
		report_set(report, &kill->swap_limit, limit);
	} else if (scan_start(at, "memory+swap:")) {
		/* Version 1 limits the sum: the rest of it is for swap. */
		report_set(report, &kill->swap_usage, known_difference(usage, kill->usage));
		report_set(report, &kill->swap_limit, known_difference(limit, kill->limit));
	}
	return value_of(behind, "failcnt ", "") != UNKNOWN;
}

/* Each cgroup below the one with the limit has a line with its own figures; these add up. */
bool
report_take_stats(struct oom_log *log, const char *at, const char *behind)
{
	struct oom_report *report = &log->stream->report;

	report->is_cgroup = report->in_statistics = true;
	for (size_t i = 0; i < ARRAY_SIZE(old_cgroup_stats); i++) {
		int64_t bytes =
			known_product(value_of(behind, old_cgroup_stats[i].key, "KB"), 1024);

		add(field(report, old_cgroup_stats[i].offset), bytes);
		report->sums_cgroups = report->sums_cgroups || bytes != UNKNOWN;
	}
	return value_line_end(behind) != NULL;
}

/* "anon 520093696": the last two words of a line. */
bool
report_take_statistics(struct oom_report *report, const char *line)
{
	const char *end = value_line_end(line), *number = end, *key;
	size_t length;

	while (number && number > line && number[-1] >= '0' && number[-1] <= '9')
		number--;
	if (!end || number == end || number - line < 2 || number[-1] != ' ')
		return false;
	for (key = number - 1; key > line && key[-1] != ' ' && key[-1] != ']' && key[-1] != ';';)
		key--;
	length = (size_t)(number - 1 - key);
	for (size_t i = 0; i < ARRAY_SIZE(cgroup_stats); i++)
		if (scan_is(key, length, cgroup_stats[i].key))
			report_set(
				report, field(report, cgroup_stats[i].offset), scan_number(number));
	return true;
}

/* A difference, at least 0. */
static int64_t
less(int64_t whole, int64_t part)
{
	int64_t rest = known_difference(whole, part);

	return rest == UNKNOWN || rest >= 0 ? rest : 0;
}

/*
 * A figure in bytes: from the totals, else the sum of all nodes. That is complete if a later part
 * of the report follows. A report shows only nodes that the request may use.
 */
static int64_t
bytes_of(const struct oom_report *report, enum memory_figure figure)
{
	int64_t bytes = known_product(report->pages[figure], report->page_size);

	if (report->is_cgroup || report->is_mixed)
		return UNKNOWN;
	if (!oom_is_of_nodes(&report->kill) && bytes != UNKNOWN)
		return bytes;
	return report->section > SECTION_FREE_LISTS ? known_product(report->kib[figure], 1024)
						    : UNKNOWN;
}

static int64_t
sum_of(const struct oom_report *report, enum memory_figure first, enum memory_figure last)
{
	int64_t sum = 0;

	for (enum memory_figure i = first; i <= last; i++)
		sum = known_sum(sum, bytes_of(report, i));
	return sum;
}

static void
sum_machine(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;
	int64_t anon = sum_of(report, FIGURE_ACTIVE_ANON, FIGURE_ISOLATED_ANON), named;

	kill->memory_file = sum_of(report, FIGURE_ACTIVE_FILE, FIGURE_ISOLATED_FILE);
	kill->memory_shmem = bytes_of(report, FIGURE_SHMEM);
	kill->memory_anon = less(anon, kill->memory_shmem);
	kill->memory_unevictable = bytes_of(report, FIGURE_UNEVICTABLE);
	kill->slab_reclaimable = bytes_of(report, FIGURE_SLAB_RECLAIMABLE);
	kill->slab_unreclaimable = bytes_of(report, FIGURE_SLAB_UNRECLAIMABLE);
	kill->memory_page_tables = bytes_of(report, FIGURE_PAGE_TABLES);
	kill->kernel_stack = bytes_of(report, FIGURE_KERNEL_STACK);
	kill->hugetlb = bytes_of(report, FIGURE_HUGE);
	kill->free = bytes_of(report, FIGURE_FREE);
	named = known_sum(known_sum(anon, kill->memory_file),
		known_sum(kill->memory_unevictable, kill->memory_page_tables));
	named = known_sum(named, known_sum(kill->slab_reclaimable, kill->slab_unreclaimable));
	named = known_sum(named, known_sum(kill->kernel_stack, kill->free));
	named = known_sum(named, known_or_zero(kill->hugetlb));
	kill->memory_unnamed = oom_is_of_nodes(kill) ? UNKNOWN : less(kill->ram, named);
}

void
report_sum_memory(struct oom_report *report)
{
	struct oom_kill *kill = &report->kill;

	if (report->is_mixed)
		return;
	kill->ram = known_product(
		known_difference(report->ram_pages, report->reserved_pages), report->page_size);
	/* A later line would tell whether the memory is the machine's or that of some nodes. */
	if (!report->is_cgroup &&
		(kill->limited_by != OOM_LIMIT_UNKNOWN || kill->outcome == OOM_KILLED))
		sum_machine(report);
	if (!report->is_cgroup)
		return;
	/*
	 * Until 4.20 each cgroup has a line: the sum is complete if the usage comes before the
	 * first line and something follows the last.
	 */
	if (report->sums_cgroups && (report->section == SECTION_STATS || kill->usage == UNKNOWN)) {
		kill->memory_shmem = UNKNOWN;
		return;
	}
	kill->memory_anon = report->cgroup_anon;
	kill->memory_file = less(report->cgroup_file, kill->memory_shmem);
}

/* The victim's address space in pages. */
static int64_t
victim_pages(const struct oom_kill *kill)
{
	for (size_t i = 0; i < kill->candidate_count; i++)
		if (kill->candidates[i].pid == kill->victim.pid)
			return kill->candidates[i].virtual;
	return UNKNOWN;
}

/*
 * Without a list of free pages: compares the victim's address space in pages and in KiB. A
 * different size in another report means two machines.
 */
void
report_find_page_size(struct oom_report *report)
{
	const struct oom_kill *kill = &report->kill;
	int64_t pages = victim_pages(kill), size;

	if (pages == UNKNOWN || pages <= 0 || kill->victim.virtual == UNKNOWN || report->is_mixed ||
		kill->victim.virtual % pages != 0)
		return;
	size = kill->victim.virtual / pages;
	if (size == 4096 || size == 8192 || size == 16384 || size == 65536 || size == 262144)
		report_set(report, &report->page_size, size);
}
