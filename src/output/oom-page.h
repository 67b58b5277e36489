// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct oom_kill;

/* A text for people, written in paragraphs. */
struct page {
	FILE *file;
	enum charset charset;
	struct arena texts; /* results of page_safe() and the others */
};

/* Kills that repeat each other: at one limit, within a short time. */
struct episode {
	const struct oom_kill *explained; /* the last one with a whole report */
	const struct oom_kill *first, *last;
	size_t reports, with_group; /* number of reports; of processes killed with the victims */
	int64_t bytes_with_group;   /* memory of those processes */
};

enum { PAGE_INDENT = 3, PAGE_WIDTH = 79 };

/* Writes a paragraph with lines broken between words; `mark` is before its first line. */
void page_say(struct page *page, const char *mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Texts valid until the page ends: a safe name ("?" for NULL), bytes, a number, a count. */
const char *page_safe(struct page *page, const char *text);
const char *page_bytes(struct page *page, int64_t bytes);
const char *page_number(struct page *page, int64_t number);
const char *page_count(struct page *page, int64_t count, const char *noun, const char *nouns);

/* Answers the questions about an episode. */
void oom_explain(struct page *page, const struct episode *episode);

/* Explains by zone why free memory did not serve the request. */
void oom_explain_free(struct page *page, const struct oom_kill *kill);

/* Writes advice that follows from the log only. */
void oom_advise(struct page *page, const struct episode *episode);
