// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

struct perf_calls;

/* From the most access that can be permitted to none. */
enum access_level { ACCESS_ALL, ACCESS_PROCESS, ACCESS_USER, ACCESS_NONE };

/* Why there is not more access. */
struct denial {
	enum denied_step {
		STEP_OPEN,     /* perf_event_open */
		STEP_RING,     /* the memory of a ring */
		STEP_WALKS,    /* perf_event_open, for sampling TLB walks */
		STEP_COUNTERS, /* the same, for counting them */
	} step;
	enum access_level access; /* the access in spite of it */
	int error;                /* errno; 0: more threads than descriptors for them */
	int64_t pid;              /* the target process; 0: all */
	int64_t done, all;        /* opened and all CPUs or threads; equal: no limit */
	int64_t level;            /* the highest kernel.perf_event_paranoid that is enough */
};

/* Space for any of the sentences. */
enum { DENIAL_SENTENCE_SIZE = 384 };

/* Writes one line: what is missing, why, and which permission is needed. */
void denial_sentence(const struct denial *denial, const struct perf_calls *calls,
	char sentence[static DENIAL_SENTENCE_SIZE]);
