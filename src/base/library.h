// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Loads a shared library that few runs need: each costs a twentieth of what `memtop free` does.
 * Packages have to name it, for the program itself does not. Fills `functions`, pointers to the
 * functions with these names; false: the library or one of them is missing, and they stay as they
 * were. A library stays loaded.
 */
bool library_load(
	const char *library, const char *const names[], size_t count, void *ret_functions);
