// SPDX-License-Identifier: GPL-3.0-or-later
#include "output/oom-log.h"

#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/unit.h"
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

/* The time of a kill, or of the kernel's clock. Returns its unit. */
static enum unit
format_time(char text[static UNIT_FORMAT_SIZE], const struct oom_kill *kill)
{
	enum unit unit = kill->time == UNKNOWN ? UNIT_DURATION : UNIT_TIME;

	unit_format(text, unit, unit == UNIT_TIME ? kill->time : kill->uptime, SCALE_HUMAN);
	return unit;
}

/* Writes the time and the victim. */
static void
write_title(const struct page *page)
{
	const struct oom_kill *kill = page->kill;
	char text[UNIT_FORMAT_SIZE];
	enum unit unit = format_time(text, kill);

	fputs("Out of memory", page->file);
	if (kill->time != UNKNOWN || kill->uptime != UNKNOWN)
		fprintf(page->file, ", %s%s", text, unit == UNIT_TIME ? "" : " after boot");
	page_put(page, kill->victim.comm ? ": {comm} ({pid})\n"
		       : kill->cgroup    ? ": {cgroup}\n"
					 : "\n");
}

static const char *
limit_of(const struct oom_kill *kill)
{
	if (kill->limited_by == OOM_LIMIT_CGROUP)
		return kill->limit_cgroup ? "{limit_cgroup}" : "cgroup";
	if (kill->killer == OOM_BY_SYSTEMD_OOMD)
		return "{cgroup}";
	return oom_limit_names[kill->limited_by] ? oom_limit_names[kill->limited_by] : "-";
}

/* One row for each kill. The limit is last: it may be a long path. */
static void
write_table(struct page page, const struct oom_kill *kills, size_t count)
{
	fprintf(page.file, "%-25s %8s %-16s %7s %-16s %s\n", "TIME", "PID", "NAME", "HELD", "ASKER",
		"LIMIT");
	for (size_t i = 0; i < count; i++) {
		char time[UNIT_FORMAT_SIZE];

		page.kill = &kills[i];
		format_time(time, page.kill);
		fprintf(page.file, "%-25s ", time);
		page_put(&page, "{pid:8} {comm:-16} {res:7} {asked_comm:-16} ");
		page_put(&page, limit_of(page.kill));
		fputc('\n', page.file);
	}
	fputc('\n', page.file);
}

void
oom_log_write_chapters(FILE *file, const struct oom_kill *kills, size_t count, enum charset charset)
{
	struct episodes episodes = { .count = 0 };
	struct page page = { .file = file, .charset = charset };

	for (size_t i = 0; i < count; i++)
		add_kill(&episodes, &kills[i]);
	for (size_t i = 0; i < episodes.count; i++) {
		page.kill = episodes.list[i].explained;
		page.task = &page.kill->largest;
		fputs(i > 0 ? "\n\n" : "", file);
		write_title(&page);
		oom_explain(&page, &episodes.list[i]);
	}
	free(episodes.list);
}

void
oom_log_write_text(FILE *file, const struct oom_kill *kills, size_t count, enum charset charset)
{
	if (count > 0)
		write_table((struct page){ .file = file, .charset = charset }, kills, count);
	oom_log_write_chapters(file, kills, count, charset);
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
