// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/settings.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/unit.h"
#include "model/process.h"
#include "tui/tui.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ini_configobj.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTION "screen"
#define FIELD(name) offsetof(struct tui_settings, name)

static const char *const scale_names[] = { "human", "b", "k", "m", "g", "t", "p" };
static_assert(ARRAY_SIZE(scale_names) == SCALE_PEBI + 1, "a name for each scale");

static int read_columns(struct tui_settings *settings, size_t offset, const char *value);
static int read_order(struct tui_settings *settings, size_t offset, const char *value);
static int read_interval(struct tui_settings *settings, size_t offset, const char *value);
static int read_scale(struct tui_settings *settings, size_t offset, const char *value);
static int read_flag(struct tui_settings *settings, size_t offset, const char *value);
static void write_columns(FILE *file, const struct tui_settings *settings, size_t offset);
static void write_order(FILE *file, const struct tui_settings *settings, size_t offset);
static void write_interval(FILE *file, const struct tui_settings *settings, size_t offset);
static void write_scale(FILE *file, const struct tui_settings *settings, size_t offset);
static void write_flag(FILE *file, const struct tui_settings *settings, size_t offset);

/* Each setting once: name, help, reader and writer. */
/* clang-format off */
static const struct setting {
	const char *name, *help;
	int (*read)(struct tui_settings *settings, size_t offset, const char *value);
	void (*write)(FILE *file, const struct tui_settings *settings, size_t offset);
	size_t offset;
} table[] = {
	{ "columns", "Columns of the processes, in order; memtop --help lists them.", read_columns, write_columns, FIELD(processes.columns) },
	{ "order", "Column to sort by; + before it: largest first, -: smallest first.", read_order, write_order, FIELD(processes.order) },
	{ "kill_columns", "Columns of the kill order.", read_columns, write_columns, FIELD(kill_order.columns) },
	{ "kill_order", "Column to sort the kill order by, as above.", read_order, write_order, FIELD(kill_order.order) },
	{ "interval", "Seconds between two refreshes.", read_interval, write_interval, FIELD(interval) },
	{ "scale", "Unit of sizes: human, b, k, m, g, t or p.", read_scale, write_scale, FIELD(scale) },
	{ "tree", "Children below their parents: yes or no.", read_flag, write_flag, FIELD(processes.tree) },
	{ "kernel_threads", "Show kernel threads: yes or no.", read_flag, write_flag, FIELD(kernel_threads) },
	{ "command_line", "Command lines instead of names: yes or no.", read_flag, write_flag, FIELD(command_line) },
	{ "mouse", "Use the mouse: yes or no.", read_flag, write_flag, FIELD(mouse) },
};
/* clang-format on */

static void *
place_of(struct tui_settings *settings, size_t offset)
{
	return (char *)settings + offset;
}

static const void *
const_place_of(const struct tui_settings *settings, size_t offset)
{
	return (const char *)settings + offset;
}

static int
read_columns(struct tui_settings *settings, size_t offset, const char *value)
{
	struct selection columns = { .table = &process_table };
	size_t position;
	int error = selection_parse(&columns, value, &position);
	struct selection *chosen = place_of(settings, offset);

	if (error < 0) {
		selection_finish(&columns);
		return error;
	}
	selection_finish(chosen);
	*chosen = columns;
	return 0;
}

static void
write_columns(FILE *file, const struct tui_settings *settings, size_t offset)
{
	const struct selection *columns = const_place_of(settings, offset);

	for (size_t i = 0; i < columns->count; i++)
		fprintf(file, "%s%s", i ? "," : "", columns->columns[i]->name);
}

static int
read_order(struct tui_settings *settings, size_t offset, const char *value)
{
	return order_parse(&process_table, value, place_of(settings, offset));
}

static void
write_order(FILE *file, const struct tui_settings *settings, size_t offset)
{
	const struct order *order = const_place_of(settings, offset);

	fprintf(file, "%c%s", order->ascending ? '-' : '+', order->column->name);
}

static int
read_interval(struct tui_settings *settings, size_t offset, const char *value)
{
	return unit_parse_interval(value, &settings->interval);
}

static void
write_interval(FILE *file, const struct tui_settings *settings, size_t offset)
{
	fprintf(file, "%.10g", (double)settings->interval / 1e9); /* without exponent */
}

static int
read_scale(struct tui_settings *settings, size_t offset, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(scale_names); i++)
		if (strcasecmp(value, scale_names[i]) == 0) {
			settings->scale = (enum scale)i;
			return 0;
		}
	return -EINVAL;
}

static void
write_scale(FILE *file, const struct tui_settings *settings, size_t offset)
{
	fputs(scale_names[settings->scale], file);
}

static int
read_flag(struct tui_settings *settings, size_t offset, const char *value)
{
	static const char *const words[] = { "no", "yes", "false", "true", "0", "1" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(value, words[i]) == 0) {
			*(bool *)place_of(settings, offset) = i % 2;
			return 0;
		}
	return -EINVAL;
}

static void
write_flag(FILE *file, const struct tui_settings *settings, size_t offset)
{
	fputs(*(const bool *)const_place_of(settings, offset) ? "yes" : "no", file);
}

static char *
join(const char *folder, const char *rest)
{
	size_t size = strlen(folder) + strlen(rest) + 1;
	char *path = xmalloc(size);

	snprintf(path, size, "%s%s", folder, rest);
	return path;
}

char *
settings_default_path(void)
{
	/* Not the files of a user who gets rights from file capabilities: "W" writes this file. */
	const char *folder = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");

	if (folder && *folder == '/')
		return join(folder, "/memtop/config");
	return home && *home == '/' ? join(home, "/.config/memtop/config") : NULL;
}

/* The receiver of error messages. */
struct complaint {
	const char *path;
	void (*complain)(void *context, const char *message);
	void *context;
};

__attribute__((format(printf, 3, 4))) static void
complain(const struct complaint *to, unsigned line, const char *format, ...)
{
	char text[256], safe[4 * sizeof(text)], number[16] = "";
	size_t size = PATH_MAX + sizeof(safe) + sizeof(number);
	_cleanup_free_ char *message = xmalloc(size);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (line > 0)
		snprintf(number, sizeof(number), ":%u", line);
	text_safe(safe, sizeof(safe), text, charset_of_locale());
	snprintf(message, size, "%s%s: %s", to->path, number, safe);
	to->complain(to->context, message);
}

/* The last line that sets this name, which libini_config 2 does not return. 0: not found. */
static unsigned
line_of(const char *path, const char *name)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0, length = strlen(name);
	unsigned number = 0, found = 0;

	while (file && getline(&line, &size, file) > 0) {
		const char *start = line + strspn(line, " \t");

		number++;
		if (strncmp(start, name, length) == 0 &&
			start[length + strspn(start + length, " \t")] == '=')
			found = number;
	}
	return found;
}

static const struct setting *
setting_called(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static void
apply_value(const struct complaint *to, struct tui_settings *settings, struct ini_cfgobj *ini,
	const char *section, const char *name)
{
	const struct setting *setting = setting_called(name);
	struct value_obj *object = NULL;
	_cleanup_free_ char *value = NULL;

	if (ini_get_config_valueobj(section, name, ini, INI_GET_FIRST_VALUE, &object) || !object)
		return;
	value = ini_get_string_config_value(object, NULL);
	if (!setting || strcmp(section, SECTION) != 0)
		complain(to, line_of(to->path, name), "there is no setting '%.80s' in [%.80s]",
			name, section);
	else if (!value || setting->read(settings, setting->offset, value) < 0)
		complain(to, line_of(to->path, name), "'%.80s' is no value for %s",
			value ? value : "", name);
}

/* The library finds settings before the first section, but does not list all of them. */
static void
tell_homeless(const struct complaint *to, struct ini_cfgobj *ini)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct value_obj *object = NULL;

		if (ini_get_config_valueobj(
			    NULL, table[i].name, ini, INI_GET_FIRST_VALUE, &object) == 0 &&
			object)
			complain(to, line_of(to->path, table[i].name),
				"'%s' stands before [" SECTION "]", table[i].name);
	}
}

static void
apply_all(const struct complaint *to, struct tui_settings *settings, struct ini_cfgobj *ini)
{
	char **sections = ini_get_section_list(ini, NULL, NULL);

	for (size_t i = 0; sections && sections[i]; i++) {
		char **names = ini_get_attribute_list(ini, sections[i], NULL, NULL);

		for (size_t j = 0; names && names[j]; j++)
			if (strcmp(sections[i], INI_DEFAULT_SECTION) != 0 ||
				!setting_called(names[j]))
				apply_value(to, settings, ini, sections[i], names[j]);
		ini_free_attribute_list(names);
	}
	ini_free_section_list(sections);
	tell_homeless(to, ini);
}

/* Reports the library's errors: "Error (5) on line 2: ...". */
static void
tell_syntax_errors(const struct complaint *to, struct ini_cfgobj *ini)
{
	char **errors = NULL;

	if (ini_config_error_count(ini) == 0 || ini_config_get_errors(ini, &errors))
		return;
	for (size_t i = 0; errors && errors[i]; i++)
		complain(to, 0, "%.150s", errors[i]);
	ini_config_free_errors(errors);
}

/* A file of another user may be a trap for root; an empty file is ignored. */
static int
check_file(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size == 0)
		return -ENODATA;
	return status.st_uid == geteuid() || status.st_uid == 0 ? 0 : -EPERM;
}

/* Parses the file, and either reports its wrong lines or applies the right ones. */
static int
parse(const struct complaint *to, uint32_t flags, bool tells, struct tui_settings *settings)
{
	struct ini_cfgfile *file = NULL;
	struct ini_cfgobj *ini = NULL;
	int error = ini_config_file_open(to->path, 0, &file);

	if (error == 0)
		error = ini_config_create(&ini);
	if (error == 0) {
		int broken = ini_config_parse(
			file, INI_STOP_ON_NONE, INI_MV1S_OVERWRITE, flags | INI_PARSE_NOWRAP, ini);

		if (broken && ini_config_error_count(ini) == 0) /* no line number */
			error = broken;
		else if (tells)
			tell_syntax_errors(to, ini);
		else
			apply_all(to, settings, ini);
	}
	ini_config_destroy(ini);
	ini_config_file_destroy(file);
	return error;
}

void
settings_load(const char *path, bool must_exist, struct tui_settings *settings,
	void (*complain_to)(void *context, const char *message), void *context)
{
	const struct complaint to = { .path = path, .complain = complain_to, .context = context };
	int error = check_file(path);

	if (error == -ENODATA || (error == -ENOENT && !must_exist))
		return;
	if (error == -EPERM)
		complain(&to, 0, "ignored: it belongs to another user");
	else if (error < 0)
		complain(&to, 0, "ignored: %s", strerror(-error));
	if (error < 0)
		return;
	error = parse(&to, 0, true, settings);
	if (error == 0) /* parse again: with a wrong line the library drops all others */
		error = parse(&to, INI_PARSE_IGNORE_NON_KVP, false, settings);
	if (error)
		complain(&to, 0, "ignored: %s", strerror(error));
}

/* Creates the missing folders of the path. */
static int
make_folders(const char *path)
{
	_cleanup_free_ char *folder = xstrdup(path);

	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static int
write_all(int fd, const struct tui_settings *settings)
{
	_cleanup_fclose_ FILE *file = fdopen(fd, "w");

	if (!file) {
		close(fd);
		return -errno;
	}
	fputs("# Settings of memtop, written by its key W. See memtop(1).\n[" SECTION "]\n", file);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		fprintf(file, "\n# %s\n%s = ", table[i].help, table[i].name);
		table[i].write(file, settings, table[i].offset);
		fputc('\n', file);
	}
	if (fflush(file) != 0 || fsync(fileno(file)) < 0)
		return -errno;
	return 0;
}

int
settings_save(const char *path, const struct tui_settings *settings)
{
	_cleanup_free_ char *target = realpath(path, NULL);
	_cleanup_free_ char *temporary = join(target ? target : path, ".XXXXXX");
	int error = make_folders(path), fd;

	if (error < 0)
		return error;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = write_all(fd, settings);
	if (error == 0 && rename(temporary, target ? target : path) < 0)
		error = -errno;
	if (error < 0)
		unlink(temporary);
	return error;
}
