// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/moment.h"

#include <stdbool.h>
#include <stdint.h>

/* The screen of a recording: which sample is wanted next. */
struct past_state {
	bool is_open;         /* the screen shows a recording */
	bool wants;           /* `wanted` has not been read yet */
	struct moment wanted; /* steps add up until they are read */
	bool plays;
	int speed;    /* samples of each step while it plays */
	int64_t next; /* CLOCK_MONOTONIC: time of the next step */
};
