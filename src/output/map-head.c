// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/map-head.h"

#include "model/map.h"
#include "model/process.h"
#include "model/snapshot.h"
#include "output/json.h"
#include "output/output.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { NAME_SIZE = 512 };

/* A text under construction; cut if too long. */
struct text {
	char *at, *end;
};

static void say(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
say(struct text *text, const char *format, ...)
{
	size_t room = (size_t)(text->end - text->at);
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->at, room, format, arguments);
	va_end(arguments);
	text->at += (size_t)length < room ? (size_t)length : room - 1;
}

static void
say_bytes(struct text *text, const struct output *output, const char *label, int64_t bytes)
{
	char number[UNIT_FORMAT_SIZE];

	unit_format(number, UNIT_BYTES, bytes, output->scale);
	say(text, "%s%s", label, number);
}

static void
say_process(struct text *text, const struct output *output, const struct process *process)
{
	char name[NAME_SIZE];

	text_safe(name, sizeof(name), process->command ? process->command : "-", output->charset);
	say(text, "Map of process %" PRId64 ": %s\n", process->pid, name);
}

static void
say_totals(struct text *text, const struct output *output, const struct snapshot *snapshot,
	const struct process *process)
{
	say_bytes(text, output, "size ", process->virtual);
	say_bytes(text, output, "  RSS ", process->resident);
	say_bytes(text, output, "  PSS ", process->extras->rollup.pss);
	say_bytes(text, output, "  USS ", process->extras->rollup.uss);
	say_bytes(text, output, "  swap ", process->swap);
	say_bytes(text, output, "  page tables ", process->page_tables);
	say(text, "  mappings %zu\n", snapshot->mappings.count);
}

static void
say_part(struct text *text, const struct output *output, const char *label,
	const struct usage *usage)
{
	say_bytes(text, output, label, usage->size);
	say_bytes(text, output, " (RSS ", usage->rss);
	say(text, ")");
}

static void
say_role(struct text *text, const struct output *output, const struct rows *rows, const char *label,
	const char *role)
{
	const struct map_total total = map_sum(rows, SEGMENT_ANON, role);

	if (total.mappings > 0)
		say_part(text, output, label, &total.usage);
}

static void
say_private(struct text *text, const struct output *output, const struct rows *rows)
{
	const struct map_total heap = map_sum(rows, SEGMENT_HEAP, NULL);
	const struct map_total anon = map_sum(rows, SEGMENT_ANON, NULL);

	say_part(text, output, "by brk ", &heap.usage);
	say_part(text, output, "  by mmap ", &anon.usage);
	say_role(text, output, rows, ", in it arenas ", map_role_arena);
	say_role(text, output, rows, ", thread stacks ", map_role_stack);
	say(text, "\n");
}

static void
say_stack(struct text *text, const struct output *output, const struct snapshot *snapshot)
{
	const struct map_total stack = map_sum(&snapshot->mappings, SEGMENT_STACK, NULL);
	char limit[UNIT_FORMAT_SIZE];

	limit_format(limit, LIMIT_STACK, snapshot->limits[LIMIT_STACK].soft);
	say_part(text, output, "stack ", &stack.usage);
	say(text, " of at most %s\n", limit);
}

/* ~FREES of the process. */
static void
say_gain(struct text *text, const struct output *output, const struct process *process)
{
	say_bytes(text, output, "a kill would free about ", process->frees);
	say_bytes(text, output, ": private ", process->extras->rollup.uss);
	say_bytes(text, output, " + swap ", process->extras->rollup.swap_pss);
	say_bytes(text, output, " + page tables ", process->page_tables);
	say(text, "\n");
}

void
map_write_head(const struct output *output, const struct snapshot *snapshot, int64_t pid,
	char head[static MAP_HEAD_SIZE])
{
	const struct process *process = snapshot_find_process(snapshot, pid);
	struct text text = { .at = head, .end = head + MAP_HEAD_SIZE };

	head[0] = '\0';
	if (!process)
		return;
	say_process(&text, output, process);
	say_totals(&text, output, snapshot, process);
	say_private(&text, output, &snapshot->mappings);
	say_stack(&text, output, snapshot);
	say_gain(&text, output, process);
}

void
map_write_process(struct output *output, const struct snapshot *snapshot, int64_t pid)
{
	const struct process *process = snapshot_find_process(snapshot, pid);
	struct json_t *object;

	if (!process)
		return;
	object = json_begin(process_table.name, snapshot->time);
	json_columns(object, &process_table, snapshot->bits, process);
	json_end(output->file, object);
}
