// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/process-key.h"

#include "base/memory.h"

#include <stdlib.h>

bool
process_keys_have(const struct process_keys *set, const struct process *process)
{
	for (size_t i = 0; i < set->count; i++)
		if (process_key_is(&set->keys[i], process))
			return true;
	return false;
}

void
process_keys_toggle(struct process_keys *set, const struct process *process)
{
	for (size_t i = 0; i < set->count; i++)
		if (process_key_is(&set->keys[i], process)) {
			set->keys[i] = set->keys[--set->count];
			return;
		}
	set->keys = array_reserve(set->keys, &set->capacity, set->count + 1, sizeof(set->keys[0]));
	set->keys[set->count++] = process_key_of(process);
}

void
process_keys_finish(struct process_keys *set)
{
	free(set->keys);
	*set = (struct process_keys){ .keys = NULL };
}
