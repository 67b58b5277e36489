// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "base/scan.h"
#include "model/process.h"

#include <stdbool.h>
#include <string.h>

static size_t
word_length(const char *text)
{
	return strcspn(text, " ");
}

static const char *
next_word(const char *text)
{
	text += word_length(text);
	return text + strspn(text, " ");
}

/* A word without the path before it. */
static const char *
without_path(const char *word)
{
	size_t end = word_length(word);

	while (end > 0 && word[end - 1] != '/')
		end--;
	return word[end] && word[end] != ' ' ? word + end : word;
}

/* Whether a program runs scripts. A version may be part of its name: python3.11. */
static bool
is_interpreter(const char *name)
{
	static const char *const interpreters[] = { "python", "perl", "ruby", "node", "nodejs",
		"php", "lua", "bash", "sh", "dash", "zsh", "ksh", "tclsh", "Rscript" };
	size_t length = word_length(name);

	while (length > 0 && strchr("0123456789.", name[length - 1]))
		length--;
	for (size_t i = 0; i < ARRAY_SIZE(interpreters); i++)
		if (scan_is(name, length, interpreters[i]))
			return true;
	return false;
}

/* Options that have the program as their argument: what runs is no file. */
static bool
names_no_file(const char *option)
{
	return strchr("cemEp", option[1]) || option[1] == '-';
}

const char *
process_program(const char *command)
{
	const char *program = without_path(command), *word = next_word(command);

	if (*command == '[') /* the name of a kernel thread */
		return command;
	if (!is_interpreter(program))
		return program;
	for (; *word == '-'; word = next_word(word))
		if (names_no_file(word))
			return program;
	if (!*word || strspn(without_path(word), "0123456789") == word_length(without_path(word)))
		return program; /* no script, or one from a descriptor: /dev/fd/3 */
	return without_path(word);
}
