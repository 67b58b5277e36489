// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"
#include "base/scan.h"
#include "oomlog/parser.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Finds the start of JSON in a line, perhaps a record of json-seq or an event of json-sse. */
static const char *
json_of(const char *line)
{
	const char *event;

	line += strspn(line, " \t\r\36");
	event = scan_start(line, "data: ");
	return event ? event : line;
}

bool
json_takes(struct json_reader *reader, const char *line)
{
	const char *start =
		reader->is_begun && line[0] != '{' && !reader->is_json ? "" : json_of(line);
	const char *first = *start ? start + 1 + strspn(start + 1, " \t\r") : "";

	if (reader->is_json || !*start)
		return reader->is_json;
	if (!reader->is_begun && *start == '{' &&
		(*first == '"' || *first == '\0' || *first == '}'))
		reader->is_json = true;
	if (!reader->is_begun && *start == '[' && (*first == '{' || *first == '\0'))
		reader->is_json = true;
	reader->is_begun = true;
	return reader->is_json || (*start == '{' && *first == '"');
}

/* A message that is not UTF-8 is a list of bytes. The caller frees the copy. */
static char *
text_of(const json_t *message)
{
	size_t count = json_array_size(message);
	char *text;

	if (json_is_string(message))
		return xstrdup(json_string_value(message));
	if (!json_is_array(message))
		return NULL;
	text = xmalloc(count + 1);
	for (size_t i = 0; i < count; i++) {
		json_int_t byte = json_integer_value(json_array_get(message, i));

		text[i] = byte > 0 && byte < 256 ? (char)byte : '?';
	}
	text[count] = '\0';
	return text;
}

static char *
joined(const char *before, const char *between, const char *message)
{
	char *line;

	if (asprintf(&line, "%s%s%s", before, between, message) < 0)
		abort();
	return line;
}

/* journalctl: makes a line of journalctl -o short-unix. */
static char *
of_journal(const json_t *object, const char *message)
{
	const char *tag = json_string_value(json_object_get(object, "SYSLOG_IDENTIFIER"));
	const char *time = json_string_value(json_object_get(object, "__REALTIME_TIMESTAMP"));
	const char *transport = json_string_value(json_object_get(object, "_TRANSPORT"));
	size_t digits = time ? strspn(time, "0123456789") : 0;
	char before[64] = "", *named, *line;

	if (digits > 6 && digits < 32)
		snprintf(before, sizeof(before), "%.*s.%.6s host ", (int)digits - 6, time,
			time + digits - 6);
	if (!tag)
		tag = transport && strcmp(transport, "kernel") != 0 ? "other" : "kernel";
	if (strpbrk(tag, " \t\n:") || strlen(tag) > OOM_NAME_LENGTH)
		tag = "other";
	/* Other programs have a PID, as in a syslog file. */
	named = joined(tag, strcmp(tag, "kernel") == 0 ? ": " : "[1]: ", message);
	line = joined(before, "", named);
	free(named);
	return line;
}

/* dmesg -J: seconds of the kernel's clock. Docker: its own time before the text. */
static char *
as_line(const json_t *object)
{
	const json_t *time = json_object_get(object, "time");
	const char *words = json_string_value(time);
	char *message, *line, before[64] = "";

	if ((message = text_of(json_object_get(object, "MESSAGE")))) {
		line = of_journal(object, message);
	} else if ((message = text_of(json_object_get(object, "msg")))) {
		if (json_is_number(time))
			snprintf(before, sizeof(before), "[%.6f] ", json_number_value(time));
		line = joined(before, "", message);
	} else if ((message = text_of(json_object_get(object, "log")))) {
		message[strcspn(message, "\n")] = '\0';
		line = joined(words ? words : "", words ? " " : "", message);
	} else {
		return NULL;
	}
	free(message);
	return line;
}

static void
take_object(struct oom_log *log, void (*take)(struct oom_log *log, char *line))
{
	struct json_reader *reader = &log->json;
	json_t *object = json_loadb(reader->text, reader->length, 0, NULL);
	char *line = object ? as_line(object) : NULL;

	if (line) {
		reader->messages++;
		take(log, line);
	}
	free(line);
	json_decref(object);
}

/* Handles a character outside strings. Returns whether an object has ended. */
static bool
take_structure(struct json_reader *reader, char c)
{
	bool is_inner = c == '{' && reader->depth > 0 && reader->last == ':';

	if (c == ' ' || c == '\t' || c == '\r')
		return false;
	reader->last = c;
	if (c == '"')
		reader->in_text = true;
	if (c == '{') {
		reader->length = is_inner ? reader->length : 0;
		reader->depth = is_inner ? reader->depth + 1 : 1;
	}
	return c == '}' && reader->depth > 0 && --reader->depth == 0;
}

void
json_feed(struct oom_log *log, const char *line, void (*take)(struct oom_log *log, char *line))
{
	struct json_reader *reader = &log->json;

	for (const char *at = json_of(line); *at; at++) {
		bool is_end = false;

		if (!reader->in_text) {
			is_end = take_structure(reader, *at);
		} else if (!reader->is_escaped && *at == '"') {
			reader->in_text = false;
		}
		reader->is_escaped = reader->in_text && !reader->is_escaped && *at == '\\';
		if (reader->length < OOM_LONGEST_OBJECT)
			reader->text[reader->length++] = *at;
		else
			reader->depth = 0;
		if (is_end)
			take_object(log, take);
	}
	reader->in_text = reader->is_escaped = false; /* no string spans lines */
}
