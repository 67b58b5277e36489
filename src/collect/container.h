// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Containers, found in the path of a control group: text alone, nothing is read.
 *
 * The outermost container counts: a systemd or further containers in it are a part of it. A sandbox
 * of flatpak or snap and a job of slurm count as containers too, but only if no other container
 * runs in them: a container engine can be a snap or run in a job. Other programs of a desktop
 * (app-*.service, app-*.scope) are no containers: nothing separates them from the machine.
 *
 * Anyone who may make control groups can give them such names: what stands here is for people to
 * read, and decides nothing.
 */
struct container {
	const char *path; /* the whole path, which the other texts point into */
	const char *kind; /* "docker", "lxc", ...: what runs it; NULL: no container */
	const char *name; /* its id or name, as it stands in the path */
	size_t name_length;
	size_t end;      /* of the container's element in the path */
	bool has_id;     /* the name is an id of hex digits */
	bool is_escaped; /* the name has \x2d for "-", as names of units */
	bool is_helper;  /* it looks after a container and is not in it, such as conmon */
	const char *pod; /* the pod's UID as it stands in the path; NULL: no pod */
	size_t pod_length;
};

/* The container and the pod of a path; both may be absent. */
struct container container_parse(const char *path, size_t length);

enum { CONTAINER_TEXT_SIZE = 256 };

/* Writes its name for people: the first 12 digits of an id, a name without escapes. */
void container_name(const struct container *container, char text[static CONTAINER_TEXT_SIZE]);

/* Writes the UID of its pod as Kubernetes has it, with "-"; of podman's pods the first 12 digits.
 */
void container_pod_uid(const struct container *container, char text[static CONTAINER_TEXT_SIZE]);

/* The user whose slice it is in; 0: the machine's, or root's. */
int64_t container_user(const struct container *container);

/* One name of a path. */
struct path_name {
	const char *text;
	size_t length;
};

/* Takes the next name off a path that ends at `end`. Returns false if there is none. */
bool path_next(const char **path, const char *end, struct path_name *ret_name);

bool path_name_begins(const struct path_name *name, const char *start);

/* Whether it ends so and has something before that. */
bool path_name_ends(const struct path_name *name, const char *ending);
