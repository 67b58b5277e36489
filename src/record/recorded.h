// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record/row-slots.h"
#include "record/schema.h"

#include <stdint.h>

struct decoder;
struct snapshot;

/*
 * What is recorded of a snapshot. What follows from that (rates, ages, sums, the order of kills) is
 * not: model/derive.c and badness.c compute it from two samples as from two readings of the kernel.
 */
enum { RECORDED_PROCESSES, RECORDED_SYSTEM, RECORDED_EVENTS = 4, RECORDED_TABLES = 11 };
extern const struct recorded snapshot_recorded;

/* What must be read for it: NEED_ bits. */
uint64_t snapshot_recorded_needs(void);

/* The same of each table: an older recorder knew fewer. */
void snapshot_needs_of_tables(uint64_t ret_needs[static RECORDED_TABLES]);

/* The rows of a snapshot for encoder_add(). They are borrowed. */
void snapshot_to_samples(
	const struct snapshot *snapshot, struct sample_rows ret_samples[static RECORDED_TABLES]);

/*
 * Puts a sample into a snapshot that has been reset and has the times of the sample. The decoder is
 * one of snapshot_recorded.
 */
void snapshot_from_sample(struct snapshot *snapshot, struct decoder *decoder);
