// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/limit.h"

#include <stdio.h>

/* clang-format off */
const struct limit_description limit_descriptions[LIMIT_KINDS] = {
	[LIMIT_ADDRESS_SPACE] = { "Max address space", "VIRT", "Beyond it mmap and brk fail.", UNIT_BYTES, "virt" },
	[LIMIT_DATA] = { "Max data size", "DATA", "Bounds private writable mappings and the heap.", UNIT_BYTES, "data" },
	[LIMIT_STACK] = { "Max stack size", "STACK", "Beyond it the main stack's growth ends in SIGSEGV; new threads take it as their size.", UNIT_BYTES, "stack" },
	[LIMIT_LOCKED] = { "Max locked memory", "LOCKED", "Beyond it mlock fails without CAP_IPC_LOCK.", UNIT_BYTES, "locked" },
	[LIMIT_MESSAGE_QUEUES] = { "Max msgqueue size", "queues", "Kernel memory for POSIX message queues of its user.", UNIT_BYTES, NULL },
	[LIMIT_PROCESSES] = { "Max processes", "tasks", "Processes and threads of its user together.", UNIT_NUMBER, NULL },
	[LIMIT_OPEN_FILES] = { "Max open files", "files", "File descriptors it may have open.", UNIT_NUMBER, NULL },
};
/* clang-format on */

void
limit_format(char text[static UNIT_FORMAT_SIZE], enum limit_kind kind, int64_t limit)
{
	if (limit == UNLIMITED)
		snprintf(text, UNIT_FORMAT_SIZE, "unlimited");
	else
		unit_format(text, limit_descriptions[kind].unit, limit, SCALE_HUMAN);
}
