// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/free-cgroup.h"

#include "base/log.h"
#include "command/command.h"
#include "command/loop.h"
#include "model/charge.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "model/source.h"

#include <errno.h>
#include <string.h>

static struct source *source;
static struct snapshot snapshot;

static void
complain(const char *cgroup, int error)
{
	char safe[COMMAND_WORD_SIZE];

	if (error != -ENOENT)
		log_error("cannot read the memory cgroup: %s", strerror(-error));
	else if (*cgroup)
		log_error("there is no memory cgroup %s", command_safe_word(cgroup, safe));
	else
		log_error("there is no memory cgroup of memtop itself");
}

int
free_cgroup_read(const char *cgroup, struct system *ret_totals)
{
	const struct needs needs = {
		.bits = NEED_MEMINFO |
			(CHARGE_NEEDS & ~(NEED_CHARGE_EVENTS | NEED_CHARGE_PRESSURE)),
		.charge_of = cgroup,
	};
	const struct hint *hint;
	int error = source ? 0 : source_create(0, &source);

	if (error == 0)
		error = source->read(source, &snapshot, NULL, &needs);
	hint = error == 0 ? snapshot_find_hint(&snapshot, NEED_CHARGE) : NULL;
	if (hint)
		error = -hint->error;
	if (error < 0) {
		complain(cgroup, error);
		return error;
	}
	*ret_totals = snapshot.system;
	charge_as_totals(charge_at(&snapshot.charges, snapshot.charges.count - 1), ret_totals);
	return 0;
}

void
free_cgroup_end(void)
{
	if (source)
		source->destroy(source);
	source = NULL;
	snapshot_finish(&snapshot);
}
