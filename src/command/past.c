// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/past.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/unit.h"
#include "command/command.h"
#include "command/loop.h"
#include "record/folder.h"
#include "record/overview.h"
#include "record/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void
past_options_init(struct past_options *options)
{
	*options = (struct past_options){ .from = { .kind = MOMENT_FIRST }, .to = INT64_MAX };
}

static int
parse(const struct command_option *option, const char *value, struct moment *ret_moment)
{
	if (moment_parse(value, clock_ns(CLOCK_REALTIME), ret_moment) == 0)
		return 0;
	return option_complain(option, value, "not a time such as " MOMENT_FORMS);
}

/* The first sample of a span is in it. */
int
past_set_from(void *member, const struct command_option *option, const char *value)
{
	struct past_options *options = member;

	options->is_asked = true;
	if (parse(option, value, &options->from) < 0)
		return -EINVAL;
	if (options->from.kind == MOMENT_AT)
		options->from.kind = MOMENT_SINCE;
	return 0;
}

static int
set_to(void *member, const struct command_option *option, const char *value)
{
	struct past_options *options = member;
	struct moment moment;

	options->is_asked = true;
	if (parse(option, value, &moment) < 0)
		return -EINVAL;
	if (moment.kind == MOMENT_AT)
		options->to = moment.time + NS_PER_MS - 1; /* JSON has milliseconds */
	else if (moment.kind != MOMENT_LAST)
		return option_complain(option, value, "not a time of the clock, or last");
	return 0;
}

int
past_set_path(void *member, const struct command_option *option, const char *value)
{
	struct past_options *options = member;

	options->is_asked = true;
	options->path = value;
	return 0;
}

/* clang-format off */
const struct command_option past_option_rows[] = {
	{ "from", 0, "TIME", "of a recording, from TIME on: " MOMENT_FORMS, past_set_from, 0, 0 },
	{ "to", 0, "TIME", "of a recording, up to TIME", set_to, 0, 0 },
	{ "recording", 'R', "PATH", "read this recording, a file or folder, instead of that of memtop record", past_set_path, 0, 0 },
	{ .name = NULL },
};
/* clang-format on */

char *
past_path(const struct past_options *options)
{
	return options->path ? xstrdup(options->path) : recording_folder_to_read();
}

int
past_source_create(const struct past_options *options, struct source **ret_source)
{
	_cleanup_free_ char *path = past_path(options);
	char safe[COMMAND_WORD_SIZE];
	int error = replay_create(path, ret_source);

	if (error == 0)
		return EXIT_SUCCESS;
	command_safe_word(path, safe);
	if (error == -ENODATA || (error == -ENOENT && !options->path))
		log_error("nothing is recorded in %s: memtop record does that", safe);
	else
		log_error("cannot read the recording %s: %s", safe, strerror(-error));
	return EXIT_FAILURE;
}

int
past_or_live_source_create(
	const struct past_options *options, int64_t patience, struct source **ret_source)
{
	int error;

	if (options && options->is_asked)
		return past_source_create(options, ret_source);
	error = source_create(patience, ret_source);
	return error < 0 ? command_failure_status("cannot read /proc", error) : EXIT_SUCCESS;
}

int
past_tell_missing(const struct past_options *options)
{
	_cleanup_free_ char *path = past_path(options);
	struct recording_overview overview;
	char safe[COMMAND_WORD_SIZE], begin[UNIT_FORMAT_SIZE], end[UNIT_FORMAT_SIZE];

	recording_look_over(path, &overview);
	unit_format(begin, UNIT_TIME, overview.begin, SCALE_HUMAN);
	unit_format(end, UNIT_TIME, overview.end, SCALE_HUMAN);
	log_error("%s in %s, which is from %s to %s",
		options->from.kind == MOMENT_LAST_KILL ? "there is no kill"
						       : "there is no sample of this time",
		command_safe_word(path, safe), begin, end);
	return EXIT_FAILURE;
}

int
past_tell_failure(const struct past_options *options, int error)
{
	return error == -ENODATA ? past_tell_missing(options)
				 : command_failure_status("cannot read the recording", error);
}
