// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/kernel.h"

#include "base/macros.h"
#include "base/memory.h"
#include "model/needs.h"

#include <stdlib.h>
#include <string.h>

#define SLAB(name) offsetof(struct slab, name)
#define ZONE(name) offsetof(struct zone, name)
#define ORDER(order)                                                                               \
	{                                                                                          \
		"order_" #order, "2^" #order, NULL, "Free blocks of 2^" #order " pages.",          \
			UNIT_NUMBER, 5, NEED_ZONES, ZONE(blocks[order]),                           \
			.source = "/proc/buddyinfo"                                                \
	}
#define RECLAIM(name) offsetof(struct reclaim, name)
#define SWAP(name) offsetof(struct swap_device, name)
#define NODE(name) offsetof(struct node, name)
#define TABLE(named, of, row, metric_labels)                                                       \
	const struct table of##_table = { .name = named,                                           \
		.search = row,                                                                     \
		.labels = metric_labels,                                                           \
		.columns = of##_columns,                                                           \
		.column_count = ARRAY_SIZE(of##_columns),                                          \
		.row_size = sizeof(struct of) }

/* clang-format off */
static const struct column slab_columns[] = {
	{ "objects", "OBJS", NULL, "Objects that fit into the slabs of the cache.", UNIT_NUMBER, 8, NEED_SLABS, SLAB(objects),
		.source = "/proc/slabinfo: num_objs" },
	{ "active", "ACTIVE", NULL, "Objects in use.", UNIT_NUMBER, 8, NEED_SLABS, SLAB(active_objects),
		.source = "/proc/slabinfo: active_objs",
		.misread = "With SLUB, free objects in the per-CPU lists count as in use." },
	{ "use", "USE%", NULL, "ACTIVE as a share of OBJS.", UNIT_PERCENT, 5, NEED_SLABS, SLAB(use),
		.source = "", .formula = "{active} / {objects}" },
	{ "object_size", "OBJSIZE", NULL, "The size of an object with the kernel's padding.", UNIT_BYTES, 7, NEED_SLABS, SLAB(object_size),
		.source = "/proc/slabinfo: objsize" },
	{ "slabs", "SLABS", NULL, "Slabs: groups of pages that are divided into objects.", UNIT_NUMBER, 6, NEED_SLABS, SLAB(slabs),
		.source = "/proc/slabinfo: num_slabs" },
	{ "active_slabs", "ASLABS", NULL, "Slabs with an object in use.", UNIT_NUMBER, 6, NEED_SLABS, SLAB(active_slabs),
		.source = "/proc/slabinfo: active_slabs", .misread = "SLUB shows all slabs as active." },
	{ "objects_per_slab", "OBJ/SLAB", NULL, "Objects in a slab.", UNIT_NUMBER, 8, NEED_SLABS, SLAB(objects_per_slab),
		.source = "/proc/slabinfo: objperslab" },
	{ "pages_per_slab", "PAGES", NULL, "Pages of a slab.", UNIT_NUMBER, 5, NEED_SLABS, SLAB(pages_per_slab),
		.source = "/proc/slabinfo: pagesperslab" },
	{ "bytes", "SIZE", NULL, "The memory of all slabs.", UNIT_BYTES, 7, NEED_SLABS, SLAB(bytes),
		.source = "/proc/slabinfo", .formula = "{slabs} x {pages_per_slab} x page size",
		.misread = "It includes unused room in slabs: one object in use keeps a whole slab." },
	{ "reclaimable", "RECL", NULL, "yes: objects can be dropped when memory is short (SReclaimable). no: they cannot. Unknown of an empty cache.", UNIT_TEXT, 4, NEED_SLABS, SLAB(reclaimable),
		.source = "/sys/kernel/slab/NAME/reclaim_account" },
	{ "name", "NAME", NULL, "The name. The kernel may merge caches of similar objects: the name is then one of several.", UNIT_TEXT, 20, NEED_SLABS, SLAB(name),
		.source = "/proc/slabinfo: name" },
};

static const struct column zone_columns[] = {
	{ "node", "NODE", NULL, "The NUMA node of the zone.", UNIT_ID, 4, NEED_ZONES, ZONE(node),
		.source = "/proc/zoneinfo: the heading" },
	{ "name", "ZONE", "zone", "The zone: old devices can reach DMA and DMA32; Movable has only pages that can be moved.", UNIT_TEXT, 8, NEED_ZONES, ZONE(name),
		.source = "/proc/zoneinfo: the heading" },
	{ "free", "FREE", NULL, "Free memory of the zone.", UNIT_BYTES, 7, NEED_ZONES, ZONE(free),
		.source = "/proc/zoneinfo: pages free" },
	{ "min", "MIN", NULL, "Below this, only urgent requests are served: others must reclaim first (allocstall).", UNIT_BYTES, 7, NEED_ZONES, ZONE(min),
		.source = "/proc/zoneinfo: min", .misread = "vm.min_free_kbytes is divided between all zones." },
	{ "low", "LOW", NULL, "Below this kswapd is woken.", UNIT_BYTES, 7, NEED_ZONES, ZONE(low),
		.source = "/proc/zoneinfo: low" },
	{ "high", "HIGH", NULL, "kswapd reclaims until this is free.", UNIT_BYTES, 7, NEED_ZONES, ZONE(high),
		.source = "/proc/zoneinfo: high" },
	{ "above", "ABOVE", NULL, "FREE - LOW: below 0, kswapd is at work.", UNIT_BYTES, 7, NEED_ZONES, ZONE(above),
		.source = "", .formula = "{free} - {low}" },
	{ "managed", "MANAGED", NULL, "Memory that the page allocator manages.", UNIT_BYTES, 7, NEED_ZONES, ZONE(managed),
		.source = "/proc/zoneinfo: managed" },
	{ "present", "PRESENT", NULL, "Memory that exists in the zone.", UNIT_BYTES, 7, NEED_ZONES, ZONE(present),
		.source = "/proc/zoneinfo: present" },
	{ "spanned", "SPANNED", NULL, "The address range of the zone, with holes.", UNIT_BYTES, 7, NEED_ZONES, ZONE(spanned),
		.source = "/proc/zoneinfo: spanned" },
	{ "cma", "CMA", NULL, "The part that is reserved for devices that need contiguous memory.", UNIT_BYTES, 7, NEED_ZONES, ZONE(cma),
		.source = "/proc/zoneinfo: cma" },
	ORDER(0), ORDER(1), ORDER(2), ORDER(3), ORDER(4), ORDER(5), ORDER(6), ORDER(7), ORDER(8),
	ORDER(9), ORDER(10), ORDER(11), ORDER(12), ORDER(13),
	{ "fragmentation", "FRAG%", NULL, "The share of free memory in blocks too small for a huge page (2 MiB with pages of 4 KiB). 100 if nothing is free.", UNIT_PERCENT, 5, NEED_ZONES, ZONE(fragmentation),
		.source = "/proc/buddyinfo; mm/vmstat.c, unusable_free_index",
		.misread = "A high value is normal, and harmless if nothing needs large blocks." },
};

static const struct column reclaim_columns[] = {
	{ "group", "GROUP", NULL, "The kind of counter.", UNIT_TEXT, 10, NEED_RECLAIM, RECLAIM(group),
		.source = "memtop itself" },
	{ "counter", "COUNTER", NULL, "The key in /proc/vmstat. allocstall is the sum of all zones.", UNIT_TEXT, 28, NEED_RECLAIM, RECLAIM(counter),
		.source = "/proc/vmstat" },
	{ "count", "COUNT", NULL, "The count since boot.", UNIT_NUMBER, 12, NEED_RECLAIM, RECLAIM(count), .about = "Since boot: {what}.", .is_counter = true,
		.source = "/proc/vmstat: {counter}" },
	{ "rate", "RATE/s", NULL, "The count per second since the last refresh.", UNIT_RATE, 9, NEED_RECLAIM, RECLAIM(rate), .about = "Per second since the last refresh: {what}.",
		.source = "/proc/vmstat: {counter}, two readings" },
	{ "what", "WHAT", NULL, "What it counts.", UNIT_TEXT, 30, NEED_RECLAIM, RECLAIM(what),
		.source = "memtop itself" },
};

static const struct column swap_columns[] = {
	{ "path", "PATH", NULL, "The device or file.", UNIT_TEXT, 24, NEED_SWAPS, SWAP(path),
		.source = "/proc/swaps: Filename" },
	{ "swap_kind", "KIND", NULL, "partition, file, or zram: compressed memory.", UNIT_TEXT, 9, NEED_SWAPS, SWAP(kind),
		.source = "/proc/swaps: Type, Filename" },
	{ "size", "SIZE", NULL, "The size.", UNIT_BYTES, 7, NEED_SWAPS, SWAP(size),
		.source = "/proc/swaps: Size" },
	{ "used", "USED", NULL, "The part in use.", UNIT_BYTES, 7, NEED_SWAPS, SWAP(used),
		.source = "/proc/swaps: Used", .misread = "Used swap is not a shortage: look at how much moves (in/s, out/s)." },
	{ "use", "USE%", NULL, "USED as a share of SIZE.", UNIT_PERCENT, 5, NEED_SWAPS, SWAP(use),
		.source = "", .formula = "{used} / {size}" },
	{ "priority", "PRIO", NULL, "The device with the highest priority is filled first.", UNIT_NUMBER, 5, NEED_SWAPS, SWAP(priority),
		.source = "/proc/swaps: Priority" },
	{ "stored", "STORED", NULL, "Memory used for the contents of a zram device.", UNIT_BYTES, 7, NEED_SWAPS, SWAP(stored),
		.source = "/sys/block/zram*/mm_stat: mem_used_total" },
	{ "ratio", "RATIO%", NULL, "STORED as a share of USED.", UNIT_PERCENT, 6, NEED_SWAPS, SWAP(ratio),
		.source = "", .formula = "{stored} / {used}" },
};

static const struct column node_columns[] = {
	{ "node", "NODE", NULL, "The number of the node.", UNIT_ID, 4, NEED_NODES, NODE(node),
		.source = "the folder /sys/devices/system/node/nodeN" },
	{ "total", "TOTAL", NULL, "Memory of the node.", UNIT_BYTES, 7, NEED_NODES, NODE(total),
		.source = "/sys/devices/system/node/nodeN/meminfo: MemTotal" },
	{ "free", "FREE", NULL, "Free memory of the node.", UNIT_BYTES, 7, NEED_NODES, NODE(free),
		.source = "/sys/devices/system/node/nodeN/meminfo: MemFree",
		.misread = "One full node is enough to start reclaim, even if other nodes have free memory." },
	{ "used", "USED", NULL, "TOTAL - FREE: includes the page cache, unlike used of the machine.", UNIT_BYTES, 7, NEED_NODES, NODE(used),
		.source = "/sys/devices/system/node/nodeN/meminfo: MemUsed", .formula = "{total} - {free}" },
	{ "anon", "ANON", NULL, "Anonymous memory of processes.", UNIT_BYTES, 7, NEED_NODES, NODE(anon),
		.source = "/sys/devices/system/node/nodeN/meminfo: AnonPages" },
	{ "file", "FILE", NULL, "Page cache, including shared memory.", UNIT_BYTES, 7, NEED_NODES, NODE(file),
		.source = "/sys/devices/system/node/nodeN/meminfo: FilePages" },
	{ "shmem", "SHMEM", NULL, "Shared memory.", UNIT_BYTES, 7, NEED_NODES, NODE(shmem),
		.source = "/sys/devices/system/node/nodeN/meminfo: Shmem" },
	{ "slab", "SLAB", NULL, "Slab caches.", UNIT_BYTES, 7, NEED_NODES, NODE(slab),
		.source = "/sys/devices/system/node/nodeN/meminfo: Slab" },
	{ "huge", "HUGE", NULL, "Pages of the pool with the default huge page size (HugePages_Total).", UNIT_NUMBER, 6, NEED_NODES, NODE(huge),
		.source = "/sys/devices/system/node/nodeN/meminfo: HugePages_Total" },
	{ "hit", "HIT", NULL, "Pages allocated on this node as intended, since boot.", UNIT_NUMBER, 11, NEED_NODES, NODE(hit), .is_counter = true,
		.source = "/sys/devices/system/node/nodeN/numastat: numa_hit" },
	{ "miss", "MISS", NULL, "Pages allocated on this node though another was preferred, since boot.", UNIT_NUMBER, 9, NEED_NODES, NODE(miss), .is_counter = true,
		.source = "/sys/devices/system/node/nodeN/numastat: numa_miss" },
	{ "foreign", "FOREIGN", NULL, "Pages intended for this node but allocated on another, since boot.", UNIT_NUMBER, 9, NEED_NODES, NODE(foreign), .is_counter = true,
		.source = "/sys/devices/system/node/nodeN/numastat: numa_foreign" },
	{ "interleave", "INTERL", NULL, "Pages allocated on this node by interleaving, since boot.", UNIT_NUMBER, 9, NEED_NODES, NODE(interleave), .is_counter = true,
		.source = "/sys/devices/system/node/nodeN/numastat: interleave_hit" },
	{ "local", "LOCAL", NULL, "Pages allocated on this node by a process that ran on it, since boot.", UNIT_NUMBER, 11, NEED_NODES, NODE(local), .is_counter = true,
		.source = "/sys/devices/system/node/nodeN/numastat: local_node" },
	{ "other", "OTHER", NULL, "Pages allocated on this node by a process that ran on another, since boot.", UNIT_NUMBER, 9, NEED_NODES, NODE(other), .is_counter = true,
		.source = "/sys/devices/system/node/nodeN/numastat: other_node" },
};

const struct table slab_table = {
	.name = "slab",
	.search = "name",
	.key = "name",
	.labels = "name",
	.columns = slab_columns,
	.column_count = ARRAY_SIZE(slab_columns),
	.row_size = sizeof(struct slab),
};
TABLE("zone", zone, "name", "node,name");
TABLE("reclaim", reclaim, "group,counter,what", "counter");
TABLE("node", node, NULL, "node");
const struct table swap_table = {
	.name = "swap",
	.search = "path,swap_kind",
	.labels = "path",
	.columns = swap_columns,
	.column_count = ARRAY_SIZE(swap_columns),
	.row_size = sizeof(struct swap_device),
};

static bool
has_objects(const void *slab)
{
	return ((const struct slab *)slab)->objects != 0;
}

static bool
has_memory(const void *zone)
{
	return ((const struct zone *)zone)->present != 0;
}

static bool
has_counted(const void *counter)
{
	int64_t count = ((const struct reclaim *)counter)->count;

	return count != 0 && count != UNKNOWN;
}

const struct kernel_part_description kernel_parts[KERNEL_PARTS] = {
	[KERNEL_SLABS] = { &slab_table, NEED_SLABS, has_objects },
	[KERNEL_ZONES] = { &zone_table, NEED_ZONES, has_memory },
	[KERNEL_RECLAIM] = { &reclaim_table, NEED_RECLAIM, has_counted },
	[KERNEL_SWAPS] = { &swap_table, NEED_SWAPS, NULL },
	[KERNEL_NODES] = { &node_table, NEED_NODES, NULL },
};

const struct kernel_page kernel_pages[KERNEL_PAGES] = {
	{ "slab", "slab caches: the kernel's objects by kind", KERNEL_SLABS,
		"objects,active,use,object_size,slabs,objects_per_slab,bytes,reclaimable,name", "bytes" },
	{ "zones", "zones and their watermarks", KERNEL_ZONES,
		"node,name,free,min,low,high,above,managed,present,spanned,cma", NULL },
	{ "buddy", "free blocks by zone and order", KERNEL_ZONES,
		"node,name,free,fragmentation,order_0,order_1,order_2,order_3,order_4,order_5,order_6,"
		"order_7,order_8,order_9,order_10,order_11,order_12,order_13", NULL },
	{ "reclaim", "reclaim, refaults, compaction", KERNEL_RECLAIM, "group,counter,count,rate,what", NULL },
	{ "swap", "swap devices and files", KERNEL_SWAPS,
		"path,swap_kind,size,used,use,priority,stored,ratio", NULL },
	{ "nodes", "NUMA nodes", KERNEL_NODES,
		"node,total,free,used,anon,file,shmem,slab,huge,hit,miss,foreign,interleave,local,other", NULL },
};
/* clang-format on */

const struct kernel_page *
kernel_find_page(const char *name)
{
	for (size_t i = 0; i < KERNEL_PAGES; i++)
		if (strcmp(kernel_pages[i].name, name) == 0)
			return &kernel_pages[i];
	return NULL;
}

int64_t
zone_fragmentation(const struct zone *zone, int order)
{
	double free = 0, usable = 0;

	for (int i = 0; i < ZONE_ORDERS && zone->blocks[i] != UNKNOWN; i++) {
		double pages = (double)zone->blocks[i] * (double)(1 << i);

		free += pages;
		usable += i >= order ? pages : 0;
	}
	if (zone->blocks[0] == UNKNOWN || order >= ZONE_ORDERS || zone->blocks[order] == UNKNOWN)
		return UNKNOWN;
	return free > 0 ? (int64_t)((free - usable) * 1000 / free + 0.5) : 1000;
}

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
