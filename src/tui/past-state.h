// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/moment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys may come faster than samples are read; of more than so many the last one counts. */
enum { PAST_MOST_WANTED = 8 };

/* The screen of a recording: which samples are wanted, one after the other. */
struct past_state {
	bool is_open; /* the screen shows a recording */
	size_t wanted_count;
	struct moment wanted[PAST_MOST_WANTED]; /* not read yet; steps add up */
	struct moment taken;                    /* the last one that was, or is being read */
	bool plays;
	int speed;    /* samples of each step while it plays */
	int64_t next; /* CLOCK_MONOTONIC: time of the next step */
};
