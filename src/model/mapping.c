// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mapping.h"

#include "base/macros.h"

#include <stdbool.h>
#include <string.h>

/* Names that tell by themselves, by their start: the longer before the shorter. */
static const struct {
	const char *start;
	enum segment segment;
} named[] = {
	{ "[heap]", SEGMENT_HEAP },
	{ "[stack:", SEGMENT_ANON }, /* of a thread, by Linux before 4.5 */
	{ "[stack", SEGMENT_STACK }, { "[anon_shmem:", SEGMENT_SHARED },
	{ "[anon:.bss]", SEGMENT_DATA }, /* by Android's linker */
	{ "[anon:", SEGMENT_ANON },
	{ "[", SEGMENT_VDSO }, /* [vdso], [vvar], [vsyscall], and more on other processors */
};

/* Files that stand for memory, as the kernel calls them. */
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

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

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
	if (a->inode == 0 && strcmp(a->name, too_many_names) == 0) /* of any file */
		return false;
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor &&
	       (a->name == b->name || strcmp(a->name, b->name) == 0);
}

/* Whether a mapping of the same file that can be executed stands near by. */
static bool
is_of_program(const struct mapping *mappings, size_t count, size_t place)
{
	enum { NEAR = MAPPING_REACH - 1 }; /* of bss it is asked about the entry before */
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
		if (starts_with(mapping->name, memory_files[i].start))
			return is_shared(mapping) ? memory_files[i].shared
						  : memory_files[i].private;
	return SEGMENT_FILE;
}

/* The kernel maps the part of bss that fills no page of the file as memory right behind it. */
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
		if (starts_with(name, named[i].start))
			return named[i].segment;
	return classify_file(mappings, count, place);
}

void
mapping_classify(struct mapping *mappings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mappings[i].segment = classify(mappings, count, i);
}
