// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/clock.h"
#include "base/macros.h"
#include "config.h"
#include "sampler/demangle-child.h"
#include "sampler/demangle.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define FOR_EVER (INT64_C(3600) * NS_PER_SEC)

static bool
is_built(void)
{
#ifdef HAVE_LIBIBERTY
	return true;
#else
	return false;
#endif
}

static void
names_are_those_of_the_source(void **state)
{
	static const char *const cases[][2] = {
		{ "_Z9rtx_alloc8rtx_code", "rtx_alloc" },
		{ "_ZN3foo3barEv", "foo::bar" },
		{ "_ZNSt6vectorIiSaIiEE9push_backERKi",
			"std::vector<int, std::allocator<int> >::push_back" },
		{ "_ZN5va_gc7reserveIP11dw_cfi_nodeEEvv", "va_gc::reserve<dw_cfi_node*>" },
		{ "_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE",
			"core::fmt::Formatter::write_str" },
		{ "_RNvCs15kBYyAo9fc_7mycrate7example", "mycrate::example" },
		{ "_RINvNtC3std3mem8align_ofjE", "std::mem::align_of::<usize>" },
		{ "_ZdlPv", "operator delete" },
	};
	char text[DEMANGLED_SIZE];

	if (!is_built())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(demangle(text, cases[i][0]));
		assert_string_equal(text, cases[i][1]);
	}
}

static void
other_names_stay(void **state)
{
	static const char *const names[] = { "", "main", "_", "_Z", "_ZN", "_R", "_Z3", "_Z9x",
		"malloc", "__libc_start_main", "_start", "Z3foov", "_ZZZZZZZZ", "_R\xff\xfe" };
	char text[DEMANGLED_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_false(demangle(text, names[i]));
}

/* Each level doubles what it stands for: written out this would be more than any memory. */
static void
make_hostile(char *symbol, size_t size, int levels)
{
	size_t length = (size_t)snprintf(symbol, size, "_Z1fI1AIiiE");

	for (int i = 0; i < levels; i++)
		length += (size_t)snprintf(symbol + length, size - length, "S_IS%c_S%c_E",
			"0123456789"[i % 10], "0123456789"[i % 10]);
	snprintf(symbol + length, size - length, "Evv");
}

static void
a_hostile_symbol_is_cut_in_little_time(void **state)
{
	char symbol[1024], text[DEMANGLED_SIZE];

	if (!is_built())
		skip();
	for (int levels = 1; levels < 60; levels++) {
		int64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		bool is_name;

		make_hostile(symbol, sizeof(symbol), levels);
		is_name = demangle(text, symbol);
		assert_in_range(clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin, 0, 20 * NS_PER_MS);
		if (is_name)
			assert_in_range(strlen(text), 1, DEMANGLED_SIZE - 1);
		if (levels == 20)
			assert_string_equal(text + strlen(text) - 3, "...");
	}
}

static void
a_long_symbol_stays(void **state)
{
	char symbol[1024] = "_Z999", text[DEMANGLED_SIZE];

	memset(symbol + 5, 'x', sizeof(symbol) - 6);
	assert_false(demangle(text, symbol));
}

/* Symbols with which the library would be busy for hours. False: the child got no CPU for long. */
static bool
gives_up(struct demangle_child *child)
{
	for (int number = 0; number < 12; number++) {
		char symbol[DEMANGLED_MOST_SYMBOL];
		size_t length = (size_t)snprintf(symbol, sizeof(symbol), "_ZN1%ccv", 'A' + number);
		const char *name;

		for (int i = 0; i < 60; i++)
			length += (size_t)snprintf(symbol + length, sizeof(symbol) - length, "T_I");
		assert_null(demangle_child_ask(child, symbol));
		assert_null(demangle_child_ask(child, symbol)); /* not read again */
		if (number >= 6 || !is_built())
			continue;
		name = demangle_child_ask(child, "_ZN3foo3barEv");
		if (!name)
			return false;
		assert_string_equal(name, "foo::bar");
	}
	return !is_built() || demangle_child_trouble(child);
}

static void
what_takes_too_long_has_no_name(void **state)
{
	int64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	bool has_given_up = false;

	for (int tries = 0; tries < 20 && !has_given_up; tries++) {
		struct demangle_child *child = demangle_child_create(FOR_EVER);

		has_given_up = gives_up(child);
		demangle_child_destroy(child);
	}
	assert_true(has_given_up);
	assert_in_range(clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin, 0, 100 * NS_PER_MS);
}

/* A symbol for which the library needs the more time the longer it is: twice for one more. */
static void
make_slow(char symbol[static DEMANGLED_MOST_SYMBOL], int number, int length)
{
	int at = snprintf(symbol, DEMANGLED_MOST_SYMBOL, "_ZN4a%03dcv", number);

	for (int i = 0; i < length; i++)
		at += snprintf(symbol + at, DEMANGLED_MOST_SYMBOL - (size_t)at, "T_I");
}

/* How long a symbol is that takes some milliseconds, which each may. */
static int
slow_length(void)
{
	char symbol[DEMANGLED_MOST_SYMBOL], text[DEMANGLED_SIZE];
	int64_t begin, time = 0;
	int length = 0;

	while (time < 4 * NS_PER_MS && length < 60) {
		make_slow(symbol, 0, ++length);
		begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		demangle(text, symbol);
		time = clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
	}
	return length;
}

static int64_t
cpu_time_of_children(void)
{
	struct rusage usage;

	getrusage(RUSAGE_CHILDREN, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_SEC +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static void
many_symbols_take_a_bounded_part_of_the_time(void **state)
{
	struct demangle_child *child = demangle_child_create(DEMANGLE_CPU);
	int64_t begin = clock_ns(CLOCK_MONOTONIC), before = cpu_time_of_children();
	int length = is_built() ? slow_length() : 1;
	char symbol[DEMANGLED_MOST_SYMBOL];

	for (int number = 0; number < 900; number++) {
		make_slow(symbol, number, length);
		demangle_child_ask(child, symbol);
	}
	demangle_child_destroy(child);
	assert_in_range(cpu_time_of_children() - before, 0,
		NS_PER_SEC + (clock_ns(CLOCK_MONOTONIC) - begin) / 25);
}

static void
without_time_the_symbol_stays(void **state)
{
	struct demangle_child *child = demangle_child_create(0);

	assert_null(demangle_child_ask(child, "_ZN3foo3barEv"));
	assert_null(demangle_child_trouble(child));
	demangle_child_destroy(child);
}

static void
a_child_gives_the_names(void **state)
{
	struct demangle_child *child;

	if (!is_built())
		skip();
	child = demangle_child_create(FOR_EVER);
	for (int round = 0; round < 2; round++) {
		assert_null(demangle_child_ask(child, "main"));
		assert_null(demangle_child_ask(child, "_Z3"));
		assert_string_equal(demangle_child_ask(child, "_ZN3foo3barEv"), "foo::bar");
		assert_string_equal(demangle_child_ask(child, "_RNqCs4fqI2P2rA04_11utf8_identsu30__"
							      "__7hkackfecea1cbdathfdh9hlq6y"),
			"utf8_idents::\u10e1\u10d0\u10ed\u10db\u10d4\u10da\u10d0\u10d3_"
			"\u10d2\u10d4\u10db\u10e0\u10d8\u10d4\u10da\u10d8_"
			"\u10e1\u10d0\u10d3\u10d8\u10da\u10d8");
	}
	demangle_child_destroy(child);
}

/* The first of this thread. Returns 0 if there is none, or the kernel does not say. */
static int
find_child(void)
{
	FILE *file = fopen("/proc/thread-self/children", "r");
	int pid = 0;

	if (file && fscanf(file, "%d", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	return pid;
}

static void
the_child_may_hardly_do_anything(void **state)
{
	struct demangle_child *child;
	char path[64], text[4096] = "";
	FILE *file;

#ifndef CHILD_ARCHITECTURE
	skip();
#endif
	if (!is_built())
		skip();
	child = demangle_child_create(FOR_EVER);
	assert_string_equal(demangle_child_ask(child, "_ZN3foo3barEv"), "foo::bar");
	snprintf(path, sizeof(path), "/proc/%d/status", find_child());
	file = fopen(path, "r");
	if (file) {
		assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
		fclose(file);
		assert_non_null(strstr(text, "Name:\tmemtop-names\n"));
		assert_non_null(strstr(text, "\nNoNewPrivs:\t1\n"));
		assert_non_null(strstr(text, "\nSeccomp:\t2\n"));
	}
	demangle_child_destroy(child);
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_the_source),
		cmocka_unit_test(other_names_stay),
		cmocka_unit_test(a_hostile_symbol_is_cut_in_little_time),
		cmocka_unit_test(a_long_symbol_stays),
		cmocka_unit_test(a_child_gives_the_names),
		cmocka_unit_test(the_child_may_hardly_do_anything),
		cmocka_unit_test(many_symbols_take_a_bounded_part_of_the_time),
		cmocka_unit_test(without_time_the_symbol_stays),
		cmocka_unit_test(what_takes_too_long_has_no_name),
	};

	demangle_child_main(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
