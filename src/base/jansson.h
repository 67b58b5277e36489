// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/*
 * The functions of jansson.h that are used here, as the program's own: each loads the library when
 * the first of them is called, and ends the program if there is none.
 */

/* Loads it now. Returns false if there is none. */
bool jansson_load(void);
