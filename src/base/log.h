// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/* The one way to speak to the user on standard error: one line, "PROGRAM: MESSAGE". */

/* Sets what stands before the colon. The text is borrowed. */
void log_set_program(const char *program);
const char *log_program(void);

/* Sets what gives the terminal back before the last words are printed; NULL for nothing. */
void log_set_restore(void (*restore)(void));

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Gives the terminal back, prints the message and ends the program with status 1. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
