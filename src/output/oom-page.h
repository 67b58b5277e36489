// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/text.h"
#include "oomlog/oom-kill.h"

#include <stdio.h>

/*
 * Texts for people about kills. In a text {NAME} is the value of a column of oom_kill_table,
 * {task.NAME} of oom_task_table: "?" or "-" if it is unknown. {NAME|NOUN|NOUNS} is a count,
 * {NAME:WIDTH} a cell of a table (below 0: aligned to the left), {pages} the size of the request.
 */
struct page {
	FILE *file;
	enum charset charset;
	const struct oom_kill *kill; /* the one that the texts are about */
	const struct oom_task *task; /* another process: the largest, or a row of the table */
	const char *zone;            /* {zone}: a name of the log */
};

/* Kills that repeat each other: at one limit, within a short time. */
struct episode {
	const struct oom_kill *explained; /* the last one with a whole report */
	const struct oom_kill *first, *last;
	size_t reports, with_group; /* number of reports; of processes killed with the victims */
	int64_t bytes_with_group;   /* memory of those processes */
};

/* Writes a text as it is. */
void page_put(const struct page *page, const char *text);

/*
 * Writes a paragraph with lines broken between words, and as an item of a list. The arguments are
 * our own words and numbers: their names in braces are replaced too.
 */
void page_say(const struct page *page, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void page_say_item(const struct page *page, const char *text);

/* Answers the questions about an episode. */
void oom_explain(const struct page *page, const struct episode *episode);

/* Explains by zone why free memory did not serve the request. */
void oom_explain_free(const struct page *page);

/* Writes advice that follows from the log only. */
void oom_advise(const struct page *page, const struct episode *episode);
