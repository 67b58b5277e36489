// SPDX-License-Identifier: GPL-3.0-or-later
#include "oomlog/oom-log.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/scan.h"
#include "oomlog/line.h"
#include "oomlog/parser.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The length that shows whether a line has the prefix of another. */
enum { PREFIX_SAMPLE = 8 };

/*
 * The stream of a line: of the same machine and CPU, or the last one if the line has no CPU. A
 * phrase that begins a report may start a new stream.
 */
static struct oom_stream *
stream_of(struct oom_log *log, bool begins)
{
	struct oom_stream *oldest = &log->streams[0], *last = &log->streams[0];

	for (size_t i = 0; i < OOM_STREAMS; i++) {
		struct oom_stream *stream = &log->streams[i];

		if (stream->source == log->line.source)
			return stream;
		last = stream->used > last->used ? stream : last;
		oldest = stream->used < oldest->used ? stream : oldest;
	}
	if (!begins)
		return log->line.has_caller ? NULL : last;
	log->stream = oldest;
	report_give_up(log);
	report_forget_group(oldest);
	oldest->source = log->line.source;
	oldest->report_number = -1;
	return oldest;
}

/* Learns from another line where the kernel's text begins in the line of the asker. */
static void
learn_prefix(struct oom_report *report, const char *text, const char *at)
{
	const char *name;

	if (!report->asked_line || report->has_prefix)
		return;
	name = log_line_like(report->asked_line, text, (size_t)(at - text));
	if (!name || *name == '\0')
		return;
	if (name < report->asked_line + report->asked_start) {
		report->is_unclear = true; /* only one of the two lines has a time */
		return;
	}
	report->asked_start = (size_t)(name - report->asked_line);
	report->has_prefix = true;
}

/* Checks the place of a line: the kernel prints the parts in order. */
static void
check_section(struct oom_log *log, enum section section)
{
	struct oom_report *report = &log->stream->report;

	if (section == SECTION_NONE)
		return;
	if (section < report->section && report->state == REPORT_HEADLESS)
		report_begin(log, REPORT_HEADLESS);
	else if (section < report->section)
		report->is_mixed = true;
	report->section = section > report->section ? section : report->section;
	log->stream->strangers = 0;
}

/* Whether the waiting line with this phrase is incomplete. */
static bool
is_unfinished(const char *text, const struct phrase *phrase)
{
	const char *end = value_line_end(text);

	if (!phrase || !end || end == text)
		return false;
	if (phrase->words[0] == 'i')
		return !strstr(text, "oom_score_adj=");
	if (strstr(phrase->words, "oom-kill:"))
		return !scan_last(text, ",uid=", NULL);
	return strstr(phrase->words, "Killed process ") && !strstr(text, "oom_score_adj:") &&
	       (!strstr(text, "anon-rss:") || !isalpha((unsigned char)end[-1]) || end[-1] != 'B');
}

/* Whether the log ends within this line: then it is not counted as not understood. */
static bool
is_cut(const struct oom_log *log, const struct phrase *phrase)
{
	return log->is_ending && (!value_line_end(log->text) || is_unfinished(log->text, phrase));
}

static void
take_phrase(struct oom_log *log, const struct phrase *phrase, const char *at)
{
	struct oom_stream *stream = stream_of(log, phrase->begins);
	struct oom_report *report;
	bool may_stand_alone = phrase->section == SECTION_NONE, is_understood;

	if (!stream && !may_stand_alone)
		return; /* of a CPU without a report here */
	log->stream = stream = stream ? stream : &log->streams[0];
	stream->used = log->line_count;
	report = &stream->report;
	if (report->state == REPORT_NONE && !may_stand_alone) {
		if (!phrase->begins)
			return;
		report_begin(log, REPORT_HEADLESS);
	}
	check_section(log, phrase->section);
	if (phrase->is_at_start && report->state == REPORT_BEGUN)
		learn_prefix(report, log->text, at);
	is_understood = phrase->take(log, at, at + strlen(phrase->words));
	if (!is_understood && report->state != REPORT_NONE && !is_cut(log, phrase))
		report->kill.lines_not_understood =
			known_sum(known_or_zero(report->kill.lines_not_understood), 1);
}

static bool
is_of(enum log_origin origin, const struct phrase *phrase)
{
	return origin == LOG_ANYONE || origin == phrase->origin;
}

/* Ends a report without a beginning, and a group being killed, after too many other lines. */
static void
count_strangers(struct oom_log *log)
{
	for (size_t i = 0; i < OOM_STREAMS; i++) {
		struct oom_stream *stream = &log->streams[i];

		if ((stream->report.state != REPORT_HEADLESS && !stream->group) ||
			++stream->strangers <= STRANGERS)
			continue;
		stream->strangers = 0;
		if (stream->report.state == REPORT_HEADLESS)
			report_reset(&stream->report);
		report_forget_group(stream);
	}
}

/* The phrase of the waiting line, and its place there. */
static const struct phrase *
waiting_phrase(struct oom_log *log, const char **ret_at)
{
	const char *at = log->text;

	if (!log->is_searched) {
		log->phrase = phrase_find(log->text, &at);
		log->phrase_start = (size_t)(at - log->text);
		log->is_searched = true;
	}
	*ret_at = log->text + log->phrase_start;
	return log->phrase;
}

static bool
is_in_statistics(const struct oom_report *report)
{
	return report->state != REPORT_NONE && report->in_statistics &&
	       report->section == SECTION_STATS;
}

/* A line without a phrase may be a figure of a cgroup. */
static bool
take_figure(struct oom_log *log)
{
	bool may_be = false;
	struct oom_stream *stream;

	for (size_t i = 0; i < OOM_STREAMS; i++)
		may_be = may_be || is_in_statistics(&log->streams[i].report);
	if (!may_be)
		return false;
	log_line_parse(log->text, log->text + log->length, &log->line);
	stream = stream_of(log, false);
	if (!stream || !is_in_statistics(&stream->report) ||
		!report_take_statistics(&stream->report, log->text))
		return false;
	stream->strangers = 0;
	return true;
}

static void
take_text(struct oom_log *log)
{
	const char *at;
	const struct phrase *phrase = waiting_phrase(log, &at);

	if (!phrase) {
		if (!take_figure(log))
			count_strangers(log);
		return;
	}
	log_line_parse(log->text, at, &log->line);
	if (is_of(log->line.origin, phrase))
		take_phrase(log, phrase, at);
	else
		count_strangers(log);
}

static void
flush(struct oom_log *log)
{
	if (log->length == 0)
		return;
	take_text(log);
	log->length = 0;
}

static void
append(struct oom_log *log, const char *line, size_t length, bool is_ended)
{
	size_t room = sizeof(log->text) - 1 - log->length, taken = length < room ? length : room;

	memcpy(log->text + log->length, line, taken);
	log->length += taken;
	if (is_ended && taken < room)
		log->text[log->length++] = '\n';
	log->text[log->length] = '\0';
	log->is_searched = false;
}

static bool
is_field(const char *line)
{
	size_t length = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	return length > 2 && line[length] == '=';
}

/*
 * Returns where the next line continues the waiting one, or NULL. A wrapped line has no prefix; it
 * continues if the line before has the full width. The kernel continues with the prefix if a record
 * of several parts was too long, or a name has a newline.
 */
static const char *
continuation(struct oom_log *log, const char *line, size_t length)
{
	const char *waiting_at, *at = NULL, *rest;
	const struct phrase *waiting, *phrase;
	bool is_choice, unfinished, is_wide;
	size_t sample, prefix;

	if (log->length == 0 || length == 0 || log->text[log->length - 1] != '\n' || is_field(line))
		return NULL;
	waiting = waiting_phrase(log, &waiting_at);
	prefix = waiting ? (size_t)(waiting_at - log->text) : 0;
	if (waiting && !waiting->is_at_start) {
		log_line_parse(log->text, waiting_at, &log->line);
		prefix = (size_t)(log->line.message - log->text);
	}
	is_choice =
		waiting && (waiting->section == SECTION_CHOICE || waiting->section == SECTION_NONE);
	unfinished = is_choice && is_unfinished(log->text, waiting);
	is_wide = log->wrap_width > 0 && log->last_width == log->wrap_width;
	if (!unfinished && !is_wide)
		return NULL;
	phrase = phrase_find(line, &at);
	sample = prefix < PREFIX_SAMPLE ? prefix : PREFIX_SAMPLE;
	if (sample > 0 && log_line_like(line, log->text, sample)) {
		rest = log_line_like(line, log->text, prefix);
		return unfinished && rest && (!phrase || at > rest) &&
				       (*rest == '/' || *rest == ',' || strstr(rest, ") total-vm:"))
			       ? rest
			       : NULL;
	}
	return (phrase && at == line) || strstr(line, " process ") ? NULL : line;
}

static void
feed_text(struct oom_log *log, const char *line, size_t length, bool is_ended)
{
	const char *rest = continuation(log, line, length), *at;
	bool is_relevant = false;

	log->line_count++;
	if (rest) {
		bool is_wrapped = rest == line;
		bool is_name = !is_wrapped && strstr(rest, ") total-vm:") && strchr(log->text, '(');

		if (is_wrapped)
			log->wrap_width = log->last_width;
		if (!is_name || is_wrapped)
			log->length--; /* removes the newline, unless it is in a name */
		append(log, rest, length - (size_t)(rest - line), is_ended);
		log->last_width = length;
		return;
	}
	flush(log);
	for (size_t i = 0; i < OOM_STREAMS; i++)
		is_relevant = is_relevant || log->streams[i].report.state != REPORT_NONE;
	if (!is_relevant && !phrase_find(line, &at)) {
		count_strangers(log);
		return;
	}
	append(log, line, length, is_ended);
	log->last_width = length;
	log->text_time = log->relative_time;
}

static int
hex_digit(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* /dev/kmsg writes unprintable characters and backslashes as \xNN. Changes the text in place. */
static void
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		int high = from[0] == '\\' && from[1] == 'x' ? hex_digit(from[2]) : -1;
		int low = high >= 0 ? hex_digit(from[3]) : -1;

		*to = low < 0 ? *from : high + low > 0 ? (char)(high * 16 + low) : '?';
		from += low < 0 ? 1 : 4;
	}
	*to = '\0';
}

static bool
ends_with(const char *text, size_t length, const char *end)
{
	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* Removes colour codes, if the line begins with one or ends with the reset of a colour. */
static void
uncolour(char *text, size_t length)
{
	char *to = text;

	if (text[0] != '\33' && !ends_with(text, length, "\33[0m") &&
		!ends_with(text, length, "\33[m"))
		return;
	for (const char *from = text; *from;) {
		size_t code =
			from[0] == '\33' && from[1] == '[' ? strspn(from + 2, "0123456789;") : 0;

		if (from[0] == '\33' && from[1] == '[' &&
			(from[2 + code] == 'm' || from[2 + code] == 'K'))
			from += code + 3;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

/* A record may have newlines: takes figures line by line, but keeps a name with a newline whole. */
static void
feed_record(struct oom_log *log, char *text, bool is_ended)
{
	const char *at;
	const struct phrase *phrase = strchr(text, '\n') ? phrase_find(text, &at) : NULL;
	bool has_name =
		phrase && (phrase->section == SECTION_NONE || phrase->section >= SECTION_TABLE);

	if (has_name || !strchr(text, '\n')) {
		feed_text(log, text, strlen(text), is_ended);
		return;
	}
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		feed_text(log, line, strlen(line), next || is_ended);
	}
}

static bool
is_record(const char *line)
{
	const char *end = line + strspn(line, "0123456789");

	return end > line && *end == ',' && strchr(end, ';');
}

/* dmesg -H: "[  +0.000012]" counts from the line before, "[Nov30 10:16]" from the minute. */
static void
count_time(struct oom_log *log, const char *line)
{
	const char *plus = line + 1 + strspn(line + 1, " ");
	struct log_line taken;

	if (*plus != '+' && !isalpha((unsigned char)*plus) && (unsigned char)*plus < 0x80)
		return;
	log_line_parse(line, line + strcspn(line, "]") + (strchr(line, ']') != NULL), &taken);
	if (taken.since_last_us != UNKNOWN)
		log->relative_time = known_sum(
			log->relative_time, known_product(taken.since_last_us, NS_PER_US));
	else if (taken.has_stamp)
		log->relative_time = log_stamp_time(&taken.stamp, log->clock.now);
}

static void
feed_plain(struct oom_log *log, char *line, bool is_ended)
{
	size_t length = strlen(line);

	if (length > 0 && line[length - 1] == '\r') {
		line[--length] = '\0';
		is_ended = true;
	}
	if (line[0] == '[')
		count_time(log, line);
	uncolour(line, length);
	if (is_record(line))
		unescape(line);
	feed_record(log, line, is_ended);
}

/* Feeds a line made from a JSON object. */
static void
feed_made(struct oom_log *log, char *line)
{
	uncolour(line, strlen(line));
	feed_record(log, line, true);
}

void
oom_log_feed(struct oom_log *log, char *line, bool is_ended)
{
	log->gives_all = false;
	log->is_ending = !is_ended;
	if (json_takes(&log->json, line))
		json_feed(log, line, feed_made);
	else
		feed_plain(log, line, is_ended);
}

void
oom_log_end(struct oom_log *log)
{
	log->is_ending = true;
	flush(log);
	for (size_t i = 0; i < OOM_STREAMS; i++) {
		log->stream = &log->streams[i];
		report_give_up(log);
	}
	log->gives_all = true;
}

void
oom_log_pause(struct oom_log *log)
{
	flush(log);
	log->gives_all = true;
}

bool
oom_log_is_no_log(const struct oom_log *log)
{
	return log->json.is_json && log->json.messages == 0;
}

struct oom_log *
oom_log_create(const struct oom_log_clock *clock)
{
	struct oom_log *log = xcalloc(1, sizeof(*log));

	log->clock = *clock;
	log->relative_time = UNKNOWN;
	log->person_line = -1;
	for (size_t i = 0; i < OOM_STREAMS; i++) {
		struct oom_report *report = &log->streams[i].report;

		oom_kill_init(&report->kill);
		report->old_total = report->page_size = UNKNOWN;
		report_reset(report);
		log->streams[i].report_number = -1;
	}
	log->stream = &log->streams[0];
	return log;
}

void
oom_log_destroy(struct oom_log *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->queue_count; i++)
		oom_kill_finish(&log->queue[i]);
	for (size_t i = 0; i < OOM_STREAMS; i++) {
		oom_kill_finish(&log->streams[i].report.kill);
		free((void *)log->streams[i].report.asked_line);
		report_forget_group(&log->streams[i]);
	}
	free(log);
}
