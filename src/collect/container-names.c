// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/container-names.h"

#include "base/index.h"
#include "base/jobs.h"
#include "base/known.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/container-files.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MOST_IDS = 4096,
	SYSTEM = 0, /* the places of the machine's user, root */
	MOST_LATE = 4,
	PART_OF_TIME = 25,
};

#define MOST_WAIT (500 * NS_PER_MS)
#define RETRY_NS (60 * NS_PER_SEC)   /* of an id that was not found */
#define LISTS_NS (10 * NS_PER_SEC)   /* between two readings of all lists */
#define FORGET_NS (600 * NS_PER_SEC) /* of an id that nobody asks for, if there is no more room */

struct entry {
	char id[CONTAINER_ID_SIZE];
	int64_t user;
	char *name, *pod;
	int64_t asked; /* when somebody asked for it last; UNKNOWN: never */
	int64_t retry; /* when it is looked for again, if it has no name */
	int error;     /* why it has none: as in struct container_name */
};

struct container_names {
	int root;
	struct jobs *jobs;
	struct entry *entries;
	size_t count, capacity;
	struct index index;
	int64_t listed[2];       /* when the lists of the system and of the own user were read, */
	bool is_list_refused[2]; /* and whether one of them may not be */
	int64_t forgotten;       /* when unused ids were forgotten */
};

/* One look at the files, for one id. */
struct look {
	struct job job;
	struct container_files files;
	char id[CONTAINER_ID_SIZE];
	int64_t user;
	bool has_lists;       /* it reads the lists, too */
	bool is_list_refused; /* one of them may not be read */
};

struct container_names *
container_names_create(const char *root)
{
	struct container_names *names = xcalloc(1, sizeof(*names));

	names->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	names->jobs = jobs_create(MOST_LATE, MOST_WAIT, PART_OF_TIME);
	names->listed[0] = names->listed[1] = names->forgotten = UNKNOWN;
	return names;
}

static void
free_entry(struct entry *entry)
{
	free(entry->name);
	free(entry->pod);
}

void
container_names_destroy(struct container_names *names)
{
	if (!names)
		return;
	jobs_destroy(names->jobs);
	for (size_t i = 0; i < names->count; i++)
		free_entry(&names->entries[i]);
	free(names->entries);
	index_finish(&names->index);
	if (names->root >= 0)
		close(names->root);
	free(names);
}

static uint64_t
hash_of(const char *id, int64_t user)
{
	return index_mix_text(index_mix(0, (uint64_t)user), id);
}

static struct entry *
look_up(const struct container_names *names, const char *id, int64_t user)
{
	uint32_t at = index_first(&names->index, hash_of(id, user));

	while (at != INDEX_END &&
		(names->entries[at].user != user || strcmp(names->entries[at].id, id) != 0))
		at = index_next(&names->index, at);
	return at == INDEX_END ? NULL : &names->entries[at];
}

/* Adds an entry; NULL if there is no room. Others may move. */
static struct entry *
add(struct container_names *names, const char *id, int64_t user)
{
	struct entry *entry;

	if (names->count == MOST_IDS)
		return NULL;
	names->entries = array_reserve(
		names->entries, &names->capacity, names->count + 1, sizeof(names->entries[0]));
	entry = &names->entries[names->count++];
	*entry = (struct entry){ .user = user, .asked = UNKNOWN, .retry = UNKNOWN };
	snprintf(entry->id, sizeof(entry->id), "%s", id);
	index_add(&names->index, hash_of(id, user));
	return entry;
}

static bool
is_due(int64_t last, int64_t now, int64_t period)
{
	return last == UNKNOWN || now - last >= period;
}

static void
forget_unused(struct container_names *names, int64_t now)
{
	size_t left = 0;

	if (names->count < MOST_IDS || !is_due(names->forgotten, now, RETRY_NS))
		return;
	names->forgotten = now;
	index_reset(&names->index);
	for (size_t i = 0; i < names->count; i++) {
		struct entry entry = names->entries[i];

		if (is_due(entry.asked, now, FORGET_NS)) {
			free_entry(&entry);
			continue;
		}
		names->entries[left++] = entry;
		index_add(&names->index, hash_of(entry.id, entry.user));
	}
	names->count = left;
}

static void
run_look(struct job *job)
{
	struct look *look = (struct look *)job;

	if (look->has_lists)
		container_files_read_lists(&look->files);
	look->is_list_refused = look->files.is_refused;
	container_files_read_one(&look->files, look->id);
}

static void
destroy_look(struct job *job)
{
	struct look *look = (struct look *)job;

	container_files_finish(&look->files);
	close(look->files.root);
	free(look);
}

/* NULL: no descriptor is left. */
static struct look *
create_look(const struct container_names *names, const struct entry *entry, bool has_lists)
{
	struct look *look;
	int root = fcntl(names->root, F_DUPFD_CLOEXEC, 0);

	if (root < 0)
		return NULL;
	look = xcalloc(1, sizeof(*look));
	look->job = (struct job){ .run = run_look, .destroy = destroy_look };
	look->files.root = root;
	look->files.is_own = entry->user != SYSTEM;
	look->user = entry->user;
	look->has_lists = has_lists;
	memcpy(look->id, entry->id, sizeof(look->id));
	return look;
}

static void
take_text(char **text, char **found)
{
	if (!*found)
		return;
	free(*text);
	*text = *found;
	*found = NULL;
}

/* Takes what a look has found, and ends it. */
static void
take_look(struct container_names *names, struct look *look)
{
	bool *is_list_refused = &names->is_list_refused[look->user != SYSTEM];
	struct entry *entry;

	if (look->has_lists)
		*is_list_refused = look->is_list_refused;
	for (size_t i = 0; i < look->files.count; i++) {
		struct container_entry *found = &look->files.found[i];

		entry = look_up(names, found->id, look->user);
		if (!entry)
			entry = add(names, found->id, look->user);
		if (!entry)
			continue;
		take_text(&entry->name, &found->name);
		take_text(&entry->pod, &found->pod);
	}
	entry = look_up(names, look->id, look->user);
	if (entry)
		entry->error = look->files.is_refused || *is_list_refused ? -EACCES : 0;
	job_destroy(&look->job);
}

/* Looks for the names of an id; others may move. */
static void
look_for(struct container_names *names, struct entry *entry, int64_t now)
{
	int64_t *listed = &names->listed[entry->user != SYSTEM];
	bool has_lists = is_due(*listed, now, LISTS_NS);
	struct look *look = create_look(names, entry, has_lists);
	int error = look ? jobs_run(names->jobs, &look->job) : -EMFILE;

	if (error == 0 || error == -EINPROGRESS) {
		entry->retry = now + RETRY_NS;
		*listed = has_lists ? now : *listed;
	}
	if (error == 0)
		take_look(names, look);
	else if (error == -EINPROGRESS)
		entry->error = -ETIMEDOUT;
	else if (look)
		job_destroy(&look->job);
}

struct container_name
container_names_find(
	struct container_names *names, const char *id, size_t length, int64_t user, int64_t now)
{
	const struct container_name unknown = { .name = NULL };
	char text[CONTAINER_ID_SIZE];
	struct entry *entry;
	struct job *late;

	if (names->root < 0 || length == 0 || length >= sizeof(text) ||
		(user != SYSTEM && user != (int64_t)getuid()))
		return unknown;
	snprintf(text, sizeof(text), "%.*s", (int)length, id);
	if (strspn(text, "0123456789abcdef-") != length) /* it becomes a part of paths */
		return unknown;
	while (jobs_late(names->jobs, 0) && (late = jobs_take(names->jobs)))
		take_look(names, (struct look *)late);
	entry = look_up(names, text, user);
	if (!entry) {
		forget_unused(names, now);
		entry = add(names, text, user);
	}
	if (!entry)
		return unknown;
	entry->asked = now;
	if (!entry->name && !entry->pod && (entry->retry == UNKNOWN || now >= entry->retry)) {
		look_for(names, entry, now);
		entry = look_up(names, text, user);
	}
	assert(entry);
	return (struct container_name){
		.name = entry->name, .pod = entry->pod, .error = entry->name ? 0 : entry->error
	};
}
