// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct byte_reader;

/*
 * Numbers of one column as few small bytes: divided by what divides all of them, such as the size
 * of a page, and as the difference to the one before where that is shorter.
 *
 *	form u8: low half the divisor, 0x10 differences | varints, zigzag
 */

/* Writes numbers, which it changes. `alike`: neighbours may be like each other. */
void cells_write(struct bytes *bytes, int64_t *numbers, size_t count, bool alike);

/* Reads so many numbers. */
void cells_read(struct byte_reader *reader, int64_t *numbers, size_t count);

/* Ascending numbers, each once: their count, then the distances. */
void places_write(struct bytes *bytes, const uint32_t *places, size_t count);

/* Reads at most `end` of them, each below `end`. Returns their count. */
size_t places_read(struct byte_reader *reader, uint32_t *places, size_t end);
