// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What libFuzzer and replay.c call with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of the input that ends in NUL, on the heap so that reading past its end is noticed. */
static inline char *
text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Like assert(), but never compiled away. */
#define CHECK(condition) ((condition) ? (void)0 : abort())
