// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct arena;

/*
 * A command line without what looks like a secret: values of options and variables whose name says
 * password, secret, token, key or the like, and passwords in URLs or after -u NAME: become "***". A
 * secret that no name gives away stays (-p VALUE). Returns the same text if there is none, else one
 * in the arena.
 */
const char *redact_command(const char *command, struct arena *arena);
