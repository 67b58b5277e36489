// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/group-top.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/charge.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_HASH = 12, UUID_SIZE = 36 };

static const char rest_name[] = "other", no_name[] = "-";
static const char digits[] = "0123456789", hex_digits[] = "0123456789abcdef";

/* The length of an ID of at least 12 hexadecimal digits, such as that of a container. */
static size_t
hash_length(const char *text)
{
	size_t length = strspn(text, hex_digits);

	return length >= LEAST_HASH ? length : 0;
}

/* "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d" */
static size_t
uuid_length(const char *text)
{
	static const size_t parts[] = { 8, 4, 4, 4, 12 };
	const char *at = text;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (strspn(at, hex_digits) != parts[i])
			return 0;
		at += parts[i];
		if (i + 1 < ARRAY_SIZE(parts) && *at++ != '-')
			return 0;
	}
	return UUID_SIZE;
}

static bool
is_behind(const char *unit, size_t at, const char *start)
{
	return at == strlen(start) && strncmp(unit, start, at) == 0;
}

/* The PID at the end of "app-gnome-firefox-4321.scope", as desktops call what they start. */
static size_t
pid_length(const char *unit, size_t at)
{
	size_t length = strspn(unit + at, digits);

	return strncmp(unit, "app-", 4) == 0 && at > 0 && unit[at - 1] == '-' && length > 0 &&
			       (unit[at + length] == '.' || !unit[at + length])
		       ? length
		       : 0;
}

/*
 * The part of a unit's name that is used once only: the number of a session, the random name of
 * systemd-run, an instance that is a connection ("3-10.0.0.1:22-10.0.0.2:50000").
 */
static size_t
unique_length(const char *unit, size_t at)
{
	if (is_behind(unit, at, "session-"))
		return strspn(unit + at, "0123456789c");
	if (is_behind(unit, at, "run-"))
		return strcspn(unit + at, ".");
	if (at > 0 && unit[at - 1] == '@' && strchr(unit + at, ':')) {
		const char *end = strrchr(unit, '.');

		return end && end > unit + at ? (size_t)(end - (unit + at)) : strlen(unit + at);
	}
	return pid_length(unit, at);
}

static size_t
skipped_at(enum group_kind kind, const char *group, size_t at)
{
	size_t length = kind == GROUP_BY_UNIT ? unique_length(group, at) : 0;

	if (length == 0)
		length = uuid_length(group + at);
	return length > 0 ? length : hash_length(group + at);
}

bool
group_top_name(char name[static GROUP_TOP_NAME_SIZE], enum group_kind kind, const char *group)
{
	size_t length = 0;
	bool is_other = false;

	for (size_t at = 0; group[at] && length + 1 < GROUP_TOP_NAME_SIZE;) {
		size_t skipped = skipped_at(kind, group, at);

		is_other = is_other || skipped > 0;
		name[length++] = skipped > 0 ? '*' : group[at];
		at += skipped > 0 ? skipped : 1;
	}
	name[length] = '\0';
	return is_other;
}

/* Adds the figures of which a sum means something; the kernel's are of one cgroup. */
static void
add_figures(struct group *sum, const struct group *group)
{
	sum->processes += group->processes;
	sum->footprint = known_sum(sum->footprint, group->footprint);
	sum->anon = known_sum(sum->anon, group->anon);
	sum->file = known_sum(sum->file, group->file);
	sum->shared = known_sum(sum->shared, group->shared);
	sum->swap = known_sum(sum->swap, group->swap);
	sum->page_tables = known_sum(sum->page_tables, group->page_tables);
	sum->major_fault_rate = known_sum(sum->major_fault_rate, group->major_fault_rate);
	sum->growth = (struct growth_summary){ NULL, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NULL };
	sum->charge = &charge_unknown;
	if (group->is_stale == 1)
		sum->is_stale = 1;
	if (strcmp(group->sum, "at most") == 0)
		sum->sum = group->sum;
}

/* Puts groups of the same name together. */
static void
merge_names(struct rows *merged, const struct groups *groups, struct arena *texts)
{
	struct index index = { .heads = NULL };

	for (size_t i = 0; i < groups->rows.count; i++) {
		const struct group *group = groups_at(groups, i);
		char name[GROUP_TOP_NAME_SIZE];
		uint32_t row;
		struct group *added;
		bool is_other =
			group_top_name(name, groups->kind, group->name ? group->name : no_name);

		row = index_first(&index, index_mix_text(0, name));
		while (row != INDEX_END &&
			strcmp(((struct group *)merged->data)[row].name, name) != 0)
			row = index_next(&index, row);
		if (row != INDEX_END) {
			add_figures((struct group *)merged->data + row, group);
			continue;
		}
		added = rows_add(merged, &group_table);
		*added = *group;
		added->name = arena_text(texts, name);
		added->path = NULL;
		if (is_other) /* it may stand for several in the next refresh */
			added->charge = &charge_unknown;
		index_add(&index, index_mix_text(0, name));
	}
	index_finish(&index);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* By how much a group counts: those that are shown stay, until they have 20 % less. */
static int64_t
weight_of(const struct group_top *top, const struct group *group)
{
	int64_t bytes = known_or_zero(group->footprint);

	if (strcmp(group->name, rest_name) == 0)
		return -1;
	if (top->shown_count > 0 && bsearch(&group->name, top->shown, top->shown_count,
					    sizeof(top->shown[0]), compare_names))
		bytes = known_sum(bytes, bytes / 4);
	return bytes;
}

/* The place of a group among all of this refresh. */
struct place {
	int64_t weight;
	size_t row;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->weight != right->weight)
		return left->weight > right->weight ? -1 : 1;
	return left->row < right->row ? -1 : left->row > right->row;
}

static void
add_rest(
	struct group_top *top, const struct group *merged, const struct place *places, size_t count)
{
	struct group *rest = rows_add(&top->rows, &group_table);

	rest->name = rest_name;
	rest->by = merged[0].by;
	rest->sum = "PSS";
	rest->is_stale = rest->processes = 0;
	rest->footprint = rest->anon = rest->file = rest->shared = rest->swap = 0;
	rest->page_tables = rest->major_fault_rate = 0;
	for (size_t i = 0; i < count; i++)
		add_figures(rest, &merged[places[i].row]);
}

/* Keeps those with the most weight, the first of them first, and adds the others up. */
static void
keep_largest(struct group_top *top, const struct rows *merged, size_t most)
{
	_cleanup_free_ struct place *places = xcalloc(merged->count + 1, sizeof(places[0]));
	const struct group *groups = merged->data;
	size_t count = merged->count < most ? merged->count : most;

	for (size_t i = 0; i < merged->count; i++)
		places[i] = (struct place){ weight_of(top, &groups[i]), i };
	if (merged->count > 0)
		qsort(places, merged->count, sizeof(places[0]), compare_places);
	for (size_t i = 0; i < count; i++)
		*(struct group *)rows_add(&top->rows, &group_table) = groups[places[i].row];
	if (merged->count > count)
		add_rest(top, groups, places + count, merged->count - count);
}

static void
remember(struct group_top *top)
{
	top->shown = array_reserve(
		top->shown, &top->shown_capacity, top->rows.count + 1, sizeof(top->shown[0]));
	for (size_t i = 0; i < top->rows.count; i++)
		top->shown[i] = ((struct group *)top->rows.data)[i].name;
	top->shown_count = top->rows.count;
	if (top->shown_count > 0)
		qsort(top->shown, top->shown_count, sizeof(top->shown[0]), compare_names);
}

void
group_top_take(struct group_top *top, const struct groups *groups, size_t most)
{
	struct arena *texts = &top->texts[top->refresh++ % 2];
	struct rows merged = { .count = 0 };
	struct group *rows;

	arena_reset(texts);
	rows_reset(&top->rows);
	merge_names(&merged, groups, texts);
	keep_largest(top, &merged, most);
	rows_finish(&merged);
	rows = top->rows.data;
	for (size_t i = 0; i < top->rows.count; i++)
		if (strcmp(rows[i].sum, "at most") == 0)
			rows[i].footprint = UNKNOWN;
	remember(top);
}

bool
group_top_has_names(const struct group_top *top)
{
	const struct group *rows = top->rows.data;

	return top->rows.count > 1 || (top->rows.count == 1 && strcmp(rows[0].name, no_name) != 0);
}

void
group_top_finish(struct group_top *top)
{
	rows_finish(&top->rows);
	arena_finish(&top->texts[0]);
	arena_finish(&top->texts[1]);
	free(top->shown);
}
