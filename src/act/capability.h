// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/*
 * Whether this process has a capability (CAP_ of linux/capability.h), and not merely within a user
 * namespace: for what concerns the whole machine the kernel does not count that.
 */
bool capability_is_held(int capability);
