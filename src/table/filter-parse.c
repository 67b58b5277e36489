// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "table/filter.h"

#include "base/memory.h"
#include "base/text.h"
#include "table/filter-nodes.h"
#include "table/pattern.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\n"

/* Other languages join terms with these. */
#define JOINTS ",;|&"

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

struct parser {
	struct filter *filter;
	const char *text, *at;
	unsigned nested;
	struct filter_error *error;
};

__attribute__((format(printf, 3, 4))) static int
complain(struct parser *parser, const char *at, const char *format, ...)
{
	va_list arguments;

	parser->error->position = text_count(parser->text, (size_t)(at - parser->text));
	va_start(arguments, format);
	vsnprintf(parser->error->message, sizeof(parser->error->message), format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* The longest operator at this place, or -1. */
static int
comparison_at(const char *text)
{
	int found = -1;
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++) {
		size_t length = strlen(comparisons[i].text);

		if (length > longest && strncmp(text, comparisons[i].text, length) == 0) {
			found = (int)i;
			longest = length;
		}
	}
	return found;
}

static size_t
name_length(const char *text)
{
	return strcspn(text, BLANKS "!=<>~'\"()");
}

/* Whether COLUMN OPERATOR is at this place. */
static bool
is_term(const struct parser *parser, const char *text)
{
	size_t length;

	text += strspn(text, JOINTS "!");
	length = name_length(text);
	return comparison_at(text + length) >= 0 && table_find(parser->filter->table, text, length);
}

static int
complain_of_joint(struct parser *parser, const char *at)
{
	int length = at[1] == at[0] ? 2 : 1;

	return complain(parser, at, "'%.*s' is not understood: write 'or', or a blank for 'and'",
		length, at);
}

/*
 * A character that was meant to join terms must not silently become part of a value. Quotes allow
 * these characters in a value; bare words and regular expressions may have single ones.
 */
static int
check_joints(struct parser *parser, const char *value, size_t length, bool is_exact)
{
	bool is_joint = length > 0 && strspn(value, JOINTS) >= length;

	for (const char *at = value; at < value + length; at++) {
		if (!strchr(JOINTS, *at))
			continue;
		if (is_joint || is_term(parser, at) || ((*at == '|' || *at == '&') && at[1] == *at))
			return complain_of_joint(parser, at);
		if (is_exact && *at == ',')
			return complain(parser, at, "quote a value with ','; 'or' joins two terms");
	}
	return 0;
}

/* The length of a value without quotes: up to a blank or a ')' without a '('. */
static size_t
bare_length(const char *text)
{
	size_t i = 0, open = 0;

	for (; text[i] && !strchr(BLANKS, text[i]); i++) {
		if (text[i] == '\\' && text[i + 1] && !strchr(BLANKS, text[i + 1])) {
			i++;
			continue;
		}
		open += text[i] == '(';
		if (text[i] == ')' && open-- == 0)
			break;
	}
	return i;
}

/* Reads one value. Returns 0 and a copy, which the caller frees, or -EINVAL. */
static int
take_value(struct parser *parser, bool is_exact, char **ret_value)
{
	const char *start = parser->at;
	const char *end;

	if (*start != '\'' && *start != '"') {
		size_t length = bare_length(start);

		if (check_joints(parser, start, length, is_exact) < 0)
			return -EINVAL;
		parser->at += length;
		*ret_value = xstrndup(start, length);
		return 0;
	}
	end = strchr(start + 1, *start);
	if (!end)
		return complain(parser, start, "the quote is not closed");
	parser->at = end + 1;
	*ret_value = xstrndup(start + 1, (size_t)(end - start - 1));
	return 0;
}

static int
compile(struct parser *parser, struct node *term, const char *start)
{
	char reason[PATTERN_MESSAGE_SIZE];
	size_t position;
	int error = pattern_compile(term->text, &term->pattern, &position, reason);

	if (error == 0)
		return 0;
	if (error == -ELIBACC)
		return complain(parser, start, "%s", reason);
	start += *start == '\'' || *start == '"';
	return complain(parser, start + position, "bad regular expression: %s", reason);
}

static const char *
example_of(enum unit unit)
{
	return unit == UNIT_BYTES || unit == UNIT_BYTES_PER_MINUTE ? "a size like 500M"
	       : unit == UNIT_LIMIT                                ? "a size like 500M, or none"
	       : unit == UNIT_DURATION                             ? "a time like 90 or 5m"
	       : unit == UNIT_ADDRESS                              ? "an address like 7fff0000"
								   : "a number";
}

static bool
has_percent(const char *text)
{
	return *text && text[strlen(text) - 1] == '%';
}

static int
parse_number(struct parser *parser, struct node *term, const char *start)
{
	const struct column *column = term->columns[0];
	size_t length = strcspn(term->text, JOINTS);

	term->is_share = column->whole && has_percent(term->text);
	if (unit_parse(term->is_share ? UNIT_PERCENT : column->unit, term->text, &term->number) ==
		0) {
		term->number = unit_in_order(column->unit, term->number);
		return 0;
	}
	if (length > 0 && term->text[length] && *start == *term->text)
		return complain_of_joint(parser, start + length);
	return complain(parser, start, "'%.40s' is not %s", term->text, example_of(column->unit));
}

static int
parse_operand(struct parser *parser, struct node *term)
{
	const struct column *column = term->columns[0];
	const char *start = parser->at, *operator= comparisons[term->comparison].text;
	bool is_text = column->unit == UNIT_TEXT;
	bool is_pattern = term->comparison == LIKE || term->comparison == NOT_LIKE;

	if (is_text ? !comparisons[term->comparison].for_text
		    : !comparisons[term->comparison].for_number)
		return complain(parser, start - strlen(operator),
			is_text ? "'%s' is a text: it takes = != ~ !~"
				: "'%s' is a number: it takes = != < <= > >=",
			column->name);
	if (!*start || strchr(BLANKS, *start))
		return complain(
			parser, start, "a value is missing after '%s%s'", column->name, operator);
	if (take_value(parser, is_text && !is_pattern, &term->text) < 0)
		return -EINVAL;
	return is_pattern ? compile(parser, term, start)
	       : is_text  ? 0
			  : parse_number(parser, term, start);
}

/* A word without an operator is literal; any of the table's search columns may contain it. */
static int
parse_word(struct parser *parser, struct node *term)
{
	const struct table *table = parser->filter->table;
	struct selection selection = { .table = table };
	const char *start = parser->at;
	size_t position;

	if (strncasecmp(start, "not", 3) == 0 && start[3] && strchr(BLANKS "(", start[3]))
		return complain(parser, start, "'not' is written as '!' before the term");
	if (take_value(parser, false, &term->text) < 0)
		return -EINVAL;
	if (!table->search)
		return complain(parser, start, "an operator is missing after '%.40s'", term->text);
	if (selection_parse(&selection, table->search, &position) == 0)
		while (term->column_count < selection.count && term->column_count < TERM_COLUMNS) {
			term->columns[term->column_count] = selection.columns[term->column_count];
			term->column_count++;
		}
	selection_finish(&selection);
	term->comparison = LIKE;
	return 0;
}

static int
find_column(struct parser *parser, struct node *term, size_t length)
{
	const struct table *table = parser->filter->table;
	const char *name = parser->at;
	size_t joint = strcspn(name, JOINTS);

	term->columns[0] = table_find(table, name, length);
	term->column_count = 1;
	if (term->columns[0])
		return 0;
	if (joint < length)
		return complain_of_joint(parser, name + joint);
	parser->error->near = table_nearest(table, name, length);
	return complain(
		parser, name, "there is no column '%.*s'", (int)(length > 40 ? 40 : length), name);
}

static int
parse_term(struct parser *parser, struct node *term)
{
	size_t length = name_length(parser->at);
	int comparison = comparison_at(parser->at + length);

	if (comparison < 0)
		return parse_word(parser, term);
	if (length == 0)
		return complain(parser, parser->at, "a column is missing before '%s'",
			comparisons[comparison].text);
	if (find_column(parser, term, length) < 0)
		return -EINVAL;
	term->comparison = (enum comparison)comparison;
	parser->at += length + strlen(comparisons[comparison].text);
	return parse_operand(parser, term);
}

/* Whether the keyword `or` or `and` is next. */
static bool
is_keyword(const struct parser *parser, const char *keyword)
{
	size_t length = strlen(keyword);

	return strncasecmp(parser->at, keyword, length) == 0 &&
	       (!parser->at[length] || strchr(BLANKS "()", parser->at[length]));
}

static bool
take_keyword(struct parser *parser, const char *keyword)
{
	bool is_there = is_keyword(parser, keyword);

	parser->at += is_there ? strlen(keyword) : 0;
	return is_there;
}

static void
skip_blanks(struct parser *parser)
{
	parser->at += strspn(parser->at, BLANKS);
}

static int parse_any(struct parser *parser, bool negated);

static int
parse_bracket(struct parser *parser, bool negated)
{
	const char *open = parser->at++;

	if (parser->nested == FILTER_MOST_NESTED)
		return complain(parser, open, "more than %d brackets inside each other",
			FILTER_MOST_NESTED);
	parser->nested++;
	if (parse_any(parser, negated) < 0)
		return -EINVAL;
	parser->nested--;
	if (*parser->at != ')')
		return complain(parser, open, "the bracket is not closed");
	parser->at++;
	return 0;
}

/* A term or a bracket, perhaps with ! before it. */
static int
parse_part(struct parser *parser)
{
	bool negated = *parser->at == '!';
	size_t term;

	parser->at += negated;
	if (negated && *parser->at == '!')
		return complain(parser, parser->at, "one '!' is enough");
	if (!*parser->at || strchr(BLANKS ")", *parser->at))
		return complain(
			parser, parser->at, "a term is missing%s", negated ? " after '!'" : "");
	if (*parser->at == '(')
		return parse_bracket(parser, negated);
	if (is_keyword(parser, "or") || is_keyword(parser, "and"))
		return complain(parser, parser->at,
			"a term is missing before '%.*s'; quoted it is a word",
			(int)name_length(parser->at), parser->at);
	term = filter_add_node(parser->filter, NODE_TERM);
	parser->filter->nodes[term].negated = negated;
	return parse_term(parser, &parser->filter->nodes[term]);
}

/* Parts joined by `and`, up to `or`, the end or a closing bracket. */
static int
parse_all(struct parser *parser)
{
	size_t all = filter_add_node(parser->filter, NODE_ALL);

	do {
		skip_blanks(parser);
		if (parse_part(parser) < 0)
			return -EINVAL;
		if (*parser->at && !strchr(BLANKS ")", *parser->at))
			return complain(parser, parser->at, "a blank is missing between two terms");
		skip_blanks(parser);
	} while (take_keyword(parser, "and") ||
		 (*parser->at && *parser->at != ')' && !is_keyword(parser, "or")));
	parser->filter->nodes[all].end = parser->filter->count;
	return 0;
}

/* Parts joined by `or`. FILTER_MOST_NESTED bounds the recursion. */
static int
parse_any(struct parser *parser, bool negated)
{
	size_t any = filter_add_node(parser->filter, NODE_ANY);

	do
		if (parse_all(parser) < 0)
			return -EINVAL;
	while (take_keyword(parser, "or"));
	parser->filter->nodes[any].negated = negated;
	parser->filter->nodes[any].end = parser->filter->count;
	return 0;
}

int
filter_add(struct filter *filter, const char *text, struct filter_error *ret_error)
{
	struct parser parser = { .filter = filter, .text = text, .at = text, .error = ret_error };

	ret_error->near = NULL;
	if (strlen(text) > FILTER_MOST_BYTES)
		return complain(&parser, text + FILTER_MOST_BYTES, "longer than %d bytes",
			FILTER_MOST_BYTES);
	skip_blanks(&parser);
	if (!*parser.at)
		return 0;
	if (parse_any(&parser, false) < 0)
		return -EINVAL;
	if (*parser.at == ')')
		return complain(&parser, parser.at, "no '(' for this ')'; quote a value with it");
	return 0;
}
