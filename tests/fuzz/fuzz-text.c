// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/text.h"
#include "base/unit.h"

/* Whatever comes in: what goes out is valid UTF-8 without a character that a terminal obeys. */
static void
check_safe(const char *safe, size_t length)
{
	CHECK(strlen(safe) == length);
	while (length > 0) {
		uint32_t character;
		size_t taken = text_decode(safe, length, &character);

		CHECK(taken > 0 && !text_is_unsafe(character));
		safe += taken;
		length -= taken;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size), *copy = malloc(size * 10 + 1);
	int64_t number;

	CHECK(copy);
	check_safe(copy, text_safe(copy, size * 10 + 1, text, CHARSET_UTF8));
	check_safe(copy, text_safe(copy, size * 10 + 1, text, CHARSET_ASCII));
	for (const char *at = copy; *at; at++)
		CHECK(*at >= ' ' && *at < 0x7f);
	check_safe(copy, text_safe(copy, size / 2 + 1, text, CHARSET_UTF8));
	CHECK(text_fit(copy, 5) <= strlen(copy));
	text_valid(copy, size * 10 + 1, text);
	for (enum unit unit = UNIT_NUMBER; unit <= UNIT_DURATION; unit++)
		if (unit_parse(unit, text, &number) == 0)
			CHECK(number != UNKNOWN);
	free(copy);
	free(text);
	return 0;
}
