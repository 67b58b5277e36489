// SPDX-License-Identifier: GPL-3.0-or-later
#include "record/redact.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char mask[] = "***";

/* Parts of names of what is secret, and the ends of such names. */
static const char *const secret_parts[] = { "passw", "passphrase", "secret", "token",
	"credential" };
static const char *const secret_ends[] = { "pass", "pwd", "key", "auth", "authorization" };

/* A word of a command line: "--password=x", "API_KEY=x", "--token", "user=x,password=y". */
struct word {
	const char *start;
	size_t length;
};

static struct word
word_at(const char *text)
{
	return (struct word){ .start = text, .length = strcspn(text, " ") };
}

static bool
has_part(const char *name, size_t size, const char *part)
{
	size_t length = strlen(part);

	for (size_t i = 0; i + length <= size; i++)
		if (strncasecmp(name + i, part, length) == 0)
			return true;
	return false;
}

static bool
has_end(const char *name, size_t size, const char *end)
{
	size_t length = strlen(end);

	return size >= length && strncasecmp(name + size - length, end, length) == 0;
}

static bool
names_secret(const char *name, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(secret_parts); i++)
		if (has_part(name, size, secret_parts[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(secret_ends); i++)
		if (has_end(name, size, secret_ends[i]))
			return true;
	return false;
}

/* An option whose value is the next word. */
static bool
is_option(const struct word *word)
{
	return word->length > 1 && *word->start == '-' && !memchr(word->start, '=', word->length);
}

/* Where the secret of a word is. A length of 0: it has none. */
struct secret {
	size_t start, length;
};

static const struct secret no_secret = { 0, 0 };

/* All behind so many bytes. */
static struct secret
rest_of(const struct word *word, size_t start)
{
	return (struct secret){ start, word->length - start };
}

static bool
is(const struct word *word, const char *text)
{
	return word->length == strlen(text) && strncmp(word->start, text, word->length) == 0;
}

static bool
begins_with(const struct word *word, const char *text)
{
	return word->length > strlen(text) && strncmp(word->start, text, strlen(text)) == 0;
}

/* Whether the word has a user and a password: "-u a:b", "-ua:b", "--user a:b", "--user=a:b". */
static bool
is_user(const struct word *word, const struct word *before)
{
	if (is(before, "-u") || is(before, "--user"))
		return *word->start != '-';
	return begins_with(word, "--user=") ||
	       (begins_with(word, "-u") && !memchr(word->start, '=', word->length) &&
		       !memmem(word->start, word->length, "://", 3));
}

/* What the word before says of this one. */
static struct secret
secret_after(const struct word *word, const struct word *before)
{
	const char *colon = memchr(word->start, ':', word->length);

	if (is_option(before) && *word->start != '-' && names_secret(before->start, before->length))
		return rest_of(word, 0);
	return colon && is_user(word, before) ? rest_of(word, (size_t)(colon + 1 - word->start))
					      : no_secret;
}

/* The value of "name=value", which may stand in a list or in the query of a URL. */
static struct secret
secret_of_name(const struct word *word, size_t from)
{
	size_t name = from;

	for (size_t i = from; i < word->length; i++) {
		if (word->start[i] == '=' && names_secret(word->start + name, i - name))
			return rest_of(word, i + 1);
		if (strchr("=,;&?", word->start[i]))
			name = i + 1;
	}
	return no_secret;
}

/* The password of scheme://user:password@host. It may have an @ itself. */
static struct secret
secret_of_url(const struct word *word, size_t from)
{
	const char *end = word->start + word->length, *next;
	const char *url = memmem(word->start + from, word->length - from, "://", 3);

	for (; url; url = next) {
		const char *host = url + 3, *at, *colon;

		next = memmem(host, (size_t)(end - host), "://", 3);
		at = memrchr(host, '@', (size_t)((next ? next : end) - host));
		colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
		if (colon && at - colon > 1)
			return (struct secret){ (size_t)(colon + 1 - word->start),
				(size_t)(at - colon - 1) };
	}
	return no_secret;
}

/* The first secret from there on. `before` is the word before, or empty. */
static struct secret
secret_of(const struct word *word, const struct word *before, size_t from)
{
	struct secret secret = from == 0 ? secret_after(word, before) : no_secret;
	struct secret named, url;

	if (secret.length > 0)
		return secret;
	named = secret_of_name(word, from);
	url = secret_of_url(word, from);
	if (named.length == 0 || (url.length > 0 && url.start < named.start))
		return url;
	return named;
}

/* Copies the word without its secrets. `*done`: up to there all is copied. */
static void
redact_word(
	const struct word *word, const struct word *before, const char **done, struct bytes *copy)
{
	struct secret secret = secret_of(word, before, 0);

	while (secret.length > 0) {
		const char *start = word->start + secret.start;

		bytes_put(copy, *done, (size_t)(start - *done));
		bytes_put(copy, mask, sizeof(mask) - 1);
		*done = start + secret.length;
		secret = secret_of(word, before, secret.start + secret.length);
	}
}

const char *
redact_command(const char *command, struct arena *arena)
{
	struct word before = { .start = "" };
	struct bytes copy = { .data = NULL };
	const char *done = command, *result = command;

	for (const char *at = command; *at; at += strspn(at, " ")) {
		struct word word = word_at(at);

		redact_word(&word, &before, &done, &copy);
		at += word.length;
		before = word;
	}
	if (done != command) {
		bytes_put(&copy, done, strlen(done));
		result = arena_copy(arena, (const char *)copy.data, copy.count);
	}
	bytes_finish(&copy);
	return result;
}
