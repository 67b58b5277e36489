// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct arena;
struct budget_figures;
struct budget_reader;
struct snapshot;

/*
 * Splits MemTotal into its uses: /proc/meminfo and other files that count pages, each page once.
 * The figures of meminfo are from one moment, the others from about the same.
 */
struct budget_reader *budget_reader_create(int root);
void budget_reader_destroy(struct budget_reader *reader);

/* Fills now->budget. Returns 0 or -errno. Refused files are noted in the hints. */
int budget_read(struct budget_reader *reader, struct snapshot *now);

/*
 * Takes the figures from a text of /proc/meminfo; missing ones stay as they are. Returns 0, or
 * -ENODATA if it has no MemTotal above 0.
 */
int budget_parse_meminfo(const char *text, struct budget_figures *figures);
