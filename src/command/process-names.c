// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/process-options.h"

#include "base/compare.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "collect/collect.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "table/cell.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel keeps so many bytes of a program's name. */
enum { COMM_LENGTH = 15, SAFE_SIZE = 256 };

static void
add_pid(struct process_options *options, int64_t pid)
{
	options->pids = array_reserve(
		options->pids, &options->pid_capacity, options->pid_count + 1, sizeof(pid));
	options->pids[options->pid_count++] = pid;
}

static void
sort_pids(struct process_options *options)
{
	size_t count = 0;

	if (options->pid_count == 0)
		return;
	qsort(options->pids, options->pid_count, sizeof(int64_t), compare_int64);
	for (size_t i = 0; i < options->pid_count; i++)
		if (i == 0 || options->pids[i] != options->pids[i - 1])
			options->pids[count++] = options->pids[i];
	options->pid_count = count;
}

/* Takes one PID or NAME; what is a number is a PID. Returns -EINVAL where it can be neither. */
static int
take(struct process_options *options, const char *word, size_t length)
{
	char *name = xstrndup(word, length);
	int64_t pid;
	bool has_plus = name[0] == '+' && isdigit((unsigned char)name[1]);
	int error = length > 0 ? text_to_number(name + has_plus, &pid) : -ERANGE;

	if (error == 0 && (pid < 1 || pid > INT32_MAX))
		error = -ERANGE;
	if (error == -EINVAL) {
		options->names = array_reserve(options->names, &options->name_capacity,
			options->name_count + 1, sizeof(name));
		options->names[options->name_count++] = name;
		return 0;
	}
	free(name);
	if (error == 0)
		add_pid(options, pid);
	sort_pids(options);
	return error == 0 ? 0 : -EINVAL;
}

int
process_apply_pids(void *settings, const struct command_option *option, const char *value)
{
	for (const char *at = value;; at++) {
		size_t length = strcspn(at, ",");

		if (take(settings, at, length) < 0)
			return option_complain(option, value,
				text_count(value, (size_t)(at - value)), "not a process number");
		at += length;
		if (!*at)
			return 0;
	}
}

int
process_take_word(void *settings, const char *word)
{
	char safe[COMMAND_WORD_SIZE];

	if (take(settings, word, strlen(word)) == 0)
		return 0;
	return command_complain(NULL, "'%s': not a process number", command_safe_word(word, safe));
}

/* Either as the kernel has it, of which a longer name is cut, or as it is shown. */
static bool
is_called(const struct process *process, const char *name)
{
	char safe[SAFE_SIZE];

	if (!process->comm || process->pid == getpid())
		return false;
	if (strcmp(process->comm, name) == 0)
		return true;
	if (strlen(name) > COMM_LENGTH && strlen(process->comm) == COMM_LENGTH)
		return strncmp(process->comm, name, COMM_LENGTH) == 0;
	text_safe(safe, sizeof(safe), process->comm, charset_of_locale());
	return strcmp(safe, name) == 0;
}

static bool
is_larger(const struct process *process, const struct process *than)
{
	return process->resident > than->resident ||
	       (process->resident == than->resident && process->pid < than->pid);
}

static void
tell_largest(const char *name, const struct process *process, size_t count)
{
	char safe[COMMAND_WORD_SIZE], size[UNIT_FORMAT_SIZE];

	unit_format(size, UNIT_BYTES, process->resident, SCALE_HUMAN);
	log_error("%zu processes are called '%s': taking %lld, the largest (RES %s)", count,
		command_safe_word(name, safe), (long long)process->pid, size);
}

/* Returns how many there are. */
static size_t
find_name(struct process_options *options, const struct snapshot *snapshot, const char *name,
	bool largest)
{
	const struct process *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *process = &snapshot->processes[i];

		if (!is_called(process, name))
			continue;
		count++;
		if (!found || is_larger(process, found))
			found = process;
		if (!largest)
			add_pid(options, process->pid);
	}
	if (largest && found)
		add_pid(options, found->pid);
	if (largest && count > 1)
		tell_largest(name, found, count);
	return count;
}

static int
find_names(struct process_options *options, const struct snapshot *snapshot, bool largest)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < options->name_count; i++) {
		char safe[COMMAND_WORD_SIZE];

		if (find_name(options, snapshot, options->names[i], largest) > 0)
			continue;
		log_error("there is no process called '%s'%s",
			command_safe_word(options->names[i], safe),
			options->runs_command ? "; a command to run must follow --" : "");
		status = EXIT_FAILURE;
	}
	sort_pids(options);
	return status;
}

int
process_options_find(struct process_options *options, bool largest)
{
	const struct needs needs = { .bits = NEED_PROCESSES | NEED_STAT | NEED_MEMORY };
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	int status, error;

	if (options->name_count == 0)
		return EXIT_SUCCESS;
	error = collect_create(NULL, &source);
	if (error < 0)
		return command_failure_status("cannot read /proc", error);
	error = source->read(source, &snapshot, NULL, &needs);
	status = error < 0 ? command_failure_status("cannot read /proc", error)
			   : find_names(options, &snapshot, largest);
	snapshot_finish(&snapshot);
	source->destroy(source);
	return status;
}

/* -p may have been given several times: the processes of all of them are shown. */
static void
filter_pids(struct process_options *options)
{
	char text[128] = "";
	size_t length = 0;

	for (size_t i = 0; i < options->pid_count && length < sizeof(text) - 24; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%lld",
			i > 0 ? "," : "", (long long)options->pids[i]);
	process_options_note(options, "pid=", text);
	filter_add_set(options->filter, table_column(&process_table, "pid"), options->pids,
		options->pid_count);
}

int
process_options_prepare(struct process_options *options)
{
	int status;

	if (process_options_complete(options, &process_table, NULL, NULL) < 0)
		return USAGE_STATUS;
	status = process_options_find(options, false);
	if (status == EXIT_SUCCESS && options->pid_count > 0)
		filter_pids(options);
	return status;
}
