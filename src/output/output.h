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

/* A way to write one refresh after the other to a file. */
struct output_format {
	const char *name, *help;
	bool has_hints; /* it writes the snapshot's hints and events itself */
	void (*write)(struct output *output, const struct snapshot *snapshot,
		const struct selection *selection, const struct row_list *rows);
};

struct output {
	const struct output_format *format;
	FILE *file;
	enum charset charset; /* of the reader of a text */
	enum scale scale;     /* of bytes in a text */
	const char *head; /* what a text begins with instead of the totals, whole lines; or NULL */
	const struct footprint *held; /* said in a text: what the rows hold together; or NULL */
	size_t width;                 /* at which lines of a text are cut; 0: never */
	size_t block_count;           /* blocks written so far */
	size_t *widths;               /* of the columns of a text */
	size_t width_capacity;
	char *line; /* the line being built */
	size_t line_length, line_capacity;
	char *room; /* see output_room() */
};

extern const struct output_format output_text, output_json, output_csv;

/* All formats, ending in NULL. */
extern const struct output_format *const output_formats[];
const struct output_format *output_find_format(const char *name);

/* Writes one block and flushes it. Returns 0 or -errno. */
int output_write(struct output *output, const struct snapshot *snapshot,
	const struct selection *selection, const struct row_list *rows);
void output_finish(struct output *output);

/* The rows where they are processes, for snapshot_hints(); else NULL. */
const struct row_list *output_processes(
	const struct selection *selection, const struct row_list *rows);

enum { OUTPUT_TIME_SIZE = 32 };

/* ISO 8601 in UTC with milliseconds, as machines read it: 2026-11-22T13:02:31.250Z. */
void output_format_time(char text[static OUTPUT_TIME_SIZE], int64_t time);

/* For the formats: CELL_SIZE bytes for one value, used again for the next. */
char *output_room(struct output *output);

/* For the formats: the line being built. */
void line_add(struct output *output, const char *text, size_t length);
void line_pad(struct output *output, size_t count);
void line_end(struct output *output);
void line_end_uncut(struct output *output);
