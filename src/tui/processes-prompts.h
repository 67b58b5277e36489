// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>

struct tui;

/* What asks the user for something while processes are listed. */
void prompts_search(struct tui *tui);
void prompts_search_again(struct tui *tui, long step); /* 1 the next match, -1 the one before */
void prompts_filter(struct tui *tui);
void prompts_delay(struct tui *tui);

/* Ends the filter and the search. Returns false where there is none. */
bool prompts_end_filter(struct tui *tui);
