// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct snapshot;

/* Fills the computed values: sums within a row, and rates against `before` (NULL in the first). */
void derive(struct snapshot *now, const struct snapshot *before);
