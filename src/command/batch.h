// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"

#include <stdbool.h>

/* Runs it; where a screen was asked for (no -b), there is one block and a notice instead. */
int batch_main(const struct command *command, int argc, char **argv, bool is_screen);
