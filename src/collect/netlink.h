// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A part of a message of generic netlink: its attributes, or the value of one. It is borrowed. */
struct netlink_span {
	const char *data; /* NULL: there is none */
	size_t size;
};

/*
 * The attributes of a message, as it was received; none if it is not a `command` of `family`, or
 * longer than what was received.
 */
struct netlink_span netlink_attributes(
	const void *message, size_t size, uint16_t family, uint8_t command);

/* The first attribute of a type. What does not fit ends the search. */
struct netlink_span netlink_find(struct netlink_span attributes, int type);
