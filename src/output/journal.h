// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

/*
 * Entries for systemd's journal, in its native protocol: a datagram with a line for each field,
 * "NAME=value". A value with a line feed has its length before it.
 */
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Returns a descriptor, which the caller closes, or -errno. */
int journal_open(const char *path);

struct journal_field {
	const char *name, *value; /* NULL: the field is left out */
};

/* Returns 0 or -errno; it never waits. */
int journal_send(int journal, const struct journal_field *fields, size_t count);
