// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/map.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/memory.h"

#include <stdbool.h>

/* The rows of before, found by their start and by their end, and which of them are still there. */
struct search {
	const struct rows *before;
	struct index starts, ends;
	bool *found;
};

/* A segment is found by what it is, wherever it begins. */
static bool
is_segment(const struct map_row *row)
{
	return row->end == UNKNOWN;
}

static uint64_t
hash_of(const struct map_row *row, int64_t address)
{
	if (is_segment(row))
		return map_hash_segment(row);
	return index_mix(index_mix_text(0, row->name), (uint64_t)address);
}

static bool
matches(const struct map_row *a, const struct map_row *b, bool by_start)
{
	if (is_segment(a) || is_segment(b))
		return is_segment(a) && is_segment(b) && map_is_same_segment(a, b);
	return (by_start ? a->start == b->start : a->end == b->end) &&
	       map_is_same_text(a->name, b->name);
}

static const struct map_row *
find_by(struct search *search, const struct map_row *row, bool by_start)
{
	const struct index *index = by_start ? &search->starts : &search->ends;
	uint32_t place = index_first(index, hash_of(row, by_start ? row->start : row->end));

	for (; place != INDEX_END; place = index_next(index, place)) {
		if (search->found[place] || !matches(map_at(search->before, place), row, by_start))
			continue;
		search->found[place] = true;
		return map_at(search->before, place);
	}
	return NULL;
}

static void
set_growth(struct map_row *row, const struct usage *before)
{
	row->size_grown = known_difference(row->usage.size, before->size);
	row->rss_grown = known_difference(row->usage.rss, before->rss);
	row->pss_grown = known_difference(row->usage.pss, before->pss);
	row->dirty_grown = known_difference(row->usage.private_dirty, before->private_dirty);
	row->swap_grown = known_difference(row->usage.swap, before->swap);
}

static void
add_gone(struct rows *now, const struct map_row *gone)
{
	struct map_row *row = map_add(now);

	*row = *gone;
	row->count = 0;
	usage_set(&row->usage, 0);
	set_growth(row, &gone->usage);
}

static struct search
search_begin(const struct rows *before)
{
	struct search search = { .before = before, .found = xcalloc(before->count + 1, 1) };

	for (size_t i = 0; i < before->count; i++) {
		index_add(&search.starts, hash_of(map_at(before, i), map_at(before, i)->start));
		index_add(&search.ends, hash_of(map_at(before, i), map_at(before, i)->end));
	}
	return search;
}

/* Those that begin where they did go first: what was split keeps its first part. */
static void
find_all(struct search *search, struct rows *now, const struct map_row **origins)
{
	for (size_t i = 0; i < now->count; i++)
		origins[i] = find_by(search, map_at(now, i), true);
	for (size_t i = 0; i < now->count; i++)
		if (!origins[i])
			origins[i] = find_by(search, map_at(now, i), false);
}

void
map_compare(struct rows *now, const struct rows *before)
{
	struct search search = search_begin(before);
	_cleanup_free_ const struct map_row **origins = xcalloc(now->count + 1, sizeof(*origins));
	struct usage nothing;

	usage_set(&nothing, 0);
	find_all(&search, now, origins);
	for (size_t i = 0; i < now->count; i++)
		set_growth(map_at(now, i), origins[i] ? &origins[i]->usage : &nothing);
	for (size_t i = 0; i < before->count; i++)
		if (!search.found[i])
			add_gone(now, map_at(before, i));
	free(search.found);
	index_finish(&search.starts);
	index_finish(&search.ends);
}
