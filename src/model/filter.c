// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/filter.h"

#include "base/compare.h"
#include "base/memory.h"

#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TERM_COLUMNS = 4, MOST_REPEATS = 8 };

enum comparison { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LIKE, NOT_LIKE };

/* clang-format off */
static const struct {
	const char *text;
	bool for_text, for_number;
} comparisons[] = {
	[EQUAL]         = { "=",  true,  true },
	[NOT_EQUAL]     = { "!=", true,  true },
	[LESS]          = { "<",  false, true },
	[LESS_EQUAL]    = { "<=", false, true },
	[GREATER]       = { ">",  false, true },
	[GREATER_EQUAL] = { ">=", false, true },
	[LIKE]          = { "~",  true,  false },
	[NOT_LIKE]      = { "!~", true,  false },
};
/* clang-format on */

struct term {
	const struct column *columns[TERM_COLUMNS]; /* one of them must match */
	size_t column_count;
	enum comparison comparison;
	bool negated;
	int64_t number;
	const int64_t *set; /* the number must be one of these; NULL: none are named */
	size_t set_count;
	char *text;
	regex_t regex;
	bool has_regex;
};

struct filter {
	const struct table *table;
	struct term *terms;
	size_t count, capacity;
};

struct parser {
	const struct table *table;
	const char *text, *at;
	struct filter_error *error;
};

__attribute__((format(printf, 3, 4))) static int
complain(struct parser *parser, const char *at, const char *format, ...)
{
	va_list arguments;

	parser->error->position = (size_t)(at - parser->text);
	va_start(arguments, format);
	vsnprintf(parser->error->message, sizeof(parser->error->message), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* The longest operator at this place; -1 if there is none. */
static int
comparison_at(const char *text)
{
	int found = -1;
	size_t longest = 0;

	for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++) {
		size_t length = strlen(comparisons[i].text);

		if (length > longest && strncmp(text, comparisons[i].text, length) == 0) {
			found = (int)i;
			longest = length;
		}
	}
	return found;
}

/* Takes one value, quoted or up to the next blank. The caller frees it. NULL: quote not closed. */
static char *
take_value(struct parser *parser)
{
	const char *start = parser->at;
	char quote = *start;
	const char *end;

	if (quote != '\'' && quote != '"') {
		parser->at += strcspn(start, " \t");
		return xstrndup(start, (size_t)(parser->at - start));
	}
	end = strchr(start + 1, quote);
	if (!end)
		return NULL;
	parser->at = end + 1;
	return xstrndup(start + 1, (size_t)(end - start - 1));
}

static int
compile_regex(struct parser *parser, struct term *term, const char *at)
{
	char reason[80];
	size_t braces = 0, repeats = 0;
	int error;

	/* Each + doubles and each {} multiplies what stands before it, also in each other. */
	for (const char *c = term->text; *c; c++) {
		braces += *c == '{';
		repeats += *c == '+';
	}
	if (braces > 1 || repeats > MOST_REPEATS)
		return complain(parser, at, "at most one {} and %d + are allowed", MOST_REPEATS);
	error = regcomp(&term->regex, term->text, REG_EXTENDED | REG_ICASE | REG_NOSUB);

	if (error) {
		regerror(error, &term->regex, reason, sizeof(reason));
		return complain(parser, at, "bad regular expression: %s", reason);
	}
	term->has_regex = true;
	return 0;
}

static const char *
example_of(enum unit unit)
{
	return unit == UNIT_BYTES || unit == UNIT_BYTES_PER_MINUTE ? "a size like 500M"
	       : unit == UNIT_DURATION                             ? "a time like 90 or 5m"
	       : unit == UNIT_ADDRESS                              ? "an address like 7fff0000"
								   : "a number";
}

/* The highest addresses would be negative numbers, below all others. */
static int64_t
in_order(const struct column *column, int64_t number)
{
	return column->unit == UNIT_ADDRESS ? number ^ INT64_MIN : number;
}

static int
parse_operand(struct parser *parser, struct term *term)
{
	const struct column *column = term->columns[0];
	const char *start = parser->at;
	bool is_text = column->unit == UNIT_TEXT;

	if (is_text ? !comparisons[term->comparison].for_text
		    : !comparisons[term->comparison].for_number)
		return complain(parser, start - strlen(comparisons[term->comparison].text),
			is_text ? "'%s' is a text: it takes = != ~ !~"
				: "'%s' is a number: it takes = != < <= > >=",
			column->name);
	if (!*start || *start == ' ' || *start == '\t')
		return complain(parser, start, "a value is missing after '%s%s'", column->name,
			comparisons[term->comparison].text);
	term->text = take_value(parser);
	if (!term->text)
		return complain(parser, start, "the quote is not closed");
	if (!is_text && unit_parse(column->unit, term->text, &term->number) < 0)
		return complain(
			parser, start, "'%.40s' is not %s", term->text, example_of(column->unit));
	term->number = in_order(column, term->number);
	if (term->comparison == LIKE || term->comparison == NOT_LIKE)
		return compile_regex(parser, term, start);
	return 0;
}

/* A word without an operator is looked for, as it stands, in the table's search columns. */
static int
parse_word(struct parser *parser, struct term *term)
{
	struct selection selection = { .table = parser->table };
	const char *start = parser->at;
	size_t position;

	term->text = take_value(parser);
	if (!term->text)
		return complain(parser, start, "the quote is not closed");
	if (!parser->table->search)
		return complain(parser, start, "an operator is missing after '%.40s'", term->text);
	if (selection_parse(&selection, parser->table->search, &position) == 0)
		while (term->column_count < selection.count && term->column_count < TERM_COLUMNS) {
			term->columns[term->column_count] = selection.columns[term->column_count];
			term->column_count++;
		}
	selection_finish(&selection);
	term->comparison = LIKE;
	return 0;
}

static int
parse_term(struct parser *parser, struct term *term)
{
	size_t length;
	const char *name;
	int comparison;

	if (*parser->at == '!') {
		term->negated = true;
		parser->at++;
	}
	name = parser->at;
	if (term->negated && *name == '!')
		return complain(parser, name, "one '!' is enough");
	length = strcspn(name, " \t!=<>~'\"");
	comparison = comparison_at(name + length);
	if (comparison < 0)
		return *name && *name != ' '
			       ? parse_word(parser, term)
			       : complain(parser, name, "a term is missing after '!'");
	if (length == 0)
		return complain(parser, name, "a column is missing before '%s'",
			comparisons[comparison].text);
	term->columns[0] = table_find(parser->table, name, length);
	term->column_count = 1;
	if (!term->columns[0])
		return complain(parser, name, "there is no column '%.*s'",
			(int)(length > 40 ? 40 : length), name);
	term->comparison = (enum comparison)comparison;
	parser->at = name + length + strlen(comparisons[comparison].text);
	return parse_operand(parser, term);
}

static struct term *
add_term(struct filter *filter)
{
	filter->terms = array_reserve(
		filter->terms, &filter->capacity, filter->count + 1, sizeof(filter->terms[0]));
	filter->terms[filter->count] = (struct term){ .number = UNKNOWN };
	return &filter->terms[filter->count++];
}

struct filter *
filter_create(const struct table *table)
{
	struct filter *filter = xcalloc(1, sizeof(*filter));

	filter->table = table;
	return filter;
}

int
filter_add(struct filter *filter, const char *text, struct filter_error *ret_error)
{
	struct parser parser = {
		.table = filter->table, .text = text, .at = text, .error = ret_error
	};

	for (;;) {
		parser.at += strspn(parser.at, " \t");
		if (!*parser.at)
			return 0;
		if (parse_term(&parser, add_term(filter)) < 0)
			return -EINVAL;
		if (*parser.at && *parser.at != ' ' && *parser.at != '\t')
			return complain(&parser, parser.at, "a blank is missing between two terms");
	}
}

void
filter_add_set(
	struct filter *filter, const struct column *column, const int64_t *numbers, size_t count)
{
	struct term *term = add_term(filter);

	term->columns[0] = column;
	term->column_count = 1;
	term->set = numbers;
	term->set_count = count;
}

void
filter_destroy(struct filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < filter->count; i++) {
		if (filter->terms[i].has_regex)
			regfree(&filter->terms[i].regex);
		free(filter->terms[i].text);
	}
	free(filter->terms);
	free(filter);
}

static bool
text_holds(const struct term *term, const char *text)
{
	switch (term->comparison) {
	case EQUAL:
		return strcmp(text, term->text) == 0;
	case NOT_EQUAL:
		return strcmp(text, term->text) != 0;
	case LIKE:
		return term->has_regex ? regexec(&term->regex, text, 0, NULL, 0) == 0
				       : strcasestr(text, term->text) != NULL;
	case NOT_LIKE:
		return regexec(&term->regex, text, 0, NULL, 0) != 0;
	default:
		return false;
	}
}

static bool
number_holds(const struct term *term, int64_t number)
{
	if (term->set)
		return bsearch(&number, term->set, term->set_count, sizeof(number), compare_int64);
	switch (term->comparison) {
	case EQUAL:
		return number == term->number;
	case NOT_EQUAL:
		return number != term->number;
	case LESS:
		return number < term->number;
	case LESS_EQUAL:
		return number <= term->number;
	case GREATER:
		return number > term->number;
	case GREATER_EQUAL:
		return number >= term->number;
	default:
		return false;
	}
}

static bool
column_holds(const struct term *term, const struct column *column, const void *row)
{
	if (column->unit == UNIT_TEXT) {
		const char *text = column_text(column, row);

		return text && text_holds(term, text);
	}
	if (column_number(column, row) == UNKNOWN)
		return false;
	return number_holds(term, in_order(column, column_number(column, row)));
}

static bool
term_holds(const struct term *term, const void *row)
{
	for (size_t i = 0; i < term->column_count; i++)
		if (column_holds(term, term->columns[i], row))
			return !term->negated;
	return term->negated;
}

bool
filter_matches(const struct filter *filter, const void *row)
{
	for (size_t i = 0; i < filter->count; i++)
		if (!term_holds(&filter->terms[i], row))
			return false;
	return true;
}

unsigned
filter_needs(const struct filter *filter)
{
	unsigned needs = 0;

	for (size_t i = 0; i < filter->count; i++)
		for (size_t j = 0; j < filter->terms[i].column_count; j++)
			needs |= filter->terms[i].columns[j]->need;
	return needs;
}
