// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* What a part of an address space is for. */
enum segment {
	SEGMENT_TEXT,
	SEGMENT_RODATA,
	SEGMENT_DATA,
	SEGMENT_HEAP,
	SEGMENT_ANON,
	SEGMENT_FILE,
	SEGMENT_SHARED,
	SEGMENT_STACK,
	SEGMENT_VDSO,
	SEGMENT_UNKNOWN,
	SEGMENT_KINDS,
};

struct segment_description {
	const char *name; /* for machines and people: one lower-case word, never changes */
	const char *help; /* one sentence */
};
extern const struct segment_description segment_descriptions[SEGMENT_KINDS];
