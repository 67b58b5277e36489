// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/arena.h"
#include "model/map.h"
#include "tui/process-key.h"
#include "tui/table-page.h"

#include <stdbool.h>

struct tui;

/* The state of the view of the map of one process. */
struct map_page {
	struct table_page segments, mappings;
	struct rows rows; /* that are shown, made of: */
	struct rows last; /* the mappings that were read last, with the texts: */
	struct arena row_texts;
	struct rows first_mappings, first_segments; /* at the first look, with the texts: */
	struct arena texts;
	struct process_key process;
	bool is_all; /* each mapping is a row */
	bool wants;  /* they are to be read again though that is dear */
};

void map_page_init(struct map_page *page);
void map_page_finish(struct map_page *page);

/* Opens the view on a process. */
void map_open(struct tui *tui, const struct process_key *process);

/* Whether the mappings are to be read for the next refresh: large processes are not held up. */
bool map_wants_mappings(const struct tui *tui);
