// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"

#include <stdio.h>

struct oom_kill;

/* Writes kills as a person wants to read them: one chapter for those that repeat each other. */
void oom_log_write_text(
	FILE *file, const struct oom_kill *kills, size_t count, enum charset charset);

/* Writes one object of kind "oom_kill" with the candidates in it. */
void oom_log_write_json(FILE *file, const struct oom_kill *kill);
