// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/memory.h"
#include "model/oom-log-parts.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message that is not UTF-8 stands there as a list of its bytes. The caller frees the copy. */
static char *
message_of(const json_t *object)
{
	const json_t *message = json_object_get(object, "MESSAGE");
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

char *
journal_as_line(const char *json)
{
	json_t *object = json_loads(json, 0, NULL);
	const char *tag = json_string_value(json_object_get(object, "SYSLOG_IDENTIFIER"));
	const char *time = json_string_value(json_object_get(object, "__REALTIME_TIMESTAMP"));
	char *message = message_of(object), *line = NULL;
	size_t digits = time ? strspn(time, "0123456789") : 0;

	if (message && tag && !strpbrk(tag, " \t\n") && digits > 6 && !time[digits] &&
		asprintf(&line, "%.*s.%s host %s: %s", (int)digits - 6, time, time + digits - 6,
			tag, message) < 0)
		abort();
	free(message);
	json_decref(object);
	return line;
}
