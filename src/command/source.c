// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/source.h"

#include "collect/collect.h"
#include "model/source.h"
#include "sampler/sampler.h"

#include <stddef.h>

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
