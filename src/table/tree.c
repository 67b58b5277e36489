// SPDX-License-Identifier: GPL-3.0-or-later
#include "table/tree.h"

#include "base/index.h"
#include "base/memory.h"

#include <stdlib.h>

#define NONE SIZE_MAX

struct node {
	int64_t id;
	size_t index; /* in the list */
};

/* First child, next sibling, parent: indices into the list. */
struct links {
	size_t child, last_child, sibling, parent;
	size_t seen; /* the row from which a walk first came here, plus 1 */
};

static int
compare_nodes(const void *a, const void *b)
{
	const struct node *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

static size_t
find(const struct node *nodes, size_t count, int64_t id)
{
	const struct node key = { .id = id };
	const struct node *found = bsearch(&key, nodes, count, sizeof(key), compare_nodes);

	return found ? found->index : NONE;
}

static int64_t
number_at(const void *row, size_t offset)
{
	return *(const int64_t *)((const char *)row + offset);
}

static void
find_parents(const struct row_list *list, struct links *links, const struct node *nodes,
	const struct row_tree *tree)
{
	for (size_t i = 0; i < list->count; i++) {
		size_t above = find(nodes, list->count, number_at(list->rows[i], tree->parent));

		links[i] = (struct links){ NONE, NONE, NONE, above, 0 };
	}
}

/* Walks upwards from each row. A row that a walk meets twice becomes a root. */
static void
cut_cycles(struct links *links, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at != NONE && !links[at].seen; at = links[at].parent)
			links[at].seen = i + 1;
		if (at != NONE && links[at].seen == i + 1)
			links[at].parent = NONE;
	}
}

static void
link_children(struct links *links, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t above = links[i].parent;

		if (above == NONE)
			continue;
		if (links[above].child == NONE)
			links[above].child = i;
		else
			links[links[above].last_child].sibling = i;
		links[above].last_child = i;
	}
}

/* Writes the rows below a root in order, without recursion: a chain may be 10,000 deep. */
static size_t
walk(struct row_list *list, const void **rows, const struct links *links, size_t root, size_t count)
{
	unsigned short depth = 0;

	for (size_t at = root;;) {
		list->depths[count] = depth;
		list->rows[count++] = rows[at];
		if (links[at].child != NONE) {
			at = links[at].child;
			depth++;
			continue;
		}
		while (at != root && links[at].sibling == NONE) {
			at = links[at].parent;
			depth--;
		}
		if (at == root)
			return count;
		at = links[at].sibling;
	}
}

void
tree_arrange(struct row_list *list, const struct row_tree *tree)
{
	size_t count = 0, total = list->count;
	struct node *nodes = xreallocarray(NULL, total, sizeof(*nodes));
	struct links *links = xreallocarray(NULL, total, sizeof(*links));
	const void **rows = xreallocarray(NULL, total, sizeof(*rows));

	list->depths =
		array_reserve(list->depths, &list->depth_capacity, total, sizeof(list->depths[0]));
	for (size_t i = 0; i < total; i++) {
		rows[i] = list->rows[i];
		nodes[i] = (struct node){ number_at(rows[i], tree->id), i };
	}
	qsort(nodes, total, sizeof(*nodes), compare_nodes);
	find_parents(list, links, nodes, tree);
	cut_cycles(links, total);
	link_children(links, total);
	for (size_t i = 0; i < total; i++)
		if (links[i].parent == NONE)
			count = walk(list, rows, links, i, count);
	list->count = count;
	free(nodes);
	free(links);
	free(rows);
}

static uint64_t
identity_of(const struct row_tree *tree, const void *row)
{
	uint64_t id = index_mix(0, (uint64_t)number_at(row, tree->id));

	return index_mix(id, (uint64_t)number_at(row, tree->birth));
}

/* Returns its place, or the count. */
static size_t
find_folded(const struct folded_rows *folded, const struct row_tree *tree, const void *row)
{
	uint64_t identity = identity_of(tree, row);
	size_t at = 0;

	while (at < folded->count && folded->rows[at] != identity)
		at++;
	return at;
}

bool
tree_is_folded(const struct folded_rows *folded, const struct row_tree *tree, const void *row)
{
	return find_folded(folded, tree, row) < folded->count;
}

void
tree_toggle(struct folded_rows *folded, const struct row_tree *tree, const void *row)
{
	size_t at = find_folded(folded, tree, row);

	if (at < folded->count) {
		folded->rows[at] = folded->rows[--folded->count];
		return;
	}
	folded->rows = array_reserve(
		folded->rows, &folded->capacity, folded->count + 1, sizeof(folded->rows[0]));
	folded->rows[folded->count++] = identity_of(tree, row);
}

void
tree_fold(struct row_list *list, const struct row_tree *tree, const struct folded_rows *folded)
{
	size_t count = 0;

	list->folded = array_reserve(
		list->folded, &list->folded_capacity, list->count, sizeof(list->folded[0]));
	for (size_t i = 0; i < list->count; count++) {
		unsigned short depth = list->depths[i];
		size_t below = i + 1;

		if (tree_is_folded(folded, tree, list->rows[i]))
			while (below < list->count && list->depths[below] > depth)
				below++;
		list->rows[count] = list->rows[i];
		list->depths[count] = depth;
		list->folded[count] = below - i - 1;
		i = below;
	}
	list->left_out = list->count - count;
	list->count = count;
}
