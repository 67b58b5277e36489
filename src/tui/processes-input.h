// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tui/keys.h"

#include <stdbool.h>

struct tui;

/* What the keys do in the processes view. Returns false where the request is not for it. */
bool processes_request(struct tui *tui, enum request request);
