// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/fault-group.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/scan.h"
#include "base/text.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct fault, name)

/* A difference of all faults and the sampled ones above this is not by chance. */
enum { CLEAR_ERRORS = 4, CLEAR_SAMPLES = 3 };

/* The keys that rows can be grouped by. */
static const struct {
	const char *name;
	enum fault_key key;
	size_t text; /* of a const char *; 0: the pid */
} keys_known[] = {
	{ "process", FAULT_BY_PROCESS, 0 },
	{ "segment", FAULT_BY_SEGMENT, FIELD(segment) },
	{ "mapping", FAULT_BY_MAPPING, FIELD(mapping) },
	{ "code", FAULT_BY_CODE, FIELD(code) },
	{ "symbol", FAULT_BY_SYMBOL, FIELD(symbol) },
};
enum { KEYS = ARRAY_SIZE(keys_known) };

/* The estimates, each with its variance and error. */
static const struct {
	size_t value, variance, error;
} estimates[FAULT_KINDS] = {
	[FAULT_MINOR] = { FIELD(minor), FIELD(minor_variance), FIELD(minor_error) },
	[FAULT_MAJOR] = { FIELD(major), FIELD(major_variance), FIELD(major_error) },
	[FAULT_WALK] = { FIELD(walks), FIELD(walk_variance), FIELD(walk_error) },
};

static int64_t *
number_at(struct fault *row, size_t offset)
{
	return (int64_t *)((char *)row + offset);
}

static int64_t
number_of(const struct fault *row, size_t offset)
{
	return *(const int64_t *)((const char *)row + offset);
}

static const char *
text_of(const struct fault *row, size_t offset)
{
	const char *text = *(const char *const *)((const char *)row + offset);

	return text ? text : "";
}

static const char *
nearest_key(const char *word, size_t length)
{
	struct nearest nearest = { .word = word, .length = length };

	for (size_t i = 0; i < KEYS; i++)
		nearest_offer(&nearest, keys_known[i].name);
	return nearest.name;
}

int
fault_parse_keys(const char *list, size_t *ret_position, const char **ret_near)
{
	int keys = 0;

	for (const char *word = list;; word++) {
		size_t length = strcspn(word, ","), i = 0;

		while (i < KEYS && !scan_is(word, length, keys_known[i].name))
			i++;
		if (i == KEYS) {
			*ret_position = (size_t)(word - list);
			*ret_near = nearest_key(word, length);
			return -EINVAL;
		}
		keys |= (int)keys_known[i].key;
		word += length;
		if (!*word)
			return keys;
	}
}

/* Compares rows by the chosen keys. */
static int
compare_rows(const void *a, const void *b, void *context)
{
	const struct fault *left = *(const struct fault *const *)a,
			   *right = *(const struct fault *const *)b;
	const unsigned *keys = context;

	for (size_t i = 0; i < KEYS; i++) {
		int order = 0;

		if (!(*keys & keys_known[i].key))
			continue;
		if (keys_known[i].text)
			order = strcmp(text_of(left, keys_known[i].text),
				text_of(right, keys_known[i].text));
		else if (left->pid != right->pid)
			order = left->pid < right->pid ? -1 : 1;
		if (order)
			return order;
	}
	return 0;
}

static void
add_known(int64_t *sum, int64_t number)
{
	if (number != UNKNOWN && __builtin_add_overflow(known_or_zero(*sum), number, sum))
		*sum = INT64_MAX;
}

void
fault_count(struct fault *row, enum fault_kind kind, int64_t number, int64_t variance)
{
	add_known(number_at(row, estimates[kind].value), number);
	add_known(number_at(row, estimates[kind].variance), variance);
}

static int64_t
weight_of(const struct fault *row)
{
	int64_t weight = 0;

	add_known(&weight, row->minor);
	add_known(&weight, row->major);
	return weight;
}

/* Whether a row has more faults than another, or the same number and more walks. */
static bool
is_larger(const struct fault *row, const struct fault *other)
{
	int64_t faults = weight_of(row), others = weight_of(other);

	return faults > others || (faults == others && row->walks > other->walks);
}

/* Adds a row to a sum; the largest row gives the texts. */
static void
merge(struct fault *into, const struct fault *row, const struct fault **largest)
{
	if (!*largest || is_larger(row, *largest)) {
		*largest = row;
		into->mapping = row->mapping;
		into->segment = row->segment;
		into->code = row->code;
		into->symbol = row->symbol;
		into->function = row->function;
	}
	into->comm = row->comm;
	into->waits = row->waits ? row->waits : into->waits;
	into->pid = row->pid;
	add_known(&into->samples, row->samples);
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		fault_count(into, (enum fault_kind)kind, number_of(row, estimates[kind].value),
			number_of(row, estimates[kind].variance));
}

/* The square root, rounded. By Newton's method, as libm is not linked. */
static int64_t
root_of(int64_t variance)
{
	double root = (double)variance;

	if (variance <= 0)
		return variance;
	for (int i = 0; i < 64; i++)
		root = (root + (double)variance / root) / 2;
	return (int64_t)(root + 0.5);
}

static int64_t
rate_of(int64_t count, int64_t duration)
{
	if (count == UNKNOWN || duration == UNKNOWN || duration <= 0)
		return UNKNOWN;
	return (int64_t)((double)count * 1e12 / (double)duration + 0.5);
}

/* Computes errors, rates and the share from the sums. */
static void
finish_row(struct fault *row, int64_t duration, int64_t all)
{
	for (size_t i = 0; i < FAULT_KINDS; i++)
		*number_at(row, estimates[i].error) =
			root_of(number_of(row, estimates[i].variance));
	row->minor_rate = rate_of(row->minor, duration);
	row->minor_rate_error = rate_of(row->minor_error, duration);
	row->major_rate = rate_of(row->major, duration);
	row->walk_rate = rate_of(row->walks, duration);
	if (row->minor != UNKNOWN || row->major != UNKNOWN)
		row->share = known_share(weight_of(row), all);
}

static void
add_estimates(struct rows *rows, struct fault **sorted, size_t count, unsigned keys)
{
	const struct fault *largest = NULL;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || compare_rows(&sorted[i - 1], &sorted[i], &keys) != 0) {
			largest = NULL;
			fault_add(rows);
		}
		merge(fault_at(rows, rows->count - 1), sorted[i], &largest);
		if (!(keys & FAULT_BY_PROCESS))
			fault_at(rows, rows->count - 1)->pid = UNKNOWN;
	}
}

/* The sum of rows. */
static struct fault
sum_of(struct fault **sorted, size_t count)
{
	struct rows rows = { .count = 0 };
	struct fault sum = *fault_add(&rows);
	const struct fault *largest = NULL;

	for (size_t i = 0; i < count; i++)
		merge(&sum, sorted[i], &largest);
	rows_finish(&rows);
	return sum;
}

/* The exact counts for some rows. */
struct exact {
	int64_t pid, minor, major;
	const char *comm;
};

/*
 * Samples are newer than the counts of /proc. Estimates above the exact count are scaled down to
 * it, so that no part is above its total.
 */
static void
limit_estimate(
	struct fault **sorted, size_t count, enum fault_kind kind, int64_t sum, int64_t exact)
{
	if (exact == UNKNOWN || sum <= exact)
		return;
	for (size_t i = 0; i < count; i++) {
		int64_t *value = number_at(sorted[i], estimates[kind].value);
		int64_t *variance = number_at(sorted[i], estimates[kind].variance);
		double scale = (double)exact / (double)sum;

		if (*value != UNKNOWN)
			*value = (int64_t)((double)*value * (double)exact / (double)sum);
		if (*variance != UNKNOWN)
			*variance = (int64_t)((double)*variance * scale * scale);
	}
}

/* Returns the sum of the rows after scaling. */
static struct fault
limit_to_exact(struct fault **sorted, size_t count, const struct exact *exact)
{
	struct fault sum = sum_of(sorted, count);

	limit_estimate(sorted, count, FAULT_MINOR, sum.minor, exact->minor);
	limit_estimate(sorted, count, FAULT_MAJOR, sum.major, exact->major);
	return sum_of(sorted, count);
}

/* Adds faults without a sample, if they are too many for chance. */
static void
add_unsampled(struct rows *rows, const struct exact *exact, const struct fault *sum, int64_t period)
{
	int64_t sampled = known_or_zero(sum->minor);
	int64_t error = sum->minor_variance == UNKNOWN ? 0 : root_of(sum->minor_variance);
	int64_t missing = exact->minor - sampled;
	struct fault *row;

	if (period == UNKNOWN || missing <= CLEAR_ERRORS * error + CLEAR_SAMPLES * period)
		return;
	row = fault_add(rows);
	row->pid = exact->pid;
	row->comm = exact->comm;
	row->segment = fault_unsampled;
	row->minor = missing;
	row->minor_variance = error * error;
}

/* Adds a total. It is exact except for walks, which are not counted by process. */
static void
add_total(struct rows *rows, const struct exact *exact, const struct fault *sum, int64_t period)
{
	struct fault *row = fault_add(rows);

	row->pid = exact->pid;
	row->comm = exact->comm;
	row->segment = fault_total;
	row->minor = exact->minor;
	row->major = exact->major;
	row->minor_variance = row->major_variance = 0;
	row->walks = sum->walks;
	row->walk_variance = sum->walk_variance;
	add_unsampled(rows, exact, sum, period);
}

/* Whether a process gets a total: the chosen process, or each with a fault or a walk. */
static bool
has_total(const struct fault_grouping *grouping, const struct exact *exact, const struct fault *sum)
{
	if (grouping->pid != UNKNOWN)
		return exact->pid == grouping->pid;
	return grouping->keys & FAULT_BY_PROCESS &&
	       (exact->minor != 0 || exact->major != 0 || sum->walks != UNKNOWN);
}

/* Limits the rows of each process to the counts of /proc, and adds its totals. */
static void
add_totals(struct rows *rows, const struct snapshot *snapshot, struct fault **sorted, size_t count,
	const struct fault_grouping *grouping)
{
	size_t first = 0;

	for (size_t i = 0; i < snapshot->process_count; i++) {
		const struct process *process = &snapshot->processes[i];
		const struct exact exact = { .pid = process->pid,
			.minor = process->extras->minor_fault_count,
			.major = process->extras->major_fault_count,
			.comm = process->comm };
		struct fault sum;
		size_t end;

		if (exact.pid == snapshot->system.sampling.own_pid || exact.minor == UNKNOWN)
			continue;
		while (first < count && sorted[first]->pid < exact.pid)
			first++;
		for (end = first; end < count && sorted[end]->pid == exact.pid;)
			end++;
		sum = limit_to_exact(sorted + first, end - first, &exact);
		if (has_total(grouping, &exact, &sum))
			add_total(rows, &exact, &sum, snapshot->system.sampling.period);
	}
}

static int64_t
all_faults(const struct rows *rows)
{
	int64_t exact = 0, estimated = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct fault *row = fault_at(rows, i);

		add_known(row->segment == fault_total ? &exact : &estimated, weight_of(row));
	}
	return exact > estimated ? exact : estimated;
}

static void
add_exact(struct rows *rows, const struct snapshot *snapshot, struct fault **sorted, size_t count,
	const struct fault_grouping *grouping)
{
	const struct exact exact = {
		.pid = grouping->pid, .minor = grouping->minor, .major = grouping->major
	};
	struct fault sum;

	if (grouping->minor == UNKNOWN) {
		add_totals(rows, snapshot, sorted, count, grouping);
		return;
	}
	sum = limit_to_exact(sorted, count, &exact);
	add_total(rows, &exact, &sum, snapshot->system.sampling.period);
}

void
fault_group(
	struct rows *rows, const struct snapshot *snapshot, const struct fault_grouping *grouping)
{
	struct fault **sorted = xcalloc(snapshot->faults.count + 1, sizeof(sorted[0]));
	struct fault *faults = xcalloc(snapshot->faults.count + 1, sizeof(faults[0]));
	unsigned by_process = FAULT_BY_PROCESS, keys = grouping->keys;
	size_t count = 0;
	int64_t all;

	for (size_t i = 0; i < snapshot->faults.count; i++)
		if (grouping->pid == UNKNOWN ||
			fault_at(&snapshot->faults, i)->pid == grouping->pid) {
			faults[count] = *fault_at(&snapshot->faults, i);
			sorted[count] = &faults[count];
			count++;
		}
	rows->count = 0;
	qsort_r(sorted, count, sizeof(sorted[0]), compare_rows, &by_process);
	add_exact(rows, snapshot, sorted, count, grouping);
	qsort_r(sorted, count, sizeof(sorted[0]), compare_rows, &keys);
	add_estimates(rows, sorted, count, keys);
	all = all_faults(rows);
	for (size_t i = 0; i < rows->count; i++)
		finish_row(fault_at(rows, i), snapshot->system.sampling.duration, all);
	free(sorted);
	free(faults);
}
