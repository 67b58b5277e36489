// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/command.h"
#include "model/moment.h"

#include <stdbool.h>
#include <stdint.h>

struct source;

/* Options about a recording, of all commands that can read one. */
struct past_options {
	bool is_asked;    /* for a recording, instead of what lives */
	const char *path; /* a file or folder; NULL: the usual folder */
	struct moment from;
	int64_t to; /* nanoseconds since the epoch; INT64_MAX: the end */
};

void past_options_init(struct past_options *options);

/* These options; they set a struct past_options. */
extern const struct command_option past_option_rows[];

/* Functions for `apply`, with the struct as member: where only one sample is read. */
int past_set_from(void *member, const struct command_option *option, const char *value);
int past_set_path(void *member, const struct command_option *option, const char *value);

/*
 * Opens the recording. Returns EXIT_SUCCESS, and the caller destroys the source; or reports an
 * error and returns EXIT_FAILURE.
 */
int past_source_create(const struct past_options *options, struct source **ret_source);

/*
 * The same, or where no recording is asked for (or `options` is NULL) the source of what lives,
 * with the patience of source_create().
 */
int past_or_live_source_create(
	const struct past_options *options, int64_t patience, struct source **ret_source);

/* The recording that is meant. The caller frees it. */
char *past_path(const struct past_options *options);

/* Reports that there is no such moment, and what there is. Returns EXIT_FAILURE. */
int past_tell_missing(const struct past_options *options);

/* Reports why it cannot be read; -ENODATA: as above. Returns the exit status. */
int past_tell_failure(const struct past_options *options, int error);
