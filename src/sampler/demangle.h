// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/* A longer name is cut. Longer symbols stay as they are. */
enum { DEMANGLED_SIZE = 512, DEMANGLED_MOST_SYMBOL = 512 };

/* Whether a symbol begins as those of C++ and Rust do, and demangle() may know its name. */
bool is_mangled(const char *symbol);

/*
 * Writes the name of a C++ or Rust function as its source has it, without parameters. Returns false
 * if the symbol is none of these, is damaged, or if this program was built without libiberty. For
 * some symbols it needs much stack, and more time than there is: see demangle-child.h.
 */
bool demangle(char text[static DEMANGLED_SIZE], const char *symbol);
