// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "model/kernel.h"

/* The counters of reclaim in /proc/vmstat (mm/vmstat.c, include/linux/vm_event_item.h). */
/* clang-format off */
static const struct {
	const char *group, *counter, *what;
} counters[] = {
	{ "kswapd", "pgscan_kswapd", "pages that kswapd scanned" },
	{ "kswapd", "pgsteal_kswapd", "pages that kswapd freed; far fewer than scanned: memory is in use" },
	{ "kswapd", "pageoutrun", "times that kswapd ran" },
	{ "kswapd", "kswapd_low_wmark_hit_quickly", "times that memory fell below the low watermark soon after kswapd stopped" },
	{ "kswapd", "kswapd_high_wmark_hit_quickly", "times that memory fell below the high watermark soon after kswapd stopped" },
	{ "direct", "pgscan_direct", "pages that processes had to scan themselves" },
	{ "direct", "pgsteal_direct", "pages that processes freed themselves" },
	{ "direct", "pgscan_direct_throttle", "times that a process had to wait for kswapd" },
	{ "direct", "allocstall", "times that a request for memory had to reclaim first" },
	{ "huge", "pgscan_khugepaged", "pages that khugepaged scanned to get free memory" },
	{ "huge", "pgsteal_khugepaged", "pages that khugepaged freed" },
	{ "asked", "pgscan_proactive", "pages scanned because memory.reclaim was written" },
	{ "asked", "pgsteal_proactive", "pages freed because memory.reclaim was written" },
	{ "asked", "drop_pagecache", "times that vm.drop_caches dropped page cache" },
	{ "asked", "drop_slab", "times that vm.drop_caches dropped slab" },
	{ "kinds", "pgscan_anon", "anonymous pages scanned, by all of the above" },
	{ "kinds", "pgscan_file", "file pages scanned, by all of the above" },
	{ "kinds", "pgsteal_anon", "anonymous pages freed: they went to swap" },
	{ "kinds", "pgsteal_file", "file pages freed" },
	{ "kinds", "slabs_scanned", "kernel objects scanned" },
	{ "lists", "pgrefill", "active pages scanned, to make some of them inactive" },
	{ "lists", "pgactivate", "pages made active" },
	{ "lists", "pgdeactivate", "pages made inactive" },
	{ "lists", "pgrotated", "pages moved to the end of the list after they were written" },
	{ "lists", "pglazyfreed", "pages freed that were marked with MADV_FREE" },
	{ "refaults", "workingset_refault_anon", "swapped pages read again soon: too little memory for what is in use" },
	{ "refaults", "workingset_refault_file", "file pages read again soon after they were dropped" },
	{ "refaults", "workingset_activate_anon", "of these, anonymous pages that became active at once" },
	{ "refaults", "workingset_activate_file", "of these, file pages that became active at once" },
	{ "refaults", "workingset_restore_anon", "anonymous pages that were active before they were swapped" },
	{ "refaults", "workingset_restore_file", "file pages that were active before they were dropped: the cache is too small" },
	{ "refaults", "workingset_nodereclaim", "records of dropped pages that were themselves dropped" },
	{ "writing", "nr_vmscan_write", "pages that reclaim itself had to write" },
	{ "writing", "nr_vmscan_immediate_reclaim", "pages that waited to be written" },
	{ "swap", "pswpin", "pages read from swap" },
	{ "swap", "pswpout", "pages written to swap" },
	{ "swap", "swap_ra", "pages read from swap ahead" },
	{ "swap", "swap_ra_hit", "of these, pages that were needed" },
	{ "swap", "zswpin", "pages that came back from zswap" },
	{ "swap", "zswpout", "pages that went to zswap" },
	{ "swap", "zswpwb", "pages that zswap wrote to swap" },
	{ "compaction", "compact_stall", "times that a request waited for compaction" },
	{ "compaction", "compact_success", "of these, times with a block of the size asked for" },
	{ "compaction", "compact_fail", "of these, times without success" },
	{ "compaction", "compact_migrate_scanned", "pages scanned that could be moved" },
	{ "compaction", "compact_free_scanned", "free pages scanned as a target to move to" },
	{ "compaction", "compact_isolated", "pages selected to be moved" },
	{ "compaction", "compact_daemon_wake", "times that kcompactd ran" },
	{ "compaction", "pgmigrate_success", "pages moved, for compaction or between nodes" },
	{ "compaction", "pgmigrate_fail", "pages that could not be moved" },
	{ "huge pages", "thp_fault_alloc", "huge pages allocated at a page fault" },
	{ "huge pages", "thp_fault_fallback", "page faults that got small pages because no huge page was free" },
	{ "huge pages", "thp_collapse_alloc", "huge pages that khugepaged made from small pages" },
	{ "huge pages", "thp_collapse_alloc_failed", "times that khugepaged found no free huge page" },
	{ "huge pages", "thp_split_page", "huge pages split into small pages" },
	{ "huge pages", "thp_swpout_fallback", "huge pages split because swap had no contiguous room" },
	{ "end", "oom_kill", "processes that the OOM killer killed" },
};
/* clang-format on */

void
reclaim_add_rows(struct rows *rows)
{
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		struct reclaim *row = rows_add(rows, kernel_parts[KERNEL_RECLAIM].table);

		row->group = counters[i].group;
		row->counter = counters[i].counter;
		row->what = counters[i].what;
	}
}
