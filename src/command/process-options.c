// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/process-options.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/text.h"
#include "model/needs.h"
#include "model/process.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
apply_pss_budget(void *member, const struct command_option *option, const char *value)
{
	int64_t budget;

	if (unit_parse(UNIT_PERCENT, value, &budget) < 0 || budget < 1 || budget > 1000)
		return option_complain(option, value, "not a percentage from 0.1 to 100");
	*(int64_t *)member = budget;
	return 0;
}

#define SETTING(member) offsetof(struct process_options, member)

/* clang-format off */
const struct command_option process_option_rows[] = {
	{ "delay", 'd', "SECONDS", "time between two blocks or refreshes, default 1.5", table_options_keep, SETTING(table), KEPT_DELAY },
	{ "count", 'n', "COUNT", "end after COUNT blocks, or refreshes of the screen", option_set_count, SETTING(table.count), 0 },
	{ "pid", 'p', "PID,...", "only these processes; a NAME stands for all of that name", process_names_apply, SETTING(named), 0 },
	{ "user", 'u', "USER", "only processes of USER (name or number); !USER: of all others", table_options_keep, SETTING(table), KEPT_USER },
	{ "exact", 0, NULL, "read all of every process in every block", option_set_flag, SETTING(exact), 0 },
	{ "pss-budget", 0, "PERCENT", "CPU time that PSS, USS and SWAPPSS may take, default 1", apply_pss_budget, SETTING(pss_budget), 0 },
	{ "lock", 0, NULL, "keep memtop itself in memory, and from being killed for lack of it", option_set_flag, SETTING(lock), 0 },
	{ .name = NULL },
};
/* clang-format on */

void
process_options_init(struct process_options *options)
{
	struct table_options *table = &options->table;
	size_t position;

	*options = (struct process_options){ .pss_budget = 10 };
	table_options_init(table);
	table->columns.table = &process_table;
	selection_parse(&table->columns, process_default_columns, &position);
	table->order = order_of(table_column(&process_table, "res"));
}

/* Shows the processes of all -p options together. */
static void
filter_pids(struct process_options *options)
{
	const struct process_names *named = &options->named;
	char text[128] = "";
	size_t length = 0;

	for (size_t i = 0; i < named->pid_count && length < sizeof(text) - 24; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%lld",
			i > 0 ? "," : "", (long long)named->pids[i]);
	table_options_note(&options->table, "pid=", text);
	table_options_filter_pids(&options->table, named->pids, named->pid_count);
}

int
process_options_prepare(struct process_options *options)
{
	int status;

	if (table_options_complete(&options->table, &process_table, NULL, NULL) < 0)
		return USAGE_STATUS;
	options->named.past = &options->table.past;
	status = process_names_find(&options->named, false);
	if (status == EXIT_SUCCESS && options->named.pid_count > 0)
		filter_pids(options);
	return status;
}

void
process_options_finish(struct process_options *options)
{
	table_options_finish(&options->table);
	process_names_finish(&options->named);
}

int64_t
process_options_pss_budget(const struct process_options *options, int64_t interval)
{
	int64_t budget = interval / 1000 * options->pss_budget;

	return options->exact ? 0 : budget > 0 ? budget : 1;
}

void
process_options_describe(FILE *file)
{
	command_describe_columns(&process_table, file);
	fputs("\nFilter:\n"
	      " Terms separated by blanks, all of which must hold: rss>500M user!=root comm~java\n"
	      " !cmd~agent oom>800 firefox. Operators: = != < <= > >= ~ !~.\n",
		file);
}

/* The kernel keeps this many bytes of a program's name. */
enum { COMM_LENGTH = 15, SAFE_SIZE = 256 };

static void
add_pid(struct process_names *named, int64_t pid)
{
	named->pids =
		array_reserve(named->pids, &named->pid_capacity, named->pid_count + 1, sizeof(pid));
	named->pids[named->pid_count++] = pid;
}

static void
sort_pids(struct process_names *named)
{
	size_t count = 0;

	if (named->pid_count == 0)
		return;
	qsort(named->pids, named->pid_count, sizeof(int64_t), compare_int64);
	for (size_t i = 0; i < named->pid_count; i++)
		if (i == 0 || named->pids[i] != named->pids[i - 1])
			named->pids[count++] = named->pids[i];
	named->pid_count = count;
}

/* Takes one PID or NAME; a number is a PID. Returns -EINVAL if it is neither. */
static int
take(struct process_names *named, const char *word, size_t length)
{
	char *name = xstrndup(word, length);
	int64_t pid;
	bool has_plus = name[0] == '+' && isdigit((unsigned char)name[1]);
	int error = length > 0 ? text_to_number(name + has_plus, &pid) : -ERANGE;

	if (error == 0 && (pid < 1 || pid > INT32_MAX))
		error = -ERANGE;
	if (error == -EINVAL) {
		named->names = array_reserve(
			named->names, &named->name_capacity, named->name_count + 1, sizeof(name));
		named->names[named->name_count++] = name;
		return 0;
	}
	free(name);
	if (error == 0)
		add_pid(named, pid);
	sort_pids(named);
	return error == 0 ? 0 : -EINVAL;
}

int
process_names_apply(void *into, const struct command_option *option, const char *value)
{
	for (const char *at = value;; at++) {
		size_t length = strcspn(at, ",");

		if (take(into, at, length) < 0)
			return option_complain_at(option, value,
				text_count(value, (size_t)(at - value)), NULL,
				"not a process number");
		at += length;
		if (!*at)
			return 0;
	}
}

int
process_names_take(void *into, const char *word)
{
	char safe[COMMAND_WORD_SIZE];

	if (take(into, word, strlen(word)) == 0)
		return 0;
	return command_complain(NULL, "'%s': not a process number", command_safe_word(word, safe));
}

/* Compares with the kernel's name, which is cut, and with the name as it is shown. */
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

static void
add_found(struct process_names *named, const struct process *process)
{
	add_pid(named, process->pid);
	named->found = array_reserve(named->found, &named->found_capacity, named->found_count + 1,
		sizeof(named->found[0]));
	named->found[named->found_count++] =
		(struct found_process){ process->pid, process->start_time };
}

bool
process_names_mean(const struct process_names *named, const struct process *process)
{
	for (size_t i = 0; i < named->found_count; i++)
		if (named->found[i].pid == process->pid &&
			named->found[i].start_time != process->start_time)
			return false;
	return true;
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

/* Returns the number of processes with this name. */
static size_t
find_name(struct process_names *named, const struct snapshot *snapshot, const char *name,
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
			add_pid(named, process->pid);
	}
	if (largest && found)
		add_found(named, found);
	if (largest && count > 1)
		tell_largest(name, found, count);
	return count;
}

static int
find_names(struct process_names *named, const struct snapshot *snapshot, bool largest)
{
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < named->name_count; i++) {
		char safe[COMMAND_WORD_SIZE];

		if (find_name(named, snapshot, named->names[i], largest) > 0)
			continue;
		log_error("there is no process called '%s'%s",
			command_safe_word(named->names[i], safe),
			named->runs_command ? "; a command to run must follow --" : "");
		status = EXIT_FAILURE;
	}
	sort_pids(named);
	return status;
}

static int
read_failure(const struct process_names *named, int error)
{
	if (named->past && named->past->is_asked)
		return past_tell_failure(named->past, error);
	return command_failure_status("cannot read processes", error);
}

int
process_names_find(struct process_names *named, bool largest)
{
	struct needs needs = { .bits = NEED_PROCESSES | NEED_STAT | NEED_MEMORY };
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	int status, error;

	if (named->name_count == 0)
		return EXIT_SUCCESS;
	status = past_or_live_source_create(named->past, 0, &source);
	if (status != EXIT_SUCCESS)
		return status;
	if (named->past)
		needs.moment = named->past->from;
	error = source->read(source, &snapshot, NULL, &needs);
	status = error < 0 ? read_failure(named, error) : find_names(named, &snapshot, largest);
	snapshot_finish(&snapshot);
	source->destroy(source);
	return status;
}

void
process_names_finish(struct process_names *named)
{
	for (size_t i = 0; i < named->name_count; i++)
		free(named->names[i]);
	free(named->names);
	free(named->found);
	free(named->pids);
}
