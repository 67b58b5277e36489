// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "model/needs.h"
#include "model/process.h"
#include "table/filter.h"
#include "table/pattern.h"

#include <errno.h>
#include <string.h>

#define MIB INT64_C(1048576)
#define JOINS_NOT "is not understood: write 'or', or a blank for 'and'"

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
	struct filter_error error = { .message = "" };
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
		{ "rss>1G or user=root", true },
		{ "rss>1G OR user=nobody", false },
		{ "user=root or rss>1G user=nobody", true }, /* the blank binds more than or */
		{ "(user=root or rss>1G) user=nobody", false },
		{ "rss>500M and user=root AND java", true },
		{ "!(user=root or rss>1G)", false },
		{ "!(user=nobody or rss>1G) java", true },
		{ "!(user=nobody or !(adj=-17))", true },
		{ "((((java))))", true },
		{ "( java or nginx )\n(user=root)", true },
		{ "(comm~^(java|perl)$ or nginx)", true },
		{ "comm~(ja|pe)(va|rl)", true },
		{ "(cmd~\\(x\\) or java)", true },
		{ "(comm=java)", true },
		{ "comm=(java)", false },
		{ "'or'", false }, /* a word to search */
		{ "!(swap>0 or swap<=0)", true },
		{ "java,", false },
		{ "!java,agent", true },
		{ "order", false },
		{ "!android", true },
		{ "cmd~java.*jar$", true },
		{ "cmd~'[[:alpha:]]+ server'", true },
		{ "user='root,x'", false },
		{ "comm~j.{1,3}a", true },
		{ "cpu>12,4", true },
		{ "unit=x", false },
		{ "unit!=x", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
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
		{ "!!x", 1, "one '!' is enough" },
		{ "pid=1.5", 4, "'1.5' is not a number" },
		/* U2: what joins terms elsewhere */
		{ "rss>1G || user=nobody", 7, "'||' " JOINS_NOT },
		{ "rss>1G||user=nobody", 6, "'||' " JOINS_NOT },
		{ "rss>1G,user=root", 6, "',' " JOINS_NOT },
		{ "rss>1G;user=root", 6, "';' " JOINS_NOT },
		{ "rss>1G && java", 7, "'&&' " JOINS_NOT },
		{ "rss>1G & java", 7, "'&' " JOINS_NOT },
		{ "user=root,rss>1G", 9, "',' " JOINS_NOT },
		{ "user=root||rss>1G", 9, "'||' " JOINS_NOT },
		{ "comm~java|user=root", 9, "'|' " JOINS_NOT },
		{ "comm~java||perl", 9, "'||' " JOINS_NOT },
		{ "java,user=root", 4, "',' " JOINS_NOT },
		{ "java||perl", 4, "'||' " JOINS_NOT },
		{ "user=root,nobody", 9, "quote a value with ','; 'or' joins two terms" },
		{ "not user=root", 0, "'not' is written as '!' before the term" },
		{ "user=root or", 12, "a term is missing" },
		{ "user=root and", 13, "a term is missing" },
		{ "or java", 0, "a term is missing before 'or'; quoted it is a word" },
		{ "java or and", 8, "a term is missing before 'and'; quoted it is a word" },
		{ "(user=root", 0, "the bracket is not closed" },
		{ "java ((user=root)", 5, "the bracket is not closed" },
		{ "user=root)", 9, "no '(' for this ')'; quote a value with it" },
		{ "()", 1, "a term is missing" },
		{ "!()", 2, "a term is missing" },
		{ "(java or )", 9, "a term is missing" },
		{ "(java)perl", 6, "a blank is missing between two terms" },
		{ "user~\u00e9\u00e9 foo>3", 8,
			"there is no column 'foo'" }, /* characters, not bytes */
		{ "comm~a(b", 8, "bad regular expression: missing closing parenthesis" },
		{ "comm~'a(b'", 9, "bad regular expression: missing closing parenthesis" },
		{ "comm~(a)\\1", 9,
			"bad regular expression: reference to non-existent subpattern" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *filter = filter_create(&process_table);
		struct filter_error error;

		assert_int_equal(filter_add(filter, cases[i].text, &error), -EINVAL);
		assert_string_equal(error.message, cases[i].message);
		if (error.position != cases[i].position)
			fail_msg("'%s': at %zu", cases[i].text, error.position);
		filter_destroy(filter);
	}
}

static void
a_mistyped_column_has_the_nearest_one_beside_it(void **state)
{
	static const struct {
		const char *text, *near;
	} cases[] = {
		{ "rsss>5", "rss" },
		{ "usre=root", "user" },
		{ "comand~x", "command" },
		{ "zzzzzz>5", NULL },
		{ "rss>>5", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *filter = filter_create(&process_table);
		struct filter_error error;

		assert_int_equal(filter_add(filter, cases[i].text, &error), -EINVAL);
		if (cases[i].near)
			assert_string_equal(error.near, cases[i].near);
		else
			assert_null(error.near);
		filter_destroy(filter);
	}
}

/* The text that many times. */
static void
repeat(char *text, size_t size, const char *part, size_t count)
{
	for (text += strlen(text); count > 0 && size > strlen(part); count--, size -= strlen(part))
		text = stpcpy(text, part);
}

static void
S3_what_would_take_all_memory_is_refused_at_its_place(void **state)
{
	static const struct {
		const char *before, *part;
		size_t count;
		const char *after;
		size_t position;
		const char *message;
	} cases[] = {
		{ "cmd~", "(", 33, "a", 4 + 33, "parentheses are too deeply nested" },
		{ "cmd~", "(", 900, "a", 4 + 33, "parentheses are too deeply nested" },
		{ "cmd~", "(", 4000, "a", 4 + PATTERN_MOST_BYTES, "longer than 1000 bytes" },
		{ "cmd~", "[", 999, "", 4 + 999, "missing terminating ]" },
		{ "cmd~(a", "{1,200}", 20, ")", SIZE_MAX, "quantifier does not follow" },
		{ "cmd~((abc){1,999}){1,999}", "", 0, "", SIZE_MAX, "too large" },
		{ "", "(", 33, "java", 32, "more than 32 brackets" },
		{ "", "(", 4000, "java", 32, "more than 32 brackets" },
		{ "", "!(", 40, "java", 65, "more than 32 brackets" },
		{ "", "java ", 4000, "", FILTER_MOST_BYTES, "longer than 4096 bytes" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *filter = filter_create(&process_table);
		struct filter_error error;
		char text[32 * 1024] = "";

		repeat(text, sizeof(text), cases[i].before, 1);
		repeat(text, sizeof(text) - 64, cases[i].part, cases[i].count);
		repeat(text, sizeof(text), cases[i].after, 1);
		if (filter_add(filter, text, &error) != -EINVAL)
			fail_msg("case %zu is taken", i);
		if (!strstr(error.message, cases[i].message) ||
			(cases[i].position != SIZE_MAX && error.position != cases[i].position))
			fail_msg("case %zu: '%s' at %zu", i, error.message, error.position);
		filter_destroy(filter);
	}
}

static void
brackets_may_stand_in_each_other_so_deep(void **state)
{
	char text[512] = "";

	repeat(text, sizeof(text), "!(", FILTER_MOST_NESTED);
	repeat(text, sizeof(text), "java", 1);
	repeat(text, sizeof(text), ")", FILTER_MOST_NESTED);
	assert_true(matches(text));
}

static void
a_match_that_takes_too_long_is_given_up_and_counted(void **state)
{
	static const char *const cases[] = { "cmd~(a+)+$", "!cmd~(a|aa)+$", "cmd!~(.*a){20}[xy]" };
	static char command[4096];
	struct process row = sample();

	memset(command, 'a', sizeof(command) - 2);
	command[sizeof(command) - 2] = 'b';
	row.command = command;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *filter = filter_create(&process_table);
		struct filter_error error;

		assert_int_equal(filter_add(filter, cases[i], &error), 0);
		assert_int_equal(filter_given_up(filter), 0);
		for (int64_t count = 1; count < 20; count++) {
			assert_int_equal(filter_matches(filter, &row), cases[i][0] == '!');
			assert_int_equal(filter_given_up(filter), count);
		}
		filter_destroy(filter);
	}
}

static void
a_text_that_is_no_UTF8_is_matched_as_far_as_it_is(void **state)
{
	struct filter *filter = filter_create(&process_table);
	struct process row = sample();
	struct filter_error error;

	row.command = "\xff\xfe java \xc3";
	assert_int_equal(filter_add(filter, "cmd~JAVA", &error), 0);
	assert_true(filter_matches(filter, &row));
	assert_int_equal(filter_add(filter, "cmd~jaja", &error), 0);
	assert_false(filter_matches(filter, &row));
	assert_int_equal(filter_given_up(filter), 0);
	filter_destroy(filter);
}

static void
only_the_columns_named_are_needed(void **state)
{
	struct filter *filter = filter_create(&process_table);
	struct filter_error error;

	assert_int_equal(filter_needs(filter), 0);
	assert_int_equal(filter_add(filter, "pss>1G", &error), 0);
	assert_int_equal(filter_needs(filter), NEED_PSS);
	assert_int_equal(filter_add(filter, "word", &error), 0);
	assert_int_equal(filter_needs(filter), NEED_PSS | NEED_STAT | NEED_COMMAND);
	filter_destroy(filter);
}

static void
a_set_lets_only_its_numbers_through(void **state)
{
	static const int64_t pids[] = { 3, 7 };
	const struct column *pid = table_column(&process_table, "pid");
	struct filter *filter = filter_create(&process_table);
	struct process row;

	table_reset_row(&process_table, &row);
	filter_add_set(filter, pid, pids, ARRAY_SIZE(pids));
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
		cmocka_unit_test(a_mistyped_column_has_the_nearest_one_beside_it),
		cmocka_unit_test(S3_what_would_take_all_memory_is_refused_at_its_place),
		cmocka_unit_test(brackets_may_stand_in_each_other_so_deep),
		cmocka_unit_test(a_match_that_takes_too_long_is_given_up_and_counted),
		cmocka_unit_test(a_text_that_is_no_UTF8_is_matched_as_far_as_it_is),
		cmocka_unit_test(only_the_columns_named_are_needed),
		cmocka_unit_test(a_set_lets_only_its_numbers_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
