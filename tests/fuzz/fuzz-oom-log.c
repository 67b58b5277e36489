// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "oomlog/oom-log.h"
#include "output/oom-log.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_KILLS = 64 };

static void
check_kill(const struct oom_kill *kill)
{
	CHECK(kill->candidate_count <= OOM_CANDIDATES);
	CHECK(kill->outcome != OOM_KILLED || kill->killer != OOM_BY_KERNEL || kill->victim.pid > 0);
	for (size_t i = 0; i < kill->candidate_count; i++)
		CHECK(kill->candidates[i].comm && kill->candidates[i].pid >= 0);
}

/* Nothing of a log reaches a terminal as it is. */
static void
check_text(const struct oom_kill *kills, size_t count)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	CHECK(file);
	oom_log_write_text(file, kills, count, CHARSET_UTF8);
	fclose(file);
	for (size_t i = 0; i < size; i++)
		CHECK(text[i] == '\n' || ((unsigned char)text[i] >= ' ' && text[i] != 0x7f));
	free(text);
}

/* A log, line by line; what is found is also written, in both forms. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct oom_log_clock clock = { .now = INT64_C(1795356000000000000), .boot = UNKNOWN };
	static FILE *file;
	static struct oom_kill kills[MOST_KILLS];
	struct oom_log *log = oom_log_create(&clock);
	char *text = text_of(data, size), *rest = text, *line;
	size_t count = 0;

	file = file ? file : fopen("/dev/null", "w");
	CHECK(file);
	do {
		line = strsep(&rest, "\n");
		oom_log_feed(log, line, rest != NULL);
		if (!rest)
			oom_log_end(log);
		while (count < MOST_KILLS && oom_log_take(log, &kills[count]))
			check_kill(&kills[count++]);
	} while (rest);
	for (size_t i = 0; i < count; i++)
		oom_log_write_json(file, &kills[i]);
	check_text(kills, count);
	for (size_t i = 0; i < count; i++)
		oom_kill_finish(&kills[i]);
	oom_log_destroy(log);
	free(text);
	return 0;
}
