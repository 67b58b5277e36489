// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/past.h"

#include "base/clock.h"
#include "base/macros.h"
#include "model/snapshot.h"
#include "tui/app.h"
#include "tui/bar.h"
#include "tui/process-list.h"
#include "tui/screen.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Each sample stands for so long while it plays; a fast speed leaves out samples. */
#define STAND (NS_PER_SEC / 4)

enum { FAR = 10, MOST_SPEED = 64, TEXT_SIZE = 160, AGO_COLUMNS = 6 };

void
past_go(struct app *app, const struct moment *moment)
{
	struct past_state *past = &app->past;
	bool is_relative = moment->kind == MOMENT_STEP || moment->kind == MOMENT_MARK ||
			   moment->kind == MOMENT_PEAK;
	struct moment *last;

	if (!is_relative) /* whichever sample is read before */
		past->wanted_count = 0;
	last = past->wanted_count > 0 ? &past->wanted[past->wanted_count - 1] : NULL;
	if (last && last->kind == MOMENT_STEP && moment->kind == MOMENT_STEP)
		last->steps += moment->steps;
	else if (past->wanted_count < PAST_MOST_WANTED)
		past->wanted[past->wanted_count++] = *moment;
	else
		*last = *moment;
}

/* Goes to a moment that somebody has asked for: then nothing plays on. */
static void
jump(struct app *app, const struct moment *moment)
{
	app->past.plays = false;
	past_go(app, moment);
}

static void
step(struct app *app, long steps)
{
	jump(app, &(struct moment){ .kind = MOMENT_STEP, .steps = steps });
}

static void
go_to_end(struct app *app, long is_last)
{
	jump(app, &(struct moment){ .kind = is_last ? MOMENT_LAST : MOMENT_FIRST });
}

static void
go_to_mark(struct app *app, long steps)
{
	jump(app, &(struct moment){ .kind = MOMENT_MARK, .steps = steps });
}

/* Of the machine where no process is selected. */
static void
go_to_peak(struct app *app, long steps)
{
	const struct process_key *key =
		app->view->has_process ? &app->process : &app->processes->selected;

	jump(app, &(struct moment){ .kind = MOMENT_PEAK,
			  .steps = steps,
			  .pid = key->pid,
			  .start = key->start_time });
}

/* A time of day is the last one before this sample, or the next one if the recording begins later.
 */
static int
parse_time(const char *text, const struct snapshot *now, struct moment *ret_moment)
{
	struct moment next;
	int error = moment_parse(text, now->time, ret_moment);

	if (error < 0 || !isdigit((unsigned char)*text) || ret_moment->time >= now->past.begin)
		return error;
	moment_parse(text, now->time + NS_PER_DAY, &next);
	if (next.time <= now->past.end)
		*ret_moment = next;
	return 0;
}

static bool
time_changed(struct app *app, struct prompt *prompt, bool done)
{
	struct moment moment;

	if (!done || !*prompt->text)
		return false;
	if (parse_time(prompt->text, app->snapshot, &moment) == 0) {
		jump(app, &moment);
		return false;
	}
	snprintf(prompt->complaint, sizeof(prompt->complaint), "such as " MOMENT_FORMS);
	return true;
}

static void
ask_time(struct app *app)
{
	prompt_open(&app->prompt, "Go to the time: ", "", time_changed, NULL);
}

static void
toggle_play(struct app *app)
{
	struct past_state *past = &app->past;

	past->plays = !past->plays;
	past->speed = past->speed > 0 ? past->speed : 1;
	past->next = clock_ns(CLOCK_MONOTONIC);
}

static void
change_speed(struct app *app, long is_faster)
{
	struct past_state *past = &app->past;

	if (is_faster && past->speed < MOST_SPEED)
		past->speed *= 4;
	else if (!is_faster && past->speed > 1)
		past->speed /= 4;
}

const char past_hint[] =
	"t T sample  [ ] event  b time  z play  Enter open  \\ filter  ? help  q quit";

static const struct action_handler handlers[] = {
	{ ACTION_PAST_NEXT, .act_with = step, .argument = 1 },
	{ ACTION_PAST_PREVIOUS, .act_with = step, .argument = -1 },
	{ ACTION_PAST_FORWARD, .act_with = step, .argument = FAR },
	{ ACTION_PAST_BACK, .act_with = step, .argument = -FAR },
	{ ACTION_PAST_MARK_NEXT, .act_with = go_to_mark, .argument = 1 },
	{ ACTION_PAST_MARK_PREVIOUS, .act_with = go_to_mark, .argument = -1 },
	{ ACTION_PAST_PEAK_NEXT, .act_with = go_to_peak, .argument = 1 },
	{ ACTION_PAST_PEAK_PREVIOUS, .act_with = go_to_peak, .argument = -1 },
	{ ACTION_PAST_FIRST, .act_with = go_to_end, .argument = false },
	{ ACTION_PAST_LAST, .act_with = go_to_end, .argument = true },
	{ ACTION_PAST_TIME, .act = ask_time },
	{ ACTION_PAST_PLAY, .act = toggle_play },
	{ ACTION_PAST_FASTER, .act_with = change_speed, .argument = true },
	{ ACTION_PAST_SLOWER, .act_with = change_speed, .argument = false },
};

bool
past_key(struct app *app, int key)
{
	enum action action = action_of_key(&past_keys, key);
	bool is_of_speed = action == ACTION_PAST_FASTER || action == ACTION_PAST_SLOWER;

	if (!app->past.is_open || !app->snapshot || (is_of_speed && !app->past.plays))
		return false;
	return action_handle(handlers, ARRAY_SIZE(handlers), app, action);
}

bool
past_take(struct app *app, struct moment *ret_moment)
{
	struct past_state *past = &app->past;
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	if (past->wanted_count == 0 && past->plays && now >= past->next) {
		past_go(app, &(struct moment){ .kind = MOMENT_STEP, .steps = past->speed });
		past->next = now + STAND;
	}
	if (past->wanted_count == 0)
		return false;
	*ret_moment = past->taken = past->wanted[0];
	past->wanted_count--;
	memmove(past->wanted, past->wanted + 1, past->wanted_count * sizeof(past->wanted[0]));
	return true;
}

void
past_miss(struct app *app)
{
	static const char *const texts[] = {
		[MOMENT_LAST_KILL] = "no kill was recorded",
		[MOMENT_MARK] = "no further kill, gap or other event",
		[MOMENT_PEAK] = "no further peak within a day",
		[MOMENT_AT] = "the recording begins later",
	};
	const struct past_state *past = &app->past;
	enum moment_kind kind = past->taken.kind;

	app_say(app, "%s",
		kind < ARRAY_SIZE(texts) && texts[kind] ? texts[kind]
		: past->taken.steps < 0                 ? "this is the first sample"
							: "this is the last sample");
	app->past.plays = false;
}

void
past_tell_selected(struct app *app)
{
	const struct process_key *key = &app->processes->selected;

	if (app->past.is_open && key->pid && !app_find(app, key))
		app_say(app, "process %lld does not live in this sample", (long long)key->pid);
}

int64_t
past_next(const struct app *app)
{
	return app->past.plays ? app->past.next : INT64_MAX;
}

/* What happened since the sample before, in one word each. */
static void
add_marks(unsigned marks, char text[static TEXT_SIZE])
{
	static const struct {
		unsigned mark;
		const char *text;
	} words[] = {
		{ MARK_EVENTS, "  OOM KILL" },
		{ MARK_BOOT, "  booted" },
		{ MARK_DAMAGE, "  after damage" },
		{ MARK_PAUSE, "  after a gap" },
		{ MARK_CLOCK, "  clock was set" },
		{ MARK_START, "  recorder started" },
	};
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (marks & words[i].mark)
			length += (size_t)snprintf(
				text + length, TEXT_SIZE - length, "%s", words[i].text);
}

/* The next kill within a day. Writes how far away it is; "": there is none. */
static void
add_next_kill(const struct snapshot *snapshot, char text[static TEXT_SIZE])
{
	const struct incident *incidents = snapshot->incidents.data;
	char span[UNIT_FORMAT_SIZE];

	text[0] = '\0';
	for (size_t i = 0; i < snapshot->incidents.count && !*text; i++) {
		int64_t left = incidents[i].time - snapshot->time;

		if (!incident_is_kill(&incidents[i]) || left <= 0 || left > NS_PER_DAY)
			continue;
		unit_format(span, UNIT_SPAN, left, SCALE_HUMAN);
		snprintf(text, TEXT_SIZE, "  OOM kill in %s", span);
	}
}

int
past_draw(const struct app *app, WINDOW *window, int y, int x)
{
	const struct past *past = &app->snapshot->past;
	char ago[UNIT_FORMAT_SIZE], marks[TEXT_SIZE], kill[TEXT_SIZE], date[32];
	time_t seconds = (time_t)(app->snapshot->time / NS_PER_SEC);
	struct tm local = { .tm_hour = 0 };
	int start = x;

	localtime_r(&seconds, &local);
	strftime(date, sizeof(date), moment_is_twice(app->snapshot->time) ? "%F %T %Z" : "%F %T",
		&local);
	unit_format(ago, UNIT_SPAN, clock_ns(CLOCK_REALTIME) - app->snapshot->time, SCALE_HUMAN);
	x += screen_put(window, y, x, STYLE_WARNING, app->past.plays ? "  PLAY" : "  REPLAY");
	if (app->past.plays && app->past.speed > 1)
		x += screen_printf(window, y, x, STYLE_WARNING, " x%d", app->past.speed);
	x += screen_printf(window, y, x, STYLE_BOLD, "  %s", date);
	if (past->interval != UNKNOWN)
		x += screen_printf(
			window, y, x, STYLE_NORMAL, " +%.2gs", (double)past->interval / NS_PER_SEC);
	add_marks(past->marks, marks);
	x += screen_put(window, y, x, STYLE_ALARM, marks);
	add_next_kill(app->snapshot, kill);
	if (x + (int)strlen(kill) <= getmaxx(window))
		x += screen_put(window, y, x, STYLE_WARNING, kill);
	if (x + (int)strlen(ago) + AGO_COLUMNS <= getmaxx(window))
		x += screen_printf(window, y, x, STYLE_NORMAL, "  %s ago", ago);
	return x - start;
}

enum { CLOCK_COLUMNS = 6, EIGHTHS = 8, MOST_CELLS = 512 };

/* The cell of a time of this day; `count` if it is of another. */
static size_t
cell_at(const struct past *past, int64_t time, size_t count)
{
	double part = (double)(time - past->day_begin) / (double)(past->day_end - past->day_begin);

	return part < 0 || part >= 1 ? count : (size_t)(part * (double)count);
}

static bool
has_kill(const struct snapshot *snapshot, size_t cell, size_t count)
{
	const struct incident *incidents = snapshot->incidents.data;

	for (size_t i = 0; i < snapshot->incidents.count; i++)
		if (incident_is_kill(&incidents[i]) &&
			cell_at(&snapshot->past, incidents[i].time, count) == cell)
			return true;
	return false;
}

static void
draw_cell(const struct app *app, WINDOW *window, int y, int x, int64_t used, enum style style)
{
	int64_t total = app->snapshot->system.total;
	int filled = used > 0 && total > 0 ? (int)(used * EIGHTHS / total) + 1 : 0;

	screen_put(
		window, y, x, style, bar_level(filled > EIGHTHS ? EIGHTHS : filled, app->charset));
}

void
past_draw_day(struct app *app, WINDOW *window, int y)
{
	const struct snapshot *snapshot = app->snapshot;
	int64_t most[MOST_CELLS];
	int width = getmaxx(window) - 2 * CLOCK_COLUMNS;
	size_t count = width > MOST_CELLS ? MOST_CELLS : width > 0 ? (size_t)width : 0;
	size_t here = cell_at(&snapshot->past, snapshot->time, count);

	if (count == 0 || snapshot->past.day_end <= snapshot->past.day_begin)
		return;
	history_spread(
		&snapshot->day, snapshot->past.day_begin, snapshot->past.day_end, most, count);
	screen_put(window, y, 0, STYLE_DIM, "00:00");
	for (size_t i = 0; i < count; i++) {
		int x = CLOCK_COLUMNS + (int)i;

		if (has_kill(snapshot, i, count))
			screen_put(window, y, x, STYLE_ALARM, "!");
		else if (i == here && most[i] == UNKNOWN)
			screen_put(window, y, x, STYLE_WARNING, "|");
		else
			draw_cell(
				app, window, y, x, most[i], i == here ? STYLE_WARNING : STYLE_ANON);
	}
	screen_put(window, y, CLOCK_COLUMNS + (int)count + 1, STYLE_DIM, "24:00");
}
