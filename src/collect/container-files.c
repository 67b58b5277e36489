// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/container-files.h"

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/memory.h"
#include "collect/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MOST_FOUND = 8192,
	MOST_FILE = 1024 * 1024,
	MOST_ENTRIES = 16 * 1024, /* of a folder or a list */
	MOST_NESTED = 32,         /* arrays and objects of JSON in each other */
	MOST_NAME = 255,
};

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
set_pod(struct container_entry *entry, struct piece space, struct piece pod)
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
set_names_of_pod(struct container_entry *entry, struct piece name)
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
set_name(struct container_entry *entry, const char *name)
{
	if (!name)
		return;
	name += *name == '/';
	if (*name && !set_names_of_pod(entry, piece_of(name)))
		set_text(&entry->name, piece_of(name));
}

/* Adds what is said about an id; NULL without room or if it is too long. */
static struct container_entry *
add(struct container_files *files, struct piece id)
{
	struct container_entry *entry;

	if (id.length == 0 || id.length >= CONTAINER_ID_SIZE || files->count == MOST_FOUND)
		return NULL;
	files->found = array_reserve(
		files->found, &files->capacity, files->count + 1, sizeof(files->found[0]));
	entry = &files->found[files->count++];
	*entry = (struct container_entry){ .name = NULL };
	memcpy(entry->id, id.text, id.length);
	return entry;
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
open_below(struct container_files *files, const char *path, int flags)
{
	int fd = openat(files->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);

	if (fd < 0 && (errno == EACCES || errno == EPERM))
		files->is_refused = true;
	return fd;
}

/* Reads a plain file that is not too large. The caller releases the value; NULL if there is none.
 */
static json_t *
read_json(struct container_files *files, const char *path)
{
	_cleanup_close_ int fd = open_below(files, path, O_NOFOLLOW);
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
read_folder(struct container_files *files, const char *path,
	void (*take)(struct container_files *files, struct piece name))
{
	_cleanup_closedir_ DIR *folder = NULL;
	int fd = open_below(files, path, O_DIRECTORY);
	const struct dirent *file;

	if (fd < 0)
		return;
	folder = fdopendir(fd);
	if (!folder)
		close(fd);
	for (int i = 0; folder && i < MOST_ENTRIES && (file = readdir(folder)); i++)
		if (file->d_name[0] != '.')
			take(files, piece_of(file->d_name));
}

/* A link of the kubelet: "POD_NAMESPACE_CONTAINER-ID.log". */
static void
take_log(struct container_files *files, struct piece file)
{
	struct piece pod, space, id;
	struct container_entry *entry;
	const char *dash;

	if (!take_until(&file, '_', &pod) || !take_until(&file, '_', &space) || file.length <= 4 ||
		memcmp(file.text + file.length - 4, ".log", 4) != 0)
		return;
	file.length -= 4;
	dash = memrchr(file.text, '-', file.length);
	if (!dash || dash == file.text)
		return;
	id = (struct piece){ dash + 1, (size_t)(file.text + file.length - (dash + 1)) };
	entry = add(files, id);
	if (!entry)
		return;
	set_text(&entry->name, (struct piece){ file.text, (size_t)(dash - file.text) });
	set_pod(entry, space, pod);
}

/* A folder of the kubelet: "NAMESPACE_POD_UID". */
static void
take_pod(struct container_files *files, struct piece folder)
{
	struct piece space, pod;
	struct container_entry *entry;

	if (!take_until(&folder, '_', &space) || !take_until(&folder, '_', &pod))
		return;
	entry = add(files, folder);
	if (entry)
		set_pod(entry, space, pod);
}

/* The list of containers/storage (podman, cri-o): an array of { "id", "names": [...] }. */
static void
read_storage(struct container_files *files, const char *path)
{
	json_t *list = read_json(files, path);
	size_t count = json_array_size(list);

	for (size_t i = 0; i < count && i < MOST_ENTRIES; i++) {
		const json_t *item = json_array_get(list, i);
		const json_t *name = json_array_get(json_object_get(item, "names"), 0);
		struct piece id = piece_of(json_string_value(json_object_get(item, "id")));
		struct container_entry *entry = name ? add(files, id) : NULL;

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

void
container_files_read_lists(struct container_files *files)
{
	_cleanup_free_ char *path = NULL;

	if (!files->is_own) {
		read_folder(files, "var/log/containers", take_log);
		read_folder(files, "var/log/pods", take_pod);
		for (size_t i = 0; i < ARRAY_SIZE(storages); i++)
			read_storage(files, storages[i]);
		return;
	}
	path = xmalloc(PATH_MAX);
	if (path_in_home(path, ".local/share/containers/storage/overlay-containers/"
			       "containers.json"))
		read_storage(files, path);
}

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void
take_docker(struct container_entry *entry, const json_t *file)
{
	set_name(entry, text_of(file, "Name"));
}

static void
take_containerd(struct container_entry *entry, const json_t *file)
{
	const json_t *notes = json_object_get(file, "annotations");

	set_name(entry, text_of(notes, "io.kubernetes.cri.container-name"));
	set_pod(entry, piece_of(text_of(notes, "io.kubernetes.cri.sandbox-namespace")),
		piece_of(text_of(notes, "io.kubernetes.cri.sandbox-name")));
}

/* Files of one container; %s is its id. */
static const struct {
	const char *path;
	void (*take)(struct container_entry *entry, const json_t *file);
	bool is_in_home;
} places[] = {
	{ "var/lib/docker/containers/%s/config.v2.json", take_docker, false },
	{ "run/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json", take_containerd,
		false },
	{ "run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/%s/config.json", take_containerd,
		false },
	{ ".local/share/docker/containers/%s/config.v2.json", take_docker, true },
};

static bool
is_named(const struct container_files *files, const char *id)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->found[i].id, id) == 0 &&
			(files->found[i].name || files->found[i].pod))
			return true;
	return false;
}

void
container_files_read_one(struct container_files *files, const char *id)
{
	_cleanup_free_ char *path = xmalloc(PATH_MAX);
	struct container_entry *entry = is_named(files, id) ? NULL : add(files, piece_of(id));

	for (size_t i = 0; entry && !entry->name && !entry->pod && i < ARRAY_SIZE(places); i++) {
		char file[256];
		json_t *object;

		if (places[i].is_in_home != files->is_own)
			continue;
		snprintf(file, sizeof(file), places[i].path, id);
		if (files->is_own && !path_in_home(path, file))
			continue;
		object = read_json(files, files->is_own ? path : file);
		places[i].take(entry, object);
		json_decref(object);
	}
}

void
container_files_finish(struct container_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->found[i].name);
		free(files->found[i].pod);
	}
	free(files->found);
}
