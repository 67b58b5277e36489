// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mapping.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/scan.h"
#include "base/unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Names that determine the segment, by their start: longer ones first. */
static const struct {
	const char *start;
	enum segment segment;
} named[] = {
	{ "[heap]", SEGMENT_HEAP },
	{ "[stack:", SEGMENT_ANON }, /* thread stacks before Linux 4.5 */
	{ "[stack", SEGMENT_STACK }, { "[anon_shmem:", SEGMENT_SHARED },
	{ "[anon:.bss]", SEGMENT_DATA }, /* by Android's linker */
	{ "[anon:", SEGMENT_ANON },
	{ "[", SEGMENT_VDSO }, /* [vdso], [vvar], [vsyscall], and more on other processors */
};

/* Files that are memory, by the kernel's names. */
static const struct {
	const char *start;
	enum segment shared, private;
} memory_files[] = {
	{ "/memfd:", SEGMENT_SHARED, SEGMENT_SHARED },
	{ "/dev/shm/", SEGMENT_SHARED, SEGMENT_FILE },
	{ "/SYSV", SEGMENT_SHARED, SEGMENT_SHARED },
	{ "/dev/zero", SEGMENT_SHARED, SEGMENT_ANON },
	{ "/anon_hugepage", SEGMENT_SHARED, SEGMENT_ANON },
	{ "/drm mm object", SEGMENT_SHARED, SEGMENT_SHARED },
	{ "/i915", SEGMENT_SHARED, SEGMENT_SHARED },
};

static const char too_many_names[] = "/(too many names)";

const char *
mapping_without_name(const char *name)
{
	enum { SHORT = 16 };

	if (strlen(name) <= SHORT)
		return name;
	return name[0] == '[' ? "[anon:too many names]" : too_many_names;
}

static bool
is_shared(const struct mapping *mapping)
{
	return mapping->permissions & MAPPING_SHARED;
}

static bool
is_same_file(const struct mapping *a, const struct mapping *b)
{
	if (a == b)
		return true;
	if (a->inode == 0 && strcmp(a->name, too_many_names) == 0) /* it may be any file */
		return false;
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor &&
	       (a->name == b->name || strcmp(a->name, b->name) == 0);
}

/* Whether the same file has an executable mapping near by. */
static bool
is_of_program(const struct mapping *mappings, size_t count, size_t place)
{
	enum { NEAR = MAPPING_REACH - 1 }; /* for bss this is called for the entry before */
	size_t first = place > NEAR ? place - NEAR : 0;

	for (size_t i = first; i < count && i <= place + NEAR; i++)
		if (mappings[i].permissions & MAPPING_EXECUTE && !is_shared(&mappings[i]) &&
			is_same_file(&mappings[i], &mappings[place]))
			return true;
	return false;
}

static enum segment
part_of_program(const struct mapping *mapping)
{
	if (mapping->permissions & MAPPING_EXECUTE)
		return SEGMENT_TEXT;
	return mapping->permissions & MAPPING_WRITE ? SEGMENT_DATA : SEGMENT_RODATA;
}

static enum segment
classify_file(const struct mapping *mappings, size_t count, size_t place)
{
	const struct mapping *mapping = &mappings[place];

	if (!is_shared(mapping) && is_of_program(mappings, count, place))
		return part_of_program(mapping);
	for (size_t i = 0; i < ARRAY_SIZE(memory_files); i++)
		if (scan_start(mapping->name, memory_files[i].start))
			return is_shared(mapping) ? memory_files[i].shared
						  : memory_files[i].private;
	return SEGMENT_FILE;
}

/* The kernel maps the part of bss after the last file page as anonymous memory. */
static bool
is_bss(const struct mapping *mappings, size_t count, size_t place)
{
	const struct mapping *before = &mappings[place - (place > 0)];

	return place > 0 && before->end == mappings[place].start && before->name[0] == '/' &&
	       before->permissions & MAPPING_WRITE && !is_shared(before) &&
	       is_of_program(mappings, count, place - 1);
}

static enum segment
classify(const struct mapping *mappings, size_t count, size_t place)
{
	const char *name = mappings[place].name;

	if (name[0] == '\0' && is_shared(&mappings[place]))
		return SEGMENT_SHARED;
	if (name[0] == '\0')
		return is_bss(mappings, count, place) ? SEGMENT_DATA : SEGMENT_ANON;
	for (size_t i = 0; name[0] == '[' && i < ARRAY_SIZE(named); i++)
		if (scan_start(name, named[i].start))
			return named[i].segment;
	return classify_file(mappings, count, place);
}

void
mapping_classify(struct mapping *mappings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mappings[i].segment = classify(mappings, count, i);
}

/* clang-format off */
const struct segment_description segment_descriptions[SEGMENT_KINDS] = {
	[SEGMENT_TEXT]    = { "text", "program code", "Machine code of the program and its libraries, read from their files." },
	[SEGMENT_RODATA]  = { "rodata", "constants", "Constants of the program and its libraries, read from their files." },
	[SEGMENT_DATA]    = { "data", "variables", "Variables of the program and its libraries: data from their files, and bss." },
	[SEGMENT_HEAP]    = { "heap", "heap", "Memory by brk: malloc uses it for small blocks in the main arena." },
	[SEGMENT_ANON]    = { "anon", "anonymous", "Private memory by mmap: large blocks and further arenas of malloc, stacks of threads." },
	[SEGMENT_FILE]    = { "file", "other files", "Other mapped files." },
	[SEGMENT_SHARED]  = { "shared", "shared", "Memory shared with other processes: tmpfs, memfd, System V, shared anonymous." },
	[SEGMENT_STACK]   = { "stack", "stack", "The stack of the main thread." },
	[SEGMENT_VDSO]    = { "vdso", "the kernel's own", "Code and clock data that the kernel maps into every process." },
	[SEGMENT_UNKNOWN] = { "unknown", "unknown", "Outside all mappings that were known, or beyond the most that are read." },
};
/* clang-format on */

enum { NUMBERS = sizeof(struct usage) / sizeof(int64_t) };

void
usage_set(struct usage *usage, int64_t number)
{
	int64_t *numbers = (int64_t *)usage;

	for (size_t i = 0; i < NUMBERS; i++)
		numbers[i] = number;
}

/* An old kernel lacks some figures, such as huge file pages: then they count as 0. */
static int64_t
sum_of_known(int64_t a, int64_t b)
{
	return a == UNKNOWN ? b : b == UNKNOWN ? a : known_sum(a, b);
}

void
usage_complete(struct usage *usage)
{
	usage->uss = known_sum(usage->private_clean, usage->private_dirty);
	usage->huge =
		sum_of_known(usage->anon_huge, sum_of_known(usage->shmem_huge, usage->file_huge));
	usage->hugetlb = known_sum(usage->shared_hugetlb, usage->private_hugetlb);
}

void
usage_add(struct usage *sum, const struct usage *usage)
{
	const int64_t *numbers = (const int64_t *)usage;
	int64_t *sums = (int64_t *)sum;

	for (size_t i = 0; i < NUMBERS; i++)
		sums[i] = known_sum(sums[i], numbers[i]);
}
