// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/free.h"

#include "model/system.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VALUE_SIZE = 48, NO_FIELD = -1 };

static double
power_of(double base, int exponent)
{
	double product = 1;

	while (exponent-- > 0)
		product *= base;
	return product;
}

/* The first form that is short enough: 5 characters with "Ki", 4 with "K" or "B" (free's rule). */
static void
format_human(char text[static VALUE_SIZE], int64_t bytes, bool si)
{
	static const char letters[] = "BKMGTP";
	const char *binary = si ? "" : "i";
	int room = si ? 4 : 5;

	if (snprintf(text, VALUE_SIZE, "%lldB", (long long)bytes) <= 4)
		return;
	for (int i = 1; letters[i]; i++) {
		double scaled = (double)bytes / power_of(si ? 1000 : 1024, i);

		if (snprintf(text, VALUE_SIZE, "%.1f%c%s", (double)(float)scaled, letters[i],
			    binary) <= room)
			return;
		if (snprintf(text, VALUE_SIZE, "%ld%c%s", (long)scaled, letters[i], binary) <= room)
			return;
	}
}

static void
format_value(char text[static VALUE_SIZE], int64_t bytes, const struct free_style *style)
{
	int base = style->si ? 1000 : 1024;

	if (style->human)
		format_human(text, bytes, style->si);
	else if (style->power == 0)
		snprintf(text, VALUE_SIZE, "%lld", (long long)(bytes / base));
	else if (style->power == 1)
		snprintf(text, VALUE_SIZE, "%lld", (long long)bytes);
	else
		snprintf(text, VALUE_SIZE, "%ld",
			(long)((double)bytes / power_of(base, style->power - 1)));
}

static void
write_line(FILE *file, const struct free_style *style, const char *label, const int64_t *values,
	size_t count)
{
	fprintf(file, "%-8s", label);
	for (size_t i = 0; i < count; i++) {
		char text[VALUE_SIZE];

		format_value(text, values[i], style);
		fprintf(file, " %11s", text);
	}
	fputc('\n', file);
}

#define WRITE_LINE(file, style, label, ...)                                                        \
	write_line(file, style, label, (const int64_t[]){ __VA_ARGS__ },                           \
		sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

static void
write_titles(FILE *file, bool wide)
{
	static const char *const narrow_titles[] = { "total", "used", "free", "shared",
		"buff/cache", "available", NULL };
	static const char *const wide_titles[] = { "total", "used", "free", "shared", "buffers",
		"cache", "available", NULL };

	fprintf(file, "%-8s", "");
	for (const char *const *title = wide ? wide_titles : narrow_titles; *title; title++)
		fprintf(file, " %11s", *title);
	fputc('\n', file);
}

static void
write_single_line(FILE *file, const struct system *system, const struct free_style *style)
{
	const struct {
		const char *label;
		int64_t bytes;
	} items[] = {
		{ "SwapUse", system->swap_used },
		{ "CachUse", system->buff_cache },
		{ " MemUse", system->used },
		{ "MemFree", system->free },
	};

	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		char text[VALUE_SIZE];

		format_value(text, items[i].bytes, style);
		fprintf(file, "%s %11s ", items[i].label, text);
	}
	fputc('\n', file);
}

/* Impossible figures are printed too, so sums wrap as free's do instead of overflowing. */
static int64_t
sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t
difference(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

void
free_write(FILE *file, const struct system *s, const struct free_style *style)
{
	if (style->line) {
		write_single_line(file, s, style);
		return;
	}
	write_titles(file, style->wide);
	if (style->wide)
		WRITE_LINE(file, style, "Mem:", s->total, s->used, s->free, s->shared, s->buffers,
			s->cache, s->available);
	else
		WRITE_LINE(file, style, "Mem:", s->total, s->used, s->free, s->shared,
			s->buff_cache, s->available);
	if (style->low_high) {
		WRITE_LINE(file, style, "Low:", s->low_total, s->low_used, s->low_free);
		WRITE_LINE(file, style, "High:", s->high_total, s->high_used, s->high_free);
	}
	WRITE_LINE(file, style, "Swap:", s->swap_total, s->swap_used, s->swap_free);
	if (style->total)
		WRITE_LINE(file, style, "Total:", sum(s->total, s->swap_total),
			sum(s->used, s->swap_used), sum(s->free, s->swap_free));
	if (style->committed)
		WRITE_LINE(file, style, "Comm:", s->commit_limit, s->committed,
			difference(s->commit_limit, s->committed));
}

static void
format_known(char text[static VALUE_SIZE], int64_t bytes, const struct free_style *style)
{
	if (bytes == UNKNOWN)
		strcpy(text, "-");
	else
		format_value(text, bytes, style);
}

static int64_t
known_difference(int64_t a, int64_t b)
{
	return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a - b;
}

/*
 * A line of the explanation: a name, its figure and a text in which each %B is a further figure,
 * all in the unit asked for.
 */
static void
say(FILE *file, const struct free_style *style, const char *name, int64_t bytes, const char *text,
	...)
{
	char value[VALUE_SIZE];
	va_list figures;

	format_known(value, bytes, style);
	fprintf(file, "%-22s %12s = ", name, value);
	va_start(figures, text);
	for (; *text; text++) {
		if (strncmp(text, "%B", 2) != 0) {
			fputc(*text, file);
			continue;
		}
		format_known(value, va_arg(figures, int64_t), style);
		fputs(value, file);
		text++;
	}
	va_end(figures);
	fputc('\n', file);
}

static void
explain_memory(FILE *file, const struct system *s, const struct free_style *style)
{
	say(file, style, "total", s->total,
		"MemTotal: the machine's memory less what firmware and the kernel image keep");
	say(file, style, "free", s->free, "MemFree: nothing uses it");
	say(file, style, "available", s->available,
		"MemAvailable: the kernel's estimate of what new programs can have without "
		"swapping");
	say(file, style, "used", s->used, "total %B - available %B", s->total, s->available);
	say(file, style, "shared", s->shared,
		"Shmem: tmpfs and shared memory; a part of cache that cannot be dropped");
	say(file, style, "buffers", s->buffers, "Buffers: cached blocks of block devices");
	say(file, style, "cache", s->cache, "Cached %B + SReclaimable %B", s->page_cache,
		s->slab_reclaimable);
	say(file, style, "buff/cache", s->buff_cache, "buffers %B + cache %B", s->buffers,
		s->cache);
}

static void
explain_swap(FILE *file, const struct system *s, const struct free_style *style)
{
	say(file, style, "swap total", s->swap_total, "SwapTotal");
	say(file, style, "swap free", s->swap_free, "SwapFree");
	say(file, style, "swap used", s->swap_used,
		"swap total %B - swap free %B; %B of it is in memory too (SwapCached)",
		s->swap_total, s->swap_free, s->swap_cached);
	say(file, style, "committed", s->committed,
		"Committed_AS: promised to processes; CommitLimit is %B", s->commit_limit);
}

void
free_explain(FILE *file, const struct system *s, const struct free_style *style)
{
	int64_t taken = known_difference(s->total, s->free);
	int64_t uncached = known_difference(taken, s->buff_cache);

	explain_memory(file, s, style);
	explain_swap(file, s, style);
	if (s->available == UNKNOWN)
		fputs("\nMemAvailable is missing or above MemTotal, as in some containers: free "
		      "then takes\n"
		      "MemFree in its place, for available and for used.\n",
			file);
	fputs("\nused + free + buff/cache is not total: most of buff/cache is also in available.\n"
	      "Where MemAvailable is missing or above MemTotal (some containers), free takes its "
	      "place.\n"
	      "\nWhat others would call used at this moment:\n",
		file);
	say(file, style, "free before 4.0.1", uncached, "total %B - free %B - buff/cache %B",
		s->total, s->free, s->buff_cache);
	say(file, style, "free before 3.3.10", taken, "total %B - free %B", s->total, s->free);
	say(file, style, "htop", uncached,
		"total %B - free %B - buff/cache %B; it shows shared %B beside used", s->total,
		s->free, s->buff_cache, s->shared);
}
