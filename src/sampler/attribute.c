// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/attribute.h"

#include "base/index.h"
#include "base/memory.h"
#include "model/mapping.h"
#include "sampler/address-spaces.h"
#include "sampler/demangle-child.h"
#include "sampler/events.h"
#include "sampler/process-tracker.h"
#include "sampler/record.h"
#include "sampler/reorder.h"
#include "sampler/symbols.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Limits for the rows and the bytes of their names; other combinations are counted in one row. */
enum { MOST_ROWS = 32 * 1024, MOST_TEXT = 4 * 1024 * 1024 };

/* Without a report, processes that have ended are forgotten together. */
enum { MANY_ENDED = 1024 };

/* Larger squares could overflow the sum. */
enum { MOST_WEIGHT = 1 << 30 };

static const char others_comm[] = "(others)";
static const char shared_samples[] = "another program samples the same faults (perf?): the process "
				     "or mapping of some may be wrong";

/* Samples with the same key are counted in one row. */
struct key {
	int64_t pid;
	const char *segment, *mapping, *code, *symbol;
};

struct attribution {
	struct fault_request request;
	int64_t own_pid;
	struct address_spaces *spaces;
	struct symbols *symbols;
	struct demangle_child *names;
	struct process_tracker *tracker;
	struct reorder_buffer reorder;
	struct fault_report counted;
	struct index index;  /* of its rows, by their keys */
	size_t counted_text; /* bytes */
};

struct attribution *
attribution_create(int root)
{
	struct attribution *attribution = xmalloc(sizeof(*attribution));

	*attribution = (struct attribution){ .own_pid = getpid(),
		.spaces = address_spaces_create(root, ADDRESS_SPACES_WAIT),
		.symbols = symbols_create(root, SYMBOLS_WAIT),
		.names = demangle_child_create(DEMANGLE_CPU),
		.tracker = process_tracker_create(root) };
	return attribution;
}

void
attribution_destroy(struct attribution *attribution)
{
	if (!attribution)
		return;
	address_spaces_destroy(attribution->spaces);
	symbols_destroy(attribution->symbols);
	demangle_child_destroy(attribution->names);
	process_tracker_destroy(attribution->tracker);
	reorder_finish(&attribution->reorder);
	index_finish(&attribution->index);
	fault_report_finish(&attribution->counted);
	free(attribution);
}

/* Reads data of a process now: it may end before the first drain. */
static void
look_at(struct attribution *attribution, const struct fault_request *request)
{
	struct place place;

	if (request->pid <= 0)
		return;
	symbols_prepare(attribution->symbols);
	if (request->at_exec)
		return;
	process_tracker_comm(attribution->tracker, request->pid);
	address_spaces_begin(attribution->spaces);
	address_spaces_find(attribution->spaces, request->pid, 0, &place);
}

void
attribution_watch(struct attribution *attribution, const struct fault_request *request)
{
	if (request->pid != attribution->request.pid ||
		request->at_exec != attribution->request.at_exec)
		process_tracker_watch(attribution->tracker, request->pid, request->at_exec);
	if (request->pid != attribution->request.pid)
		look_at(attribution, request);
	attribution->request = *request;
}

static bool
is_wanted(const struct attribution *attribution, int64_t pid)
{
	const struct fault_request *request = &attribution->request;

	if (pid < 0 || pid == attribution->own_pid)
		return false;
	if (!request->only)
		return true;
	if (request->with_children || request->at_exec)
		return process_tracker_has(attribution->tracker, pid);
	return pid == request->pid;
}

static const char *
symbol_of(const struct attribution *attribution, const struct record *record,
	const struct place *code)
{
	const struct fault_request *request = &attribution->request;

	if (record->pid != request->pid && !(request->only && request->with_children))
		return NULL;
	if (record->in_kernel)
		return symbols_find_kernel(attribution->symbols, record->ip);
	if (code->name[0] != '/')
		return NULL;
	return symbols_find(attribution->symbols, record->pid, code->name, code->offset);
}

/* For code the file name is enough: /usr/lib/x86_64-linux-gnu/libc.so.6 is libc.so.6. */
static const char *
last_part(const char *path)
{
	const char *slash = path[0] == '/' ? strrchr(path, '/') : NULL;

	return slash && slash[1] ? slash + 1 : path;
}

static struct key
key_of(const struct attribution *attribution, const struct record *record, enum fault_kind kind)
{
	struct place place = { .name = NULL }, code = { .name = NULL };
	const struct fault_request *request = &attribution->request;
	struct key key = { .pid = request->together ? request->pid : record->pid };

	if (!record->in_kernel)
		address_spaces_find(attribution->spaces, record->pid, record->ip, &code);
	key.code = record->in_kernel ? "kernel" : last_part(code.name);
	key.symbol = symbol_of(attribution, record, &code);
	if (kind == FAULT_WALK) /* the processor does not give the address */
		return key;
	address_spaces_find(attribution->spaces, record->pid, record->address, &place);
	key.segment = segment_descriptions[place.segment].name;
	key.mapping = place.name;
	return key;
}

static uint64_t
hash_of(const struct key *key)
{
	uint64_t hash = index_mix(0, (uint64_t)key->pid);

	hash = index_mix(hash, (uintptr_t)key->segment);
	hash = index_mix_text(hash, key->mapping);
	hash = index_mix_text(hash, key->code);
	return index_mix_text(hash, key->symbol);
}

/* NULL is like "". */
static bool
is_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool
has_key(const struct fault *row, const struct key *key)
{
	return row->pid == key->pid && row->segment == key->segment &&
	       is_same(row->mapping, key->mapping) && is_same(row->code, key->code) &&
	       is_same(row->symbol, key->symbol);
}

static const char *
keep_text(struct attribution *attribution, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	attribution->counted_text += length;
	return length > 0 ? arena_copy(&attribution->counted.texts, text, length) : NULL;
}

/* The name of a function as its source has it; a symbol that says so itself is not kept twice. */
static const char *
function_of(struct attribution *attribution, const char *symbol, const char *kept)
{
	const char *name = symbol ? demangle_child_ask(attribution->names, symbol) : NULL;

	return name ? keep_text(attribution, name) : kept;
}

static struct fault *
add_row(struct attribution *attribution, const struct key *key, const char *comm)
{
	struct fault *row = fault_add(&attribution->counted.faults);

	index_add(&attribution->index, hash_of(key));
	row->samples = 0;
	row->pid = key->pid;
	row->comm = comm;
	row->segment = key->segment;
	row->mapping = keep_text(attribution, key->mapping);
	row->code = keep_text(attribution, key->code);
	row->symbol = keep_text(attribution, key->symbol);
	row->function = function_of(attribution, key->symbol, row->symbol);
	return row;
}

static struct fault *
find_row(const struct attribution *attribution, const struct key *key)
{
	const struct rows *rows = &attribution->counted.faults;
	uint32_t row = index_first(&attribution->index, hash_of(key));

	while (row != INDEX_END && !has_key(fault_at(rows, row), key))
		row = index_next(&attribution->index, row);
	return row == INDEX_END ? NULL : fault_at(rows, row);
}

/* Beyond the limits the row is that of all others with this segment. */
static struct fault *
find_or_add_row(struct attribution *attribution, const struct key *key)
{
	const struct key others = { .pid = UNKNOWN, .segment = key->segment };
	struct fault *row = find_row(attribution, key);

	if (row)
		return row;
	if (attribution->counted.faults.count < MOST_ROWS && attribution->counted_text < MOST_TEXT)
		return add_row(attribution, key,
			keep_text(
				attribution, process_tracker_comm(attribution->tracker, key->pid)));
	row = find_row(attribution, &others);
	return row ? row : add_row(attribution, &others, others_comm);
}

/* A file is read from its device; other memory is read from swap. */
static const char *
waits_for(const struct fault *row)
{
	if (row->comm == others_comm)
		return NULL;
	return row->mapping && row->mapping[0] == '/' ? row->mapping : "swap";
}

/*
 * A sample stands for `weight` events, of which it is a random one: a sum of n samples has a
 * variance of n * weight * (weight - 1), which is 0 if each event is a sample.
 */
static void
count_sample(struct attribution *attribution, const struct key *key, enum fault_kind kind,
	int64_t weight)
{
	struct fault *row = find_or_add_row(attribution, key);

	row->samples++;
	fault_count(row, kind, weight, weight * (weight - 1));
	if (kind == FAULT_MAJOR)
		row->waits = waits_for(row);
	attribution->counted.samples++;
	attribution->counted.has_walks |= kind == FAULT_WALK;
	if (kind == FAULT_MINOR && weight > attribution->counted.period)
		attribution->counted.period = weight;
}

/*
 * A sample prepared for another program may have a pid of another PID namespace: then its address
 * is hardly ever in a mapping here. With inherited events its time may be wrong too, and so its
 * mapping.
 */
static bool
is_doubtful(const struct record *record, const struct events *events, const char *segment)
{
	return record->is_shared && (events_access(events) != ACCESS_ALL ||
					    segment == segment_descriptions[SEGMENT_UNKNOWN].name);
}

/*
 * It may be from a wanted process with a wrong pid. For a process that waits for its exec, mappings
 * must not be read before that.
 */
static void
look_at_unwanted(
	struct attribution *attribution, const struct events *events, const struct record *record)
{
	struct place place;

	if (attribution->counted.doubt || !record->is_shared || record->pid < 0 ||
		record->pid == attribution->own_pid || record->pid == attribution->request.pid ||
		events_access(events) != ACCESS_ALL)
		return;
	address_spaces_find(attribution->spaces, record->pid, record->address, &place);
	if (place.segment == SEGMENT_UNKNOWN)
		attribution->counted.doubt = shared_samples;
}

static void
take_sample(struct attribution *attribution, struct events *events, size_t ring,
	const struct record *record)
{
	enum fault_kind kind = events_kind(events, record);
	struct key key;
	int64_t weight;

	events_count(events, ring);
	if (!is_wanted(attribution, record->pid)) {
		if (kind != FAULT_WALK)
			look_at_unwanted(attribution, events, record);
		return;
	}
	weight = events_weight(events, ring, record);
	if (weight == UNKNOWN || weight <= 0 || weight > MOST_WEIGHT)
		return;
	key = key_of(attribution, record, kind);
	if (kind != FAULT_WALK && is_doubtful(record, events, key.segment))
		attribution->counted.doubt = shared_samples;
	count_sample(attribution, &key, kind, weight);
}

static void
take_record(struct attribution *attribution, struct events *events, size_t ring,
	const struct record *record)
{
	switch (record->kind) {
	case RECORD_SAMPLE:
		take_sample(attribution, events, ring, record);
		break;
	case RECORD_LOST:
		events_add_lost(events, record);
		break;
	case RECORD_OTHER:
		break;
	default:
		process_tracker_apply(attribution->tracker, record);
		address_spaces_apply(attribution->spaces, record);
	}
}

void
attribution_drain(struct attribution *attribution, struct events *events, int64_t until)
{
	struct reorder_buffer *reorder = &attribution->reorder;
	struct record record;
	size_t ring;

	address_spaces_begin(attribution->spaces);
	events_compare_clocks(events);
	for (size_t i = 0; i < events_ring_count(events); i++)
		reorder_take(reorder, events_ring(events, i), i, events);
	while (reorder_next(reorder, until, &record, &ring))
		take_record(attribution, events, ring, &record);
	events_adapt(events, until);
	address_spaces_trim(attribution->spaces);
	symbols_trim(attribution->symbols);
	process_tracker_trim(attribution->tracker, MANY_ENDED);
}

void
attribution_report(struct attribution *attribution, struct fault_report *report)
{
	struct fault_report counted = attribution->counted;

	fault_report_reset(report);
	attribution->counted = *report;
	attribution->counted_text = 0;
	*report = counted;
	index_reset(&attribution->index);
	process_tracker_trim(attribution->tracker, 0);
}

const char *
attribution_trouble(const struct attribution *attribution)
{
	const char *trouble = address_spaces_trouble(attribution->spaces);

	if (!trouble)
		trouble = symbols_trouble(attribution->symbols);
	return trouble ? trouble : demangle_child_trouble(attribution->names);
}

void
fault_report_reset(struct fault_report *report)
{
	arena_reset(&report->texts);
	report->faults.count = 0;
	report->samples = report->period = 0;
	report->has_walks = false;
	report->doubt = NULL;
}

void
fault_report_finish(struct fault_report *report)
{
	rows_finish(&report->faults);
	arena_finish(&report->texts);
	*report = (struct fault_report){ .samples = 0 };
}
