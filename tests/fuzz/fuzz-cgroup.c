// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/cgroup.h"

/* Its parts are within the path, and its texts within their bounds. */
static void
check_container(const struct container *container)
{
	char text[CONTAINER_TEXT_SIZE];

	if (container->kind) {
		CHECK(container->name >= container->path && container->name_length > 0);
		CHECK(container->name + container->name_length <= container->path + container->end);
		container_name(container, text);
		CHECK(*text);
	}
	if (container->pod) {
		CHECK(container->pod > container->path);
		container_pod_uid(container, text);
		CHECK(strlen(text) <= 64);
	}
	CHECK(container_user(container) >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	struct cgroup cgroup;

	if (cgroup_parse(text, &cgroup) == 0) {
		CHECK(cgroup.path >= text && cgroup.path + cgroup.path_length <= text + size);
		CHECK(!memchr(cgroup.path, '\n', cgroup.path_length));
		if (cgroup.unit)
			CHECK(cgroup.unit_length > 0 &&
				!memchr(cgroup.unit, '/', cgroup.unit_length));
		check_container(&cgroup.container);
	}
	free(text);
	return 0;
}
