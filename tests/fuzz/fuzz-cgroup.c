// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "collect/cgroup.h"

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
	}
	free(text);
	return 0;
}
