// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/oom-scope.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/text.h"
#include "collect/procfs.h"
#include "model/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In version 1 no limit is the largest number of whole pages (PAGE_COUNTER_MAX). */
#define NO_LIMIT (INT64_C(1) << 62)

struct oom_scope {
	int root;
	struct oom_mount mount;
	struct process **rows; /* with room to sort them */
	size_t row_capacity;
};

struct oom_scope *
oom_scope_create(int root)
{
	struct oom_scope *scope = xcalloc(1, sizeof(*scope));

	scope->root = root;
	return scope;
}

void
oom_scope_destroy(struct oom_scope *scope)
{
	if (scope)
		free(scope->rows);
	free(scope);
}

static bool
has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length)
		if ((at == list || at[-1] == ',') && strchr(",\n", at[length]))
			return true;
	return false;
}

/* "36 35 98:0 ROOT PATH OPTIONS [TAGS...] - TYPE SOURCE OPTIONS" (proc(5)). */
bool
oom_mount_parse(const char *line, struct oom_mount *mount)
{
	const char *tail = strstr(line, " - "), *root = line, *path;
	int version;

	if (!tail)
		return false;
	if (strncmp(tail, " - cgroup2 ", 11) == 0)
		version = 2;
	else if (strncmp(tail, " - cgroup ", 10) == 0 && has_word(strrchr(tail, ' ') + 1, "memory"))
		version = 1;
	else
		return false;
	for (int i = 0; i < 3 && root; i++) {
		root = strchr(root, ' ');
		root = root ? root + 1 : NULL;
	}
	path = root ? strchr(root, ' ') : NULL;
	if (!path || path >= tail || mount->version == 1)
		return false;
	path++;
	mount->version = version;
	return procfs_unescape(mount->root, sizeof(mount->root), root, (size_t)(path - 1 - root)) &&
	       procfs_unescape(mount->path, sizeof(mount->path), path, strcspn(path, " "));
}

/* The mounts are looked at once: a memory controller does not move while processes use it. */
static int
find_mount(struct oom_scope *scope)
{
	int fd;
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (scope->mount.version > 0)
		return 0;
	fd = openat(scope->root, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file)
		return -errno;
	while (getline(&line, &size, file) > 0)
		oom_mount_parse(line, &scope->mount);
	return scope->mount.version > 0 ? 0 : -ENOENT;
}

/* The number in a file; UNKNOWN where there is none: "max", or no such file. */
static int64_t
read_number(int directory, const char *name)
{
	char text[64];
	int64_t number;

	if (procfs_read(directory, name, text, sizeof(text)) < 0)
		return UNKNOWN;
	text[strcspn(text, "\n")] = '\0';
	return text_to_number(text, &number) < 0 ? UNKNOWN : number;
}

static int64_t
read_limit(int directory, const char *name)
{
	int64_t limit = read_number(directory, name);

	return limit >= NO_LIMIT ? UNKNOWN : limit;
}

/* One slash at the start, none doubled and none at the end. Returns the new length. */
static size_t
fold_slashes(char *path, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++)
		if (path[i] != '/' || used == 0 || path[used - 1] != '/')
			path[used++] = path[i];
	while (used > 1 && path[used - 1] == '/')
		used--;
	return used;
}

/*
 * The path of a cgroup as /proc/PID/cgroup shows it, also where that of its folder was given, and
 * without a slash at its end.
 */
static const char *
group_of(const struct oom_mount *mount, const char *path, struct arena *texts)
{
	size_t length = strlen(mount->path);
	char group[2 * sizeof(mount->path)];
	bool is_folder = mount->version > 0 && strncmp(path, mount->path, length) == 0 &&
			 (path[length] == '/' || !path[length]);
	int end = snprintf(group, sizeof(group), "/%s%s",
		is_folder && mount->root[1] ? mount->root : "", is_folder ? path + length : path);

	end = end < (int)sizeof(group) ? end : (int)sizeof(group) - 1;
	return arena_copy(texts, group, fold_slashes(group, (size_t)end));
}

static int
open_group(const struct oom_mount *mount, const char *group, size_t group_length)
{
	size_t length = strlen(mount->root);
	char path[2 * sizeof(mount->path)];
	int fd;

	if (length > 1 && length <= group_length && strncmp(group, mount->root, length) == 0 &&
		(length == group_length || group[length] == '/')) {
		group += length;
		group_length -= length;
	}
	snprintf(path, sizeof(path), "%s%s%.*s", mount->path, *group == '/' ? "" : "/",
		(int)group_length, group);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * How much swap there is beyond the limit (mm/memcontrol.c, mem_cgroup_get_max): in version 1 what
 * the limit of both leaves over, and nowhere more than the machine has.
 */
static int64_t
swap_of(const struct oom_scope *scope, int directory, int64_t limit, int64_t swap_total)
{
	bool old = scope->mount.version == 1;
	int64_t swappiness = old ? read_number(directory, "memory.swappiness")
				 : read_number(scope->root, "sys/vm/swappiness");
	int64_t swap =
		read_limit(directory, old ? "memory.memsw.limit_in_bytes" : "memory.swap.max");

	if (swappiness == 0)
		return 0;
	if (swap == UNKNOWN)
		return swap_total;
	if (old)
		swap -= limit;
	return swap < swap_total ? swap : swap_total;
}

static int
read_group(struct oom_scope *scope, const char *cgroup, struct snapshot *now)
{
	struct system *system = &now->system;
	_cleanup_close_ int directory = -1;
	int error = find_mount(scope);

	system->oom_scope = group_of(&scope->mount, cgroup, &now->texts);
	if (error < 0)
		return error;
	directory = open_group(&scope->mount, system->oom_scope, strlen(system->oom_scope));
	if (directory < 0)
		return directory;
	system->oom_limit = read_limit(
		directory, scope->mount.version == 1 ? "memory.limit_in_bytes" : "memory.max");
	if (system->oom_limit != UNKNOWN && system->swap_total != UNKNOWN)
		system->oom_total = system->oom_limit + swap_of(scope, directory, system->oom_limit,
								system->swap_total);
	return 0;
}

int
oom_scope_read(struct oom_scope *scope, const char *cgroup, struct snapshot *now)
{
	struct system *system = &now->system;

	system->panic_on_oom = read_number(scope->root, "sys/vm/panic_on_oom");
	system->kill_allocating_task = read_number(scope->root, "sys/vm/oom_kill_allocating_task");
	if (cgroup && strcmp(cgroup, "/") != 0)
		return read_group(scope, cgroup, now);
	system->oom_scope = "machine";
	return 0;
}

static bool
is_killed_together(const struct oom_mount *mount, const char *group, size_t length)
{
	_cleanup_close_ int directory = open_group(mount, group, length);

	return directory >= 0 && read_number(directory, "memory.oom.group") == 1;
}

/* The end of the highest ancestor, `first` or below it, that is killed as a whole; 0: none is. */
static size_t
find_group(const struct oom_mount *mount, const char *path, size_t first)
{
	size_t end = first > 0 ? first : strcspn(path + 1, "/") + 1;

	for (;;) {
		if (end > 1 && is_killed_together(mount, path, end))
			return end;
		if (!path[end])
			return 0;
		end += 1 + strcspn(path + end + 1, "/");
	}
}

static int
compare_cgroups(const void *a, const void *b)
{
	const struct process *left = *(struct process *const *)a,
			     *right = *(struct process *const *)b;

	return strcmp(left->cgroup, right->cgroup);
}

/* Members of one cgroup stand side by side, so that each is looked up once. */
void
oom_scope_find_groups(struct oom_scope *scope, struct snapshot *now)
{
	const char *domain = now->system.oom_scope, *last = NULL, *group = NULL;
	struct process **rows;
	size_t count = 0;

	if (find_mount(scope) < 0 || scope->mount.version != 2)
		return;
	if (!domain || *domain != '/')
		domain = "";
	rows = scope->rows = array_reserve(
		scope->rows, &scope->row_capacity, 2 * now->process_count, sizeof(rows[0]));
	for (size_t i = 0; i < now->process_count; i++) {
		now->processes[i].oom_group = NULL;
		if (now->processes[i].cgroup && *now->processes[i].cgroup == '/' &&
			text_is_below(now->processes[i].cgroup, domain))
			rows[count++] = &now->processes[i];
	}
	if (count > 1)
		sort_merge(rows, rows + count, count, sizeof(rows[0]), compare_cgroups);
	for (size_t i = 0; i < count; i++) {
		const char *path = rows[i]->cgroup;

		if (!last || strcmp(path, last) != 0) {
			size_t end = find_group(&scope->mount, path, strlen(domain));

			group = end > 0 ? arena_copy(&now->texts, path, end) : NULL;
		}
		last = path;
		rows[i]->oom_group = group;
	}
}
