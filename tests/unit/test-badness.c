// SPDX-License-Identifier: GPL-3.0-or-later
#include "rank-machine.h"
#include "unit.h"

#include "collect/collect.h"
#include "model/badness.h"
#include "model/derive.h"
#include "model/needs.h"
#include "model/snapshot.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define GIB (INT64_C(1) << 30)
#define MIB (INT64_C(1) << 20)

enum { HERD = 1000, PATIENCE = 200 };

static int64_t page;

static int
set_up(void **state)
{
	page = sysconf(_SC_PAGESIZE);
	return rank_machine_set_up(state);
}

/* A process that holds so many bytes of anonymous memory, with the score that the kernel shows. */
static struct process *
add(struct snapshot *snapshot, int64_t pid, int64_t resident, int64_t adj)
{
	struct process *row = snapshot_add_process(snapshot);
	struct badness_scope scope = badness_scope_of(snapshot);

	row->pid = pid;
	row->start_time = pid;
	row->state = "S";
	row->virtual = 2 * resident;
	row->resident = row->anon = resident;
	row->swap = 0;
	row->page_tables = page;
	row->oom_adj = adj;
	row->oom_score = adj == -1000 ? 0 : badness_score_of(row, &scope);
	return row;
}

static const struct process *
find(const struct snapshot *snapshot, int64_t pid)
{
	const struct process *row = snapshot_find_process(snapshot, pid);

	assert_non_null(row);
	return row;
}

static void
T16_points_count_what_the_kernel_counts(void **state)
{
	struct snapshot *now = *state;
	struct process *row = add(now, 10, 100 * MIB, 0);

	assert_int_equal(badness_of(row, 64 * GIB), 100 * MIB + page);
	row->oom_resident = 99 * MIB; /* field 24 of stat lags behind */
	assert_int_equal(badness_of(row, 64 * GIB), 99 * MIB + page);
	assert_true(badness_counts_exactly("7.0.1-generic"));
	assert_true(badness_counts_exactly("12.0"));
	assert_false(badness_counts_exactly("6.18.44"));
	assert_false(badness_counts_exactly("4.19"));
}

static void
T36_an_adjustment_is_thousandths_of_the_total_in_whole_pages(void **state)
{
	assert_int_equal(badness_adj_weight(0, 64 * GIB), 0);
	assert_int_equal(badness_adj_weight(1, 1000 * page), page);
	assert_int_equal(badness_adj_weight(1, 1999 * page), page);
	assert_int_equal(badness_adj_weight(-1000, 1999 * page), -1000 * page);
	assert_int_equal(badness_adj_weight(1000, 999 * page), 0);
	assert_true(badness_adj_weight(UNKNOWN, GIB) == UNKNOWN);
	assert_true(badness_adj_weight(1, UNKNOWN) == UNKNOWN);
}

static void
T37_an_empty_process_scores_666_and_before_5_9_nothing(void **state)
{
	int64_t total = 100000 * page;

	assert_int_equal(badness_score(0, total, false), 666);
	assert_int_equal(badness_score(0, total, true), 0);
	assert_int_equal(badness_score(total, total, false), 1333);
	assert_int_equal(badness_score(total, total, true), 1000);
	assert_int_equal(badness_score(-999 * (total / 1000), total, false), 0);
	assert_int_equal(badness_score(-999 * (total / 1000), total, true), 0);
	assert_int_equal(badness_score(-50 * page, total, false), 666); /* C cuts towards 0 */
	assert_int_equal(badness_score(-150 * page, total, false), 666);
	assert_int_equal(badness_score(200 * page, total, false), 668);
	assert_true(badness_score(UNKNOWN, total, false) == UNKNOWN);
	assert_true(badness_has_old_scale("5.8.18-1"));
	assert_true(badness_has_old_scale("4.19.0-21-amd64"));
	assert_false(badness_has_old_scale("5.9"));
	assert_false(badness_has_old_scale("5.10.0"));
	assert_false(badness_has_old_scale("6.1"));
	assert_false(badness_has_old_scale("whatever"));
	assert_false(badness_has_old_scale(NULL));
}

static void
T38_root_gets_no_discount(void **state)
{
	struct snapshot *now = *state;

	add(now, 10, 100 * MIB, 0)->uid = 0;
	add(now, 11, 100 * MIB, 0)->uid = 1000;
	badness_rank(now);
	assert_int_equal(find(now, 10)->weight->badness, find(now, 11)->weight->badness);
}

static void
T39_a_smaller_total_turns_the_order_round(void **state)
{
	assert_true(badness_points(400 * MIB, 0, 0, 0, 512 * MIB) >
		    badness_points(200 * MIB, 0, 0, 300, 512 * MIB));
	assert_true(badness_points(400 * MIB, 0, 0, 0, 64 * GIB) <
		    badness_points(200 * MIB, 0, 0, 300, 64 * GIB));
}

static void
T40_swap_and_page_tables_count_and_huge_pages_do_not(void **state)
{
	struct snapshot *now = *state;
	struct process *row = add(now, 10, 100 * MIB, 0);

	row->swap = 7 * MIB;
	row->page_tables = 3 * page;
	snapshot_status(now, row)->hugetlb = GIB;
	assert_int_equal(badness_of(row, 64 * GIB), 107 * MIB + 3 * page);
	row->page_tables = UNKNOWN;
	assert_true(badness_of(row, 64 * GIB) == UNKNOWN);
}

static void
T41_what_is_never_killed_has_a_reason_and_no_rank(void **state)
{
	static const struct {
		int64_t pid;
		const char *protection;
	} cases[] = {
		{ 1, "init" },
		{ 2, "kernel thread" },
		{ 10, "adj -1000" },
		{ 11, "zombie" },
		{ 12, "ending" },
		{ 13, "vfork child" }, /* of 10 */
		{ 14, "passed over by the kernel" },
		{ 15, "shares memory with 10" },
	};
	struct snapshot *now = *state;

	add(now, 1, 5 * MIB, 0)->oom_score = 0;
	add(now, 2, 0, 0)->is_kernel_thread = true;
	add(now, 10, 500 * MIB, -1000);
	add(now, 11, 0, 0)->state = "Z";
	add(now, 12, 0, 0);
	add(now, 13, MIB, 0)->oom_score = 0;
	snapshot_extras(now, &now->processes[5])->memory_of = 10;
	add(now, 14, MIB, 0)->oom_score = 0;
	snapshot_extras(now, add(now, 15, MIB, 100))->memory_of = 10;
	add(now, 20, MIB, 0);
	badness_rank(now);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct process *row = find(now, cases[i].pid);

		assert_string_equal(row->weight->protection, cases[i].protection);
		assert_true(row->rank == UNKNOWN);
		assert_true(row->weight->badness == UNKNOWN);
	}
	assert_int_equal(now->kill_count, 1);
	assert_int_equal(find(now, 20)->rank, 1);
	assert_null(find(now, 20)->weight->protection);
}

static void
the_init_of_a_container_can_be_killed(void **state)
{
	struct snapshot *now = *state;

	add(now, 1, 5 * MIB, 0);
	badness_rank(now);
	assert_null(now->processes[0].weight->protection);
	assert_int_equal(now->processes[0].rank, 1);
}

/* A score of 0 by the kernel's own arithmetic is not a protection. */
static void
an_adjustment_of_minus_999_is_last_but_not_safe(void **state)
{
	struct snapshot *now = *state;

	add(now, 10, MIB, -999);
	add(now, 11, MIB, -500);
	now->processes[0].oom_score = 0; /* on a larger machine the kernel shows 0, not 1 */
	badness_rank(now);
	assert_int_equal(find(now, 10)->rank, 2);
	assert_true(find(now, 10)->weight->badness < 0);
	assert_int_equal(find(now, 11)->rank, 1);
}

static void
of_equal_processes_the_last_started_dies_first(void **state)
{
	struct snapshot *now = *state;

	add(now, 10, MIB, 0);
	add(now, 11, MIB, 0)->start_time = 50;
	add(now, 12, MIB, 0)->start_time = 10;
	add(now, 13, MIB, 0)->start_time = 50;
	badness_rank(now);
	assert_int_equal(find(now, 13)->rank, 1);
	assert_int_equal(find(now, 11)->rank, 2);
	assert_int_equal(find(now, 12)->rank, 3);
	assert_int_equal(find(now, 10)->rank, 4);
	assert_int_equal(now->kill_order[0]->pid, 13);
}

static void
T25_one_address_space_is_one_candidate(void **state)
{
	struct snapshot *now = *state;

	add(now, 10, 2 * MIB, 0);
	add(now, 11, 3 * MIB, 0);
	snapshot_extras(now, add(now, 12, 3 * MIB, 0))->memory_of = 11;
	snapshot_extras(now, add(now, 13, 3 * MIB, 0))->memory_of = 12;
	badness_rank(now);
	assert_int_equal(now->kill_count, 2);
	assert_int_equal(find(now, 11)->rank, 1);
	assert_int_equal(find(now, 12)->rank, 1);
	assert_int_equal(find(now, 13)->rank, 1);
	assert_int_equal(find(now, 10)->rank, 2);
}

static void
F14_who_is_not_chosen_dies_with_its_address_space_and_its_group(void **state)
{
	static const struct {
		int64_t pid, rank;
		const char *protection;
	} cases[] = {
		{ 1, UNKNOWN, "init" },
		{ 10, 1, NULL },
		{ 11, 1, NULL },
		{ 12, 1, NULL },
		{ 13, 1, NULL },
		{ 14, UNKNOWN, "adj -1000" },
		{ 15, UNKNOWN, "zombie" },
		{ 16, UNKNOWN, "passed over by the kernel" },
	};
	struct snapshot *now = *state;

	add(now, 1, MIB, 0)->oom_score = 0;
	snapshot_extras(now, add(now, 10, 9 * MIB, 0))->oom_group = "/g";
	add(now, 11, 9 * MIB, 0)->oom_score = 0; /* a vfork child */
	add(now, 12, 2 * MIB, 0)->oom_score = 0; /* a vfork child of one that is outside */
	add(now, 13, 2 * MIB, 0)->swap = UNKNOWN;
	add(now, 14, 2 * MIB, -1000);
	add(now, 15, 0, 0)->state = "Z";
	add(now, 16, 2 * MIB, 0)->oom_score = 0;
	snapshot_extras(now, snapshot_find_process(now, 11))->memory_of = 10;
	snapshot_extras(now, snapshot_find_process(now, 12))->memory_of = 1;
	for (int64_t pid = 12; pid <= 15; pid++)
		snapshot_extras(now, snapshot_find_process(now, pid))->oom_group = "/g";
	badness_rank(now);
	assert_int_equal(now->kill_count, 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct process *row = find(now, cases[i].pid);

		assert_true(row->rank == cases[i].rank);
		if (cases[i].protection)
			assert_string_equal(row->weight->protection, cases[i].protection);
		else
			assert_null(row->weight->protection);
	}
}

/* Whoever is in the group has that address space there, though its owner stands outside. */
static void
T25_an_address_space_from_outside_the_group_is_a_candidate(void **state)
{
	struct snapshot *now = *state;

	now->system.oom_scope = "/g";
	now->system.oom_limit = now->system.oom_total = 100 * MIB;
	add(now, 10, 2 * MIB, 0)->place = &(struct process_place){ .cgroup = "/" };
	add(now, 11, 2 * MIB, 0)->place = &(struct process_place){ .cgroup = "/g/a" };
	snapshot_extras(now, snapshot_find_process(now, 11))->memory_of = 10;
	badness_rank(now);
	assert_int_equal(now->kill_count, 1);
	assert_int_equal(find(now, 11)->rank, 1);
}

static void
what_is_unknown_has_no_rank_and_does_not_count(void **state)
{
	struct snapshot *now = *state;

	add(now, 10, MIB, 0)->swap = UNKNOWN;
	add(now, 11, MIB, 0);
	badness_rank(now);
	assert_true(find(now, 10)->rank == UNKNOWN);
	assert_true(find(now, 10)->weight->badness == UNKNOWN);
	assert_null(find(now, 10)->weight->protection);
	assert_int_equal(find(now, 11)->rank, 1);
	now->system.swap_total = UNKNOWN;
	badness_rank(now);
	assert_true(find(now, 11)->rank == UNKNOWN);
}

static void
ranks_need_all_processes(void **state)
{
	struct snapshot *now = *state;

	add(now, 10, MIB, 300);
	now->bits = NEED_BADNESS & ~NEED_RANK;
	derive(now, NULL);
	assert_true(now->processes[0].rank == UNKNOWN);
	assert_int_equal(
		now->processes[0].weight->adj_weight, 300 * (64 * GIB / page / 1000) * page);
	now->bits = NEED_BADNESS;
	derive(now, NULL);
	assert_int_equal(now->processes[0].rank, 1);
}

static void
what_killing_frees_is_best_known_by_uss(void **state)
{
	struct snapshot *now = *state;
	struct process *row = add(now, 10, 5 * MIB, 0);

	row->anon = 3 * MIB;
	row->swap = 2 * MIB;
	badness_weigh(now);
	assert_int_equal(row->weight->frees, 5 * MIB + page);
	snapshot_rollup(now, row)->uss = 4 * MIB;
	snapshot_rollup(now, row)->swap_pss = MIB / 2;
	badness_weigh(now);
	assert_int_equal(row->weight->frees, 4 * MIB + MIB / 2 + page);
	row->page_tables = UNKNOWN;
	badness_weigh(now);
	assert_true(row->weight->frees == UNKNOWN);
}

/* The children of the test: each holds another size of memory and has another adjustment. */

static void
hold_memory(int number, int ready, int end)
{
	size_t size = (size_t)(number % 97) * 64 * 1024 + 4096;
	int adj = (number * 7) % 2001 - 1000;
	char text[16], *memory;
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		(number % 5 ? MAP_PRIVATE : MAP_SHARED) | MAP_ANONYMOUS, -1, 0);
	if (memory != MAP_FAILED)
		memset(memory, 1, size);
	snprintf(text, sizeof(text), "%d", adj);
	if (write(fd, text, strlen(text)) < 0) { /* to lower it takes CAP_SYS_RESOURCE */
		snprintf(text, sizeof(text), "%d", -adj);
		(void)!write(fd, text, strlen(text));
	}
	(void)!write(ready, "", 1);
	(void)!read(end, text, 1);
	_exit(0);
}

struct herd {
	pid_t pids[HERD];
	int end[2];
};

static void
herd_start(struct herd *herd)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(herd->end), 0);
	for (int i = 0; i < HERD; i++) {
		herd->pids[i] = fork();
		assert_true(herd->pids[i] >= 0);
		if (herd->pids[i] == 0) {
			close(herd->end[1]);
			hold_memory(i, ready[1], herd->end[0]);
		}
	}
	for (int i = 0; i < HERD; i++)
		assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
}

static void
herd_end(struct herd *herd)
{
	close(herd->end[1]);
	for (int i = 0; i < HERD; i++)
		assert_int_equal(waitpid(herd->pids[i], NULL, 0), herd->pids[i]);
	close(herd->end[0]);
}

/*
 * The score is 0 where the kernel passes the process over. That it does so is learnt from the score
 * itself of those only that are in vfork(2) or killed already, and none of the herd is.
 */
static bool
is_as_computed(const struct snapshot *now, const struct process *row)
{
	struct badness_scope scope = badness_scope_of(now);

	if (row->parent == getpid() && row->weight->protection && row->oom_adj != -1000)
		return false;
	if (row->weight->protection || badness_is_vfork_child(row, &scope))
		return row->oom_score == 0;
	return row->oom_score == badness_score_of(row, &scope);
}

/*
 * The files of one process are read one after the other. A process that gets or gives back a page
 * between two of them is read again: in one of the turns it stands still.
 */
static bool
agrees_when_it_stands_still(int64_t pid)
{
	struct needs needs = { .bits = NEED_BADNESS, .pids = &pid, .pid_count = 1, .exact = true };
	struct snapshot now = { .time = 0 };
	struct source *source;
	bool agrees = false;

	assert_int_equal(collect_create(NULL, &source), 0);
	for (int i = 0; i < PATIENCE && !agrees; i++) {
		const struct process *row;

		assert_int_equal(source->read(source, &now, NULL, &needs), 0);
		derive(&now, NULL);
		row = snapshot_find_process(&now, pid);
		agrees = !row || is_as_computed(&now, row);
	}
	source->destroy(source);
	snapshot_finish(&now);
	return agrees;
}

static void
on_1000_processes_the_computed_score_is_the_kernels(void **state)
{
	struct needs needs = { .bits = NEED_BADNESS };
	struct snapshot now = { .time = 0 };
	struct source *source;
	struct herd herd;
	size_t compared = 0, again = 0, adjusted = 0;

	herd_start(&herd);
	assert_int_equal(collect_create(NULL, &source), 0);
	assert_int_equal(source->read(source, &now, NULL, &needs), 0);
	derive(&now, NULL);
	for (size_t i = 0; i < now.process_count; i++) {
		const struct process *row = &now.processes[i];

		if (row->oom_score == UNKNOWN ||
			(!row->weight->protection && row->weight->badness == UNKNOWN))
			continue;
		compared++;
		adjusted += row->oom_adj != 0;
		if (is_as_computed(&now, row))
			continue;
		again++;
		assert_true(agrees_when_it_stands_still(row->pid));
	}
	print_message("# %zu processes compared, %zu with an adjustment, %zu read again\n",
		compared, adjusted, again);
	assert_true(compared >= HERD && adjusted > HERD / 3);
	source->destroy(source);
	snapshot_finish(&now);
	herd_end(&herd);
}

/* Forks a child which borrows its memory to one of its own and says that one's number. */
static pid_t
start_vfork(int ready)
{
	pid_t pid = fork();

	if (pid == 0) {
		pid_t child = vfork();

		if (child == 0) {
			child = getpid();
			(void)!write(ready, &child, sizeof(child));
			for (;;)
				pause();
		}
		_exit(0);
	}
	return pid;
}

static void
a_vfork_child_is_told_by_its_score(void **state)
{
	struct needs needs = { .bits = NEED_BADNESS };
	struct snapshot now = { .time = 0 };
	struct source *source;
	struct badness_scope scope;
	pid_t parent, child;
	int ready[2];

	assert_int_equal(pipe(ready), 0);
	parent = start_vfork(ready[1]);
	assert_int_equal(read(ready[0], &child, sizeof(child)), sizeof(child));
	assert_int_equal(collect_create(NULL, &source), 0);
	assert_int_equal(source->read(source, &now, NULL, &needs), 0);
	derive(&now, NULL);
	assert_int_equal(find(&now, child)->extras->memory_of, parent);
	scope = badness_scope_of(&now);
	assert_true(badness_is_vfork_child(find(&now, child), &scope));
	assert_null(find(&now, child)->weight->protection);
	assert_int_equal(find(&now, child)->rank, find(&now, parent)->rank);
	assert_null(find(&now, parent)->weight->protection);
	assert_true(find(&now, parent)->rank >= 1);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	source->destroy(source);
	snapshot_finish(&now);
	close(ready[0]);
	close(ready[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rank_machine_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(T16_points_count_what_the_kernel_counts),
		TEST(T36_an_adjustment_is_thousandths_of_the_total_in_whole_pages),
		TEST(T37_an_empty_process_scores_666_and_before_5_9_nothing),
		TEST(T38_root_gets_no_discount),
		TEST(T39_a_smaller_total_turns_the_order_round),
		TEST(T40_swap_and_page_tables_count_and_huge_pages_do_not),
		TEST(T41_what_is_never_killed_has_a_reason_and_no_rank),
		TEST(the_init_of_a_container_can_be_killed),
		TEST(an_adjustment_of_minus_999_is_last_but_not_safe),
		TEST(of_equal_processes_the_last_started_dies_first),
		TEST(T25_one_address_space_is_one_candidate),
		TEST(F14_who_is_not_chosen_dies_with_its_address_space_and_its_group),
		TEST(T25_an_address_space_from_outside_the_group_is_a_candidate),
		TEST(what_is_unknown_has_no_rank_and_does_not_count),
		TEST(ranks_need_all_processes),
		TEST(what_killing_frees_is_best_known_by_uss),
		cmocka_unit_test(a_vfork_child_is_told_by_its_score),
		TEST(on_1000_processes_the_computed_score_is_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
