// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/reading.h"

#include "model/derive.h"
#include "model/growth-list.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"

void
reading_init(struct reading *reading, struct source *source)
{
	*reading = (struct reading){ .source = source };
	verdict_init(&reading->verdicts);
}

void
reading_finish(struct reading *reading)
{
	verdict_finish(&reading->verdicts);
	growth_set_finish(&reading->growth);
	reading->source->destroy(reading->source);
}

/* A recording has the verdict and the growth of its recorder, who has seen more of them. */
int
reading_take(struct reading *reading, struct snapshot *now, const struct snapshot *before,
	const struct snapshot *kept, const struct needs *needs, int64_t interval)
{
	struct source *source = reading->source;
	int error = source->read(source, now, kept, needs);

	if (error < 0)
		return error;
	if (source->is_recording) {
		derive(now, source->before(source, before));
		return 0;
	}
	derive(now, before);
	verdict_take(&reading->verdicts, now, interval);
	if (!needs->rows_only) /* what is not read would be forgotten */
		growth_of_processes(&reading->growth, now, interval);
	else if (needs->bits & NEED_GROWTH)
		growth_of_new_rows(now);
	return 0;
}
