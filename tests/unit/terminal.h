// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/*
 * A terminal of 60 lines and 200 columns that nobody sees, for tests that draw. Returns false, and
 * writes the plan of a test that is skipped, where there is no description of it.
 */
bool terminal_open(void);
void terminal_close(void);

/* The value of main() for an array of tests that draw. */
#define RUN_ON_TERMINAL(tests)                                                                     \
	(terminal_open() ? terminal_closed(cmocka_run_group_tests(tests, NULL, NULL)) : 0)

static inline int
terminal_closed(int failed)
{
	terminal_close();
	return failed;
}
