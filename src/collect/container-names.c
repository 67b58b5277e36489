// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/container-names.h"

#include "base/cleanup.h"
#include "base/index.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/scan.h"
#include "collect/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MOST_IDS = 4096,
	MOST_FILE = 1024 * 1024,
	MOST_ENTRIES = 16 * 1024, /* of a folder or a list */
	MOST_NESTED = 32,         /* arrays and objects of JSON in each other */
	MOST_NAME = 255,
	ID_SIZE = 64 + 1,
	SYSTEM = 0, /* the places of the machine's user, root */
};

#define RETRY_NS (60 * NS_PER_SEC)   /* of an id that was not found */
#define LISTS_NS (10 * NS_PER_SEC)   /* between two readings of all lists */
#define FORGET_NS (600 * NS_PER_SEC) /* of an id that nobody asks for, if there is no more room */

struct entry {
	char id[ID_SIZE];
	int64_t user;
	char *name, *pod;
	int64_t asked; /* when somebody asked for it last; UNKNOWN: never */
	int64_t retry; /* when it is looked for again, if it has no name */
	bool is_refused;
};

struct container_names {
	int root;
	struct entry *entries;
	size_t count, capacity;
	struct index index;
	int64_t listed[2];       /* when the lists of the system and of the own user were read, */
	bool is_list_refused[2]; /* and whether one of them may not be */
	bool is_refused;         /* a file may not be read */
	int64_t forgotten;       /* when unused ids were forgotten */
};

struct container_names *
container_names_create(const char *root)
{
	struct container_names *names = xcalloc(1, sizeof(*names));

	names->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
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

/* A piece of a text. */
struct piece {
	const char *text;
	size_t length;
};

static struct piece
piece_of(const char *text)
{
	return (struct piece){ .text = text, .length = text ? strlen(text) : 0 };
}

static void
set_text(char **text, struct piece value)
{
	free(*text);
	*text = xstrndup(value.text, value.length < MOST_NAME ? value.length : MOST_NAME);
}

/* "NAMESPACE/POD" */
static void
set_pod(struct entry *entry, struct piece space, struct piece pod)
{
	char text[MOST_NAME + 1];

	if (space.length == 0 || pod.length == 0 || space.length + pod.length >= MOST_NAME)
		return;
	snprintf(text, sizeof(text), "%.*s/%.*s", (int)space.length, space.text, (int)pod.length,
		pod.text);
	set_text(&entry->pod, piece_of(text));
}

/* Takes the text up to the next such character. Returns false if there is none. */
static bool
take_until(struct piece *rest, char end, struct piece *ret_piece)
{
	const char *found = rest->text ? memchr(rest->text, end, rest->length) : NULL;

	if (!found)
		return false;
	*ret_piece = (struct piece){ rest->text, (size_t)(found - rest->text) };
	rest->length -= ret_piece->length + 1;
	rest->text = found + 1;
	return true;
}

/* docker and cri-o name the containers of pods "k8s_CONTAINER_POD_NAMESPACE_UID_COUNT". */
static bool
set_names_of_pod(struct entry *entry, struct piece name)
{
	struct piece container, pod, space, uid;

	if (name.length < 4 || memcmp(name.text, "k8s_", 4) != 0)
		return false;
	name.text += 4;
	name.length -= 4;
	if (!take_until(&name, '_', &container) || !take_until(&name, '_', &pod) ||
		!take_until(&name, '_', &space) || !take_until(&name, '_', &uid) ||
		container.length == 0)
		return false;
	set_text(&entry->name, container);
	set_pod(entry, space, pod);
	return true;
}

/* Docker has a "/" before each name. */
static void
set_name(struct entry *entry, const char *name)
{
	if (!name)
		return;
	name += *name == '/';
	if (*name && !set_names_of_pod(entry, piece_of(name)))
		set_text(&entry->name, piece_of(name));
}

/* The entry of an id in a list, perhaps a new one; NULL without room or if it is too long. */
static struct entry *
listed_entry(struct container_names *names, struct piece id, int64_t user)
{
	char text[ID_SIZE];
	struct entry *entry;

	if (id.length == 0 || id.length >= sizeof(text))
		return NULL;
	snprintf(text, sizeof(text), "%.*s", (int)id.length, id.text);
	entry = look_up(names, text, user);
	return entry ? entry : add(names, text, user);
}

/* How deep values stand in each other: the parser calls itself for each level. */
static bool
is_shallow(const char *text, size_t length)
{
	bool is_quoted = false;
	int depth = 0;

	for (size_t i = 0; i < length && depth <= MOST_NESTED; i++) {
		if (text[i] == '"')
			is_quoted = !is_quoted;
		else if (text[i] == '\\' && is_quoted)
			i++;
		else if (!is_quoted && (text[i] == '[' || text[i] == '{'))
			depth++;
		else if (!is_quoted && (text[i] == ']' || text[i] == '}'))
			depth--;
	}
	return depth <= MOST_NESTED;
}

/* Opens a file or folder and notes whether that is refused. */
static int
open_below(struct container_names *names, const char *path, int flags)
{
	int fd = openat(names->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);

	if (fd < 0 && (errno == EACCES || errno == EPERM))
		names->is_refused = true;
	return fd;
}

/* Reads a plain file that is not too large. The caller releases the value; NULL if there is none.
 */
static json_t *
read_json(struct container_names *names, const char *path)
{
	_cleanup_close_ int fd = open_below(names, path, O_NOFOLLOW);
	_cleanup_free_ char *text = NULL;
	struct stat status;
	ssize_t length;

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) ||
		status.st_size > MOST_FILE)
		return NULL;
	text = xmalloc((size_t)status.st_size + 1);
	length = procfs_read_again(fd, text, (size_t)status.st_size + 1);
	if (length <= 0 || !is_shallow(text, (size_t)length))
		return NULL;
	return json_loadb(text, (size_t)length, 0, NULL);
}

/* Calls `take` with the names in a folder. */
static void
read_folder(struct container_names *names, const char *path,
	void (*take)(struct container_names *names, struct piece name))
{
	_cleanup_closedir_ DIR *folder = NULL;
	int fd = open_below(names, path, O_DIRECTORY);
	const struct dirent *file;

	if (fd < 0)
		return;
	folder = fdopendir(fd);
	if (!folder)
		close(fd);
	for (int i = 0; folder && i < MOST_ENTRIES && (file = readdir(folder)); i++)
		if (file->d_name[0] != '.')
			take(names, piece_of(file->d_name));
}

/* A link of the kubelet: "POD_NAMESPACE_CONTAINER-ID.log". */
static void
take_log(struct container_names *names, struct piece file)
{
	struct piece pod, space, id;
	struct entry *entry;
	const char *dash;

	if (!take_until(&file, '_', &pod) || !take_until(&file, '_', &space) || file.length <= 4 ||
		memcmp(file.text + file.length - 4, ".log", 4) != 0)
		return;
	file.length -= 4;
	dash = memrchr(file.text, '-', file.length);
	if (!dash || dash == file.text)
		return;
	id = (struct piece){ dash + 1, (size_t)(file.text + file.length - (dash + 1)) };
	entry = listed_entry(names, id, SYSTEM);
	if (!entry)
		return;
	set_text(&entry->name, (struct piece){ file.text, (size_t)(dash - file.text) });
	set_pod(entry, space, pod);
}

/* A folder of the kubelet: "NAMESPACE_POD_UID". */
static void
take_pod(struct container_names *names, struct piece folder)
{
	struct piece space, pod;
	struct entry *entry;

	if (!take_until(&folder, '_', &space) || !take_until(&folder, '_', &pod))
		return;
	entry = listed_entry(names, folder, SYSTEM);
	if (entry)
		set_pod(entry, space, pod);
}

/* The list of containers/storage (podman, cri-o): an array of { "id", "names": [...] }. */
static void
read_storage(struct container_names *names, const char *path, int64_t user)
{
	json_t *list = read_json(names, path);
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && i < MOST_ENTRIES; i++) {
		const json_t *item = json_array_get(list, i);
		const json_t *name = json_array_get(json_object_get(item, "names"), 0);
		struct piece id = piece_of(json_string_value(json_object_get(item, "id")));
		struct entry *entry = name ? listed_entry(names, id, user) : NULL;

		if (entry)
			set_name(entry, json_string_value(name));
	}
	json_decref(list);
}

/* Below the home of memtop's own user: that of others may be slow, and belongs to them. */
static bool
path_in_home(char path[static PATH_MAX], const char *file)
{
	const char *home = getenv("HOME");

	if (!home || *home != '/')
		return false;
	home += strspn(home, "/");
	return snprintf(path, PATH_MAX, "%s/%s", *home ? home : ".", file) < PATH_MAX;
}

static const char *const storages[] = {
	"var/lib/containers/storage/overlay-containers/containers.json",
	"var/lib/containers/storage/vfs-containers/containers.json",
};

/* Reads all places that name many containers at once. */
static void
read_lists(struct container_names *names, int64_t user)
{
	_cleanup_free_ char *path = NULL;

	if (user == SYSTEM) {
		read_folder(names, "var/log/containers", take_log);
		read_folder(names, "var/log/pods", take_pod);
		for (size_t i = 0; i < ARRAY_SIZE(storages); i++)
			read_storage(names, storages[i], user);
		return;
	}
	path = xmalloc(PATH_MAX);
	if (path_in_home(path, ".local/share/containers/storage/overlay-containers/"
			       "containers.json"))
		read_storage(names, path, user);
}

static void
read_lists_in_turn(struct container_names *names, int64_t user, int64_t now)
{
	bool own = user != SYSTEM;

	names->is_refused = names->is_list_refused[own];
	if (!is_due(names->listed[own], now, LISTS_NS))
		return;
	names->is_refused = false;
	read_lists(names, user);
	names->listed[own] = now;
	names->is_list_refused[own] = names->is_refused;
}

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void
take_docker(struct entry *entry, const json_t *file)
{
	set_name(entry, text_of(file, "Name"));
}

static void
take_containerd(struct entry *entry, const json_t *file)
{
	const json_t *notes = json_object_get(file, "annotations");

	set_name(entry, text_of(notes, "io.kubernetes.cri.container-name"));
	set_pod(entry, piece_of(text_of(notes, "io.kubernetes.cri.sandbox-namespace")),
		piece_of(text_of(notes, "io.kubernetes.cri.sandbox-name")));
}

/* Files of one container; %s is its id. */
static const struct {
	const char *path;
	void (*take)(struct entry *entry, const json_t *file);
	bool is_in_home;
} files[] = {
	{ "var/lib/docker/containers/%s/config.v2.json", take_docker, false },
	{ "run/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json", take_containerd,
		false },
	{ "run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json", take_containerd,
		false },
	{ ".local/share/docker/containers/%s/config.v2.json", take_docker, true },
};

static void
read_files(struct container_names *names, struct entry *entry)
{
	_cleanup_free_ char *path = xmalloc(PATH_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(files) && !entry->name && !entry->pod; i++) {
		char file[256];
		json_t *object;

		if (files[i].is_in_home != (entry->user != SYSTEM))
			continue;
		snprintf(file, sizeof(file), files[i].path, entry->id);
		if (files[i].is_in_home && !path_in_home(path, file))
			continue;
		object = read_json(names, files[i].is_in_home ? path : file);
		files[i].take(entry, object);
		json_decref(object);
	}
}

struct container_name
container_names_find(
	struct container_names *names, const char *id, size_t length, int64_t user, int64_t now)
{
	const struct container_name unknown = { .name = NULL };
	char text[ID_SIZE];
	struct entry *entry;

	if (names->root < 0 || length == 0 || length >= sizeof(text) ||
		(user != SYSTEM && user != (int64_t)getuid()))
		return unknown;
	snprintf(text, sizeof(text), "%.*s", (int)length, id);
	if (strspn(text, "0123456789abcdef-") != length) /* it becomes a part of paths */
		return unknown;
	entry = look_up(names, text, user);
	if (!entry) {
		forget_unused(names, now);
		entry = add(names, text, user);
	}
	if (!entry)
		return unknown;
	entry->asked = now;
	if (!entry->name && !entry->pod && (entry->retry == UNKNOWN || now >= entry->retry)) {
		entry->retry = now + RETRY_NS;
		read_lists_in_turn(names, user, now);
		entry = look_up(names, text, user); /* it may have moved */
		read_files(names, entry);
		entry->is_refused = names->is_refused && !entry->name;
	}
	return (struct container_name){
		.name = entry->name, .pod = entry->pod, .is_refused = entry->is_refused
	};
}
