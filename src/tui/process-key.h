// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/process.h"

#include <stdbool.h>

/* Identifies a process. */
struct process_key {
	int64_t pid, start_time;
};

static inline bool
process_key_is(const struct process_key *key, const struct process *process)
{
	return key->pid == process->pid && key->start_time == process->start_time;
}

static inline struct process_key
process_key_of(const struct process *process)
{
	return (struct process_key){ process->pid, process->start_time };
}
