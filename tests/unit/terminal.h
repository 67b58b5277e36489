// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/*
 * A terminal of 60 lines and 200 columns that nobody sees, for tests that draw. Returns false, and
 * writes the plan of a test that is skipped, where there is no description of it.
 */
bool terminal_open(void);
void terminal_close(void);
