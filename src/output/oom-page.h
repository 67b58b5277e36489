// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct oom_kill;

/* A text for people that is being written in paragraphs. */
struct page {
	FILE *file;
	enum charset charset;
	struct arena texts; /* of what page_safe() and kin return */
};

/* Kills that repeat each other: of one limit, within a short time. */
struct episode {
	const struct oom_kill *explained; /* the last of which the log has a whole report */
	const struct oom_kill *first, *last;
	size_t reports, with_group; /* how many; how many more processes died with the victims */
	int64_t bytes_with_group;   /* what those held */
};

enum { PAGE_INDENT = 3, PAGE_WIDTH = 79 };

/* Writes a paragraph, its lines broken between words; `mark` stands before its first line. */
void page_say(struct page *page, const char *mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Texts that live until the page ends: a name made safe, "?" for NULL; bytes for people; a count
 * with its noun. */
const char *page_safe(struct page *page, const char *text);
const char *page_bytes(struct page *page, int64_t bytes);
const char *page_number(struct page *page, int64_t number);
const char *page_count(struct page *page, int64_t count, const char *noun, const char *nouns);

/* Answers the questions about an episode. */
void oom_explain(struct page *page, const struct episode *episode);

/* Why memory that was free did not serve the request, zone by zone. */
void oom_explain_free(struct page *page, const struct oom_kill *kill);

/* What can be done about it, from what the log says and nothing else. */
void oom_advise(struct page *page, const struct episode *episode);
