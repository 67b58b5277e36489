// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdio.h>

/*
 * The text format 0.0.4 of Prometheus, which node_exporter's textfile collector reads too. Each
 * metric is written once, with all of its samples: the reader refuses a file that has one twice.
 * Times of samples are never written: it refuses them as well.
 */

/* The start of a metric. `type` is gauge or counter; the name of a counter ends in _total. */
void prometheus_begin(FILE *file, const char *name, const char *type, const char *help);

struct prometheus_label {
	const char *name, *value; /* NULL: left out */
};

/* One sample, with any text as values of labels. */
void prometheus_sample(FILE *file, const char *name, const struct prometheus_label *labels,
	size_t label_count, double value);

/* What a metric of a column is called: "memtop_unit_footprint_bytes". */
struct column;
enum { PROMETHEUS_NAME_SIZE = 128 };
void prometheus_name(
	char name[static PROMETHEUS_NAME_SIZE], const char *kind, const struct column *column);
