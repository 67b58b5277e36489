// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Whose faults are sampled, from the most that can be permitted to nothing. */
enum access_level { ACCESS_ALL, ACCESS_PROCESS, ACCESS_USER, ACCESS_NONE };

/* What is in the way of more. */
struct denial {
	enum denied_step {
		STEP_OPEN,     /* perf_event_open */
		STEP_RING,     /* the memory of a ring */
		STEP_WALKS,    /* perf_event_open, for sampling TLB walks */
		STEP_COUNTERS, /* the same, for counting them */
	} step;
	enum access_level access; /* what there is in spite of it */
	int error;         /* errno; 0: there are more threads than descriptors to spend on them */
	int64_t pid;       /* of the process looked at; 0: all */
	int64_t done, all; /* how many of how many CPUs or threads; equal: it is not about these */
	int64_t level;     /* of kernel.perf_event_paranoid that would be low enough */
	int64_t paranoid;  /* what it is; UNKNOWN: it cannot be read */
	int64_t seccomp;   /* 0: no filter of system calls */
};

/* Room for any of the sentences. */
enum { DENIAL_SENTENCE_SIZE = 384 };

/* Writes one line: what is missing, why, and what would grant it. */
void denial_sentence(const struct denial *denial, char sentence[static DENIAL_SENTENCE_SIZE]);
