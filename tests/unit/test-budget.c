// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/arena.h"
#include "collect/budget.h"
#include "model/budget.h"
#include "model/snapshot.h"

#include <string.h>

#define MIB INT64_C(1048576)

static struct budget_figures
nothing_known(void)
{
	struct budget_figures figures;

	for (size_t i = 0; i < sizeof(figures) / sizeof(int64_t); i++)
		((int64_t *)&figures)[i] = UNKNOWN;
	return figures;
}

static struct budget_figures
usual(void)
{
	struct budget_figures figures = nothing_known();

	figures.total = 1000 * MIB;
	figures.free = 300 * MIB;
	figures.anon = 200 * MIB;
	figures.cached = 250 * MIB;
	figures.shmem = 50 * MIB;
	figures.dirty = 10 * MIB;
	figures.buffers = 20 * MIB;
	figures.slab_reclaimable = 30 * MIB;
	figures.reclaimable = 35 * MIB;
	figures.slab_unreclaimable = 40 * MIB;
	figures.stacks = 16 * MIB;
	figures.vmalloc = 20 * MIB;
	figures.swap_cached = 7 * MIB;
	return figures;
}

static const struct budget_row *
find(const struct rows *budget, const char *item, const char *part)
{
	for (size_t i = 0; i < budget->count; i++) {
		const struct budget_row *row = budget_at(budget, i);

		if (strcmp(row->item, item) == 0 &&
			(part ? row->part && strcmp(row->part, part) == 0 : !row->part))
			return row;
	}
	return NULL;
}

static int64_t
bytes(const struct rows *budget, const char *item, const char *part)
{
	const struct budget_row *row = find(budget, item, part);

	assert_non_null(row);
	return row->bytes;
}

static int64_t
sum(const struct rows *budget)
{
	int64_t sum = 0;

	for (size_t i = 0; i < budget->count; i++)
		if (!budget_at(budget, i)->part && budget_at(budget, i)->bytes != UNKNOWN)
			sum += budget_at(budget, i)->bytes;
	return sum;
}

static void
items_add_up_and_the_rest_has_a_name(void **state)
{
	const struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(sum(&budget), 1000 * MIB);
	assert_int_equal(bytes(&budget, "unaccounted", NULL),
		(1000 - 300 - 200 - 250 - 20 - 30 - 5 - 40 - 20) * MIB);
	assert_int_equal(bytes(&budget, "kernel_reclaimable", NULL), 5 * MIB);
	assert_int_equal(find(&budget, "free", NULL)->share, 300);
	assert_true(bytes(&budget, "page_tables", NULL) == UNKNOWN);
	rows_finish(&budget);
}

static void
T3_shared_memory_is_taken_out_of_the_cache(void **state)
{
	const struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "cache", NULL), 200 * MIB);
	assert_int_equal(bytes(&budget, "cache", "dirty"), 10 * MIB);
	assert_int_equal(bytes(&budget, "cache", "clean"), 190 * MIB);
	assert_int_equal(bytes(&budget, "shmem", NULL), 50 * MIB);
	rows_finish(&budget);
}

static void
stacks_that_are_mapped_by_vmalloc_count_once(void **state)
{
	struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "vmalloc", NULL), 4 * MIB);
	figures.vmalloc = 3 * MIB; /* less than the stacks: they are mapped otherwise */
	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "vmalloc", NULL), 3 * MIB);
	assert_int_equal(sum(&budget), 1000 * MIB);
	rows_finish(&budget);
}

static void
T9_what_is_in_swap_too_is_a_part_and_counts_once(void **state)
{
	const struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "anon", NULL), 200 * MIB);
	assert_int_equal(bytes(&budget, "anon", "swap cached"), 7 * MIB);
	rows_finish(&budget);
}

static void
T10_a_claim_is_no_more_than_what_is_left(void **state)
{
	struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	figures.arc = 100 * MIB;
	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "arc", NULL), 100 * MIB);
	assert_int_equal(bytes(&budget, "unaccounted", NULL), 35 * MIB);
	figures.arc = 500 * MIB;
	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "arc", NULL), 135 * MIB);
	assert_int_equal(bytes(&budget, "unaccounted", NULL), 0);
	assert_int_equal(sum(&budget), 1000 * MIB);
	rows_finish(&budget);
}

static void
T11_absurd_figures_are_unknown_and_do_no_harm(void **state)
{
	struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	figures.anon = INT64_MAX;
	figures.buffers = -5;
	budget_build(&budget, &figures, NULL, 0);
	assert_true(bytes(&budget, "anon", NULL) == UNKNOWN);
	assert_true(bytes(&budget, "buffers", NULL) == UNKNOWN);
	assert_int_equal(sum(&budget), 1000 * MIB);
	figures.anon = 500 * MIB; /* more than there is: other figures are of another moment */
	assert_false(budget_build(&budget, &figures, NULL, 0));
	assert_true(bytes(&budget, "unaccounted", NULL) < 0);
	assert_int_equal(sum(&budget), 1000 * MIB);
	figures.total = UNKNOWN;
	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(budget.count, 0);
	rows_finish(&budget);
}

static void
parts_follow_their_item_the_largest_first(void **state)
{
	static const struct budget_part parts[] = {
		{ "shmem", "/tmp", "tmpfs", 10 * MIB }, { "shmem", "/dev/shm", "tmpfs", 25 * MIB },
		{ "huge_pages", "2M free", "", 4 * MIB },
		{ "slab_reclaimable", "dentry", "slab cache", 31 * MIB }, /* read later */
	};
	const struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };
	const struct budget_row *row;

	budget_build(&budget, &figures, parts, ARRAY_SIZE(parts));
	row = find(&budget, "shmem", NULL);
	assert_string_equal(row[1].part, "/dev/shm");
	assert_string_equal(row[2].part, "other");
	assert_int_equal(row[2].bytes, 15 * MIB);
	assert_string_equal(row[3].part, "/tmp");
	assert_int_equal(bytes(&budget, "slab_reclaimable", "dentry"), 30 * MIB);
	assert_int_equal(sum(&budget), 1000 * MIB);
	rows_finish(&budget);
}

static void
changes_are_since_the_first_reading(void **state)
{
	struct budget_figures figures = usual();
	struct rows first = { .count = 0 }, now = { .count = 0 };
	struct arena texts = { .first = NULL };
	const struct budget_part part = { "shmem", "/tmp", "tmpfs", 10 * MIB };

	budget_build(&now, &figures, &part, 1);
	rows_copy(&first, &now, &texts);
	figures.free -= 30 * MIB;
	figures.anon += 30 * MIB;
	budget_build(&now, &figures, NULL, 0);
	budget_compare(&now, &first, INT64_C(30) * 1000000000);
	assert_int_equal(find(&now, "free", NULL)->change, -30 * MIB);
	assert_int_equal(find(&now, "free", NULL)->rate, -60 * MIB);
	assert_int_equal(find(&now, "anon", NULL)->change, 30 * MIB);
	assert_int_equal(find(&now, "buffers", NULL)->change, 0);
	assert_true(find(&now, "page_tables", NULL)->change == UNKNOWN);
	assert_int_equal(bytes(&first, "shmem", "/tmp"), 10 * MIB);
	rows_finish(&now);
	rows_finish(&first);
	arena_finish(&texts);
}

static void
L22_figures_of_another_machine_are_named_as_such(void **state)
{
	struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	figures.anon = 3000 * MIB;
	assert_true(budget_build(&budget, &figures, NULL, 0));
	assert_null(find(&budget, "unaccounted", NULL));
	assert_int_equal(bytes(&budget, "mixed", NULL), (135 + 200 - 3000) * MIB);
	assert_true(find(&budget, "anon", NULL)->share == UNKNOWN);
	assert_int_equal(sum(&budget), 1000 * MIB);
	rows_finish(&budget);
}

static void
L22_a_balloon_is_in_the_budget_or_beyond_it(void **state)
{
	static const struct {
		int64_t balloon, installed, present; /* MiB; -1: unknown */
		int64_t bytes, unaccounted;          /* MiB */
		int64_t given_back, kept;            /* MiB; -1: unknown */
	} cases[] = {
		{ 100, 1040, -1, 100, 35, 0, 40 },    /* of MemTotal */
		{ 512, 1563, 1560, 0, 135, 512, 51 }, /* taken off MemTotal */
		{ 512, -1, 1560, 0, 135, 512, -1 },   /* the same where iomem is hidden */
		{ 160, 1040, 1030, 160, -25, 0, 40 }, /* L11: it does not fit, and stays as it is */
		{ 0, 1040, -1, 0, 135, 0, 40 },
	};
	struct rows budget = { .count = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct budget_figures figures = usual();
		int64_t given_back, kept;

		figures.balloon = cases[i].balloon * MIB;
		figures.installed = cases[i].installed < 0 ? UNKNOWN : cases[i].installed * MIB;
		figures.present = cases[i].present < 0 ? UNKNOWN : cases[i].present * MIB;
		assert_false(budget_build(&budget, &figures, NULL, 0));
		assert_int_equal(bytes(&budget, "balloon", NULL), cases[i].bytes * MIB);
		assert_int_equal(find(&budget, "balloon", NULL)->figure, cases[i].balloon * MIB);
		assert_int_equal(bytes(&budget, "unaccounted", NULL), cases[i].unaccounted * MIB);
		assert_int_equal(sum(&budget), 1000 * MIB);
		budget_beyond(&budget, &figures, &given_back, &kept);
		assert_int_equal(given_back, cases[i].given_back * MIB);
		assert_true(kept == (cases[i].kept < 0 ? UNKNOWN : cases[i].kept * MIB));
	}
	rows_finish(&budget);
}

/* The pages that it has in swap are no part of shmem. */
static void
a_tmpfs_may_be_larger_than_what_of_it_is_in_memory(void **state)
{
	const struct budget_part part = { "shmem", "/tmp", "tmpfs", 60 * MIB };
	const struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	budget_build(&budget, &figures, &part, 1);
	assert_int_equal(bytes(&budget, "shmem", NULL), 50 * MIB);
	assert_int_equal(bytes(&budget, "shmem", "/tmp"), 60 * MIB);
	rows_finish(&budget);
}

static void
L11_slab_without_its_parts_is_slab(void **state)
{
	struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	figures.slab = 75 * MIB;
	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "slab", NULL), 5 * MIB);
	figures.slab_reclaimable = figures.slab_unreclaimable = UNKNOWN;
	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "slab", NULL), 75 * MIB);
	assert_true(bytes(&budget, "slab_reclaimable", NULL) == UNKNOWN);
	assert_int_equal(sum(&budget), 1000 * MIB);
	rows_finish(&budget);
}

static void
L25_address_space_is_no_memory(void **state)
{
	struct budget_figures figures = usual();
	struct rows budget = { .count = 0 };

	figures.vmalloc_chunk = 0;
	budget_build(&budget, &figures, NULL, 0);
	assert_int_equal(bytes(&budget, "vmalloc", NULL), 4 * MIB);
	figures.vmalloc_chunk = 30000 * MIB; /* before Linux 4.4 */
	budget_build(&budget, &figures, NULL, 0);
	assert_true(bytes(&budget, "vmalloc", NULL) == UNKNOWN);
	figures.vmalloc = figures.vmalloc_chunk = 0; /* before 5.3 */
	budget_build(&budget, &figures, NULL, 0);
	assert_true(bytes(&budget, "vmalloc", NULL) == UNKNOWN);
	assert_int_equal(sum(&budget), 1000 * MIB);
	rows_finish(&budget);
}

/* Ten of each kind: there is a place for eight in all. */
static void
a_slab_cache_is_a_part_only_where_its_item_is_known(void **state)
{
	static const char *const kinds[] = { NULL, "no", "yes" };
	struct snapshot now = { .time = 0 };
	struct budget_reader *reader;
	struct tree tree;

	tree_create(&tree);
	tree_write(&tree, "meminfo",
		"MemTotal: 1000000 kB\nSReclaimable: 30000 kB\nSUnreclaim: 2000 kB\n");
	reader = budget_reader_create(tree.fd);
	for (int i = 0; i < 30; i++) {
		struct slab *slab =
			rows_add(&now.kernel[KERNEL_SLABS], kernel_parts[KERNEL_SLABS].table);

		slab->name = i == 1 ? "named" : i == 29 ? "dentry" : "cache";
		slab->bytes = (i == 1 || i == 29 ? 2000 : 1000 - i) * INT64_C(1024);
		slab->reclaimable = kinds[i % 3];
		if (!slab->reclaimable)
			slab->bytes *= 1000;
	}
	assert_int_equal(budget_read(reader, &now), 0);
	assert_int_equal(bytes(&now.budget, "slab_unreclaimable", "named"), 2000 * 1024);
	assert_int_equal(bytes(&now.budget, "slab_reclaimable", "dentry"), 2000 * 1024);
	for (size_t i = 0; i < now.budget.count; i++) {
		const struct budget_row *row = budget_at(&now.budget, i);

		if (row->part && strncmp(row->item, "slab", 4) == 0)
			assert_in_range(row->bytes, 1, 2000 * 1024);
	}
	budget_reader_destroy(reader);
	snapshot_finish(&now);
	tree_destroy(&tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_add_up_and_the_rest_has_a_name),
		cmocka_unit_test(T3_shared_memory_is_taken_out_of_the_cache),
		cmocka_unit_test(stacks_that_are_mapped_by_vmalloc_count_once),
		cmocka_unit_test(T9_what_is_in_swap_too_is_a_part_and_counts_once),
		cmocka_unit_test(T10_a_claim_is_no_more_than_what_is_left),
		cmocka_unit_test(T11_absurd_figures_are_unknown_and_do_no_harm),
		cmocka_unit_test(parts_follow_their_item_the_largest_first),
		cmocka_unit_test(changes_are_since_the_first_reading),
		cmocka_unit_test(L25_address_space_is_no_memory),
		cmocka_unit_test(a_slab_cache_is_a_part_only_where_its_item_is_known),
		cmocka_unit_test(a_tmpfs_may_be_larger_than_what_of_it_is_in_memory),
		cmocka_unit_test(L11_slab_without_its_parts_is_slab),
		cmocka_unit_test(L22_a_balloon_is_in_the_budget_or_beyond_it),
		cmocka_unit_test(L22_figures_of_another_machine_are_named_as_such),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
