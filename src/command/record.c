// SPDX-License-Identifier: GPL-3.0-or-later
#include "act/lock.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "collect/procfs.h"
#include "command/command.h"
#include "command/loop.h"
#include "command/past.h"
#include "command/recording.h"
#include "model/needs.h"
#include "model/reading.h"
#include "model/snapshot.h"
#include "record/folder.h"
#include "record/recorded.h"
#include "record/recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_INTERVAL (10 * NS_PER_SEC)
#define DENSE_INTERVAL NS_PER_SEC
#define DENSE_SPAN (120 * NS_PER_SEC)
#define USUAL_BYTES (INT64_C(500) * 1024 * 1024)

enum {
	USUAL_DAYS = 14,
	USUAL_FREE = 50,        /* per mille of the file system */
	MUCH_PRESSURE = 100,    /* per mille of the last 10 seconds: samples become denser, */
	LITTLE_AVAILABLE = 100, /* and where less is available, per mille of MemTotal */
	PSS_SHARE = 10000,      /* one in so many nanoseconds is for PSS */
};

struct record_options {
	struct recorder_options recorder;
	struct past_options past;
	const char *folder, *cut;
	int64_t count;
	bool lock, status, no_exits;
};

struct record_run {
	struct record_options *options;
	struct recorder *recorder;
	struct reading reading;
	const struct snapshot *now;
	int64_t number;
	uint64_t needs;      /* NEED_ bits of all that is recorded */
	int64_t dense_until; /* CLOCK_BOOTTIME */
	int64_t complained;  /* for loop_may_tell(); 0: all is well */
	int64_t refused;     /* samples that could not be written at once, */
	int64_t lost;        /* all that are lost, */
	int64_t lost_before; /* and those of troubles that are over */
	bool has_told_left_out, has_told_exits;
};

static int
set_size(void *member, const struct command_option *option, const char *value)
{
	int64_t *size = member;

	if (unit_parse(UNIT_BYTES, value, size) < 0 || *size < 1)
		return option_complain(option, value, "not a size such as 500M or 2G");
	return 0;
}

static int
set_share(void *member, const struct command_option *option, const char *value)
{
	int64_t *share = member;
	_cleanup_free_ char *number = xstrdup(value);
	size_t length = strlen(number);

	if (length > 0 && number[length - 1] == '%')
		number[length - 1] = '\0';
	if (unit_parse(UNIT_PERCENT, number, share) < 0 || *share < 0 || *share > 1000)
		return option_complain(option, value, "not a percentage from 0 to 100");
	return 0;
}

static int
set_days(void *member, const struct command_option *option, const char *value)
{
	return option_set_number(
		member, option, value, 1, 100000, "not a number of days from 1 to 100000");
}

static int
set_commands(void *member, const struct command_option *option, const char *value)
{
	static const char *const names[] = {
		[COMMANDS_REDACTED] = "redact",
		[COMMANDS_FULL] = "full",
		[COMMANDS_NONE] = "name",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(value, names[i]) == 0) {
			*(enum recorded_command *)member = (enum recorded_command)i;
			return 0;
		}
	return option_complain(option, value, "not one of redact, full, name");
}

#define SETTING(member) offsetof(struct record_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "delay", 'd', "SECONDS", "a sample every SECONDS, default 10; each second where memory is short", option_set_interval, SETTING(recorder.interval), 0 },
	{ "count", 'n', "COUNT", "end after COUNT samples", option_set_count, SETTING(count), 0 },
	{ "output", 'o', "FOLDER", "record there instead of /var/lib/memtop or ~/.local/state/memtop", option_set_text, SETTING(folder), 0 },
	{ "keep-size", 0, "SIZE", "delete the oldest files if all are larger, default 500M", set_size, SETTING(recorder.keep.bytes), 0 },
	{ "keep-days", 0, "DAYS", "delete files that are older, default 14", set_days, SETTING(recorder.keep.days), 0 },
	{ "keep-free", 0, "PERCENT", "delete the oldest files if less of the file system is free, default 5%", set_share, SETTING(recorder.keep.free), 0 },
	{ "command", 0, "MODE", "of command lines: redact what looks like a secret (default), full, or only the name", set_commands, SETTING(recorder.commands), 0 },
	{ "no-users", 0, NULL, "do not record names of users", option_set_flag, SETTING(recorder.without_users), 0 },
	{ "no-exits", 0, NULL, "do not record processes that ended between two samples", option_set_flag, SETTING(no_exits), 0 },
	{ "lock", 0, NULL, "keep memtop itself in memory, and from being killed for lack of it", option_set_flag, SETTING(lock), 0 },
	{ "status", 0, NULL, "say what is recorded, since when, and how large it becomes", option_set_flag, SETTING(status), 0 },
	{ "cut", 0, "FILE", "do not record, but copy what is from --from to --to into FILE", option_set_text, SETTING(cut), 0 },
	{ .name = NULL },
};
/* clang-format on */

static struct needs
needs_of(const struct record_run *run)
{
	int64_t interval = run->options->recorder.interval;

	return (struct needs){
		.bits = run->needs,
		.pss_budget = interval / PSS_SHARE > 0 ? interval / PSS_SHARE : 1,
		.interval = interval,
		.slabs_by_turns = true,
	};
}

static int
read_next(struct record_run *run)
{
	const struct snapshot *before;
	struct snapshot *now = recorder_next(run->recorder, &before);
	struct needs needs = needs_of(run);

	run->now = now;
	return reading_take(&run->reading, now, before, before, &needs, needs.interval);
}

static const char *
error_text(int error)
{
	return error == -ETIMEDOUT ? "the disk does not answer" : strerror(-error);
}

/* Samples that were lost, and why the last ones were. */
static int64_t
count_lost(struct record_run *run, int *error)
{
	int why;
	int64_t late = recorder_lost(run->recorder, &why);

	run->refused += *error < 0;
	if (*error == 0)
		*error = why;
	return run->refused + late;
}

/* What cannot be written is told once an hour, and when it can be again. */
static void
tell_losses(struct record_run *run, int error)
{
	int64_t lost = count_lost(run, &error);

	if (lost > run->lost) {
		run->lost = lost;
		if (loop_may_tell(&run->complained))
			log_error("cannot write to %s: %s; %lld samples are lost so far",
				run->options->recorder.folder, error_text(error),
				(long long)(lost - run->lost_before));
	} else if (run->complained && !recorder_is_behind(run->recorder)) {
		log_error("recording again, %lld samples are lost",
			(long long)(lost - run->lost_before));
		run->lost_before = lost;
		run->complained = 0;
	}
}

static void
tell_left_out(struct record_run *run)
{
	struct left_out left_out = recorder_left_out(run->recorder);

	if (run->has_told_left_out || (left_out.rows == 0 && left_out.texts == 0))
		return;
	log_error("above the limits of a recording: %zu rows and %zu texts are left out",
		left_out.rows, left_out.texts);
	run->has_told_left_out = true;
}

/* Nobody sees later why there are none. */
static void
tell_exits(struct record_run *run)
{
	const struct hint *hint = snapshot_find_hint(run->now, NEED_EXITS);
	char text[HINT_TEXT_SIZE];

	if (!hint || run->has_told_exits)
		return;
	hint_text(hint, text);
	log_error("%s", text);
	run->has_told_exits = true;
}

static void
record(struct record_run *run)
{
	int error = recorder_add(run->recorder);

	tell_losses(run, error);
	if (error < 0)
		return;
	tell_exits(run);
	tell_left_out(run);
}

/* Whether the next minutes should be told in detail. */
static bool
is_in_need(const struct snapshot *now)
{
	const struct system *s = &now->system;

	return now->events.count > 0 || s->some_avg10 > MUCH_PRESSURE ||
	       (s->available != UNKNOWN && s->total != UNKNOWN &&
		       s->available < s->total / 1000 * LITTLE_AVAILABLE);
}

static int64_t
interval_of(struct record_run *run)
{
	int64_t usual = run->options->recorder.interval;

	if (is_in_need(run->now))
		run->dense_until = run->now->monotonic + DENSE_SPAN;
	return run->now->monotonic < run->dense_until && usual > DENSE_INTERVAL ? DENSE_INTERVAL
										: usual;
}

static int
record_all(struct record_run *run)
{
	int64_t next = loop_now();

	for (run->number = 1;; run->number++) {
		int error = read_next(run);

		if (error < 0)
			return command_failure_status("cannot read /proc", error);
		record(run);
		if (run->number == run->options->count)
			return run->lost > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
		next = loop_next(next, interval_of(run));
		if (!loop_wait_signal(next))
			return EXIT_SUCCESS;
	}
}

static int
tell_refused(const char *folder, int error, int64_t holder)
{
	char safe[COMMAND_WORD_SIZE];

	command_safe_word(folder, safe);
	if (error != -EBUSY)
		log_error("cannot record into %s: %s", safe, strerror(-error));
	else if (holder > 0)
		log_error("process %lld records into %s already", (long long)holder, safe);
	else
		log_error("another process records into %s already", safe);
	return EXIT_FAILURE;
}

static int
run_recorder(struct record_options *options)
{
	_cleanup_free_ struct record_run *run = xcalloc(1, sizeof(*run));

	struct source *source;
	int64_t holder;
	int status, error = recorder_open(&run->recorder, &options->recorder, &holder);

	if (error < 0)
		return tell_refused(options->recorder.folder, error, holder);
	loop_block_signals(); /* for all threads: read_next() starts some */
	run->options = options;
	run->needs = snapshot_recorded_needs() & ~(options->no_exits ? NEED_EXITS : 0);
	if (options->lock)
		lock_self(command_tell, NULL);
	error = source_create(0, &source);
	if (error == 0) {
		reading_init(&run->reading, source);
		status = record_all(run);
		reading_finish(&run->reading);
	} else {
		status = command_failure_status("cannot read /proc", error);
	}
	error = recorder_close(run->recorder);
	if (error < 0) {
		log_error("the last samples are lost: %s", error_text(error));
		status = EXIT_FAILURE;
		if (error == -ETIMEDOUT) /* a thread still has the recorder */
			_exit(status);
	}
	return status;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct record_options options = {
		.recorder = { .interval = USUAL_INTERVAL,
			.keep = { USUAL_BYTES, USUAL_DAYS, USUAL_FREE } },
	};
	_cleanup_free_ char *usual = recording_folder();
	char boot[BOOT_ID_SIZE];
	int status;

	past_options_init(&options.past);
	if (command_parse(command, argc, argv, &options, &status) < 0)
		return status;
	if (options.past.is_asked && !options.cut) {
		command_complain(NULL, "--from, --to and --recording are about --cut");
		return USAGE_STATUS;
	}
	if (options.cut)
		return recording_copy(&options.past, options.cut);
	procfs_boot_id(boot);
	options.recorder.boot = boot;
	options.recorder.folder = options.folder ? options.folder : usual;
	if (!options.recorder.folder) {
		log_error("there is no HOME: where to record is for --output to say");
		return USAGE_STATUS;
	}
	return options.status ? recording_status(options.recorder.folder) : run_recorder(&options);
}

const struct command command_record = {
	.name = "record",
	.summary = "record the memory of all processes, for memtop replay",
	.arguments = "[options]",
	.options = options_table,
	.shared = { { past_option_rows, SETTING(past) } },
	.describe = recording_describe,
	.usage_status = USAGE_STATUS,
	.take_word = command_refuse_word,
	.run = run,
};
