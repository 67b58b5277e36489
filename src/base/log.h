// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdio.h>

/* All messages: one line, "PROGRAM: MESSAGE". */

/* Sets PROGRAM. The text is borrowed. */
void log_set_program(const char *program);
const char *log_program(void);

/* Where they go, instead of to standard error. */
void log_set_file(FILE *file);

/* Sets the function that restores the terminal before log_fatal() prints; NULL for none. */
void log_set_restore(void (*restore)(void));

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Restores the terminal, prints the message and exits with status 1. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
