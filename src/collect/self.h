// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/system.h"

/*
 * What this program itself has used: CPU time of all its threads, and resident memory as
 * self/statm below the root has it. What cannot be known stays as it is.
 */
void self_read(int root, struct system *system);
