// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <curses.h>
#include <stdbool.h>
#include <stdint.h>

struct app;
struct moment;

/*
 * Handles the keys of a recording. Returns false for other keys, and for all where the screen shows
 * what lives.
 */
bool past_key(struct app *app, int key);

/* Takes what is wanted next. Returns false if it is nothing now. */
bool past_take(struct app *app, struct moment *ret_moment);

/* Says that there is no such sample. */
void past_miss(struct app *app);

/* Goes to a moment: for the views. */
void past_go(struct app *app, const struct moment *moment);

/* Says so if the selected process does not live in this sample. */
void past_tell_selected(struct app *app);

/* When the next step is due while it plays; INT64_MAX: never. */
int64_t past_next(const struct app *app);

/* The main keys, on the last line. */
extern const char past_hint[];

/* Memory in use over the day of the sample, with kills and the moment, in one line. */
void past_draw_day(struct app *app, WINDOW *window, int y);

/* Which moment it is, for the title. Returns the columns drawn. */
int past_draw(const struct app *app, WINDOW *window, int y, int x);
