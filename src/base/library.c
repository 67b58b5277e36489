// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/library.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <dlfcn.h>
#include <string.h>

bool
library_load(const char *library, const char *const names[], size_t count, void *ret_functions)
{
	_cleanup_free_ void **functions = xcalloc(count, sizeof(functions[0]));
	void *handle = dlopen(library, RTLD_NOW);

	for (size_t i = 0; handle && i < count; i++)
		if (!(functions[i] = dlsym(handle, names[i])))
			return false;
	if (handle)
		memcpy(ret_functions, functions, count * sizeof(functions[0]));
	return handle;
}
