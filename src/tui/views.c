// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/macros.h"
#include "config.h"
#include "tui/view.h"

#include <string.h>

/* ALL_VIEWS is from the list in meson.build. */
#define DECLARE(name) extern const struct view name;
#define LIST(name) &(name),

ALL_VIEWS(DECLARE)

const struct view *const views[] = { ALL_VIEWS(LIST) };
const size_t view_count = ARRAY_SIZE(views);

const struct view *
view_of_key(int key)
{
	for (size_t i = 0; i < view_count; i++)
		if (key_binding_has(&views[i]->key, key))
			return views[i];
	return NULL;
}

const struct view *
view_of_name(const char *name)
{
	for (size_t i = 0; i < view_count; i++)
		if (strcmp(views[i]->name, name) == 0)
			return views[i];
	return NULL;
}
