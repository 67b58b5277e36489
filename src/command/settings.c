// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/settings.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/replace-file.h"
#include "base/scan.h"
#include "base/text.h"
#include "base/unit.h"
#include "model/process.h"
#include "tui/tui.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Its sections. */
#define SCREEN "screen"
#define COLORS "colors"

enum { MOST_BYTES = 4 << 20, MOST_COMPLAINTS = 20 };

#define FIELD(name) offsetof(struct tui_settings, name)

static const char *const scale_names[] = { "human", "b", "k", "m", "g", "t", "p" };
static_assert(ARRAY_SIZE(scale_names) == SCALE_PEBI + 1, "a name for each scale");

static int
read_columns(void *place, const char *value)
{
	struct selection columns = { .table = &process_table };
	size_t position;
	int error = selection_parse(&columns, value, &position);

	if (error < 0) {
		selection_finish(&columns);
		return error;
	}
	selection_finish(place);
	*(struct selection *)place = columns;
	return 0;
}

static void
write_columns(FILE *file, const void *place)
{
	const struct selection *columns = place;

	for (size_t i = 0; i < columns->count; i++)
		fprintf(file, "%s%s", i ? "," : "", columns->columns[i]->name);
}

static int
read_order(void *place, const char *value)
{
	return order_parse(&process_table, value, place);
}

static void
write_order(FILE *file, const void *place)
{
	const struct order *order = place;

	fprintf(file, "%c%s", order->ascending ? '-' : '+', order->column->name);
}

static int
read_interval(void *place, const char *value)
{
	return unit_parse_interval(value, place);
}

static void
write_interval(FILE *file, const void *place)
{
	fprintf(file, "%.10g", (double)*(const int64_t *)place / 1e9); /* without exponent */
}

/* The number of a name in any case, or -EINVAL. */
static int
number_of(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(name, names[i]) == 0)
			return (int)i;
	return -EINVAL;
}

static int
read_scale(void *place, const char *value)
{
	int number = number_of(scale_names, ARRAY_SIZE(scale_names), value);

	if (number >= 0)
		*(enum scale *)place = (enum scale)number;
	return number < 0 ? number : 0;
}

static void
write_scale(FILE *file, const void *place)
{
	fputs(scale_names[*(const enum scale *)place], file);
}

static int
read_flag(void *place, const char *value)
{
	static const char *const words[] = { "no", "yes", "false", "true", "0", "1" };
	int number = number_of(words, ARRAY_SIZE(words), value);

	if (number >= 0)
		*(bool *)place = number % 2;
	return number < 0 ? number : 0;
}

static void
write_flag(FILE *file, const void *place)
{
	fputs(*(const bool *)place ? "yes" : "no", file);
}

static int
read_theme(void *place, const char *value)
{
	int number = number_of(theme_names, THEMES, value);

	if (number >= 0)
		*(enum theme *)place = (enum theme)number;
	return number < 0 ? number : 0;
}

static void
write_theme(FILE *file, const void *place)
{
	fputs(theme_names[*(const enum theme *)place], file);
}

/* Each setting once; those of a section together. The roles of [colors] are in tui/style.c. */
/* clang-format off */
static const struct setting {
	const char *section, *name, *help;
	int (*read)(void *place, const char *value);
	void (*write)(FILE *file, const void *place);
	size_t offset;
} table[] = {
	{ SCREEN, "columns", "Columns of the processes, in order; memtop --help lists them.", read_columns, write_columns, FIELD(processes.columns) },
	{ SCREEN, "order", "Column to sort by; + before it: largest first, -: smallest first.", read_order, write_order, FIELD(processes.order) },
	{ SCREEN, "kill_columns", "Columns of the kill order.", read_columns, write_columns, FIELD(kill_order.columns) },
	{ SCREEN, "kill_order", "Column to sort the kill order by, as above.", read_order, write_order, FIELD(kill_order.order) },
	{ SCREEN, "interval", "Seconds between two refreshes.", read_interval, write_interval, FIELD(interval) },
	{ SCREEN, "scale", "Unit of sizes: human, b, k, m, g, t or p.", read_scale, write_scale, FIELD(scale) },
	{ SCREEN, "tree", "Children below their parents: yes or no.", read_flag, write_flag, FIELD(processes.tree) },
	{ SCREEN, "kernel_threads", "Show kernel threads: yes or no.", read_flag, write_flag, FIELD(kernel_threads) },
	{ SCREEN, "command_line", "COMMAND with the path of the program: yes or no.", read_flag, write_flag, FIELD(command_line) },
	{ SCREEN, "graph", "Graphs of the last minutes, in a window of 32 lines or more: yes or no.", read_flag, write_flag, FIELD(graph) },
	{ SCREEN, "mouse", "Use the mouse: yes or no.", read_flag, write_flag, FIELD(mouse) },
	{ COLORS, "theme", "Colours: default, mono or contrast.", read_theme, write_theme, FIELD(palette.theme) },
};
/* clang-format on */

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

/* A file being read. */
struct reading {
	const char *path;
	struct tui_settings *settings;
	unsigned line;    /* 0: before the first one */
	char section[32]; /* empty: before the first one, or below one that was not understood */
	int wrong;        /* so many complaints */
	void (*complain)(void *context, const char *message);
	void *context;
};

__attribute__((format(printf, 2, 3))) static void
complain(struct reading *reading, const char *format, ...)
{
	char text[256], safe[4 * sizeof(text)], number[16] = "";
	size_t size = PATH_MAX + sizeof(safe) + sizeof(number);
	_cleanup_free_ char *message = xmalloc(size);
	va_list arguments;

	if (++reading->wrong > MOST_COMPLAINTS)
		return;
	if (reading->wrong == MOST_COMPLAINTS)
		format = "more is wrong";
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (reading->line > 0)
		snprintf(number, sizeof(number), ":%u", reading->line);
	text_safe(safe, sizeof(safe), text, charset_of_locale());
	snprintf(message, size, "%s%s: %s", reading->path, number, safe);
	reading->complain(reading->context, message);
}

static const struct setting *
setting_called(const char *section, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strcasecmp(table[i].section, section) == 0 &&
			strcasecmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

/* Sets the look of a role. Returns 0 or -EINVAL; -ENOENT: there is no such role. */
static int
set_look(struct palette *palette, const char *name, const char *value)
{
	struct look look;

	for (size_t i = 0; i < STYLE_COUNT; i++) {
		if (strcasecmp(style_name((enum style)i), name) != 0)
			continue;
		if (strlen(value) >= LOOK_SIZE || look_parse(value, &look) < 0)
			return -EINVAL;
		strcpy(palette->looks[i], value);
		return 0;
	}
	return -ENOENT;
}

static int
set(struct reading *reading, const char *name, const char *value)
{
	struct tui_settings *settings = reading->settings;
	const struct setting *setting = setting_called(reading->section, name);

	if (setting)
		return setting->read((char *)settings + setting->offset, value);
	if (strcasecmp(reading->section, COLORS) == 0)
		return set_look(&settings->palette, name, value);
	return -ENOENT;
}

static void
apply(struct reading *reading, const char *name, const char *value)
{
	int error = set(reading, name, value);

	if (error == -ENOENT)
		complain(reading, "there is no setting '%.80s' in [%s]", name, reading->section);
	else if (error < 0)
		complain(reading, "'%.80s' is no value for %s", value, name);
}

/* Removes the blanks around a text. */
static char *
trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r\n");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r\n", text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

static void
take_section(struct reading *reading, char *text)
{
	char *end = strchr(text, ']');

	if (end)
		*end = '\0';
	else
		complain(reading, "'[%.80s' has no ]", text);
	snprintf(reading->section, sizeof(reading->section), "%s", end ? trim(text) : "");
}

/* A comment, "[SECTION]" or "NAME = VALUE". */
static void
take_line(struct reading *reading, char *line)
{
	char *name = trim(line), *value = strchr(name, '=');

	if (*name == '\0' || *name == '#' || *name == ';')
		return;
	if (*name == '[') {
		take_section(reading, name + 1);
		return;
	}
	if (value)
		*value++ = '\0';
	if (!value)
		complain(reading, "'%.80s' has no =", name);
	else if (*reading->section == '\0')
		complain(reading, "'%.80s' is not in [" SCREEN "]", trim(name));
	else
		apply(reading, trim(name), trim(value));
}

/* A file of another user may be a trap for root. */
static int
check_file(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size > MOST_BYTES)
		return -EFBIG;
	return status.st_uid == geteuid() || status.st_uid == 0 ? 0 : -EPERM;
}

static int
read_lines(struct reading *reading)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	_cleanup_fclose_ FILE *file = fopen(reading->path, "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0) {
		bool is_marked = reading->line++ == 0 && scan_start(line, byte_order_mark);

		take_line(reading, line + (is_marked ? strlen(byte_order_mark) : 0));
	}
	return ferror(file) ? -EIO : 0;
}

void
settings_load(const char *path, bool must_exist, struct tui_settings *settings,
	void (*complain_to)(void *context, const char *message), void *context)
{
	struct reading reading = {
		.path = path, .settings = settings, .complain = complain_to, .context = context
	};
	int error = check_file(path);

	if (error == 0)
		error = read_lines(&reading);
	if (error == -EPERM)
		complain(&reading, "ignored: it belongs to another user");
	else if (error < 0 && (error != -ENOENT || must_exist))
		complain(&reading, "ignored: %s", strerror(-error));
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

/* Each section begins before its first setting. */
static void
write_settings(FILE *file, const struct tui_settings *settings)
{
	const char *section = "";

	for (const struct setting *one = table; one < table + ARRAY_SIZE(table); one++) {
		if (strcmp(one->section, section) != 0)
			fprintf(file, "%s[%s]\n", *section ? "\n" : "", one->section);
		section = one->section;
		fprintf(file, "\n# %s\n%s = ", one->help, one->name);
		one->write(file, (const char *)settings + one->offset);
		fputc('\n', file);
	}
}

/* Roles that look as in the theme are comments: they change with it. */
static void
write_roles(FILE *file, const struct tui_settings *settings)
{
	fputs("\n# The look of each role, if it is not that of the theme: bold, dim, reverse,\n"
	      "# underline, italic, a colour, and \"on\" with a colour behind. A colour is "
	      "default,\n"
	      "# black, red, green, yellow, blue, magenta, cyan or white, the same after bright,\n"
	      "# or a number from 0 to 255.\n",
		file);
	for (size_t i = 0; i < STYLE_COUNT; i++)
		fprintf(file, "%s%s = %s\n", settings->palette.looks[i][0] ? "" : "# ",
			style_name((enum style)i), palette_look(&settings->palette, (enum style)i));
}

/* The caller frees it. */
static char *
make_text(const struct tui_settings *settings, size_t *ret_size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_size);

	if (!file)
		abort();
	fputs("# Settings of memtop, written by its key W. See memtop(1).\n", file);
	write_settings(file, settings);
	write_roles(file, settings);
	if (fclose(file) != 0)
		abort();
	return text;
}

int
settings_save(const char *path, const struct tui_settings *settings)
{
	_cleanup_free_ char *target = realpath(path, NULL);
	_cleanup_free_ char *text = NULL;
	int error = make_folders(path);
	size_t size;

	if (error < 0)
		return error;
	text = make_text(settings, &size);
	return replace_file(AT_FDCWD, target ? target : path, text, size, 0600, true);
}
