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

/* A word of a command line, and the name at its start: "--password=x", "API_KEY=x", "--token". */
struct word {
	const char *start;
	size_t length, name; /* bytes of the word, and of its name */
};

static struct word
word_at(const char *text)
{
	struct word word = { .start = text, .length = strcspn(text, " ") };
	const char *equals = memchr(text, '=', word.length);

	word.name = equals ? (size_t)(equals - text) : word.length;
	return word;
}

static bool
has_part(const struct word *word, const char *part)
{
	size_t length = strlen(part);

	for (size_t i = 0; i + length <= word->name; i++)
		if (strncasecmp(word->start + i, part, length) == 0)
			return true;
	return false;
}

static bool
has_end(const struct word *word, const char *end)
{
	size_t length = strlen(end);

	return word->name >= length &&
	       strncasecmp(word->start + word->name - length, end, length) == 0;
}

static bool
names_secret(const struct word *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(secret_parts); i++)
		if (has_part(word, secret_parts[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(secret_ends); i++)
		if (has_end(word, secret_ends[i]))
			return true;
	return false;
}

static bool
is_option(const struct word *word)
{
	return word->length > 1 && *word->start == '-';
}

static bool
is_user_option(const struct word *word)
{
	return (word->name == 2 && strncmp(word->start, "-u", 2) == 0) ||
	       (word->name == 6 && strncmp(word->start, "--user", 6) == 0);
}

/* Where the secret of a word is. A length of 0: it has none. */
struct secret {
	size_t start, length;
};

/* The password of scheme://user:password@host. */
static struct secret
secret_of_url(const struct word *word)
{
	const char *end = word->start + word->length;
	const char *host = memmem(word->start, word->length, "://", 3), *colon, *at;

	if (!host)
		return (struct secret){ 0, 0 };
	host += 3;
	at = memchr(host, '@', (size_t)(end - host));
	colon = at ? memchr(host, ':', (size_t)(at - host)) : NULL;
	if (!colon)
		return (struct secret){ 0, 0 };
	return (struct secret){ (size_t)(colon + 1 - word->start), (size_t)(at - colon - 1) };
}

/* All behind so many bytes. */
static struct secret
rest_of(const struct word *word, size_t start)
{
	return (struct secret){ start, word->length - start };
}

/* `before` is the word before, or empty. */
static struct secret
secret_of(const struct word *word, const struct word *before)
{
	const char *colon = memchr(word->start, ':', word->length);

	if (word->name < word->length && names_secret(word))
		return rest_of(word, word->name + 1);
	if (is_option(before) && before->name == before->length && !is_option(word)) {
		if (names_secret(before))
			return rest_of(word, 0);
		if (is_user_option(before) && colon)
			return rest_of(word, (size_t)(colon + 1 - word->start));
	}
	return secret_of_url(word);
}

const char *
redact_command(const char *command, struct arena *arena)
{
	struct word before = { .start = "" };
	struct bytes copy = { .data = NULL };
	const char *done = command, *result = command;

	for (const char *at = command; *at; at += strspn(at, " ")) {
		struct word word = word_at(at);
		struct secret secret = secret_of(&word, &before);

		if (secret.length > 0) {
			bytes_put(&copy, done, (size_t)(at + secret.start - done));
			bytes_put(&copy, mask, sizeof(mask) - 1);
			done = at + secret.start + secret.length;
		}
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
