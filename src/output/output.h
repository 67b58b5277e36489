// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "base/unit.h"

#include <stdbool.h>
#include <stdio.h>

struct footprint;
struct row_list;
struct selection;
struct snapshot;
struct output;

/* A format for writing refreshes to a file. */
struct output_format {
	const char *name, *help;
	bool has_hints; /* includes the snapshot's hints and events */
	void (*write)(struct output *output, const struct snapshot *snapshot,
		const struct selection *selection, const struct row_list *rows);
};

struct output {
	const struct output_format *format;
	FILE *file;
	enum charset charset;         /* of a text */
	enum scale scale;             /* of sizes in a text */
	const char *head;             /* replaces the totals of a text, whole lines; or NULL */
	const struct footprint *held; /* memory of all rows together, for a text; or NULL */
	size_t width;                 /* text lines are cut here; 0: never */
	size_t block_count;           /* blocks written so far */
	size_t *widths;               /* column widths of a text */
	size_t width_capacity;
	char *line; /* the line being built */
	size_t line_length, line_capacity;
};

extern const struct output_format output_text, output_json, output_csv, output_prometheus;

/* All formats, ending in NULL. */
extern const struct output_format *const output_formats[];

/* Writes one block and flushes it. Returns 0 or -errno. */
int output_write(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows);
void output_finish(struct output *output);

/* The rows if they are processes, else NULL; for snapshot_hints(). */
const struct row_list *output_processes(
	const struct selection *selection, const struct row_list *rows);

enum { OUTPUT_TIME_SIZE = 32 };

/* ISO 8601 in UTC with milliseconds: 2026-11-22T13:02:31.250Z. */
void output_format_time(char text[static OUTPUT_TIME_SIZE], int64_t time);

/* For the formats: the end of the line being built, with room for `size` bytes and a final one. */
char *output_room(struct output *output, size_t size);
