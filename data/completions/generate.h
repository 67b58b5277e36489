// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct command;
struct command_option;

/* What the shells' writers share. Each writes a whole file to standard output. */
void write_bash(void);
void write_zsh(void);
void write_fish(void);

/* The program must take each of them: tests/e2e/test_documented.py looks. */
extern const char units[], styles[], keys[];

/* The function that completes an option's value; NULL where nothing is known about it. */
const char *function_of(const struct command_option *option);

/* A command's name has one or two words. The second one, or NULL. */
size_t first_word_length(const struct command *command);
const char *second_word(const struct command *command);

/* Whether no command before it begins with the same word. */
bool has_new_first_word(size_t number);

typedef void visit_option(
	const struct command *command, const struct command_option *option, char letter);

/* All options of a command, as --help lists them. */
void each_option(const struct command *command, visit_option *visit);

/* Whether words that are no options name processes. */
bool takes_processes(const struct command *command);

/* Text between single quotes; `quote` is how one stands among them, `special` gets a backslash. */
void write_quoted(const char *text, const char *quote, const char *special);
