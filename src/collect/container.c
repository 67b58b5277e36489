// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/container.h"

#include "base/macros.h"
#include "base/scan.h"

#include <stdio.h>
#include <string.h>

enum {
	ID_DIGITS = 64,
	FEWEST_DIGITS = 12, /* of an id behind a known prefix, and of a pod's UID */
	SHORT_ID = 12,
	UUID_LENGTH = 36,
	MOST_NAME = 255, /* NAME_MAX of the kernel */
};

bool
path_next(const char **path, const char *end, struct path_name *ret_name)
{
	const char *slash;

	while (*path < end && **path == '/')
		++*path;
	if (*path >= end)
		return false;
	slash = memchr(*path, '/', (size_t)(end - *path));
	slash = slash ? slash : end;
	*ret_name = (struct path_name){ .text = *path, .length = (size_t)(slash - *path) };
	*path = slash;
	return true;
}

bool
path_name_begins(const struct path_name *name, const char *start)
{
	size_t length = strlen(start);

	return name->length >= length && memcmp(name->text, start, length) == 0;
}

bool
path_name_ends(const struct path_name *name, const char *ending)
{
	size_t length = strlen(ending);

	return name->length > length &&
	       memcmp(name->text + name->length - length, ending, length) == 0;
}

/* How many of these characters the name has, from its start. */
static size_t
count_of(const struct path_name *name, const char *characters)
{
	size_t count = 0;

	while (count < name->length && name->text[count] && strchr(characters, name->text[count]))
		count++;
	return count;
}

static void
skip(struct path_name *name, size_t count)
{
	name->text += count;
	name->length -= count;
}

static bool
is_any(struct path_name *name)
{
	return true;
}

static bool
is_id(struct path_name *name)
{
	return name->length >= FEWEST_DIGITS && name->length <= ID_DIGITS &&
	       count_of(name, "0123456789abcdef") == name->length;
}

static bool
is_full_id(struct path_name *name)
{
	return name->length == ID_DIGITS && is_id(name);
}

static bool
is_number(struct path_name *name)
{
	return count_of(name, "0123456789") == name->length;
}

/* "3\x2dweb": takes the name behind the number. */
static bool
is_numbered(struct path_name *name)
{
	size_t digits = count_of(name, "0123456789");
	const struct path_name rest = { name->text + digits, name->length - digits };

	if (digits == 0 || rest.length <= 4 || !path_name_begins(&rest, "\\x2d"))
		return false;
	skip(name, digits + 4);
	return true;
}

/* "org.gimp.GIMP-4711": takes the name before the number of the instance. */
static bool
is_instance(struct path_name *name)
{
	const char *dash = memrchr(name->text, '-', name->length);
	struct path_name number;

	if (!dash || dash == name->text || dash + 1 == name->text + name->length)
		return false;
	number = (struct path_name){ dash + 1, name->length - (size_t)(dash + 1 - name->text) };
	if (!is_number(&number))
		return false;
	name->length = (size_t)(dash - name->text);
	return true;
}

/* A UID of Kubernetes: a UUID, in units with "_" for "-", or 32 digits. */
static bool
is_uid(struct path_name *name)
{
	size_t digits = 0;

	for (size_t i = 0; i < name->length; i++)
		digits += name->text[i] != '-' && name->text[i] != '_';
	return digits >= FEWEST_DIGITS && name->length <= ID_DIGITS &&
	       count_of(name, "0123456789abcdef-_") == name->length;
}

/* "firefox.firefox-UUID": takes what stands before the UUID, if there is one. */
static bool
is_of_snap(struct path_name *name)
{
	struct path_name uuid = *name;

	if (name->length <= UUID_LENGTH + 1)
		return true;
	skip(&uuid, name->length - UUID_LENGTH);
	if ((uuid.text[-1] == '-' || uuid.text[-1] == '.') && is_uid(&uuid))
		name->length -= UUID_LENGTH + 1;
	return true;
}

enum { HELPER = 1, ESCAPED = 2, SANDBOX = 4, ANYWHERE = 8 };

/* An element of a path: PREFIX name SUFFIX, below a certain parent. */
struct pattern {
	const char *prefix, *suffix;
	bool (*takes)(struct path_name *name); /* whether it is such a name; may shorten it */
	const char *kind;
	const char *parent; /* NULL: any; "/name": the first of the path; "*end", "start*" */
	int flags;          /* ANYWHERE: something may stand before the prefix */
};

/* clang-format off */
static const struct pattern containers[] = {
	{ "docker-", ".scope", is_id, "docker" },
	{ "", "", is_id, "docker", .parent = "docker" },
	{ "libpod-conmon-", ".scope", is_id, "podman", .flags = HELPER },
	{ "libpod-conmon-", "", is_id, "podman", .flags = HELPER },
	{ "libpod-payload-", "", is_id, "podman" },
	{ "libpod-", ".scope", is_id, "podman" },
	{ "libpod-", "", is_id, "podman" },
	{ "cri-containerd-", ".scope", is_id, "containerd" },
	{ "nerdctl-", ".scope", is_id, "containerd" },
	{ "", "", is_full_id, "containerd", .parent = "/default" },
	{ "", "", is_any, "containerd", .parent = "/default" },
	{ "crio-conmon-", ".scope", is_id, "cri-o", .flags = HELPER },
	{ "crio-conmon-", "", is_id, "cri-o", .flags = HELPER },
	{ "crio-", ".scope", is_id, "cri-o" },
	{ "crio-", "", is_id, "cri-o" },
	/* SLICE:PREFIX:ID is meant for systemd, but was taken for a path. */
	{ ".slice:docker:", "", is_id, "docker", .flags = ANYWHERE },
	{ ".slice:libpod:", "", is_id, "podman", .flags = ANYWHERE },
	{ ".slice:cri-containerd:", "", is_id, "containerd", .flags = ANYWHERE },
	{ ".slice:nerdctl:", "", is_id, "containerd", .flags = ANYWHERE },
	{ ".slice:crio:", "", is_id, "cri-o", .flags = ANYWHERE },
	{ "lxc.monitor.", "", is_any, "lxc", .flags = HELPER },
	{ "", "", is_any, "lxc", .parent = "lxc.monitor", .flags = HELPER },
	{ "lxc.payload.", "", is_any, "lxc" },
	{ "", "", is_any, "lxc", .parent = "lxc.payload" },
	{ "", "", is_any, "lxc", .parent = "lxc" },
	{ "machine-qemu\\x2d", ".scope", is_numbered, "qemu", .flags = ESCAPED },
	{ "machine-lxc\\x2d", ".scope", is_numbered, "lxc", .flags = ESCAPED }, /* of libvirt */
	{ "", ".scope", is_number, "qemu", .parent = "qemu.slice" },            /* of Proxmox */
	{ "machine-", ".scope", is_any, "nspawn", .flags = ESCAPED },
	{ "systemd-nspawn@", ".service", is_any, "nspawn", .flags = ESCAPED },
	{ "app-flatpak-", ".scope", is_instance, "flatpak", .flags = ESCAPED | SANDBOX },
	{ "snap.", ".scope", is_of_snap, "snap", .flags = SANDBOX },
	{ "snap.", ".service", is_of_snap, "snap", .flags = SANDBOX },
	{ "job_", "", is_number, "slurm", .parent = "*slurmstepd.scope", .flags = SANDBOX },
	{ "job_", "", is_number, "slurm", .parent = "uid_*", .flags = SANDBOX },
	{ "", "", is_full_id, "kubernetes", .parent = "pod*" },
	{ "", "", is_full_id, "container" },
};

static const struct pattern pods[] = {
	{ "-pod", ".slice", is_uid, "kubernetes", .flags = ANYWHERE },
	{ "pod", "", is_uid, "kubernetes" },
	{ "libpod_pod_", ".slice", is_id, "podman", .flags = ANYWHERE },
	{ "", "", is_full_id, "podman", .parent = "libpod_parent" },
};
/* clang-format on */

static bool
is_parent(const char *wanted, const struct path_name *parent, const char *path)
{
	size_t length = strlen(wanted);
	const char *first = path + (*path == '/');

	if (*wanted == '*')
		return path_name_ends(parent, wanted + 1) ||
		       scan_is(parent->text, parent->length, wanted + 1);
	if (*wanted == '/')
		return parent->text == first && scan_is(first, parent->length, wanted + 1);
	if (wanted[length - 1] == '*')
		return parent->length >= length && memcmp(parent->text, wanted, length - 1) == 0;
	return scan_is(parent->text, parent->length, wanted);
}

/* Cuts off all up to the last such text, and that too. */
static bool
cut_to_last(struct path_name *name, const char *text)
{
	struct path_name rest = *name;
	const char *found = NULL, *next;

	if (!memrchr(name->text, text[strlen(text) - 1], name->length))
		return false; /* most have none: this is fast */
	while ((next = memmem(rest.text, rest.length, text, strlen(text)))) {
		found = next + strlen(text);
		skip(&rest, (size_t)(found - rest.text));
	}
	if (!found)
		return false;
	skip(name, (size_t)(found - name->text));
	return true;
}

/* Leaves what stands before the suffix, which is the end of the name or followed by ":". */
static bool
cut_suffix(struct path_name *name, const char *suffix)
{
	size_t length = strlen(suffix);
	const char *at = length ? memmem(name->text, name->length, suffix, length) : NULL;

	if (length == 0)
		return true;
	if (path_name_ends(name, suffix)) {
		name->length -= length;
		return true;
	}
	if (!at || at + length == name->text + name->length || at[length] != ':')
		return false;
	name->length = (size_t)(at - name->text);
	return true;
}

static bool
fits(const struct pattern *pattern, struct path_name *name)
{
	if (pattern->flags & ANYWHERE) {
		if (!cut_to_last(name, pattern->prefix))
			return false;
	} else if (path_name_begins(name, pattern->prefix)) {
		skip(name, strlen(pattern->prefix));
	} else {
		return false;
	}
	return cut_suffix(name, pattern->suffix) && name->length > 0 && pattern->takes(name);
}

/* The first pattern that an element has, and the part that is a name. */
static const struct pattern *
find(const struct pattern *patterns, size_t count, const char *path, const struct path_name *parent,
	const struct path_name *element, struct path_name *ret_name)
{
	for (size_t i = 0; i < count; i++) {
		const struct pattern *pattern = &patterns[i];
		struct path_name name = *element;

		if (!(pattern->flags & ANYWHERE) && *pattern->prefix &&
			*pattern->prefix != *element->text)
			continue; /* this is fast */
		if (element->length > MOST_NAME ||
			(pattern->parent && !is_parent(pattern->parent, parent, path)) ||
			!fits(pattern, &name))
			continue;
		*ret_name = name;
		return pattern;
	}
	return NULL;
}

static void
take_container(struct container *container, const struct pattern *pattern,
	const struct path_name *name, const char *end)
{
	container->kind = pattern->kind;
	container->name = name->text;
	container->name_length = name->length;
	container->end = (size_t)(end - container->path);
	container->has_id = pattern->takes == is_id || pattern->takes == is_full_id;
	container->is_escaped = pattern->flags & ESCAPED;
	container->is_helper = pattern->flags & HELPER;
}

struct container
container_parse(const char *path, size_t length)
{
	struct container container = { .path = path };
	const char *at = path, *end = path + length;
	struct path_name parent = { "", 0 }, element, name;

	for (; path_next(&at, end, &element); parent = element) {
		const struct pattern *pattern = NULL;

		if (!container.pod &&
			find(pods, ARRAY_SIZE(pods), path, &parent, &element, &name)) {
			container.pod = name.text;
			container.pod_length = name.length;
		}
		if (container.pod != element.text)
			pattern = find(
				containers, ARRAY_SIZE(containers), path, &parent, &element, &name);
		if (!pattern || (pattern->flags & SANDBOX && container.kind))
			continue;
		take_container(&container, pattern, &name, at);
		if (!(pattern->flags & SANDBOX))
			break;
	}
	return container;
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The byte of "\x2d", or -1. */
static int
escaped_byte(const char *text, size_t length)
{
	int high, low;

	if (length < 4 || text[0] != '\\' || text[1] != 'x')
		return -1;
	high = hex_digit(text[2]);
	low = hex_digit(text[3]);
	return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

void
container_name(const struct container *container, char text[static CONTAINER_TEXT_SIZE])
{
	const char *name = container->name;
	size_t length = container->name_length, used = 0;

	if (container->has_id && length > SHORT_ID)
		length = SHORT_ID;
	for (size_t i = 0; i < length && used + 1 < CONTAINER_TEXT_SIZE; used++) {
		int byte = container->is_escaped ? escaped_byte(name + i, length - i) : -1;

		text[used] = byte < 0 ? name[i] : (char)byte;
		i += byte < 0 ? 1 : 4;
	}
	text[used] = '\0';
}

void
container_pod_uid(const struct container *container, char text[static CONTAINER_TEXT_SIZE])
{
	bool is_id = container->pod_length == ID_DIGITS;
	int length = is_id ? SHORT_ID : (int)container->pod_length;

	snprintf(text, CONTAINER_TEXT_SIZE, "%.*s", length, container->pod);
	for (char *c = text; *c; c++)
		*c = *c == '_' ? '-' : *c;
}

int64_t
container_user(const struct container *container)
{
	const char *at = container->path;
	const char *end = container->name ? container->name : container->pod;
	struct path_name name, number;

	if (!end || !path_next(&at, end, &name) || !scan_is(name.text, name.length, "user.slice") ||
		!path_next(&at, end, &name) || !path_name_begins(&name, "user-") ||
		!path_name_ends(&name, ".slice"))
		return 0;
	number = (struct path_name){ name.text + 5, name.length - 5 - 6 };
	return number.length > 0 && number.length <= 10 && is_number(&number)
		       ? scan_number(number.text)
		       : 0;
}
