// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/macros.h"

#include <stdint.h>

/*
 * Asks for the names of C++ and Rust functions as their source has them. Symbols come from anyone's
 * files, and for some the library that reads them takes hours: it does so in a child process, which
 * may only read, write and allocate memory, and is ended when it does not answer. Names are
 * remembered.
 */
struct demangle_child;

/* The most CPU time for names at once, in nanoseconds. */
#define DEMANGLE_CPU (200 * NS_PER_MS)

/*
 * The child is started when it is first asked. For names it has `most_cpu` nanoseconds of CPU time
 * at once, and in the long run a 25th of the time.
 */
struct demangle_child *demangle_child_create(int64_t most_cpu);
void demangle_child_destroy(struct demangle_child *child);

/*
 * Returns NULL if the symbol is no such name, or one that cannot be read in time, or if there is
 * no time for it now. What it returns is valid until the next call.
 */
const char *demangle_child_ask(struct demangle_child *child, const char *symbol);

/* One line if names are not read any more; NULL: they are. It is static. */
const char *demangle_child_trouble(const struct demangle_child *child);

/*
 * The child is this program again, by another name: main() must begin with this call, which does
 * not return in the child. A program that does not call it starts no child.
 */
void demangle_child_main(int argc, char **argv);
