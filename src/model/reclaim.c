// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kernel.h"

/* The counters of reclaim in /proc/vmstat (mm/vmstat.c, include/linux/vm_event_item.h). */
/* clang-format off */
static const struct {
	const char *group, *counter, *what;
} counters[] = {
	{ "kswapd", "pgscan_kswapd", "pages that kswapd looked at" },
	{ "kswapd", "pgsteal_kswapd", "pages that it freed; far fewer than it looked at: memory is in use" },
	{ "kswapd", "pageoutrun", "times that it was at work" },
	{ "kswapd", "kswapd_low_wmark_hit_quickly", "times that memory fell below the low watermark again at once" },
	{ "kswapd", "kswapd_high_wmark_hit_quickly", "times that it fell below the high one again at once" },
	{ "direct", "pgscan_direct", "pages that processes had to look at themselves" },
	{ "direct", "pgsteal_direct", "pages that they freed" },
	{ "direct", "pgscan_direct_throttle", "times that a process was made to wait for kswapd" },
	{ "direct", "allocstall", "times that a request for memory had to reclaim first" },
	{ "huge", "pgscan_khugepaged", "pages that khugepaged looked at for room" },
	{ "huge", "pgsteal_khugepaged", "pages that it freed" },
	{ "asked", "pgscan_proactive", "pages looked at because memory.reclaim was written" },
	{ "asked", "pgsteal_proactive", "pages freed for that" },
	{ "asked", "drop_pagecache", "times that vm.drop_caches dropped page cache" },
	{ "asked", "drop_slab", "times that it dropped slab" },
	{ "kinds", "pgscan_anon", "anonymous pages looked at by all of these" },
	{ "kinds", "pgscan_file", "file pages looked at" },
	{ "kinds", "pgsteal_anon", "anonymous pages freed: they went to swap" },
	{ "kinds", "pgsteal_file", "file pages freed" },
	{ "kinds", "slabs_scanned", "kernel objects looked at" },
	{ "lists", "pgrefill", "active pages looked at for being inactive" },
	{ "lists", "pgactivate", "pages made active" },
	{ "lists", "pgdeactivate", "pages made inactive" },
	{ "lists", "pgrotated", "pages moved to the end after they were written" },
	{ "lists", "pglazyfreed", "pages given back that MADV_FREE had marked" },
	{ "refaults", "workingset_refault_anon", "swapped pages read again soon: too little memory for what is in use" },
	{ "refaults", "workingset_refault_file", "file pages read again soon after they were dropped" },
	{ "refaults", "workingset_activate_anon", "of these, anonymous ones that were in use at once" },
	{ "refaults", "workingset_activate_file", "of these, file pages that were in use at once" },
	{ "refaults", "workingset_restore_anon", "anonymous ones that had been in use before" },
	{ "refaults", "workingset_restore_file", "file pages that had been in use before: the cache is too small" },
	{ "refaults", "workingset_nodereclaim", "records of dropped pages that were dropped themselves" },
	{ "writing", "nr_vmscan_write", "pages that reclaim itself had to write" },
	{ "writing", "nr_vmscan_immediate_reclaim", "pages that waited for being written" },
	{ "swap", "pswpin", "pages read from swap" },
	{ "swap", "pswpout", "pages written to swap" },
	{ "swap", "swap_ra", "pages read from swap ahead" },
	{ "swap", "swap_ra_hit", "of these, pages that were wanted" },
	{ "swap", "zswpin", "pages that came back from zswap" },
	{ "swap", "zswpout", "pages that went to zswap" },
	{ "swap", "zswpwb", "pages that zswap wrote to swap" },
	{ "compaction", "compact_stall", "times that a request waited for compaction" },
	{ "compaction", "compact_success", "of these, times with a block of the size asked for" },
	{ "compaction", "compact_fail", "of these, times without" },
	{ "compaction", "compact_migrate_scanned", "pages looked at that might move" },
	{ "compaction", "compact_free_scanned", "pages looked at that might be moved to" },
	{ "compaction", "compact_isolated", "pages taken for moving" },
	{ "compaction", "compact_daemon_wake", "times that kcompactd was at work" },
	{ "compaction", "pgmigrate_success", "pages moved, for compaction or between nodes" },
	{ "compaction", "pgmigrate_fail", "pages that could not be moved" },
	{ "huge pages", "thp_fault_alloc", "huge pages given at a fault" },
	{ "huge pages", "thp_fault_fallback", "faults that got small pages for want of a huge one" },
	{ "huge pages", "thp_collapse_alloc", "huge pages that khugepaged made of small ones" },
	{ "huge pages", "thp_collapse_alloc_failed", "times that it found none" },
	{ "huge pages", "thp_split_page", "huge pages split again" },
	{ "huge pages", "thp_swpout_fallback", "huge pages split because swap had no room in one piece" },
	{ "end", "oom_kill", "processes that the OOM killer ended" },
};
/* clang-format on */

void
reclaim_add_rows(struct kernel_rows *rows)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		struct reclaim *row = kernel_rows_add(rows, KERNEL_RECLAIM);

		row->group = counters[i].group;
		row->counter = counters[i].counter;
		row->what = counters[i].what;
	}
}
