// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/processes-prompts.h"

#include "tui/context.h"

#include <stdio.h>
#include <string.h>

/* Search: from the selected row onwards, around the end. */

static bool
is_found(const struct tui *tui, const struct process *process)
{
	return (process->comm && strcasestr(process->comm, tui->search)) ||
	       (process->command && strcasestr(process->command, tui->search));
}

static void
search(struct tui *tui, size_t first, size_t step)
{
	size_t count = tui->rows.count;

	for (size_t i = 0; tui->search[0] && i < count; i++) {
		size_t at = (first + i * step) % count;

		if (is_found(tui, tui->rows.rows[at])) {
			tui->list.selected = at;
			return;
		}
	}
	if (tui->search[0])
		tui_say(tui, "not found: %s", tui->search);
}

static bool
search_changed(struct tui *tui, struct prompt *prompt, bool done)
{
	(void)done;
	snprintf(tui->search, sizeof(tui->search), "%s", prompt->text);
	tui->message[0] = '\0';
	search(tui, tui->list.selected, 1);
	return false;
}

void
prompts_search(struct tui *tui)
{
	prompt_open(&tui->prompt, "Search: ", "", search_changed, NULL);
}

void
prompts_search_again(struct tui *tui, long step)
{
	size_t count = tui->rows.count;

	if (count > 0)
		search(tui, (tui->list.selected + (step > 0 ? 1 : count - 1)) % count,
			step > 0 ? 1 : count - 1);
}

/* The filter: live; what was there before comes back with Esc. */

bool
processes_set_filter(struct tui *tui, const char *text, struct filter_error *ret_error)
{
	struct filter *filter = filter_create(&process_table);

	if (filter_add(filter, text, ret_error) < 0) {
		filter_destroy(filter);
		return false;
	}
	filter_destroy(tui->filter);
	tui->filter = filter;
	snprintf(tui->filter_text, sizeof(tui->filter_text), "%s", text);
	tui->wants_refresh = true; /* it may look at a column that has not been read */
	processes_rebuild(tui);
	return true;
}

/* Where the last word of a text starts. */
static size_t
last_word(const char *text)
{
	const char *blank = strrchr(text, ' ');

	return blank ? (size_t)(blank + 1 - text) : 0;
}

/* Whether a text ends in the name of a column: while it is typed, that is the start of a term. */
static bool
ends_in_column(const char *text)
{
	const char *word = text + last_word(text);

	word += *word == '!';
	return *word && table_find(&process_table, word, strlen(word));
}

/* While a term is typed, those before it hold. */
static bool
filter_changed(struct tui *tui, struct prompt *prompt, bool done)
{
	struct filter_error error = { .message = "" };
	char before[PROMPT_SIZE];

	if ((done || !ends_in_column(prompt->text)) &&
		processes_set_filter(tui, prompt->text, &error))
		return false;
	if (error.message[0])
		snprintf(prompt->complaint, sizeof(prompt->complaint), "character %zu: %s",
			error.position + 1, error.message);
	snprintf(before, sizeof(before), "%.*s", (int)last_word(prompt->text), prompt->text);
	processes_set_filter(tui, before, &error);
	return done; /* stays open until it is right or given up */
}

static void
filter_cancelled(struct tui *tui)
{
	struct filter_error error;

	processes_set_filter(tui, tui->filter_before, &error);
}

void
prompts_filter(struct tui *tui)
{
	memcpy(tui->filter_before, tui->filter_text, sizeof(tui->filter_before));
	prompt_open(&tui->prompt, "Filter: ", tui->filter_text, filter_changed, filter_cancelled);
}

bool
prompts_end_filter(struct tui *tui)
{
	struct filter_error error;
	bool has_any = tui->search[0] || tui->filter_text[0];

	tui->search[0] = '\0';
	if (tui->filter_text[0])
		processes_set_filter(tui, "", &error);
	return has_any;
}

static bool
delay_changed(struct tui *tui, struct prompt *prompt, bool done)
{
	if (!done || unit_parse_interval(prompt->text, &tui->settings->interval) == 0)
		return false;
	snprintf(prompt->complaint, sizeof(prompt->complaint), "not " INTERVAL_RANGE);
	return true;
}

void
prompts_delay(struct tui *tui)
{
	char seconds[32];

	snprintf(seconds, sizeof(seconds), "%.10g", (double)tui->settings->interval / 1e9);
	prompt_open(&tui->prompt, "Seconds between two refreshes: ", seconds, delay_changed, NULL);
}
