// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/limit.h"

#include <stdio.h>

/* clang-format off */
const struct limit_description limit_descriptions[LIMIT_KINDS] = {
	[LIMIT_ADDRESS_SPACE] = { "Max address space", "VIRT", "Above it mmap and brk fail.", UNIT_BYTES, "virt" },
	[LIMIT_DATA] = { "Max data size", "DATA", "A limit for private writable mappings and the heap.", UNIT_BYTES, "data" },
	[LIMIT_STACK] = { "Max stack size", "STACK", "Above it the main stack cannot grow (SIGSEGV). It is also the default stack size of new threads.", UNIT_BYTES, "stack" },
	[LIMIT_LOCKED] = { "Max locked memory", "LOCKED", "Above it mlock fails without CAP_IPC_LOCK.", UNIT_BYTES, "locked" },
	[LIMIT_MESSAGE_QUEUES] = { "Max msgqueue size", "queues", "Kernel memory for POSIX message queues of its user.", UNIT_BYTES, NULL },
	[LIMIT_PROCESSES] = { "Max processes", "tasks", "Processes and threads of its user together.", UNIT_NUMBER, NULL },
	[LIMIT_OPEN_FILES] = { "Max open files", "files", "File descriptors that it may have open.", UNIT_NUMBER, NULL },
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
