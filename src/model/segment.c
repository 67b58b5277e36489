// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/segment.h"

/* clang-format off */
const struct segment_description segment_descriptions[SEGMENT_KINDS] = {
	[SEGMENT_TEXT]    = { "text", "Machine code of the program and its libraries, read from their files." },
	[SEGMENT_RODATA]  = { "rodata", "Constants of the program and its libraries, read from their files." },
	[SEGMENT_DATA]    = { "data", "Variables of the program and its libraries: data from their files, and bss." },
	[SEGMENT_HEAP]    = { "heap", "Memory by brk: malloc uses it for small blocks in the main arena." },
	[SEGMENT_ANON]    = { "anon", "Private memory by mmap: large blocks and further arenas of malloc, stacks of threads." },
	[SEGMENT_FILE]    = { "file", "Other mapped files." },
	[SEGMENT_SHARED]  = { "shared", "Memory shared with other processes: tmpfs, memfd, System V, shared anonymous." },
	[SEGMENT_STACK]   = { "stack", "The stack of the main thread." },
	[SEGMENT_VDSO]    = { "vdso", "Code and clock data that the kernel maps into every process." },
	[SEGMENT_UNKNOWN] = { "unknown", "Outside all mappings that were known, or beyond the most that are read." },
};
/* clang-format on */
