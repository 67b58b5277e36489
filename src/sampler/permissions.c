// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/permissions.h"

#include "base/macros.h"
#include "base/unit.h"
#include "sampler/perf-calls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ANY_STEP = -1, HALF_SIZE = DENIAL_SENTENCE_SIZE / 2 - 2 };

/* For EACCES and EPERM the cause depends on more than the step, see below. */
/* clang-format off */
static const struct {
	int step, error;
	const char *cause;
} causes[] = {
	{ STEP_RING, EPERM,      "the memory for rings is used up; kernel.perf_event_mlock_kb or ulimit -l must be raised" },
	{ STEP_RING, ENOMEM,     "there is no memory for rings" },
	{ ANY_STEP,  0,          "the other threads would take too many file descriptors" },
	{ ANY_STEP,  ENOSYS,     "this kernel or sandbox has no perf events" },
	{ ANY_STEP,  ENOENT,     "this processor or virtual machine has no such event" },
	{ STEP_COUNTERS, EOPNOTSUPP, "this processor or virtual machine cannot count such events" },
	{ ANY_STEP,  EOPNOTSUPP, "this processor or virtual machine cannot sample such events" },
	{ ANY_STEP,  EINVAL,     "this kernel is too old" },
	{ ANY_STEP,  E2BIG,      "this kernel is too old" },
	{ ANY_STEP,  EMFILE,     "memtop is out of file descriptors; ulimit -n must be raised" },
	{ ANY_STEP,  ENFILE,     "the machine is out of file descriptors; fs.file-max must be raised" },
	{ ANY_STEP,  EBUSY,      "another program holds the counters of the processor" },
	{ ANY_STEP,  ENODEV,     "no CPU can be observed" },
	{ ANY_STEP,  ESRCH,      "the process has ended" },
};
/* clang-format on */

static void
write_lack(const struct denial *denial, char text[static HALF_SIZE])
{
	if (denial->step == STEP_WALKS)
		snprintf(text, HALF_SIZE, "TLB walks are not sampled");
	else if (denial->step == STEP_COUNTERS)
		snprintf(text, HALF_SIZE,
			"not all of TLB walks, cycles and instructions are counted");
	else if (denial->access == ACCESS_NONE)
		snprintf(text, HALF_SIZE, "page faults are not sampled");
	else if (denial->access == ACCESS_ALL || denial->error == EMFILE)
		snprintf(text, HALF_SIZE,
			"only the faults on %" PRId64 " of %" PRId64 " CPUs are sampled",
			denial->done, denial->all);
	else if (denial->done < denial->all)
		snprintf(text, HALF_SIZE,
			"only the faults of %" PRId64 " of %" PRId64 " threads of process %" PRId64
			" are sampled",
			denial->done, denial->all, denial->pid);
	else
		snprintf(text, HALF_SIZE, "only the %sfaults of process %" PRId64 " are sampled",
			denial->access == ACCESS_USER ? "user-mode " : "", denial->pid);
}

/*
 * From level 3 on (Debian; 4 on newer Ubuntu) distribution kernels refuse everything, and some of
 * them refuse CAP_PERFMON too. A plain kernel handles these levels like 2.
 */
static void
write_lack_of_rights(const struct denial *denial, int64_t paranoid, char text[static HALF_SIZE])
{
	const char *whom =
		denial->access == ACCESS_NONE || denial->step > STEP_RING ? "that" : "more";

	if (paranoid == UNKNOWN)
		snprintf(text, HALF_SIZE, "%s needs CAP_PERFMON: setcap cap_perfmon+ep memtop",
			whom);
	else if (paranoid <= denial->level)
		snprintf(text, HALF_SIZE, "a security module of the kernel forbids it");
	else if (paranoid >= 3 && denial->access == ACCESS_NONE)
		snprintf(text, HALF_SIZE,
			"this kernel may forbid perf events (kernel.perf_event_paranoid is %" PRId64
			"); run memtop as root or set it to %" PRId64,
			paranoid, denial->level);
	else
		snprintf(text, HALF_SIZE,
			"%s needs CAP_PERFMON or kernel.perf_event_paranoid<=%" PRId64
			" (now %" PRId64 "): setcap cap_perfmon+ep memtop",
			whom, denial->level, paranoid);
}

static const char *
find_cause(const struct denial *denial, const struct perf_calls *calls)
{
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].error == denial->error &&
			(causes[i].step == ANY_STEP || causes[i].step == (int)denial->step))
			return causes[i].cause;
	if (denial->error != EPERM)
		return strerror(denial->error);
	return calls->seccomp() > 0
		       ? "a container or sandbox forbids it (seccomp); it must allow "
			 "perf_event_open"
		       : "a security module, lockdown or container forbids perf_event_open";
}

void
denial_sentence(const struct denial *denial, const struct perf_calls *calls,
	char sentence[static DENIAL_SENTENCE_SIZE])
{
	char lack[HALF_SIZE], rights[HALF_SIZE];
	const char *cause = rights;

	write_lack(denial, lack);
	if (denial->error == EACCES)
		write_lack_of_rights(denial, calls->paranoid(), rights);
	else
		cause = find_cause(denial, calls);
	snprintf(sentence, DENIAL_SENTENCE_SIZE, "%s: %s", lack, cause);
}
