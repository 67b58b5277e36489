// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/budget.h"
#include "model/event.h"
#include "model/fault.h"
#include "model/group.h"
#include "model/growth-row.h"
#include "model/kernel.h"
#include "model/map.h"
#include "model/oom-plan.h"
#include "model/process.h"
#include "model/system.h"
#include "oomlog/oom-kill.h"

#include <inttypes.h>
#include <stdio.h>

/* Names of units that a schema of JSON can tell apart. */
static const char *const units[] = {
	[UNIT_TEXT] = "text",
	[UNIT_ID] = "id",
	[UNIT_NUMBER] = "integer",
	[UNIT_BYTES] = "integer",
	[UNIT_LIMIT] = "limit",
	[UNIT_BYTES_PER_MINUTE] = "integer",
	[UNIT_BYTES_PER_SECOND] = "integer",
	[UNIT_RATE] = "real",
	[UNIT_PERCENT] = "real",
	[UNIT_DURATION] = "real",
	[UNIT_SPAN] = "real",
	[UNIT_TIME] = "real",
	[UNIT_ADDRESS] = "text",
};

static void
write_table(const struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		printf("{\"table\": \"%s\", \"column\": \"%s\", \"unit\": \"%s\", \"need\": "
		       "%" PRIu64 "}\n",
			table->name, table->columns[i].name, units[table->columns[i].unit],
			table->columns[i].need);
}

/* All columns of all tables, for tests: a line of JSON each. */
int
main(void)
{
	static const struct table *const tables[] = { &system_table, &process_table,
		&candidate_table, &segment_table, &mapping_table, &budget_table, &event_table,
		&group_table, &growth_table, &fault_table, &oom_effect_table, &oom_kill_table,
		&oom_task_table };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		write_table(tables[i]);
	for (size_t i = 0; i < KERNEL_PARTS; i++)
		write_table(kernel_parts[i].table);
	return 0;
}
