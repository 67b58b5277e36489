// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* What /dev/kmsg says of kills: of one soon after boot, */
#define OLD_KILL "3,1,1,-;Out of memory: Killed process 1 (old) total-vm:1kB, anon-rss:1kB\n"

/* and of one below the limit of a control group. */
#define KILL                                                                                       \
	"4,9,815295603,-;asker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, "          \
	"oom_score_adj=0\n"                                                                        \
	"6,10,815295773,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"          \
	"mems_allowed=0,oom_memcg=/x,task_memcg=/x/y,task=db,pid=20,uid=7\n"                       \
	"3,11,815295782,-;Memory cgroup out of memory: Killed process 20 (db) total-vm:9kB, "      \
	"anon-rss:4kB, file-rss:2kB, shmem-rss:1kB, UID:7 pgtables:8kB oom_score_adj:5\n"
