// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/source.h"

#include "base/log.h"
#include "collect/collect.h"
#include "model/derive.h"
#include "model/snapshot.h"
#include "model/source.h"
#include "sampler/sampler.h"

#include <stddef.h>
#include <string.h>

int
source_create(int64_t patience, struct source **ret_source)
{
	struct source *kernel;
	int error = collect_create(NULL, &kernel);

	if (error == 0 && patience == 0)
		*ret_source = kernel;
	if (error < 0 || patience == 0)
		return error;
	error = sampler_create(kernel, NULL, patience, ret_source);
	if (error < 0)
		kernel->destroy(kernel);
	return error;
}

int
source_read_once(
	const struct needs *needs, struct snapshot *ret_snapshot, struct source **ret_source)
{
	struct snapshot snapshot = { .time = 0 };
	struct source *source;
	int error = source_create(0, &source);

	if (error == 0) {
		error = source->read(source, &snapshot, NULL, needs);
		if (error < 0)
			source->destroy(source);
	}
	if (error < 0) {
		log_error("cannot read /proc: %s", strerror(-error));
		return error;
	}
	derive(&snapshot, NULL);
	*ret_snapshot = snapshot;
	*ret_source = source;
	return 0;
}
