// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

struct known;
struct process;
struct refresh;

/* Takes rows, or parts of them, from the last snapshot into the one that is being made. */
struct carrier {
	size_t *texts; /* where in a row texts are */
	size_t text_count;
};

void carrier_init(struct carrier *carrier);
void carrier_finish(struct carrier *carrier);

/* The row of the last refresh, or NULL. */
const struct process *carry_find(const struct refresh *refresh, const struct known *known);

/* Adds last refresh's row as it is, and tells again what of it could not be read. */
struct process *carry_row(
	const struct carrier *carrier, const struct refresh *refresh, struct known *known);

/*
 * Copies the texts of `needs` that have been read for the old row. Returns the needs that are met
 * by that.
 */
unsigned carry_names(const struct refresh *refresh, const struct known *known, struct process *row,
	const struct process *old, unsigned needs);

/* Copies what is known of the PSS of the same program. */
void carry_rollup(const struct refresh *refresh, struct process *row, const struct process *old);
