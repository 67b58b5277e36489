// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *program_name = "memtop";
static FILE *log_file; /* NULL: stderr */
static void (*restore_terminal)(void);

void
log_set_program(const char *program)
{
	program_name = program;
}

const char *
log_program(void)
{
	return program_name;
}

void
log_set_file(FILE *file)
{
	log_file = file;
}

void
log_set_restore(void (*restore)(void))
{
	restore_terminal = restore;
}

/* Writes the line at once and allocates nothing: this also runs when memory is exhausted. */
static void
print(const char *format, va_list arguments)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, arguments);
	fprintf(log_file ? log_file : stderr, "%s: %s\n", program_name, line);
}

void
log_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
}

void
log_fatal(const char *format, ...)
{
	va_list arguments;

	if (restore_terminal)
		restore_terminal();
	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
	exit(EXIT_FAILURE);
}
