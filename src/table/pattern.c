// SPDX-License-Identifier: GPL-3.0-or-later
#define PCRE2_CODE_UNIT_WIDTH 8
#include "table/pattern.h"

#include "base/library.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A million steps take some 20 ms. */
enum { MOST_STEPS = 1000000, LEAST_MOST_STEPS = MOST_STEPS / 1000, MOST_KIB = 1024 };

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data; /* reused for each match */
	pcre2_match_context *limits;
	uint32_t most_steps;
	int64_t given_up;
};

#define LIBRARY "libpcre2-8.so.0"
/* clang-format off */
#define FUNCTIONS(OF)                                                                              \
	OF(code_free) OF(compile) OF(compile_context_create) OF(compile_context_free)              \
	OF(get_error_message) OF(match) OF(match_context_create) OF(match_context_free)            \
	OF(match_data_create) OF(match_data_free) OF(set_heap_limit) OF(set_match_limit)           \
	OF(set_parens_nest_limit)
#define MEMBER(name) __typeof__(pcre2_##name) *name;
#define NAME(name) "pcre2_" #name "_8",

static struct {
	FUNCTIONS(MEMBER)
} pcre2;
static const char *const names[] = { FUNCTIONS(NAME) };
/* clang-format on */
static_assert(sizeof(pcre2) == ARRAY_SIZE(names) * sizeof(void *), "one pointer for each");

bool
pattern_load(void)
{
	return pcre2.match || library_load(LIBRARY, names, ARRAY_SIZE(names), &pcre2);
}

static void
check_memory(const void *made)
{
	if (!made)
		log_fatal("out of memory");
}

/* Texts need not be valid UTF-8; '.' matches line breaks, which command lines may have. */
static pcre2_code *
compile(const char *text, int *ret_error, size_t *ret_position)
{
	const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_CASELESS |
				 PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE |
				 PCRE2_NEVER_BACKSLASH_C;
	pcre2_compile_context *context = pcre2.compile_context_create(NULL);
	pcre2_code *code;

	check_memory(context);
	pcre2.set_parens_nest_limit(context, PATTERN_MOST_NESTED);
	code = pcre2.compile(
		(PCRE2_SPTR)text, strlen(text), options, ret_error, ret_position, context);
	pcre2.compile_context_free(context);
	return code;
}

int
pattern_compile(const char *text, struct pattern **ret_pattern, size_t *ret_position,
	char message[static PATTERN_MESSAGE_SIZE])
{
	struct pattern *pattern;
	pcre2_code *code;
	int error;

	if (strlen(text) > PATTERN_MOST_BYTES) {
		snprintf(message, PATTERN_MESSAGE_SIZE, "longer than %d bytes", PATTERN_MOST_BYTES);
		*ret_position = PATTERN_MOST_BYTES;
		return -EINVAL;
	}
	if (!pattern_load()) {
		snprintf(message, PATTERN_MESSAGE_SIZE, LIBRARY " cannot be loaded");
		*ret_position = 0;
		return -ELIBACC;
	}
	code = compile(text, &error, ret_position);
	if (!code) {
		pcre2.get_error_message(error, (PCRE2_UCHAR *)message, PATTERN_MESSAGE_SIZE);
		return -EINVAL;
	}
	pattern = xcalloc(1, sizeof(*pattern));
	*pattern = (struct pattern){ .code = code,
		.data = pcre2.match_data_create(1, NULL),
		.limits = pcre2.match_context_create(NULL),
		.most_steps = MOST_STEPS };
	check_memory(pattern->data);
	check_memory(pattern->limits);
	pcre2.set_match_limit(pattern->limits, pattern->most_steps);
	pcre2.set_heap_limit(pattern->limits, MOST_KIB);
	*ret_pattern = pattern;
	return 0;
}

void
pattern_destroy(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2.match_context_free(pattern->limits);
	pcre2.match_data_free(pattern->data);
	pcre2.code_free(pattern->code);
	free(pattern);
}

int
pattern_match(struct pattern *pattern, const char *text)
{
	int result = pcre2.match(pattern->code, (PCRE2_SPTR)text, strlen(text), 0, 0, pattern->data,
		pattern->limits);

	if (result >= 0)
		return 1;
	if (result == PCRE2_ERROR_NOMATCH)
		return 0;
	pattern->given_up++;
	if (pattern->most_steps > LEAST_MOST_STEPS)
		pattern->most_steps /= 2;
	pcre2.set_match_limit(pattern->limits, pattern->most_steps);
	return -ETIME;
}

int64_t
pattern_given_up(const struct pattern *pattern)
{
	return pattern->given_up;
}
