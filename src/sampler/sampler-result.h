// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/system.h"
#include "sampler/attribute.h"
#include "sampler/counters.h"

struct snapshot;

/*
 * The data that the sampler's thread gives to the reader. A zeroed one is empty; all memory is the
 * report's.
 */
struct sampler_result {
	struct fault_report report;
	struct sampling sampling; /* its texts are static or in the report's */
	struct counts counts;
};

/* Empties it and keeps its memory. */
void sampler_result_reset(struct sampler_result *answer);

/* Copies it into a snapshot: the rows, and the figures of the machine and of the processes. */
void sampler_result_add(const struct sampler_result *answer, struct snapshot *now);
