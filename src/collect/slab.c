// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/slab.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <assert.h>
#include <errno.h>
#include <libproc2/slabinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE = 64, CHANGED_PART = 256 };

/* Whether a cache can be reclaimed is fixed when it is made: its file is read once. */
struct known_cache {
	char name[NAME_SIZE]; /* "": not known */
	const char *reclaimable;
};

struct slab_reader {
	struct slabinfo_info *info;
	int folder;                /* /sys/kernel/slab, or -errno */
	struct known_cache *known; /* by their place in the list, which seldom changes */
	size_t known_count, known_capacity;
	struct last_slabs {
		struct rows rows;
		struct arena texts;
		int64_t time, total; /* CLOCK_BOOTTIME; bytes. time 0: never */
	} last;                      /* for those that are read by turns */
};

/* Numbers of a slab cache, after its name. */
static enum slabinfo_item items[] = { SLAB_NAME, SLAB_NUM_OBJS, SLAB_ACTIVE_OBJS, SLAB_OBJ_SIZE,
	SLAB_NUMS_SLABS, SLAB_ACTIVE_SLABS, SLAB_OBJ_PER_SLAB, SLAB_PAGES_PER_SLAB };
static const size_t offsets[] = { offsetof(struct slab, name), offsetof(struct slab, objects),
	offsetof(struct slab, active_objects), offsetof(struct slab, object_size),
	offsetof(struct slab, slabs), offsetof(struct slab, active_slabs),
	offsetof(struct slab, objects_per_slab), offsetof(struct slab, pages_per_slab) };
enum { ITEMS = ARRAY_SIZE(items) };
static_assert(ARRAY_SIZE(offsets) == ITEMS, "a place for each item");

struct slab_reader *
slab_reader_create(void)
{
	struct slab_reader *reader = xcalloc(1, sizeof(*reader));

	reader->folder = -ENOENT;
	return reader;
}

void
slab_reader_destroy(struct slab_reader *reader)
{
	if (!reader)
		return;
	if (reader->info)
		procps_slabinfo_unref(&reader->info);
	if (reader->folder >= 0)
		close(reader->folder);
	free(reader->known);
	rows_finish(&reader->last.rows);
	arena_finish(&reader->last.texts);
	free(reader);
}

/* Only this file tells it (mm/slub.c, reclaim_account_show). */
static const char *
reclaimable(int folder, const char *name)
{
	char path[128], text[8];

	snprintf(path, sizeof(path), "%.64s/reclaim_account", name);
	if (folder < 0 || procfs_read(folder, path, text, sizeof(text)) <= 0)
		return NULL;
	return text[0] == '1' ? "yes" : "no";
}

/* The same, from what is known of the cache at this place. */
static const char *
known_reclaimable(struct slab_reader *reader, size_t place, const char *name)
{
	struct known_cache *known = &reader->known[place];

	if (strncmp(known->name, name, NAME_SIZE - 1) != 0 || !known->reclaimable) {
		snprintf(known->name, sizeof(known->name), "%s", name);
		known->reclaimable = reclaimable(reader->folder, name);
	}
	return known->reclaimable;
}

static void
make_known(struct slab_reader *reader, size_t count)
{
	reader->known = array_reserve(
		reader->known, &reader->known_capacity, count, sizeof(reader->known[0]));
	for (; reader->known_count < count; reader->known_count++)
		reader->known[reader->known_count] = (struct known_cache){ .name = "" };
}

static void
add_cache(struct slab_reader *reader, struct snapshot *now, size_t place,
	const struct slabinfo_stack *stack)
{
	struct slab *slab = rows_add(&now->kernel[KERNEL_SLABS], kernel_parts[KERNEL_SLABS].table);
	const char *name = stack->head[0].result.str;

	slab->name = arena_text(&now->texts, name);
	for (size_t i = 1; i < ITEMS; i++)
		*(int64_t *)((char *)slab + offsets[i]) = stack->head[i].result.u_int;
	slab->bytes = known_pages(known_product(slab->slabs, slab->pages_per_slab));
	slab->use = known_share(slab->active_objects, slab->objects);
	if (slab->slabs > 0) /* of an empty one it is not worth a file */
		slab->reclaimable = known_reclaimable(reader, place, name);
}

static int64_t
total_of(const struct snapshot *now)
{
	return known_sum(now->system.slab_reclaimable, now->system.slab_unreclaimable);
}

static bool
is_still_right(const struct last_slabs *last, const struct snapshot *now)
{
	int64_t total = total_of(now);

	return last->time > 0 && total != UNKNOWN && last->total != UNKNOWN &&
	       now->monotonic >= last->time && now->monotonic - last->time < SLABS_OLD &&
	       llabs(total - last->total) <= total / CHANGED_PART;
}

static void
keep(struct last_slabs *last, const struct snapshot *now)
{
	arena_reset(&last->texts);
	rows_copy(&last->rows, &now->kernel[KERNEL_SLABS], &last->texts);
	last->time = now->monotonic;
	last->total = total_of(now);
}

static int
read_all(struct slab_reader *reader, struct snapshot *now)
{
	struct slabinfo_reaped *reaped;
	int error = reader->info ? 0 : procps_slabinfo_new(&reader->info);

	if (error < 0)
		return error;
	if (reader->folder < 0)
		reader->folder = procfs_open_root("/sys/kernel/slab");
	errno = 0;
	reaped = procps_slabinfo_reap(reader->info, items, ITEMS);
	if (!reaped)
		return errno ? -errno : -EIO;
	make_known(reader, (size_t)reaped->total);
	for (size_t i = 0; i < (size_t)reaped->total; i++)
		add_cache(reader, now, i, reaped->stacks[i]);
	return 0;
}

int
slab_read(struct slab_reader *reader, struct snapshot *now, bool by_turns)
{
	int error;

	if (by_turns && is_still_right(&reader->last, now)) {
		rows_copy(&now->kernel[KERNEL_SLABS], &reader->last.rows, &now->texts);
		return 0;
	}
	error = read_all(reader, now);
	if (error == 0 && by_turns)
		keep(&reader->last, now);
	return error;
}
