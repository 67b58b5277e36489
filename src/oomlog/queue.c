// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/known.h"
#include "base/macros.h"
#include "oomlog/parser.h"

#include <string.h>

static int64_t
uptime_of(const struct log_line *line)
{
	return known_product(line->uptime_us, NS_PER_US);
}

static int64_t
time_of(const struct oom_log *log)
{
	const struct log_line *line = &log->line;
	int64_t time = line->has_stamp ? log_stamp_time(&line->stamp, log->clock.now) : UNKNOWN;

	if (line->since_last_us != UNKNOWN)
		return log->text_time;
	return time == UNKNOWN ? known_sum(log->clock.boot, uptime_of(line)) : time;
}

void
queue_push(struct oom_log *log, struct oom_kill *kill)
{
	struct oom_kill *place = &log->queue[log->queue_count];

	if (log->queue_count == OOM_QUEUE) {
		oom_kill_finish(kill);
		return;
	}
	*place = *kill;
	if (place->killer == OOM_BY_KERNEL && place->reaped_only != 1)
		place->report = log->stream->report_number;
	else if (place->killer == OOM_BY_KERNEL)
		place->report = log->report_count++;
	place->uptime = uptime_of(&log->line);
	place->time = time_of(log);
	log->told[log->told_next] = kill->outcome == OOM_KILLED ? kill->victim.pid : UNKNOWN;
	log->told_next = (log->told_next + 1) % OOM_TOLD;
	log->queue_count++;
}

bool
log_has_told(const struct oom_log *log, int64_t pid)
{
	for (size_t i = 0; i < OOM_TOLD; i++)
		if (pid > 0 && log->told[i] == pid)
			return true;
	return false;
}

void
log_note_thread(struct oom_log *log, int64_t thread, int64_t process)
{
	for (size_t i = 0; i < OOM_THREADS; i++)
		if (log->threads[i].thread == thread)
			log->threads[i] = (struct log_thread){ 0, 0 };
	if (process == thread || process < 1)
		return;
	log->threads[log->thread_next] = (struct log_thread){ thread, process };
	log->thread_next = (log->thread_next + 1) % OOM_THREADS;
}

int64_t
oom_log_process_of(const struct oom_log *log, int64_t number)
{
	for (size_t i = 0; i < OOM_THREADS; i++)
		if (number > 0 && log->threads[i].thread == number)
			return log->threads[i].process;
	return number;
}

struct oom_kill *
queue_last(struct oom_log *log)
{
	for (size_t i = log->queue_count; i-- > 0;)
		if (log->queue[i].report == log->stream->report_number &&
			log->queue[i].killer == OOM_BY_KERNEL)
			return &log->queue[i];
	return NULL;
}

struct oom_kill *
queue_find(struct oom_log *log, int64_t pid)
{
	for (size_t i = log->queue_count; pid != UNKNOWN && i-- > 0;)
		if (log->queue[i].victim.pid == pid && log->queue[i].killer == OOM_BY_KERNEL)
			return &log->queue[i];
	return NULL;
}

struct oom_kill *
queue_find_unseen(struct oom_log *log)
{
	for (size_t i = 0; i < log->queue_count; i++)
		if (log->queue[i].outcome == OOM_UNSEEN && log->queue[i].victim.pid == UNKNOWN)
			return &log->queue[i];
	return NULL;
}

int64_t
oom_log_take_repeats(struct oom_log *log)
{
	int64_t repeats = log->repeats;

	log->repeats = 0;
	return repeats;
}

bool
oom_log_take(struct oom_log *log, struct oom_kill *ret_kill)
{
	if (log->queue_count == 0 || (!log->gives_all && log->queue_count <= OOM_HELD))
		return false;
	*ret_kill = log->queue[0];
	log->queue_count--;
	memmove(log->queue, log->queue + 1, log->queue_count * sizeof(log->queue[0]));
	return true;
}
