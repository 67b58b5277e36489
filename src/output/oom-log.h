// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"

#include <stdio.h>

struct oom_kill;

/* Writes kills for people: one chapter for kills that repeat each other, below a table of all. */
void oom_log_write_chapters(
	FILE *file, const struct oom_kill *kills, size_t count, enum charset charset);
void oom_log_write_text(
	FILE *file, const struct oom_kill *kills, size_t count, enum charset charset);

/* Writes one JSON object of kind "oom_kill" with its candidates. */
void oom_log_write_json(FILE *file, const struct oom_kill *kill);
