// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "model/badness.h"
#include "model/charge.h"
#include "model/derive.h"
#include "model/group.h"
#include "model/needs.h"
#include "model/oom-domain.h"
#include "model/snapshot.h"
#include "model/verdict.h"
#include "output/metrics.h"
#include "record/recorded.h"

#include <stdio.h>

/*
 * Any numbers may be in a recording, which may come from anyone: what is computed from them may be
 * senseless, but it is computed. The bytes are the numbers, eight each; where they end all is 0.
 */
struct numbers {
	const uint8_t *data;
	size_t size;
};

static int64_t
next_number(struct numbers *numbers)
{
	int64_t number = 0;
	size_t size = numbers->size < sizeof(number) ? numbers->size : sizeof(number);

	memcpy(&number, numbers->data, size);
	numbers->data += size;
	numbers->size -= size;
	return number;
}

static const char *
next_text(struct numbers *numbers)
{
	static const char *const texts[] = { NULL, "", "/", "/a", "/a/b", "a", "ok", "R", "Z",
		"killed", "low", "filling", "limit", OOM_SCOPE_HIDDEN, EVENT_LIMIT_MACHINE,
		"\x1b[31m" };

	return texts[(uint64_t)next_number(numbers) % (sizeof(texts) / sizeof(texts[0]))];
}

static void
fill(struct numbers *numbers, const struct column *column, char *base)
{
	int64_t number;

	if (column->unit == UNIT_TEXT) {
		*(const char **)(base + column->offset) = next_text(numbers);
		return;
	}
	number = next_number(numbers);
	if (unit_is_sensible(column->unit, number))
		*(int64_t *)(base + column->offset) = number;
}

/* Fills what a recording has of a row. */
static void
fill_row(struct numbers *numbers, struct snapshot *snapshot, const struct recorded_table *recorded,
	void *row)
{
	const struct table *table = recorded->table;
	struct selection columns = { .table = table };
	size_t position;

	if (recorded->columns)
		selection_parse(&columns, recorded->columns, &position);
	for (size_t i = 0; !recorded->columns && i < table->column_count; i++)
		selection_add(&columns, &table->columns[i]);
	for (size_t i = 0; i < recorded->more_count; i++)
		selection_add(&columns, &recorded->more[i]);
	for (size_t i = 0; i < columns.count; i++) {
		const struct column *column = columns.columns[i];

		fill(numbers, column,
			column->part ? row_own_part(row, column->part, &snapshot->texts) : row);
	}
	selection_finish(&columns);
}

enum { PROCESSES = 3, CHARGES = 3, CHARGE_TABLE = 10, EVENTS = 2 };

static void
fill_snapshot(struct numbers *numbers, struct snapshot *snapshot)
{
	const struct recorded_table *tables = snapshot_recorded.tables;

	snapshot_reset(snapshot);
	snapshot->bits = snapshot_recorded_needs();
	for (int64_t i = 0; i < PROCESSES; i++) {
		struct process *process = snapshot_add_process(snapshot);

		fill_row(numbers, snapshot, &tables[RECORDED_PROCESSES], process);
		process->pid = i + 1;
	}
	fill_row(numbers, snapshot, &tables[RECORDED_SYSTEM], &snapshot->system);
	for (int i = 0; i < CHARGES; i++)
		fill_row(numbers, snapshot, &tables[CHARGE_TABLE], charge_add(&snapshot->charges));
	charge_complete(&snapshot->charges);
	for (int i = 0; i < EVENTS; i++)
		fill_row(numbers, snapshot, &tables[RECORDED_EVENTS], snapshot_add_event(snapshot));
}

/* What is said of them is one line, safe for a terminal. */
static void
say(const struct snapshot *now)
{
	const struct system *system = &now->system;
	char text[VERDICT_TEXT_SIZE], domain[OOM_DOMAIN_TEXT_SIZE], event[EVENT_TEXT_SIZE];

	system_verdict_text(text, system, now->time, CHARSET_UTF8);
	CHECK(!strchr(text, '\x1b'));
	for (enum verdict_state state = 0; state < VERDICT_STATES; state++) {
		verdict_text(text, system, state, now->time, CHARSET_UTF8);
		CHECK(!strchr(text, '\x1b'));
	}
	system_kills_text(text, system, now->time, CHARSET_UTF8);
	CHECK(!strchr(text, '\x1b'));
	oom_domain_say(system, CHARSET_UTF8, SCALE_HUMAN, domain, sizeof(domain));
	CHECK(!strchr(domain, '\x1b'));
	oom_domain_note(system, CHARSET_UTF8, SCALE_HUMAN, domain, sizeof(domain));
	for (size_t i = 0; i < now->events.count; i++) {
		event_text(event_at(&now->events, i), event);
		CHECK(!strchr(event, '\x1b'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct numbers numbers = { data, size };
	struct snapshot snapshots[2] = { { .time = 0 }, { .time = 0 } };
	struct metrics metrics = { .top = 2 };
	FILE *file = fopen("/dev/null", "w");

	CHECK(file);
	for (int i = 0; i < 2; i++) {
		fill_snapshot(&numbers, &snapshots[i]);
		snapshots[i].monotonic = (i + 1) * (int64_t)1000000000;
		derive(&snapshots[i], i > 0 ? &snapshots[0] : NULL);
		badness_rank(&snapshots[i]);
		metrics_write(&metrics, &snapshots[i], 1000000000, file);
		say(&snapshots[i]);
	}
	fclose(file);
	metrics_finish(&metrics);
	snapshot_finish(&snapshots[0]);
	snapshot_finish(&snapshots[1]);
	return 0;
}
