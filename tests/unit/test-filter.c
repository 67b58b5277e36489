// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "model/filter.h"
#include "model/needs.h"
#include "model/process.h"

#include <errno.h>
#include <string.h>

#define MIB INT64_C(1048576)

static struct process
sample(void)
{
	struct process row;

	table_reset_row(&process_table, &row);
	row.pid = 1234;
	row.resident = 600 * MIB;
	row.oom_adj = -17;
	row.cpu_share = 125;
	row.user = "root";
	row.comm = "java";
	row.command = "/usr/bin/java -jar My Server.jar";
	return row;
}

static bool
matches(const char *text)
{
	struct process row = sample();
	struct filter *filter = filter_create(&process_table);
	struct filter_error error;
	bool holds;

	if (filter_add(filter, text, &error) < 0)
		fail_msg("'%s' is refused: %s", text, error.message);
	holds = filter_matches(filter, &row);
	filter_destroy(filter);
	return holds;
}

static void
terms_hold_or_not(void **state)
{
	static const struct {
		const char *text;
		bool holds;
	} cases[] = {
		{ "", true },
		{ "   ", true },
		{ "rss>500M", true },
		{ "rss>600M", false },
		{ "rss>=600M", true },
		{ "RES<=600m", true },
		{ "res<1g", true },
		{ "res=629145600", true },
		{ "adj=-17", true },
		{ "adj<-17", false },
		{ "cpu>12", true },
		{ "%CPU>12.5", false },
		{ "cpu>12%", true },
		{ "user=root", true },
		{ "user!=root", false },
		{ "!user=root", false },
		{ "user=Root", false },
		{ "user~ROOT", true },
		{ "comm~^ja", true },
		{ "comm!~^ja", false },
		{ "comm~'^(python|java)$'", true },
		{ "!cmd~agent", true },
		{ "cmd~\"my server\"", true },
		{ "java", true },
		{ "server.jar", true },
		{ "ServerXjar", false }, /* a bare word is no regular expression */
		{ "!nginx", true },
		{ "!java", false },
		{ "rss>500M user!=root", false },
		{ "rss>500M\tuser=root  java", true },
		{ "swap>0", false }, /* unknown: neither */
		{ "swap<=0", false },
		{ "swap!=5", false },
		{ "!swap>0", true },
		{ "unit=x", false },
		{ "unit!=x", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (matches(cases[i].text) != cases[i].holds)
			fail_msg("'%s' should %shold", cases[i].text, cases[i].holds ? "" : "not ");
}

static void
errors_name_the_place_and_the_cause(void **state)
{
	static const struct {
		const char *text;
		size_t position;
		const char *message;
	} cases[] = {
		{ "rss>>5", 4, "'>5' is not a size like 500M" },
		{ "rss>", 4, "a value is missing after 'res>'" },
		{ "user=root rss> 5", 14, "a value is missing after 'res>'" },
		{ "nonsense>5", 0, "there is no column 'nonsense'" },
		{ "user=root foo=1", 10, "there is no column 'foo'" },
		{ ">5", 0, "a column is missing before '>'" },
		{ "rss~5", 3, "'res' is a number: it takes = != < <= > >=" },
		{ "user>5", 4, "'user' is a text: it takes = != ~ !~" },
		{ "comm~'java", 5, "the quote is not closed" },
		{ "comm='a'b", 8, "a blank is missing between two terms" },
		{ "oom>abc", 4, "'abc' is not a number" },
		{ "cputime>x", 8, "'x' is not a time like 90 or 5m" },
		{ "!", 1, "a term is missing after '!'" },
		{ "comm~(a{9}){9}", 5, "at most one {} and 8 + are allowed" },
		{ "comm~a+++++++++", 5, "at most one {} and 8 + are allowed" },
		{ "!!x", 1, "one '!' is enough" },
		{ "pid=1.5", 4, "'1.5' is not a number" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct filter *filter = filter_create(&process_table);
		struct filter_error error;

		assert_int_equal(filter_add(filter, cases[i].text, &error), -EINVAL);
		assert_string_equal(error.message, cases[i].message);
		assert_int_equal(error.position, cases[i].position);
		filter_destroy(filter);
	}
}

static void
a_bad_regular_expression_says_why(void **state)
{
	struct filter *filter = filter_create(&process_table);
	struct filter_error error;

	(void)state;
	assert_int_equal(filter_add(filter, "comm~a(b", &error), -EINVAL);
	assert_int_equal(error.position, 5);
	assert_non_null(strstr(error.message, "bad regular expression: "));
	filter_destroy(filter);
}

static void
only_the_columns_named_are_needed(void **state)
{
	struct filter *filter = filter_create(&process_table);
	struct filter_error error;

	(void)state;
	assert_int_equal(filter_needs(filter), 0);
	assert_int_equal(filter_add(filter, "pss>1G", &error), 0);
	assert_int_equal(filter_needs(filter), NEED_ROLLUP);
	assert_int_equal(filter_add(filter, "word", &error), 0);
	assert_int_equal(filter_needs(filter), NEED_ROLLUP | NEED_STAT | NEED_COMMAND);
	filter_destroy(filter);
}

static void
a_set_lets_only_its_numbers_through(void **state)
{
	static const int64_t pids[] = { 3, 7 };
	const struct column *pid = table_find(&process_table, "pid", 3);
	struct filter *filter = filter_create(&process_table);
	struct process row;

	(void)state;
	table_reset_row(&process_table, &row);
	filter_add_set(filter, pid, pids, COUNT(pids));
	assert_false(filter_matches(filter, &row));
	for (row.pid = 1; row.pid < 9; row.pid++)
		assert_int_equal(filter_matches(filter, &row), row.pid == 3 || row.pid == 7);
	assert_int_equal(filter_needs(filter), pid->need);
	filter_destroy(filter);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_hold_or_not),
		cmocka_unit_test(errors_name_the_place_and_the_cause),
		cmocka_unit_test(a_bad_regular_expression_says_why),
		cmocka_unit_test(only_the_columns_named_are_needed),
		cmocka_unit_test(a_set_lets_only_its_numbers_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
