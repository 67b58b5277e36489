// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/recording.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/unit.h"
#include "command/command.h"
#include "command/past.h"
#include "model/incident.h"
#include "record/cut.h"
#include "record/folder.h"
#include "record/incidents.h"
#include "record/overview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *
as_text(char text[static UNIT_FORMAT_SIZE], enum unit unit, int64_t number)
{
	unit_format(text, unit, number, SCALE_HUMAN);
	return text;
}

/* Bytes a day, from at least an hour; UNKNOWN: too short. */
static int64_t
bytes_a_day(const struct recording_overview *overview)
{
	if (overview->span < 3600 * NS_PER_SEC)
		return UNKNOWN;
	return known_rounded((double)overview->bytes * NS_PER_DAY / (double)overview->span);
}

/* Whether the size or the days end first. */
static void
tell_kept(const struct recording_overview *overview)
{
	char size[UNIT_FORMAT_SIZE];
	int64_t a_day = bytes_a_day(overview);
	int64_t days = a_day > 0 ? overview->keep_bytes / a_day : overview->keep_days;

	printf("Kept:      at most %s and %lld days",
		as_text(size, UNIT_BYTES, overview->keep_bytes), (long long)overview->keep_days);
	if (a_day == UNKNOWN)
		puts("");
	else
		printf(", at this rate %s%lld day%s\n", days < overview->keep_days ? "about " : "",
			(long long)(days < overview->keep_days ? days : overview->keep_days),
			(days < overview->keep_days ? days : overview->keep_days) == 1 ? "" : "s");
}

static void
tell_size(const struct recording_overview *overview)
{
	char size[UNIT_FORMAT_SIZE], rate[UNIT_FORMAT_SIZE];
	int64_t a_day = bytes_a_day(overview);

	printf("Size:      %s", as_text(size, UNIT_BYTES, overview->bytes));
	if (a_day != UNKNOWN)
		printf(", %s a day", as_text(rate, UNIT_BYTES, a_day));
	puts("");
}

static void
tell_damage(const struct recording_overview *overview)
{
	char size[UNIT_FORMAT_SIZE];

	if (overview->damaged > 0)
		printf("Damaged:   %zu place%s, %s\n", overview->damaged,
			overview->damaged == 1 ? "" : "s",
			as_text(size, UNIT_BYTES, overview->damaged_bytes));
}

static void
tell_gaps(const struct rows *incidents, const char *at_least)
{
	const struct incident *incident = incidents->data, *longest = NULL;
	char all[UNIT_FORMAT_SIZE], most[UNIT_FORMAT_SIZE], end[UNIT_FORMAT_SIZE];
	int64_t missing = 0, count = 0;

	for (size_t i = 0; i < incidents->count; i++, incident++) {
		if (strcmp(incident->what, INCIDENT_GAP) != 0 || incident->missing == UNKNOWN)
			continue;
		count++;
		missing = known_sum(missing, incident->missing);
		longest = longest && longest->missing >= incident->missing ? longest : incident;
	}
	if (longest)
		printf("Gaps:      %s%lld, %s together, the longest of %s until %s\n", at_least,
			(long long)count, as_text(all, UNIT_SPAN, missing),
			as_text(most, UNIT_SPAN, longest->missing),
			as_text(end, UNIT_TIME, longest->time));
}

static void
tell_kills(const struct rows *incidents, const char *at_least)
{
	const struct incident *incident = incidents->data, *last = NULL;
	char when[UNIT_FORMAT_SIZE];
	int64_t count = 0;

	for (size_t i = 0; i < incidents->count; i++)
		if (incident_is_kill(&incident[i])) {
			last = &incident[i];
			count++;
		}
	if (last)
		printf("OOM kills: %s%lld, the last at %s\n", at_least, (long long)count,
			as_text(when, UNIT_TIME, last->time));
}

static void
tell_incidents(const char *folder)
{
	struct rows incidents = { .count = 0 };
	struct arena texts = { .first = NULL };
	const char *at_least =
		recording_incidents(folder, &incidents, &texts) == -E2BIG ? "at least " : "";

	tell_gaps(&incidents, at_least);
	tell_kills(&incidents, at_least);
	rows_finish(&incidents);
	arena_finish(&texts);
}

static void
tell_all(const char *folder, const struct recording_overview *overview)
{
	char safe[COMMAND_WORD_SIZE], begin[UNIT_FORMAT_SIZE], end[UNIT_FORMAT_SIZE];
	int64_t holder = recording_lock_holder(folder);

	printf("Folder:    %s\n", command_safe_word(folder, safe));
	if (holder > 0)
		printf("Recorder:  process %lld\n", (long long)holder);
	else
		puts("Recorder:  none is running");
	printf("From:      %s\nTo:        %s\n", as_text(begin, UNIT_TIME, overview->begin),
		as_text(end, UNIT_TIME, overview->end));
	printf("Samples:   %zu in %zu file%s\n", overview->samples, overview->files,
		overview->files == 1 ? "" : "s");
	tell_size(overview);
	if (overview->keep_bytes > 0 && overview->keep_days > 0)
		tell_kept(overview);
	tell_damage(overview);
	tell_incidents(folder);
}

int
recording_status(const char *folder)
{
	struct recording_overview overview;
	char safe[COMMAND_WORD_SIZE];
	int error = recording_look_over(folder, &overview);

	if (error == 0 && overview.samples == 0)
		error = -ENODATA;
	if (error == -ENOENT || error == -ENODATA) {
		printf("Nothing is recorded in %s.\n", command_safe_word(folder, safe));
		return EXIT_FAILURE;
	}
	if (error < 0) {
		log_error("cannot read %s: %s", command_safe_word(folder, safe), strerror(-error));
		return EXIT_FAILURE;
	}
	tell_all(folder, &overview);
	return EXIT_SUCCESS;
}

int
recording_copy(const struct past_options *past, const char *output)
{
	_cleanup_free_ char *path = past_path(past);
	char from[COMMAND_WORD_SIZE], into[COMMAND_WORD_SIZE];
	struct cut_result result;
	int error = recording_cut(path, &past->from, past->to, output, &result);

	command_safe_word(path, from);
	command_safe_word(output, into);
	if (error == -ENODATA)
		return past_tell_missing(past);
	if (error < 0) {
		log_error("cannot %s %s: %s", result.is_of_output ? "write" : "read",
			result.is_of_output ? into : from, strerror(-error));
		return EXIT_FAILURE;
	}
	printf("%zu sample%s in %s\n", result.samples, result.samples == 1 ? "" : "s", into);
	if (result.ends_at_boot)
		puts("The machine was booted then: what follows is for a file of its own.");
	return EXIT_SUCCESS;
}

void
recording_describe(FILE *file)
{
	fputs("\nIt records until it is ended (Ctrl-C, SIGTERM): memtop replay shows it, and the\n"
	      "other commands with --from and --to. Who may read the folder sees what is "
	      "recorded.\n",
		file);
}
