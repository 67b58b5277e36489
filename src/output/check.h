// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct filter;
struct snapshot;

enum { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

/*
 * An expression over the columns of the totals, and the status if it holds. With a group, headroom
 * is that of this cgroup: its limit is the snapshot's named_limits[place].
 */
enum { CHECK_RULES = 32 };
struct check_rule {
	const char *text;
	int status;
	struct filter *filter;
	char *group; /* NULL: none */
	size_t place;
};

/* So many of the largest processes are named, and of those that grow. */
enum { CHECK_LARGEST = 5, CHECK_GROWING = 3 };

/*
 * Writes whether memory is well as a monitoring plugin does: a line with status, verdict and
 * performance data, then at most 20 lines of why; or all as one JSON object. Without rules the
 * verdict decides, else only they do. Returns the status.
 */
int check_write(FILE *file, const struct snapshot *now, const struct check_rule *rules,
	size_t rule_count, bool as_json);

/* Writes names into the text of a plugin, which has a sign of its own for performance data. */
void check_write_words(FILE *file, const char *words);

/* The states with their thresholds and the reasons for them, for --help. */
void check_describe(FILE *file);
