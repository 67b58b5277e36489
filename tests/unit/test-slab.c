// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/slab.h"
#include "model/snapshot.h"

#include <libproc2/slabinfo.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)

/* How often the caches were read, in place of libproc2. */
static int readings;

int
procps_slabinfo_new(struct slabinfo_info **info)
{
	*info = (struct slabinfo_info *)&readings;
	return 0;
}

int
procps_slabinfo_unref(struct slabinfo_info **info)
{
	*info = NULL;
	return 0;
}

/* One cache, of as many objects as there were readings. */
struct slabinfo_reaped *
procps_slabinfo_reap(struct slabinfo_info *info, enum slabinfo_item *items, int count)
{
	static struct slabinfo_result results[16];
	static struct slabinfo_stack stack = { .head = results }, *stacks[] = { &stack };
	static struct slabinfo_reaped reaped = { .total = 1, .stacks = stacks };
	static char name[] = "cache";

	readings++;
	for (int i = 0; i < count; i++) {
		results[i].item = items[i];
		results[i].result.u_int = (unsigned)readings;
	}
	results[0].result.str = name;
	return &reaped;
}

/* At this second, with so much slab. Returns whether the caches were read. */
static bool
is_read(struct slab_reader *reader, struct snapshot *now, int64_t second, int64_t slab)
{
	int before = readings;
	const struct slab *cache;

	snapshot_reset(now);
	now->monotonic = second * NS_PER_SEC;
	now->system.slab_reclaimable = slab;
	now->system.slab_unreclaimable = 10 * MIB;
	assert_int_equal(slab_read(reader, now, true), 0);
	cache = now->kernel[KERNEL_SLABS].data;
	assert_int_equal(now->kernel[KERNEL_SLABS].count, 1);
	assert_string_equal(cache->name, "cache");
	assert_int_equal(cache->objects, readings);
	return readings > before;
}

static void
caches_are_read_where_slab_has_changed_and_each_minute(void **state)
{
	static const struct {
		int64_t second, slab;
		bool is_read;
	} cases[] = {
		{ 100, 246 * MIB, true },
		{ 110, 246 * MIB, false },
		{ 120, 247 * MIB, false }, /* a 256th, with the rest */
		{ 130, 248 * MIB, true },
		{ 140, 247 * MIB, false },
		{ 150, 246 * MIB, true },
		{ 209, 246 * MIB, false },
		{ 210, 246 * MIB, true },
		{ 205, 246 * MIB, true }, /* another clock */
		{ 206, UNKNOWN, true },
		{ 207, UNKNOWN, true },
		{ 208, 246 * MIB, true },
		{ 208, 246 * MIB, false },
	};
	struct slab_reader *reader = slab_reader_create();
	struct snapshot now = { .time = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_true(
			is_read(reader, &now, cases[i].second, cases[i].slab) == cases[i].is_read);
	snapshot_reset(&now);
	readings++;
	assert_int_equal(slab_read(reader, &now, false), 0);
	assert_int_equal(((const struct slab *)now.kernel[KERNEL_SLABS].data)->objects, readings);
	slab_reader_destroy(reader);
	snapshot_finish(&now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caches_are_read_where_slab_has_changed_and_each_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
