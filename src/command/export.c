// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/replace-file.h"
#include "base/text.h"
#include "command/command.h"
#include "command/loop.h"
#include "config.h"
#include "model/needs.h"
#include "model/reading.h"
#include "model/snapshot.h"
#include "output/journal.h"
#include "output/metrics.h"
#include "output/notices.h"
#include "output/prometheus.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define USUAL_INTERVAL (30 * NS_PER_SEC)
#define REQUEST_TIME (10 * NS_PER_SEC)

enum {
	USUAL_TOP = 20,
	PSS_SHARE = 1000, /* one in so many nanoseconds is for PSS */
	MOST_REQUEST = 16 * 1024,
};

struct export_options {
	const char *textfile;
	const char *journal; /* the socket; NULL: none */
	int64_t interval, count, top;
	bool keep, http, parts;
};

struct export_run {
	const struct export_options *options;
	struct reading reading;
	struct snapshot snapshots[2];
	struct snapshot *now;
	struct metrics metrics;
	struct notices notices;
	int64_t number;     /* of the block, from 1 */
	int64_t complained; /* when an error was told; 0: all is well */
	int64_t journal_complained;
	bool has_written; /* the file is its own */
};

static int
set_top(void *member, const struct command_option *option, const char *value)
{
	return option_set_number(
		member, option, value, 1, METRICS_MOST_TOP, "not a number from 1 to 30");
}

static int
set_journal(void *settings, const struct command_option *option, const char *value)
{
	((struct export_options *)settings)->journal = value ? value : JOURNAL_SOCKET;
	return 0;
}

#define SETTING(member) offsetof(struct export_options, member)

/* clang-format off */
static const struct command_option options_table[] = {
	{ "textfile", 't', "FILE", "write the metrics to FILE again and again, for node_exporter", option_set_text, SETTING(textfile), 0 },
	{ "delay", 'd', "SECONDS", "with --textfile: every SECONDS, default 30", option_set_interval, SETTING(interval), 0 },
	{ "count", 'n', "COUNT", "with --textfile: end after COUNT times", option_set_count, SETTING(count), 0 },
	{ "keep", 0, NULL, "with --textfile: do not remove FILE at the end", option_set_flag, SETTING(keep), 0 },
	{ "journal", 0, "[=SOCKET]", "with --textfile: entries for systemd's journal about kills, trouble and leaks", set_journal, 0, 0 },
	{ "top", 0, "COUNT", "name so many of the largest groups of a kind, at most 30, default 20", set_top, SETTING(top), 0 },
	{ "parts", 0, NULL, "also the parts of the budget", option_set_flag, SETTING(parts), 0 },
	{ "http", 0, NULL, "read a request on standard input and answer it, as a socket unit of systemd needs", option_set_flag, SETTING(http), 0 },
	{ .name = NULL },
};
/* clang-format on */

static int
read_next(struct export_run *run)
{
	const struct snapshot *before = run->number > 1 ? run->now : NULL;
	int64_t interval = run->options->interval;
	const struct needs needs = {
		.bits = metrics_needs(),
		.pss_budget = run->number == 1 ? 0 : interval / PSS_SHARE,
		.pss_most = NEEDS_MOST_PSS,
		.interval = interval,
		.slabs_by_turns = true,
	};

	run->now = &run->snapshots[run->now == &run->snapshots[0]];
	return reading_take(&run->reading, run->now, before, before, &needs, interval);
}

static void
write_own(FILE *file, const char *name, const char *type, const char *help, double value)
{
	prometheus_begin(file, name, type, help);
	prometheus_sample(file, name, NULL, 0, value);
}

static size_t
count_samples(const char *text)
{
	size_t count = 0;

	for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
		count += *line != '#';
	return count;
}

/* What memtop itself costs, and that these figures are of now. */
static void
write_cost(const struct export_run *run, FILE *file, int64_t begin, size_t samples)
{
	static const char info[] = "memtop_build_info";

	prometheus_begin(file, info, "gauge", "The version of memtop.");
	prometheus_sample(
		file, info, &(struct prometheus_label){ "version", MEMTOP_VERSION }, 1, 1);
	write_own(file, "memtop_export_timestamp_seconds", "gauge",
		"When these figures were read, in seconds since 1970.",
		(double)(run->now->time / NS_PER_MS) / 1000);
	write_own(file, "memtop_export_duration_seconds", "gauge", "How long it took to read them.",
		(double)(loop_now() - begin) / NS_PER_SEC);
	write_own(file, "memtop_export_cpu_seconds_total", "counter",
		"CPU time of memtop export since it was started.",
		(double)clock_ns(CLOCK_PROCESS_CPUTIME_ID) / NS_PER_SEC);
	write_own(file, "memtop_export_series", "gauge",
		"The number of samples in this text, without those of memtop export itself.",
		(double)samples);
}

/* Reads, and makes the text, which the caller frees. Returns 0 or -errno. */
static int
make_text(struct export_run *run, char **ret_text, size_t *ret_size)
{
	int64_t begin = loop_now();
	FILE *file;
	int error = read_next(run);

	*ret_text = NULL;
	if (error < 0)
		return error;
	file = open_memstream(ret_text, ret_size);
	if (!file)
		return -errno;
	metrics_write(
		&run->metrics, run->now, run->options->textfile ? run->options->interval : 0, file);
	if (fflush(file) == 0)
		write_cost(run, file, begin, count_samples(*ret_text));
	return fclose(file) == 0 ? 0 : -ENOMEM;
}

/* A device, a pipe or a link is not there to be replaced. */
static bool
is_replaceable(const char *path)
{
	struct stat status;

	return lstat(path, &status) < 0 || S_ISREG(status.st_mode);
}

static void
complain(int64_t *told, const char *path, int error)
{
	char safe[COMMAND_WORD_SIZE];

	if (loop_may_tell(told))
		log_error("cannot write %s: %s", command_safe_word(path, safe), strerror(-error));
}

/* Connects each time: the journal may have been started again. */
static void
write_journal(struct export_run *run)
{
	const char *path = run->options->journal;
	int journal = path ? journal_open(path) : -EBADF, error = journal;

	if (journal >= 0) {
		error = notices_send(&run->notices, run->now, journal);
		close(journal);
	}
	if (path && error < 0)
		complain(&run->journal_complained, path, error);
}

static int
write_file(struct export_run *run)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int error = make_text(run, &text, &size);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	write_journal(run);
	error = replace_file(AT_FDCWD, run->options->textfile, text, size, 0644, false);
	run->has_written = run->has_written || error == 0;
	if (error < 0) {
		complain(&run->complained, run->options->textfile, error);
		return EXIT_SUCCESS;
	}
	run->complained = 0;
	return EXIT_SUCCESS;
}

/* A file that nobody writes any more would look alive. */
static int
write_files(struct export_run *run)
{
	const struct export_options *options = run->options;
	int64_t next = loop_now();
	int status;

	loop_block_signals();
	for (run->number = 1;; run->number++) {
		status = write_file(run);
		next = loop_next(next, options->interval);
		if (status != EXIT_SUCCESS || run->number == options->count ||
			!loop_wait_signal(next))
			break;
	}
	if (run->has_written && !options->keep && options->count == 0)
		unlink(options->textfile);
	return run->complained ? EXIT_FAILURE : status;
}

/* Reads up to the empty line that ends a request. Returns 0 or -errno. */
static int
read_request(void)
{
	_cleanup_free_ char *request = xmalloc(MOST_REQUEST + 1);
	int64_t until = loop_now() + REQUEST_TIME;
	size_t length = 0;

	for (;;) {
		struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
		int64_t left = (until - loop_now()) / NS_PER_MS;
		ssize_t more;

		if (left <= 0 || poll(&input, 1, (int)left) <= 0)
			return -ETIMEDOUT;
		more = read(STDIN_FILENO, request + length, MOST_REQUEST - length);
		if (more <= 0)
			return more < 0 ? -errno : -ECONNRESET;
		length += (size_t)more;
		request[length] = '\0';
		if (strstr(request, "\r\n\r\n") || strstr(request, "\n\n"))
			return strncmp(request, "GET ", 4) == 0 ? 0 : -EOPNOTSUPP;
		if (length == MOST_REQUEST)
			return -E2BIG;
	}
}

static int
write_text(struct export_run *run)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int error;

	run->number = 1;
	error = make_text(run, &text, &size);
	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	if (run->options->http)
		printf("HTTP/1.0 200 OK\r\n"
		       "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
		       "Content-Length: %zu\r\nConnection: close\r\n\r\n",
			size);
	error = fwrite(text, 1, size, stdout) == size ? command_flush() : -errno;
	return error < 0 ? command_failure_status("write error", error) : EXIT_SUCCESS;
}

static int
answer(struct export_run *run)
{
	int error = read_request();

	if (error == 0)
		return write_text(run);
	if (error == -EOPNOTSUPP || error == -E2BIG)
		fputs("HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\n", stdout);
	return command_failure_status("cannot read a request", error);
}

static int export(const struct export_options *options)
{
	_cleanup_free_ struct export_run *run = xcalloc(1, sizeof(*run));
	struct source *source;
	int status, error = source_create(0, &source);

	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	run->options = options;
	run->metrics.top = (size_t)options->top;
	run->metrics.with_parts = options->parts;
	reading_init(&run->reading, source);
	status = options->textfile ? write_files(run)
		 : options->http   ? answer(run)
				   : write_text(run);
	reading_finish(&run->reading);
	metrics_finish(&run->metrics);
	snapshot_finish(&run->snapshots[0]);
	snapshot_finish(&run->snapshots[1]);
	return status;
}

/* Options without effect are a mistake. */
static int
refuse(const struct export_options *options)
{
	if (options->textfile && options->http)
		return command_complain(NULL, "--http answers a request, --textfile writes a file");
	if (options->textfile && !is_replaceable(options->textfile))
		return command_complain(
			NULL, "--textfile '%s' is no plain file", options->textfile);
	if (!options->textfile && (options->journal || options->keep || options->count > 0 ||
					  options->interval != USUAL_INTERVAL))
		return command_complain(
			NULL, "--delay, --count, --keep and --journal are about --textfile");
	return 0;
}

static int
run(const struct command *command, int argc, char **argv)
{
	struct export_options options = { .interval = USUAL_INTERVAL, .top = USUAL_TOP };
	int status;

	if (command_parse(command, argc, argv, &options, &status) < 0)
		return status;
	return refuse(&options) < 0 ? USAGE_STATUS : export(&options);
}

const struct command command_export = {
	.name = "export",
	.summary = "write metrics for Prometheus, for node_exporter or a pipe",
	.arguments = "[options]",
	.options = options_table,
	.usage_status = USAGE_STATUS,
	.take_word = command_refuse_word,
	.run = run,
};
