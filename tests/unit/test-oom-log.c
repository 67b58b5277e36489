// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/unit.h"
#include "collect/kernel-log.h"
#include "oomlog/oom-log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define INVOKED_BY_NOBODY                                                                          \
	"invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
#define INVOKED "a " INVOKED_BY_NOBODY
#define HEADING                                                                                    \
	"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
#define PAGE_OF_4K "Node 0 Normal: 1*4kB (U) 0*8kB = 4kB\n"
#define MEMORY PAGE_OF_4K "Total swap = 0kB\n1048576 pages RAM\n48576 pages reserved\n"
#define LIMITED "memory: usage 9kB, limit 100kB, failcnt 1\n"
#define SIZES "total-vm:40kB, anon-rss:12kB, file-rss:8kB, shmem-rss:4kB"
#define DEATH(pid, name) "Out of memory: Killed process " pid " (" name ") " SIZES "\n"

static const struct oom_log_clock clock_of_tests = {
	.now = INT64_C(1795356000) * SECOND, /* 2026-11-22T14:00:00Z */
	.boot = UNKNOWN,
};

enum { MOST_KILLS = 32 };

/* What a log holds. */
struct found {
	struct oom_kill kills[MOST_KILLS];
	size_t count;
};

static void
take_all(struct oom_log *log, struct found *found)
{
	while (oom_log_take(log, &found->kills[found->count]))
		assert_true(++found->count < MOST_KILLS);
}

static void
feed(struct oom_log *log, const char *line)
{
	char *copy = strdup(line);

	oom_log_feed(log, copy, true);
	free(copy);
}

static struct found
read_log(const char *text)
{
	struct oom_log *log = oom_log_create(&clock_of_tests);
	char *copy = strdup(text), *rest = copy, *line;
	struct found found = { .count = 0 };

	while ((line = strsep(&rest, "\n"))) {
		oom_log_feed(log, line, true);
		take_all(log, &found);
	}
	oom_log_end(log);
	take_all(log, &found);
	oom_log_destroy(log);
	free(copy);
	return found;
}

static void
finish(struct found *found)
{
	for (size_t i = 0; i < found->count; i++)
		oom_kill_finish(&found->kills[i]);
}

static void
a_name_may_be_anything(void **state)
{
	static const char *const names[] = { "a", "a b", "[kworker/0:0]", "x) total-vm:9kB",
		"(sd-pam)", ",pid=1,uid=0", "a-b", "7 8 9", ")", "(", "Node 1", "CPU: 1",
		"Task in /", "a) score 7", "Killed process1" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct found found;
		char text[1024];

		snprintf(text, sizeof(text),
			"%s invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, "
			"oom_score_adj=0\n" HEADING "[     42]     7    42       10        6     "
			"8192        0             0 %s\n"
			"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/"
			",mems_allowed=0,"
			"global_oom,task_memcg=/,task=%s,pid=42,uid=7\n"
			"Out of memory: Killed process 42 (%s) " SIZES
			", UID:7 pgtables:8kB oom_score_adj:3\n",
			names[i], names[i], names[i], names[i]);
		found = read_log(text);
		assert_int_equal(found.count, 1);
		assert_string_equal(found.kills[0].asked_comm, names[i]);
		assert_string_equal(found.kills[0].victim.comm, names[i]);
		assert_string_equal(found.kills[0].candidates[0].comm, names[i]);
		assert_int_equal(found.kills[0].victim.pid, 42);
		assert_int_equal(found.kills[0].victim.uid, 7);
		assert_int_equal(found.kills[0].victim.adj, 3);
		assert_int_equal(found.kills[0].victim.resident, 24 * 1024);
		finish(&found);
	}
}

static void
a_request_without_a_name_is_of_nobody_known(void **state)
{
	struct found found = read_log("[   12.345678] " INVOKED_BY_NOBODY DEATH("10", "a"));
	char text[8192];

	assert_int_equal(found.count, 1);
	assert_null(found.kills[0].asked_comm);
	assert_int_equal(found.kills[0].asked_adj, 0);
	finish(&found);
	snprintf(text, sizeof(text), "[   12.345678] %05000d " INVOKED DEATH("10", "a"), 7);
	found = read_log(text);
	assert_int_equal(found.count, 1);
	assert_null(found.kills[0].asked_comm);
	finish(&found);
}

static void
a_name_with_a_newline_is_put_together(void **state)
{
	struct found found =
		read_log("[ 1.5] Out of memory: Killed process 42 (a\n[ 1.5] b) " SIZES
			 "\n3,9,17,-;Out of memory: Killed process 43 (a\\x0ab) " SIZES);

	assert_int_equal(found.count, 2);
	assert_string_equal(found.kills[0].victim.comm, "a\nb");
	assert_string_equal(found.kills[1].victim.comm, "a\nb");
	finish(&found);
}

static void
the_journal_may_come_as_json(void **state)
{
	struct found found =
		read_log("{\"MESSAGE\":\"a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
			 "order=0, oom_score_adj=0\",\"SYSLOG_IDENTIFIER\":\"kernel\","
			 "\"__REALTIME_TIMESTAMP\":\"1795356001500000\"}\n"
			 "{\"__REALTIME_TIMESTAMP\":\"1795356001500000\",\"MESSAGE\":"
			 "\"active_anon:7 inactive_anon:1 isolated_anon:0\\n active_file:2 "
			 "inactive_file:0 isolated_file:0\\n mapped:0 shmem:0\","
			 "\"SYSLOG_IDENTIFIER\":\"kernel\"}\n"
			 "{\"__REALTIME_TIMESTAMP\":\"1795356001500000\",\"MESSAGE\":"
			 "\"Node 0 Normal: 1*4kB (U) = 4kB\","
			 "\"SYSLOG_IDENTIFIER\":\"kernel\"}\n"
			 "{\"__REALTIME_TIMESTAMP\":\"1795356001500000\",\"MESSAGE\":\""
			 "Out of memory: Killed process 42 (a\\nb) " SIZES "\","
			 "\"SYSLOG_IDENTIFIER\":\"kernel\"}\n"
			 "{\"__REALTIME_TIMESTAMP\":\"1795356002000000\",\"MESSAGE\":[115,101,"
			 "110,100,105,110,103,32,83,73,71,75,73,76,76,32,116,111,32,112,114,"
			 "111,99,101,115,115,32,55,32,117,105,100,32,48,32,34,255,34,58,32,98,"
			 "97,100,110,101,115,115,32,57],\"SYSLOG_IDENTIFIER\":\"earlyoom\"}\n"
			 "{\"__REALTIME_TIMESTAMP\":\"1795356002000000\",\"MESSAGE\":\""
			 "Out of memory: Killed process 43 (x) " SIZES "\","
			 "\"SYSLOG_IDENTIFIER\":\"app\"}\n{\n{}\n{\"MESSAGE\":7}\n");

	assert_int_equal(found.count, 2);
	assert_string_equal(found.kills[0].victim.comm, "a\nb");
	assert_string_equal(found.kills[0].asked_comm, "a");
	assert_int_equal(found.kills[0].time, INT64_C(1795356001500000000));
	assert_int_equal(found.kills[0].memory_anon, 8 * 4096);
	assert_int_equal(found.kills[0].memory_file, 2 * 4096);
	assert_int_equal(found.kills[1].victim.pid, 7);
	assert_string_equal(found.kills[1].victim.comm, "\xff");
	finish(&found);
}

static void
the_highest_badness_is_first_and_of_equals_the_later(void **state)
{
	struct found found = read_log(INVOKED MEMORY HEADING
		"[     10]     0    10       10      100    12287        0             0 first\n"
		"[     11]     0    11       10       99    12288        0             0 second\n"
		"[     12]     0    12       10      102        0        0             0 third\n"
		"[     13]     0    13       10        1        0        2           500 adjusted\n"
		"[     14]     0    14       10     9999        0        0         -1000 never\n"
		"[     15]     0    15       10     5000        0        0          -500 "
		"seldom\n" DEATH("13", "adjusted"));
	const struct oom_kill *kill = &found.kills[0];

	assert_int_equal(found.count, 1);
	assert_int_equal(kill->total, INT64_C(1000000) * 4096);
	assert_int_equal(kill->tasks, 6);
	assert_int_equal(kill->protected_tasks, 1);
	assert_int_equal(kill->candidate_count, 5);
	assert_string_equal(kill->candidates[0].comm, "adjusted");
	assert_int_equal(kill->candidates[0].badness, (3 + 500 * 1000) * 4096);
	assert_string_equal(kill->candidates[1].comm, "third"); /* 102 pages each, the last wins */
	assert_string_equal(kill->candidates[2].comm, "second");
	assert_string_equal(kill->candidates[3].comm, "first"); /* 102 with the pages truncated */
	assert_string_equal(kill->candidates[4].comm, "seldom");
	assert_int_equal(kill->rank, 1);
	assert_int_equal(kill->victim.swap, 2 * 4096);
	assert_string_equal(kill->largest.comm, "never");
	finish(&found);
}

static void
without_the_total_an_adjustment_counts_for_nothing_known(void **state)
{
	struct found found = read_log(INVOKED HEADING
		"[     10]     0    10       10      100        0        0           100 a\n"
		"[     11]     0    11       10       50        0        0             0 b\n" DEATH(
			"10", "a"));

	assert_string_equal(found.kills[0].candidates[0].comm, "a");
	assert_int_equal(found.kills[0].candidates[0].badness, UNKNOWN);
	assert_int_equal(found.kills[0].candidates[1].badness, 50 * 4096);
	finish(&found);
}

static void
only_the_best_candidates_are_kept_and_all_are_counted(void **state)
{
	struct oom_log *log = oom_log_create(&clock_of_tests);
	struct oom_kill kill;
	char line[256];

	feed(log, "a invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0");
	feed(log, "Node 0 Normal: 1*4kB (U) 0*8kB = 4kB");
	for (int i = 1; i <= 100000; i++) {
		snprintf(line, sizeof(line),
			"[%7d]     0 %d       10      %d        0        0             0 p%d", i, i,
			i * 7919 % 100003, i);
		oom_log_feed(log, line, true);
	}
	feed(log, "Out of memory: Killed process 7 (p7) " SIZES);
	oom_log_end(log);
	assert_true(oom_log_take(log, &kill));
	assert_int_equal(kill.tasks, 100000);
	assert_int_equal(kill.candidate_count, OOM_CANDIDATES);
	assert_int_equal(kill.candidates[0].badness, INT64_C(100002) * 4096);
	assert_int_equal(kill.rank, UNKNOWN);
	oom_kill_finish(&kill);
	oom_log_destroy(log);
}

static void
columns_are_found_by_their_heading(void **state)
{
	struct found found = read_log(INVOKED
		"[  pid  ] new rss_file  uid rss nr_ptes nr_pmds swapents total_vm oom_score_adj "
		"name\r\n"
		"[     10]   1        2    3  40       5       6        7       10            8 "
		"a\r\n" DEATH("10", "a"));
	const struct oom_task *task = &found.kills[0].candidates[0];

	assert_int_equal(task->file, 2 * 4096);
	assert_int_equal(task->uid, 3);
	assert_int_equal(task->resident, 40 * 4096);
	assert_int_equal(task->page_tables, 11 * 4096);
	assert_int_equal(task->swap, 7 * 4096);
	assert_int_equal(task->adj, 8);
	assert_int_equal(task->anon, UNKNOWN);
	assert_string_equal(task->comm, "a");
	finish(&found);
}

static void
the_size_of_a_page_comes_from_the_log(void **state)
{
	struct found found = read_log(INVOKED
		"Node 0 Normal: 1*64kB (U) 0*128kB = 64kB\n" HEADING
		"[     10]     0    10       10      100        0        0             0 a\n"
		"Out of memory: Killed process 10 (a) total-vm:640kB, anon-rss:12kB, "
		"file-rss:8kB, shmem-rss:4kB\n");

	assert_int_equal(found.kills[0].candidates[0].resident, 100 * 65536);
	finish(&found);
}

static void
a_report_whose_pages_have_two_sizes_is_of_two_machines(void **state)
{
	struct found found = read_log(INVOKED
		"Node 0 Normal: 1*64kB (U) 0*128kB = 64kB\n" HEADING
		"[     10]     0    10       10      100        0        0             0 a\n" DEATH(
			"10", "a"));

	assert_int_equal(found.count, 1);
	assert_int_equal(found.kills[0].victim.virtual, 40 * 1024);
	assert_int_equal(found.kills[0].candidate_count, 0);
	finish(&found);
}

static void
processes_killed_as_a_group_share_a_report(void **state)
{
	struct found found = read_log(INVOKED
		"memory: usage 64kB, limit 64kB, failcnt 1\n"
		"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
		"oom_memcg=/x,task_memcg=/x/y,task=a,pid=10,uid=0\n"
		"Memory cgroup out of memory: Killed process 10 (a) " SIZES "\n"
		"Tasks in /x are going to be killed due to memory.oom.group set\n"
		"Memory cgroup out of memory: Killed process 10 (a) " SIZES "\n"
		"oom_reaper: reaped process 10 (a), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n"
		"Memory cgroup out of memory: Killed process 11 (b) " SIZES
		"\n" INVOKED DEATH("12", "c"));

	assert_int_equal(found.count, 3);
	assert_string_equal(found.kills[0].group, "/x");
	assert_int_equal(found.kills[0].killed_with, 0);
	assert_int_equal(found.kills[0].reaped, 1);
	assert_string_equal(found.kills[0].limit_cgroup, "/x");
	assert_string_equal(found.kills[0].cgroup, "/x/y");
	assert_int_equal(found.kills[1].victim.pid, 11);
	assert_int_equal(found.kills[1].killed_with, 1);
	assert_int_equal(found.kills[1].report, found.kills[0].report);
	assert_int_equal(found.kills[1].limited_by, OOM_LIMIT_CGROUP);
	assert_null(found.kills[2].group);
	assert_int_not_equal(found.kills[2].report, found.kills[0].report);
	finish(&found);
}

static void
a_group_whose_first_death_is_missing_keeps_its_processes_apart(void **state)
{
	struct found found = read_log(INVOKED
		"memory: usage 64kB, limit 64kB, failcnt 1\n"
		"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
		"oom_memcg=/x,task_memcg=/x/y,task=a,pid=10,uid=0\n"
		"Tasks in /x are going to be killed due to memory.oom.group set\n"
		"Memory cgroup out of memory: Killed process 11 (a) " SIZES "\n"
		"Memory cgroup out of memory: Killed process 10 (a) " SIZES "\n");

	assert_int_equal(found.count, 2);
	assert_int_equal(found.kills[0].victim.pid, 10);
	assert_int_equal(found.kills[0].outcome, OOM_KILLED);
	assert_string_equal(found.kills[0].group, "/x");
	assert_int_equal(found.kills[1].victim.pid, 11);
	assert_int_equal(found.kills[1].killed_with, 1);
	finish(&found);
}

static void
a_group_is_not_for_ever(void **state)
{
	struct oom_log *log = oom_log_create(&clock_of_tests);
	struct found found = { .count = 0 };

	feed(log, "Memory cgroup out of memory: Killed process 10 (a) " SIZES);
	feed(log, "Tasks in /x are going to be killed due to memory.oom.group set");
	for (int i = 0; i < 100; i++)
		feed(log, "eth0: link becomes ready");
	feed(log, "Out of memory: Killed process 11 (b) " SIZES);
	oom_log_end(log);
	take_all(log, &found);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.kills[0].group, "/x");
	assert_null(found.kills[1].group);
	finish(&found);
	oom_log_destroy(log);
}

static void
a_child_may_have_died_for_its_parent(void **state)
{
	struct found found = read_log(
		INVOKED "Out of memory: Kill process 10 (parent) score 868 or sacrifice child\n"
			"Killed process 11 (child) " SIZES "\n");

	assert_int_equal(found.count, 1);
	assert_int_equal(found.kills[0].victim.pid, 11);
	assert_int_equal(found.kills[0].chosen_pid, 10);
	assert_string_equal(found.kills[0].chosen_comm, "parent");
	assert_int_equal(found.kills[0].score, 868);
	finish(&found);
}

static void
a_report_without_a_victim_is_told(void **state)
{
	struct found found = read_log(INVOKED INVOKED DEATH("10", "a") INVOKED
		"Out of memory and no killable processes...\n"
		"Kernel panic - not syncing: System is deadlocked on memory\n" INVOKED);

	assert_int_equal(found.count, 4);
	assert_int_equal(found.kills[0].outcome, OOM_UNSEEN);
	assert_int_equal(found.kills[1].outcome, OOM_KILLED);
	assert_int_equal(found.kills[2].outcome, OOM_PANIC);
	assert_int_equal(found.kills[3].outcome, OOM_UNSEEN);
	finish(&found);
}

/* What a page allocation failure says of memory must not be taken for that of a later kill. */
static void
figures_long_before_a_death_are_not_of_it(void **state)
{
	struct oom_log *log = oom_log_create(&clock_of_tests);
	struct oom_kill kill;

	feed(log, "Mem-Info:");
	feed(log, "active_anon:10 inactive_anon:10 isolated_anon:0");
	for (int i = 0; i < 100; i++)
		feed(log, "eth0: link becomes ready");
	feed(log, "Out of memory: Killed process 7 (a) " SIZES);
	oom_log_end(log);
	assert_true(oom_log_take(log, &kill));
	assert_int_equal(kill.memory_anon, UNKNOWN);
	oom_kill_finish(&kill);
	oom_log_destroy(log);
}

static void
lines_of_others_are_not_believed(void **state)
{
	struct found found = read_log("Nov 22 14:00:01 h app[7]: " DEATH(
		"1", "a") "Nov 22 14:00:01 h kernel: Killed /x due to memory used 1\n"
			  "Nov 22 14:00:01 h kernel: sending SIGTERM to process 7 uid 0 \"a\": "
			  "badness 1\n"
			  "Killed process 7 (a)\nOut of memory: Killed process -7 (a) " SIZES "\n");

	assert_int_equal(found.count, 0);
}

static void
a_victim_without_a_number_is_no_process(void **state)
{
	struct found found = read_log(
		"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
		"oom_memcg=/x,task_memcg=/x/y,task=a,pid=000,uid=0\n" DEATH("10", "a"));

	assert_int_equal(found.count, 1);
	assert_int_equal(found.kills[0].victim.pid, 10);
	finish(&found);
}

static void
figures_that_cannot_be_are_unknown(void **state)
{
	struct found found = read_log(INVOKED
		"Total swap = 99999999999999999999kB\n"
		"9223372036854775807 pages RAM\n1 pages reserved\n" HEADING
		"[     10] 0 10 9223372036854775807 9223372036854775807 9223372036854775807 "
		"9223372036854775807 1000 a\n"
		"[     11] 0 11 10 100 0 0 9223372036854775807 b\n"
		"Out of memory: Killed process 10 (a) total-vm:9223372036854775807kB, "
		"anon-rss:99999999999999999999999kB\n");
	const struct oom_kill *kill = &found.kills[0];

	assert_int_equal(found.count, 1);
	assert_int_equal(kill->victim.virtual, UNKNOWN);
	assert_int_equal(kill->victim.anon, UNKNOWN);
	assert_int_equal(kill->swap_total, UNKNOWN);
	assert_int_equal(kill->total, UNKNOWN);
	for (size_t i = 0; i < kill->candidate_count; i++)
		assert_int_equal(kill->candidates[i].badness, UNKNOWN);
	finish(&found);
}

static void
the_limit_says_what_an_adjustment_counts_for(void **state)
{
	static const struct {
		const char *memory, *constraint;
		int64_t total;
		enum oom_limit limit;
	} cases[] = {
		{ MEMORY, "NONE,", INT64_C(1000000) * 4096, OOM_LIMIT_MACHINE },
		{ "Node 1 Normal free:0kB present:1000kB\nNode 1 DMA free:0kB "
		  "present:24kB\n" MEMORY,
			"CPUSET,", 1024 * 1024, OOM_LIMIT_CPUSET },
		{ "Node 1 Normal free:0kB present:1000kB\n" MEMORY, "MEMORY_POLICY,", 1000 * 1024,
			OOM_LIMIT_MEMPOLICY },
		/* How much swap there is the log does not tell (L2). */
		{ LIMITED, "MEMCG,", UNKNOWN, OOM_LIMIT_CGROUP },
		{ LIMITED, "NONE,oom_memcg=/x,", UNKNOWN, OOM_LIMIT_CGROUP },
		{ LIMITED "swap: usage 0kB, limit 0kB, failcnt 0\n", "MEMCG,", 100 * 1024,
			OOM_LIMIT_CGROUP },
		{ LIMITED "memory+swap: usage 49kB, limit 140kB, failcnt 0\n", "MEMCG,", 140 * 1024,
			OOM_LIMIT_CGROUP },
		{ "Total swap = 20kB\n" LIMITED "swap: usage 0kB, limit 50kB, failcnt 0\n",
			"MEMCG,", 120 * 1024, OOM_LIMIT_CGROUP },
		{ "", "SOMETHING_NEW,", UNKNOWN, OOM_LIMIT_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[1024];
		struct found found;

		snprintf(text, sizeof(text),
			INVOKED
			"%soom-kill:constraint=CONSTRAINT_%sglobal_oom,task_memcg=/,task=a,pid=10,"
			"uid=0\n" DEATH("10", "a"),
			cases[i].memory, cases[i].constraint);
		found = read_log(text);
		assert_int_equal(found.count, 1);
		assert_int_equal(found.kills[0].limited_by, cases[i].limit);
		assert_int_equal(found.kills[0].total, cases[i].total);
		finish(&found);
	}
}

/* What comes from /dev/kmsg is told at once, but a report is not torn. */
static void
a_pause_gives_what_is_there_and_tears_nothing(void **state)
{
	struct oom_log *log = oom_log_create(&clock_of_tests);
	struct oom_kill kill;

	feed(log, "a invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0");
	oom_log_pause(log);
	assert_false(oom_log_take(log, &kill));
	feed(log, "Out of memory: Killed process 7 (b) " SIZES);
	assert_false(oom_log_take(log, &kill));
	oom_log_pause(log);
	assert_true(oom_log_take(log, &kill));
	assert_string_equal(kill.asked_comm, "a");
	oom_kill_finish(&kill);
	oom_log_destroy(log);
}

static void
lines_of_a_file_are_read_whatever_their_length(void **state)
{
	struct kernel_log *log;
	struct tree tree;
	char path[128], *text = malloc(300001);
	char *line;

	assert_non_null(text);
	memset(text, 'x', 300000);
	memcpy(text, "first\r\n\nthird\n", 14);
	memcpy(text + 200000, "\nlast", 5);
	text[200005] = '\0';
	tree_create(&tree);
	tree_write(&tree, "log", text);
	snprintf(path, sizeof(path), "%s/log", tree.path);
	assert_int_equal(kernel_log_open(path, KERNEL_LOG_ALL, &log), 0);
	assert_int_equal(kernel_log_next(log, &line), 1);
	assert_string_equal(line, "first\r");
	assert_int_equal(kernel_log_next(log, &line), 1);
	assert_string_equal(line, "");
	assert_int_equal(kernel_log_next(log, &line), 1);
	assert_string_equal(line, "third");
	assert_int_equal(kernel_log_next(log, &line), 1);
	assert_true(strlen(line) >= 65536);
	assert_int_equal(kernel_log_next(log, &line), 1);
	assert_string_equal(line, "last");
	assert_int_equal(kernel_log_next(log, &line), 0);
	kernel_log_close(log);
	assert_true(kernel_log_open("/nonexistent/log", KERNEL_LOG_ALL, &log) < 0);
	tree_destroy(&tree);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_may_be_anything),
		cmocka_unit_test(a_request_without_a_name_is_of_nobody_known),
		cmocka_unit_test(a_name_with_a_newline_is_put_together),
		cmocka_unit_test(the_journal_may_come_as_json),
		cmocka_unit_test(the_highest_badness_is_first_and_of_equals_the_later),
		cmocka_unit_test(without_the_total_an_adjustment_counts_for_nothing_known),
		cmocka_unit_test(only_the_best_candidates_are_kept_and_all_are_counted),
		cmocka_unit_test(columns_are_found_by_their_heading),
		cmocka_unit_test(the_size_of_a_page_comes_from_the_log),
		cmocka_unit_test(a_report_whose_pages_have_two_sizes_is_of_two_machines),
		cmocka_unit_test(processes_killed_as_a_group_share_a_report),
		cmocka_unit_test(a_group_whose_first_death_is_missing_keeps_its_processes_apart),
		cmocka_unit_test(a_group_is_not_for_ever),
		cmocka_unit_test(a_child_may_have_died_for_its_parent),
		cmocka_unit_test(a_report_without_a_victim_is_told),
		cmocka_unit_test(figures_long_before_a_death_are_not_of_it),
		cmocka_unit_test(lines_of_others_are_not_believed),
		cmocka_unit_test(a_victim_without_a_number_is_no_process),
		cmocka_unit_test(figures_that_cannot_be_are_unknown),
		cmocka_unit_test(the_limit_says_what_an_adjustment_counts_for),
		cmocka_unit_test(a_pause_gives_what_is_there_and_tears_nothing),
		cmocka_unit_test(lines_of_a_file_are_read_whatever_their_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
