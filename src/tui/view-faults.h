// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/fault-group.h"
#include "model/fault.h"
#include "tui/process-key.h"
#include "tui/table-page.h"

#include <stdbool.h>

struct needs;
struct tui;

/* The state of the view of faults: of all processes, or of one. */
struct faults_page {
	struct table_page all, one;
	struct rows faults;
	struct process_key focus; /* the one */
	bool is_one, walks;
	size_t grouping;
	/* The selected row, which is another one with each snapshot. */
	int64_t selected_pid;
	char selected_segment[16], selected_code[64];
};

void faults_init(struct faults_page *page);
void faults_finish(struct faults_page *page);

/* Opens the view, on one process or (NULL) on all. */
void faults_open(struct tui *tui, const struct process_key *focus);

/* Makes the rows anew, after the snapshot or what is asked for has changed. */
void faults_rebuild(struct tui *tui);

/* Adds what the view asks the sampler for. */
void faults_needs(const struct tui *tui, struct needs *needs);
