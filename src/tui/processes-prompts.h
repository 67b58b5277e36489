// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct tui;

/*
 * What asks the user for something while processes are listed. Each is an action of the table in
 * processes-input.c; only search_again looks at the number: 1 the next match, -1 the one before.
 */
void prompts_search(struct tui *tui, long unused);
void prompts_search_again(struct tui *tui, long step);
void prompts_filter(struct tui *tui, long unused);
void prompts_end_filter(struct tui *tui, long unused);
void prompts_user(struct tui *tui, long unused);
void prompts_delay(struct tui *tui, long unused);
void prompts_signal(struct tui *tui, long unused);
