// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/demangle.h"

#include "config.h"

#include <string.h>

#ifdef HAVE_LIBIBERTY
#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stddef.h>

static const char cut[] = "...";

struct sink {
	char *text;
	size_t length;
	jmp_buf full;
};

/*
 * 250 characters of a symbol can stand for 500 MB of text. libiberty calls this for each piece, and
 * can be left from here: it owns no memory meanwhile, or at most an identifier (of Rust, in
 * Punycode), which is lost then.
 */
static void
take(const char *piece, size_t length, void *context)
{
	struct sink *sink = context;
	size_t room = DEMANGLED_SIZE - sizeof(cut) - sink->length;
	size_t taken = length < room ? length : room;

	memcpy(sink->text + sink->length, piece, taken);
	sink->length += taken;
	if (taken < length)
		longjmp(sink->full, 1);
}

/* Rust's first: only it leaves out the hash at the end of its old names, which C++ reads too. */
static bool
write_name(struct sink *sink, const char *symbol)
{
	if (setjmp(sink->full)) {
		memcpy(sink->text + sink->length, cut, sizeof(cut));
		return true;
	}
	sink->length = 0;
	if (!rust_demangle_callback(symbol, DMGL_AUTO, take, sink)) {
		sink->length = 0;
		if (!cplus_demangle_v3_callback(symbol, DMGL_AUTO | DMGL_ANSI, take, sink))
			return false;
	}
	sink->text[sink->length] = '\0';
	return sink->length > 0;
}

bool
is_mangled(const char *symbol)
{
	return (strncmp(symbol, "_Z", 2) == 0 || strncmp(symbol, "_R", 2) == 0) &&
	       strnlen(symbol, DEMANGLED_MOST_SYMBOL + 1) <= DEMANGLED_MOST_SYMBOL;
}

bool
demangle(char text[static DEMANGLED_SIZE], const char *symbol)
{
	struct sink sink = { .text = text };

	return is_mangled(symbol) && write_name(&sink, symbol);
}
#else
bool
is_mangled(const char *symbol)
{
	return false;
}

bool
demangle(char text[static DEMANGLED_SIZE], const char *symbol)
{
	return false;
}
#endif
