// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

enum { CPUS_SIZE = 1024 };

/* Which CPUs were online when it was last asked. A zeroed one has not been asked. */
struct cpus {
	char online[CPUS_SIZE];
};

/* The file in which the kernel lists them (drivers/base/cpu.c). */
extern const char cpus_online[];

/*
 * Whether other CPUs are online than when it was last asked, by what stands in `path`. False at
 * first and where that cannot be read.
 */
bool cpus_have_changed(struct cpus *cpus, const char *path);
