// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define NS_PER_SEC INT64_C(1000000000)
#define NS_PER_DAY (86400 * NS_PER_SEC)
#define NS_PER_US INT64_C(1000)
#define US_PER_SEC INT64_C(1000000)
#define NS_PER_MS INT64_C(1000000)
