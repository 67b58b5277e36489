// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/replay.h"

#include "base/macros.h"
#include "base/memory.h"
#include "model/incident.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "record/cursor-move.h"
#include "record/cursor.h"
#include "record/decoder.h"
#include "record/history.h"
#include "record/incidents.h"
#include "record/peak.h"
#include "record/recorded.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BOOT_SIZE = 64 };

/* By so much a recording grows before its day and its incidents are told again. */
#define GROWTH (60 * NS_PER_SEC)

/* Tells samples apart. */
struct sample_id {
	char boot[BOOT_SIZE];
	int64_t boottime; /* UNKNOWN: none */
};

/* A history of one day as it was told last. */
struct told {
	struct rows rows;
	int64_t keys[SUMMARY_KEYS]; /* of the row it is about */
	int64_t day_begin;
	int64_t end; /* of the recording at that time; UNKNOWN: none was told */
};

struct replay {
	struct source source;
	struct cursor *cursor;
	int64_t end;            /* of the last sample of the recording */
	struct sample_id read;  /* the last one that was read */
	struct sample_id older; /* the one before it */
	struct snapshot kept;   /* that one, unless it was read last itself */
	char *path;
	struct rows incidents; /* of the recording up to `incidents_end` */
	struct arena texts;    /* of them */
	int64_t incidents_end;
	struct told day;     /* memory in use */
	struct told process; /* RES of the process in focus */
	int incidents_error;
	uint64_t table_needs[RECORDED_TABLES];
	uint64_t recorded_needs; /* of the tables that the chunk has */
	enum { SINCE_NONE, SINCE_LAST, SINCE_KEPT } rates;
};

static void
set_id(struct sample_id *id, const struct cursor_place *place)
{
	snprintf(id->boot, sizeof(id->boot), "%s", place->boot);
	id->boottime = place->boottime;
}

static bool
is_of_boot(const struct sample_id *id, const struct cursor_place *place)
{
	return id->boottime != UNKNOWN && strncmp(id->boot, place->boot, BOOT_SIZE - 1) == 0;
}

static bool
is_sample(const struct sample_id *id, const struct cursor_place *place)
{
	return id->boottime == place->boottime && is_of_boot(id, place);
}

static void
fill(struct replay *replay, struct snapshot *snapshot, const struct cursor_place *place)
{
	snapshot_reset(snapshot);
	snapshot->time = place->wall;
	snapshot->monotonic = snapshot->start_clock = place->boottime;
	snapshot_from_sample(snapshot, cursor_decoder(replay->cursor));
	budget_reset_figures(&snapshot->budget_figures); /* its rows are recorded */
	snapshot->budget_figures.total = snapshot->system.total;
}

/* The caller has the sample that was read last; any other is kept here. */
static void
take_older(void *context, const struct cursor_place *place)
{
	struct replay *replay = context;

	replay->older.boottime = UNKNOWN;
	if (!place)
		return;
	if (!is_sample(&replay->read, place))
		fill(replay, &replay->kept, place);
	set_id(&replay->older, place);
}

/* The local day of the sample, which may have 23 or 25 hours. */
static void
find_day(struct past *past, int64_t time)
{
	time_t seconds = (time_t)(time / NS_PER_SEC);
	struct tm day;

	localtime_r(&seconds, &day);
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	past->day_begin = (int64_t)mktime(&day) * NS_PER_SEC;
	day.tm_mday++;
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	past->day_end = (int64_t)mktime(&day) * NS_PER_SEC;
}

/* What has been told is told again when the recording has grown by more than this. */
static bool
is_old(const struct replay *replay, int64_t told, int64_t growth)
{
	return told == UNKNOWN || replay->end - told > growth;
}

static void
tell(const struct replay *replay, struct told *told, const struct summary_query *query,
	const struct past *past, int64_t growth)
{
	if (told->day_begin == past->day_begin && !is_old(replay, told->end, growth) &&
		memcmp(told->keys, query->keys, sizeof(told->keys)) == 0)
		return;
	rows_reset(&told->rows);
	recording_history(replay->path, query, past->day_begin, past->day_end, &told->rows);
	memcpy(told->keys, query->keys, sizeof(told->keys));
	told->day_begin = past->day_begin;
	told->end = replay->end;
}

static void
tell_day(struct replay *replay, struct snapshot *now)
{
	const struct summary_query query = { .table = system_table.name, .field = "used" };

	find_day(&now->past, now->time);
	tell(replay, &replay->day, &query, &now->past, GROWTH);
	rows_copy(&now->day, &replay->day.rows, NULL);
}

/* It need not live in this sample. */
static void
tell_process(struct replay *replay, struct snapshot *now)
{
	const struct summary_query query = { .table = process_table.name,
		.field = "res",
		.keys = { now->focus, now->focus_start },
		.key_count = 2 };

	tell(replay, &replay->process, &query, &now->past, 0);
	rows_copy(&now->history, &replay->process.rows, NULL);
}

/* What happened is looked for again when the recording has grown. */
static void
list_incidents(struct replay *replay, struct snapshot *now)
{
	if (is_old(replay, replay->incidents_end, GROWTH)) {
		rows_reset(&replay->incidents);
		arena_reset(&replay->texts);
		replay->incidents_error =
			recording_incidents(replay->path, &replay->incidents, &replay->texts);
		replay->incidents_end = replay->end;
	}
	if (replay->incidents_error < 0)
		snapshot_add_hint(now, NEED_INCIDENTS, replay->incidents_error, 0);
	rows_copy(&now->incidents, &replay->incidents, &now->texts);
	incidents_own_events(&now->incidents, &now->texts);
}

/* Each need that the recording cannot meet. */
static void
add_hints(const struct replay *replay, struct snapshot *now)
{
	uint64_t missing = (now->bits | now->focus_bits) & ~replay->recorded_needs &
			   ~(NEED_RANK | NEED_WEIGHT | NEED_INCIDENTS | NEED_HISTORY | NEED_COURSE |
				   NEED_OWN_LIMIT | NEED_EACH_MAPPING);

	for (; missing; missing &= missing - 1)
		snapshot_add_hint(now, missing & -missing, -NOT_RECORDED, 0);
}

/* Another version of memtop has recorded what this one does not know. */
static void
tell_left_out(const struct replay *replay, struct snapshot *now, const struct needs *needs)
{
	const struct schema *schema = decoder_schema(cursor_decoder(replay->cursor));
	int64_t left_out = 0;

	for (size_t i = 0; i < schema->table_count; i++)
		left_out +=
			(int64_t)(schema->tables[i].field_count - schema->tables[i].known_count);
	if (left_out > 0)
		snapshot_add_hint(now, needs->bits & -needs->bits, -NOT_KNOWN, left_out);
}

/* A PSS that was read before the last sample was not read for this one. */
static void
set_ages(struct snapshot *now, int64_t before)
{
	for (size_t i = 0; i < now->process_count; i++) {
		struct process *process = &now->processes[i];
		struct process_rollup *rollup;
		int64_t time = process->rollup->time;

		if (time == UNKNOWN)
			continue;
		rollup = snapshot_rollup(now, process);
		rollup->age = now->monotonic > time ? now->monotonic - time : 0;
		rollup->stale = before != UNKNOWN && time < before;
	}
}

static void
describe(struct replay *replay, struct snapshot *now, const struct cursor_place *place)
{
	bool has_older = replay->older.boottime != UNKNOWN;

	if (place->wall > replay->end)
		replay->end = place->wall;
	now->past = (struct past){
		.is_there = true,
		.marks = place->marks,
		.interval = has_older ? place->boottime - replay->older.boottime : UNKNOWN,
		.usual = place->interval,
		.is_other_boot =
			replay->read.boottime != UNKNOWN && !is_of_boot(&replay->read, place),
		.begin = cursor_begin(replay->cursor),
		.end = replay->end,
	};
	set_ages(now, replay->older.boottime);
}

/* The cursor does not tell of the sample before if that is in another file. */
static void
link_files(struct replay *replay, const struct moment *moment, const struct cursor_place *place)
{
	bool is_next = moment->kind == MOMENT_STEP && moment->steps == 1;

	if (is_next && replay->older.boottime == UNKNOWN && !(place->marks & MARK_DAMAGE) &&
		is_of_boot(&replay->read, place))
		replay->older = replay->read;
}

/* Rates are those since the sample before; where some are left out on purpose, since the last. */
static void
choose_rates(struct replay *replay, const struct moment *moment, const struct cursor_place *place)
{
	const struct sample_id *older = &replay->older;

	if (moment->kind == MOMENT_SINCE && is_of_boot(&replay->read, place))
		replay->rates = SINCE_LAST;
	else if (older->boottime == UNKNOWN)
		replay->rates = SINCE_NONE;
	else
		replay->rates = older->boottime == replay->read.boottime ? SINCE_LAST : SINCE_KEPT;
}

static void
find_recorded_needs(struct replay *replay)
{
	const struct decoder *decoder = cursor_decoder(replay->cursor);

	replay->recorded_needs = 0;
	for (size_t i = 0; i < RECORDED_TABLES; i++)
		if (decoder_has_table(decoder, i))
			replay->recorded_needs |= replay->table_needs[i];
}

static int
replay_read(struct source *source, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	struct replay *replay = (struct replay *)source;
	struct cursor_place place;
	int result;

	replay->older.boottime = UNKNOWN;
	result = needs->moment.kind == MOMENT_PEAK
			 ? cursor_go_to_peak(replay->cursor, replay->path, &needs->moment)
			 : cursor_move(replay->cursor, &needs->moment);
	if (result < 0 || !cursor_place(replay->cursor, &place))
		return result < 0 ? result : -ENODATA;
	link_files(replay, &needs->moment, &place);
	fill(replay, now, &place);
	find_recorded_needs(replay);
	now->bits = needs->bits | replay->recorded_needs | NEED_RANK;
	now->focus = needs->focus;
	now->focus_start = needs->focus_start;
	now->focus_bits = needs->focus_bits;
	now->exact = true;
	describe(replay, now, &place);
	if (needs->bits & NEED_HISTORY)
		tell_day(replay, now);
	if (needs->bits & NEED_HISTORY && needs->focus)
		tell_process(replay, now);
	if (needs->bits & NEED_INCIDENTS)
		list_incidents(replay, now);
	add_hints(replay, now);
	tell_left_out(replay, now, needs);
	choose_rates(replay, &needs->moment, &place);
	set_id(&replay->read, &place);
	return 0;
}

static const struct snapshot *
replay_before(struct source *source, const struct snapshot *last)
{
	struct replay *replay = (struct replay *)source;

	return replay->rates == SINCE_KEPT   ? &replay->kept
	       : replay->rates == SINCE_LAST ? last
					     : NULL;
}

static void
replay_destroy(struct source *source)
{
	struct replay *replay = (struct replay *)source;

	cursor_close(replay->cursor);
	snapshot_finish(&replay->kept);
	rows_finish(&replay->incidents);
	rows_finish(&replay->day.rows);
	rows_finish(&replay->process.rows);
	arena_finish(&replay->texts);
	free(replay->path);
	free(replay);
}

int
replay_create(const char *path, struct source **ret_source)
{
	struct replay *replay = xcalloc(1, sizeof(*replay));
	int result = cursor_open(&replay->cursor, path, &snapshot_recorded);
	struct cursor_place place;

	replay->source = (struct source){
		.read = replay_read,
		.destroy = replay_destroy,
		.before = replay_before,
		.is_recording = true,
	};
	replay->read.boottime = replay->older.boottime = replay->incidents_end = replay->day.end =
		replay->process.end = UNKNOWN;
	replay->path = xstrdup(path);
	snapshot_needs_of_tables(replay->table_needs);
	if (result == 0)
		result = cursor_last(replay->cursor);
	if (result < 0) {
		replay_destroy(&replay->source);
		return result;
	}
	cursor_place(replay->cursor, &place);
	replay->end = place.wall;
	cursor_watch(replay->cursor, take_older, replay);
	*ret_source = &replay->source;
	return 0;
}
