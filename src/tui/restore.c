// SPDX-License-Identifier: GPL-3.0-or-later
#include "tui/restore.h"

#include "base/macros.h"

#include <curses.h>
#include <signal.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

enum { RESTORE_SIZE = 256 };

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* Restores the terminal without curses: prepared for a signal handler, which may do very little. */
static char restore_text[RESTORE_SIZE];
static size_t restore_length;
static struct termios saved_modes;
static bool has_saved_modes;

static int
keep_character(int character)
{
	if (restore_length < sizeof(restore_text))
		restore_text[restore_length++] = (char)character;
	return character;
}

static void
keep_capability(const char *capability)
{
	if (capability && capability != (const char *)-1)
		tputs(capability, 1, keep_character);
}

static void
prepare_text(bool use_mouse)
{
	static const char mouse_off[] = "\x1b[?1006l\x1b[?1000l";

	restore_length = 0;
	if (use_mouse && tigetstr("kmous") != (char *)-1 && tigetstr("kmous"))
		for (const char *at = mouse_off; *at; at++)
			keep_character(*at);
	keep_capability(tigetstr("sgr0"));
	keep_capability(tigetstr("rmkx"));
	keep_capability(tigetstr("cnorm"));
	keep_capability(tigetstr("rmcup"));
}

/* Uses only calls that are safe in a handler. The signal then ends the program as usual. */
static void
crash(int signal_number)
{
	if (restore_length > 0 && write(STDOUT_FILENO, restore_text, restore_length) < 0)
		restore_length = 0;
	if (has_saved_modes)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

void
restore_save_modes(void)
{
	has_saved_modes = tcgetattr(STDIN_FILENO, &saved_modes) == 0;
}

void
restore_prepare(bool use_mouse)
{
	static char stack[64 * 1024];
	const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = crash, .sa_flags = SA_ONSTACK | SA_NODEFER };

	prepare_text(use_mouse);
	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(crash_signals); i++)
		sigaction(crash_signals[i], &action, NULL);
}
