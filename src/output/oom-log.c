// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/oom-log.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/unit.h"
#include "oomlog/oom-kill.h"
#include "output/json.h"
#include "output/oom-page.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A kill at the same limit within ten minutes is a repeat; compares the last RECENT_EPISODES. */
#define REPEAT_NS (600 * NS_PER_SEC)

enum { RECENT_EPISODES = 32 };

struct episodes {
	struct episode *list;
	size_t count, capacity;
};

static bool
is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
is_soon(int64_t now, int64_t before)
{
	int64_t gap = known_difference(now, before);

	return now == UNKNOWN || before == UNKNOWN || (gap >= 0 && gap <= REPEAT_NS);
}

static bool
repeats(const struct oom_kill *kill, const struct oom_kill *before)
{
	return kill->killer == before->killer && kill->limited_by == before->limited_by &&
	       kill->outcome == before->outcome &&
	       is_same_text(kill->limit_cgroup, before->limit_cgroup) &&
	       (kill->killer != OOM_BY_SYSTEMD_OOMD ||
		       is_same_text(kill->cgroup, before->cgroup)) &&
	       is_soon(kill->time, before->time) && is_soon(kill->uptime, before->uptime);
}

/* The episode that a kill continues, or NULL. */
static struct episode *
find_episode(const struct episodes *episodes, const struct oom_kill *kill)
{
	for (size_t i = episodes->count, left = RECENT_EPISODES; i-- > 0 && left > 0; left--) {
		struct episode *episode = &episodes->list[i];

		if (kill->killed_with == 1 ? kill->report == episode->last->report
					   : repeats(kill, episode->last))
			return episode;
	}
	return NULL;
}

static void
add_kill(struct episodes *episodes, const struct oom_kill *kill)
{
	struct episode *episode = find_episode(episodes, kill);

	if (!episode) {
		episodes->list = array_reserve(
			episodes->list, &episodes->capacity, episodes->count + 1, sizeof(*episode));
		episode = &episodes->list[episodes->count++];
		*episode = (struct episode){
			.first = kill, .last = kill, .explained = kill, .reports = 1
		};
	} else if (kill->killed_with == 1) {
		episode->with_group++;
		if (kill->victim.resident != UNKNOWN)
			episode->bytes_with_group += kill->victim.resident;
	} else {
		episode->last = kill;
		episode->reports++;
		if (kill->candidate_count > 0 || episode->explained->candidate_count == 0)
			episode->explained = kill;
	}
}

/* Writes the time and the victim. */
static void
write_title(struct page *page, const struct episode *episode)
{
	const struct oom_kill *kill = episode->explained;
	enum unit unit = kill->time == UNKNOWN ? UNIT_DURATION : UNIT_TIME;
	int64_t time = kill->time == UNKNOWN ? kill->uptime : kill->time;
	char text[UNIT_FORMAT_SIZE];

	unit_format(text, unit, time, SCALE_HUMAN);
	fputs("Out of memory", page->file);
	if (time != UNKNOWN)
		fprintf(page->file, ", %s%s", text, unit == UNIT_TIME ? "" : " after boot");
	if (kill->victim.comm)
		fprintf(page->file, ": %s (%s)", page_safe(page, kill->victim.comm),
			page_number(page, kill->victim.pid));
	else if (kill->cgroup)
		fprintf(page->file, ": %s", page_safe(page, kill->cgroup));
	fputc('\n', page->file);
}

static const char *
limit_of(struct page *page, const struct oom_kill *kill)
{
	if (kill->limited_by == OOM_LIMIT_CGROUP)
		return kill->limit_cgroup ? page_safe(page, kill->limit_cgroup) : "cgroup";
	if (kill->killer == OOM_BY_SYSTEMD_OOMD)
		return page_safe(page, kill->cgroup);
	return oom_limit_names[kill->limited_by] ? oom_limit_names[kill->limited_by] : "-";
}

/* One row for each kill. The limit is last: it may be a long path. */
static void
write_table(struct page *page, const struct oom_kill *kills, size_t count)
{
	fprintf(page->file, "%-25s %8s %-16s %7s %-16s %s\n", "TIME", "PID", "NAME", "HELD",
		"ASKER", "LIMIT");
	for (size_t i = 0; i < count; i++) {
		const struct oom_kill *kill = &kills[i];
		bool has_time = kill->time != UNKNOWN;
		char time[UNIT_FORMAT_SIZE];

		unit_format(time, has_time ? UNIT_TIME : UNIT_DURATION,
			has_time ? kill->time : kill->uptime, SCALE_HUMAN);
		fprintf(page->file, "%-25s %8s %-16s %7s %-16s %s\n", time,
			page_number(page, kill->victim.pid),
			kill->victim.comm ? page_safe(page, kill->victim.comm) : "-",
			page_bytes(page, kill->victim.resident),
			kill->asked_comm ? page_safe(page, kill->asked_comm) : "-",
			limit_of(page, kill));
	}
	fputs("\n", page->file);
	arena_reset(&page->texts);
}

void
oom_log_write_text(FILE *file, const struct oom_kill *kills, size_t count, enum charset charset)
{
	struct episodes episodes = { .count = 0 };
	struct page page = { .file = file, .charset = charset };

	for (size_t i = 0; i < count; i++)
		add_kill(&episodes, &kills[i]);
	if (count > 0)
		write_table(&page, kills, count);
	for (size_t i = 0; i < episodes.count; i++) {
		if (i > 0)
			fputs("\n\n", file);
		write_title(&page, &episodes.list[i]);
		oom_explain(&page, &episodes.list[i]);
		arena_reset(&page.texts);
	}
	arena_finish(&page.texts);
	free(episodes.list);
}

static json_t *
candidate_object(const struct oom_task *candidate)
{
	json_t *object;

	if (candidate->pid == UNKNOWN)
		return json_null();
	object = json_object();
	json_columns(object, &oom_task_table, 0, candidate);
	return object;
}

void
oom_log_write_json(FILE *file, const struct oom_kill *kill)
{
	json_t *object = json_begin(oom_kill_table.name, kill->time);
	json_t *candidates = json_array();

	json_object_set_new_nocheck(object, "killer", json_text(oom_killer_names[kill->killer]));
	json_object_set_new_nocheck(
		object, "constraint", json_text(oom_limit_names[kill->limited_by]));
	json_object_set_new_nocheck(object, "outcome", json_text(oom_outcome_names[kill->outcome]));
	json_columns(object, &oom_kill_table, 0, kill);
	for (size_t i = 0; i < kill->candidate_count; i++)
		json_array_append_new(candidates, candidate_object(&kill->candidates[i]));
	json_object_set_new_nocheck(object, "candidates", candidates);
	json_object_set_new_nocheck(object, "largest", candidate_object(&kill->largest));
	json_end(file, object);
}
