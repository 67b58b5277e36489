// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

/*
 * Whether this process has a capability (CAP_ of linux/capability.h) in the first user namespace:
 * the kernel ignores those of other namespaces for the whole machine.
 */
bool capability_is_held(int capability);
