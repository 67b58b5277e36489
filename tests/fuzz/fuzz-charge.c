// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "base/known.h"
#include "collect/cgroup-files.h"

#include <stdio.h>

/*
 * The files of a cgroup, one after the other: each begins with its name in a line and ends with an
 * empty line. The first byte is the version.
 */
static void
take_files(struct cgroup_reading *reading, char *text, int version)
{
	while (*text) {
		char *name = text, *content = strchr(text, '\n'), *end;

		if (!content)
			return;
		*content++ = '\0';
		end = strstr(content, "\n\n");
		text = end ? end + 2 : content + strlen(content);
		if (end)
			end[1] = '\0';
		snprintf(reading->text, sizeof(reading->text), "%s", content);
		cgroup_files_take(reading, version, name);
	}
}

static void
check_part(int64_t part, int64_t whole)
{
	CHECK(part == UNKNOWN || part >= 0);
	CHECK(part == UNKNOWN || whole == UNKNOWN || part <= whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size);
	int version = *text == '1' ? 1 : 2;
	struct cgroup_reading *reading = malloc(sizeof(*reading));
	struct cgroup_charge *charge = &reading->charge;

	*charge = charge_unknown;
	charge->path = "/";
	cgroup_files_begin(reading);
	take_files(reading, text + (*text != '\0'), version);
	cgroup_files_end(reading, version);
	charge->limit = charge->max;
	charge->hierarchical = reading->hierarchical_max;
	charge_limit(charge, NULL);
	check_part(charge->current, UNKNOWN);
	check_part(charge->workset, charge->current);
	check_part(charge->anon, charge->current);
	check_part(charge->file, charge->current);
	check_part(charge->shmem, charge->file);
	check_part(charge->kernel, charge->current);
	check_part(charge->swap, UNKNOWN);
	check_part(charge->max_events, UNKNOWN);
	check_part(charge->psi_some, 1000);
	check_part(charge->headroom, charge->effective);
	check_part(charge->effective, charge->max);
	free(reading);
	free(text);
	return 0;
}
