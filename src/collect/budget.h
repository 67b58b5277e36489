// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct arena;
struct budget_figures;
struct budget_reader;
struct snapshot;

/*
 * Where all of MemTotal is: /proc/meminfo and what else counts pages, each once. The figures of
 * meminfo are of one moment; those of other files are of about the same.
 */
struct budget_reader *budget_reader_create(int root);
void budget_reader_destroy(struct budget_reader *reader);

/* Fills now->budget. Returns 0 or -errno. What a file refuses is told in the hints. */
int budget_read(struct budget_reader *reader, struct snapshot *now);

/*
 * The figures of a text of /proc/meminfo; those that are not in it stay as they are. Returns 0, or
 * -ENODATA where it has no MemTotal above 0.
 */
int budget_parse_meminfo(const char *text, struct budget_figures *figures);
