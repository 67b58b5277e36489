// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake-perf.h"
#include "unit.h"

#include "base/clock.h"
#include "base/unit.h"
#include "sampler/events.h"
#include "sampler/record.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 1000000000 };

static void
end(struct events *events)
{
	events_close(events);
	assert_int_equal(fake_kernel.open_fds, 0);
	assert_int_equal(fake_kernel.rings, 0);
}

/* Opens, compares the access and the sentence (NULL: none), closes, and sees that nothing is left.
 */
static void
assert_rung(const struct sampling_target *target, enum access_level access, const char *sentence)
{
	struct events *events = events_open(target, &fake_perf);

	assert_int_equal(events_access(events), access);
	assert_int_equal(events_ring_count(events) > 0, access != ACCESS_NONE);
	assert_int_equal(events_fd(events) >= 0, access != ACCESS_NONE);
	if (sentence) {
		assert_non_null(events_missing(events));
		assert_string_equal(events_missing(events), sentence);
	} else {
		assert_null(events_missing(events));
	}
	end(events);
}

static void
each_cpu_has_one_ring_and_one_side_band(void **state)
{
	struct events *events;
	int side_bands = 0, minor = 0, major = 0;

	fake_perf_reset();
	events = events_open(&(struct sampling_target){ .pid = 0 }, &fake_perf);
	assert_int_equal(events_access(events), ACCESS_ALL);
	assert_int_equal(events_ring_count(events), 2);
	assert_int_equal(events_pages(events), 64);
	assert_int_equal(fake_kernel.open_fds, 4);
	for (int fd = 0; fd < FAKE_FDS; fd++) {
		const struct perf_event_attr *a = &fake_kernel.attributes[fd];

		if (!fake_kernel.is_open[fd])
			continue;
		assert_int_equal(fake_kernel.task[fd], -1);
		assert_true(a->sample_id_all && a->use_clockid && a->watermark);
		assert_int_equal(a->clockid, CLOCK_TAI);
		assert_false(a->inherit || a->exclude_kernel || a->disabled);
		assert_int_equal(a->wakeup_watermark, 32 * sysconf(_SC_PAGESIZE));
		side_bands +=
			a->mmap && a->mmap2 && a->mmap_data && a->comm && a->comm_exec && a->task;
		minor += a->config == PERF_COUNT_SW_PAGE_FAULTS_MIN && a->sample_period == 61;
		major += a->config == PERF_COUNT_SW_PAGE_FAULTS_MAJ && a->sample_period == 1;
	}
	assert_int_equal(side_bands, 2);
	assert_int_equal(minor, 2);
	assert_int_equal(major, 2);
	end(events);
}

/*
 * Traps 1 and 2: with PERF_SAMPLE_PERIOD the period is ignored, a frequency runs away. Values of
 * our own (F8) cannot be had where children inherit events: there the period tells major faults,
 * of which each is a sample all the same.
 */
static void
trap_1_and_2_faults_have_a_period_walks_a_frequency(void **state)
{
	struct events *events;
	int walks = 0;

	for (int is_all = 0; is_all < 2; is_all++) {
		fake_perf_reset();
		fake_kernel.all_error = is_all ? 0 : EACCES;
		events = events_open(
			&(struct sampling_target){ .pid = getpid(), .walks = is_all }, &fake_perf);
		assert_int_equal(events_access(events), is_all ? ACCESS_ALL : ACCESS_PROCESS);
		for (int fd = 0; fd < FAKE_FDS; fd++) {
			const struct perf_event_attr *a = &fake_kernel.attributes[fd];
			bool is_walk = fake_kernel.is_open[fd] && a->type != PERF_TYPE_SOFTWARE;
			bool is_major = !is_walk && a->config == PERF_COUNT_SW_PAGE_FAULTS_MAJ;

			if (!fake_kernel.is_open[fd])
				continue;
			assert_int_equal(a->freq, is_walk);
			assert_int_equal(!!(a->sample_type & PERF_SAMPLE_PERIOD),
				is_walk || (is_major && !is_all));
			assert_int_equal(!!(a->sample_type & PERF_SAMPLE_READ), !is_walk && is_all);
			if (is_walk)
				assert_int_equal(a->sample_freq, 97);
			walks += is_walk;
		}
		end(events);
	}
	assert_int_equal(walks, 2);
}

/* Of this CPU the first event is that of minor faults. */
static int
first_open(void)
{
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_kernel.is_open[fd])
			return fd;
	fail();
	return -1;
}

/* The first ring gives so many samples in a time, the others none. */
static void
load(struct events *events, int64_t *now, int samples, int64_t duration)
{
	for (int i = 0; i < samples; i++)
		events_count(events, 0);
	events_adapt(events, *now += duration);
}

static int64_t
weight_of(const struct events *events, int fd, int64_t time)
{
	const struct record sample = { .id = (uint64_t)fd + 1000, .time = time, .period = 97 };

	return events_weight(events, 0, &sample);
}

/* After the period of the first ring was raised to 251. */
static void
each_kind_has_its_weight(const struct events *events)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	for (int fd = 0; fd < FAKE_FDS; fd++) {
		const struct perf_event_attr *a = &fake_kernel.attributes[fd];
		bool is_minor = fake_kernel.is_open[fd] && a->type == PERF_TYPE_SOFTWARE &&
				a->config == PERF_COUNT_SW_PAGE_FAULTS_MIN;

		if (!fake_kernel.is_open[fd] || fake_kernel.cpu[fd] != 0)
			continue;
		assert_int_equal(
			weight_of(events, fd, now - SECOND), is_minor                        ? 61
							     : a->type == PERF_TYPE_SOFTWARE ? 1
											     : 97);
		if (is_minor)
			assert_int_equal(weight_of(events, fd, now), 251);
	}
}

/* Trap 3: powers of two alias. */
static void
trap_3_periods_are_prime_and_follow_the_load(void **state)
{
	struct events *events;
	int64_t now = clock_ns(CLOCK_MONOTONIC) + SECOND;

	fake_perf_reset();
	events = events_open(&(struct sampling_target){ .walks = true }, &fake_perf);
	load(events, &now, 0, SECOND);
	assert_int_equal(events_period(events, 0), 61);
	load(events, &now, 10000, SECOND);
	assert_int_equal(events_period(events, 0), 61);
	load(events, &now, 10001, SECOND);
	assert_int_equal(events_period(events, 0), 251);
	assert_int_equal(events_period(events, 1), 61);
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_kernel.is_open[fd] && fake_kernel.cpu[fd] == 0 &&
			fake_kernel.attributes[fd].type == PERF_TYPE_SOFTWARE)
			assert_int_equal(fake_kernel.period[fd],
				fake_kernel.attributes[fd].sample_period == 61 ? 251 : 1);
	each_kind_has_its_weight(events);
	load(events, &now, 3000, SECOND); /* would be 12,000 at 61 */
	assert_int_equal(events_period(events, 0), 251);
	load(events, &now, 30000, SECOND);
	load(events, &now, 90000, SECOND);
	assert_int_equal(events_period(events, 0), 1021);
	load(events, &now, 600, SECOND);
	assert_int_equal(events_period(events, 0), 251);
	load(events, &now, 5, 0); /* no time has passed */
	assert_int_equal(events_period(events, 0), 251);
	load(events, &now, 1200, 2 * INT64_C(1000000000));
	assert_int_equal(events_period(events, 0), 61);
	end(events);
	events = events_open(&(struct sampling_target){ .period = 7 }, &fake_perf);
	load(events, &now, 100000, SECOND);
	assert_int_equal(events_period(events, 0), 7); /* as wished */
	end(events);
}

static void
identifiers_tell_the_event(void **state)
{
	struct events *events;

	fake_perf_reset();
	events = events_open(&(struct sampling_target){ .walks = true }, &fake_perf);
	for (int fd = 0; fd < FAKE_FDS; fd++) {
		const struct record sample = { .id = (uint64_t)fd + 1000, .period = UNKNOWN };
		enum fault_kind kind = events_kind(events, &sample);

		if (!fake_kernel.is_open[fd])
			assert_int_equal(kind, FAULT_MINOR);
		else if (fake_kernel.attributes[fd].type != PERF_TYPE_SOFTWARE)
			assert_int_equal(kind, FAULT_WALK);
		else
			assert_int_equal(kind, fake_kernel.attributes[fd].sample_period == 61
						       ? FAULT_MINOR
						       : FAULT_MAJOR);
	}
	end(events);
}

static void
samples_with_the_identifier_of_another_program_are_known_by_their_period(void **state)
{
	struct events *events;

	fake_perf_reset();
	events = events_open(&(struct sampling_target){ .walks = true }, &fake_perf);
	assert_int_equal(FAULT_MINOR,
		events_kind(events, &(struct record){ .id = 4711, .period = UNKNOWN }));
	assert_int_equal(
		FAULT_MAJOR, events_kind(events, &(struct record){ .id = 4711, .period = 1 }));
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_kernel.is_open[fd] &&
			fake_kernel.attributes[fd].type != PERF_TYPE_SOFTWARE)
			assert_int_equal(FAULT_WALK,
				events_kind(events, &(struct record){ .id = (uint64_t)fd + 1000,
							    .period = 9 }));
	end(events);
}

struct shared_case {
	const char *name;
	int64_t off; /* by how much the time of the sample is wrong */
	bool has_own_clock, has_own_id, is_shared;
};

/* clang-format off */
static const struct shared_case shared_cases[] = {
	{ "none",              0,                             true,  true,  false },
	{ "our clock",         0,                             true,  false, true },
	{ "our clock, set",    INT64_C(5000000000),           true,  true,  true },
	{ "a clock nearby",    0,                             false, true,  true },
	{ "a clock behind",    -INT64_C(5000000000),          false, true,  true },
	{ "a clock ahead",     INT64_C(600000),               false, true,  true },
	{ "far ahead",         INT64_C(1700000000000000000),  false, false, true },
};
/* clang-format on */

/* F8: the event has been enabled for 70 s; the fault was after 67 s, which is 3 s ago. */
static void
F8_a_sample_for_another_program_gets_its_own_time_and_kind(void **state)
{
	struct events *events;
	int fd;

	fake_perf_reset();
	fake_kernel.values[1] = UINT64_C(70) * SECOND;
	for (size_t i = 0; i < ARRAY_SIZE(shared_cases); i++) {
		int64_t before, after, ahead;
		struct record sample;

		events = events_open(&(struct sampling_target){ .pid = 0 }, &fake_perf);
		fd = first_open();
		before = clock_ns(CLOCK_MONOTONIC);
		ahead = shared_cases[i].has_own_clock ? clock_ns(CLOCK_TAI) - before : 0;
		events_compare_clocks(events);
		sample = (struct record){ .kind = RECORD_SAMPLE,
			.own_id = (uint64_t)fd + 1000,
			.id = shared_cases[i].has_own_id ? (uint64_t)fd + 1000 : 4711,
			.time = before - INT64_C(3) * SECOND + ahead + shared_cases[i].off,
			.enabled = INT64_C(67) * SECOND,
			.period = 1 };
		events_mend(events, &sample, before);
		after = clock_ns(CLOCK_MONOTONIC);
		print_message("# %s\n", shared_cases[i].name);
		assert_int_equal(events_kind(events, &sample), FAULT_MINOR);
		assert_in_range(sample.time, before - INT64_C(3) * SECOND - RECORD_SLACK_NS,
			after - INT64_C(3) * SECOND);
		if (shared_cases[i].is_shared) /* of none: unless this took longer than the slack */
			assert_true(sample.is_shared);
		end(events);
	}
}

static void
the_ladder_goes_down_with_a_sentence(void **state)
{
	const struct sampling_target all = { .pid = 0 }, mine = { .pid = getpid() };
	char sentence[256];

	fake_perf_reset();
	assert_rung(&all, ACCESS_ALL, NULL);
	fake_kernel.all_error = EACCES;
	assert_rung(&all, ACCESS_NONE,
		"page faults are not sampled: that needs CAP_PERFMON or "
		"kernel.perf_event_paranoid<=0 (now 2): setcap cap_perfmon+ep memtop");
	fake_kernel.paranoid = 1;
	snprintf(sentence, sizeof(sentence),
		"only the faults of process %d are sampled: more needs CAP_PERFMON or "
		"kernel.perf_event_paranoid<=0 (now 1): setcap cap_perfmon+ep memtop",
		getpid());
	assert_rung(&mine, ACCESS_PROCESS, sentence);
	fake_kernel.paranoid = 2;
	fake_kernel.kernel_error = EACCES;
	snprintf(sentence, sizeof(sentence),
		"only the user-mode faults of process %d are sampled: more needs CAP_PERFMON or "
		"kernel.perf_event_paranoid<=0 (now 2): setcap cap_perfmon+ep memtop",
		getpid());
	assert_rung(&mine, ACCESS_USER, sentence);
	fake_kernel.open_error = EACCES;
	fake_kernel.paranoid = 3;
	assert_rung(&mine, ACCESS_NONE,
		"page faults are not sampled: this kernel may forbid perf events "
		"(kernel.perf_event_paranoid is 3); run memtop as root or set it to 0");
	fake_kernel.paranoid = UNKNOWN;
	assert_rung(&mine, ACCESS_NONE,
		"page faults are not sampled: that needs CAP_PERFMON: "
		"setcap cap_perfmon+ep memtop");
	fake_kernel.paranoid = -1;
	assert_rung(&mine, ACCESS_NONE,
		"page faults are not sampled: a security module of the kernel forbids it");
}

static void
each_errno_has_its_sentence(void **state)
{
	static const struct {
		int error, seccomp;
		const char *cause;
	} cases[] = {
		{ EPERM, 2,
			"a container or sandbox forbids it (seccomp); it must allow "
			"perf_event_open" },
		{ EPERM, 0, "a security module, lockdown or container forbids perf_event_open" },
		{ ENOSYS, 0, "this kernel or sandbox has no perf events" },
		{ ENOENT, 0, "this processor or virtual machine has no such event" },
		{ EOPNOTSUPP, 0, "this processor or virtual machine cannot sample such events" },
		{ EINVAL, 0, "this kernel is too old" },
		{ E2BIG, 0, "this kernel is too old" },
		{ EMFILE, 0, "memtop is out of file descriptors; ulimit -n must be raised" },
		{ ENODEV, 0, "no CPU can be observed" },
		{ ESRCH, 0, "the process has ended" },
		{ EIO, 0, "Input/output error" },
	};
	char sentence[DENIAL_SENTENCE_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_perf_reset();
		fake_kernel.open_error = cases[i].error;
		fake_kernel.seccomp = cases[i].seccomp;
		snprintf(sentence, sizeof(sentence), "page faults are not sampled: %s",
			cases[i].cause);
		assert_rung(&(struct sampling_target){ .pid = 0 }, ACCESS_NONE, sentence);
		assert_rung(&(struct sampling_target){ .pid = getpid() }, ACCESS_NONE, sentence);
	}
}

static void
rings_shrink_when_their_memory_is_used_up(void **state)
{
	static const char used_up[] =
		"page faults are not sampled: the memory for rings is used up; "
		"kernel.perf_event_mlock_kb or ulimit -l must be raised";
	struct events *events;

	for (size_t most = 64; most >= 8; most /= 2) {
		fake_perf_reset();
		fake_kernel.most_pages = most;
		events = events_open(&(struct sampling_target){ .pid = 0 }, &fake_perf);
		assert_int_equal(events_access(events), ACCESS_ALL);
		assert_int_equal(events_pages(events), most);
		assert_null(events_missing(events));
		for (int fd = 0; fd < FAKE_FDS; fd++)
			if (fake_kernel.is_open[fd]) /* still woken at half */
				assert_int_equal(fake_kernel.attributes[fd].wakeup_watermark,
					(long)most * sysconf(_SC_PAGESIZE) / 2);
		end(events);
	}
	fake_perf_reset();
	fake_kernel.most_pages = 4;
	assert_rung(&(struct sampling_target){ .pid = 0 }, ACCESS_NONE, used_up);
	fake_kernel.all_error = EACCES;
	assert_rung(&(struct sampling_target){ .pid = getpid() }, ACCESS_NONE, used_up);
}

static void
an_old_kernel_is_asked_for_less(void **state)
{
	struct record lost = { .kind = RECORD_LOST, .lost = 100 };
	struct events *events;

	fake_perf_reset();
	fake_kernel.values[3] = 5; /* after the count, the time and the identifier */
	events = events_open(&(struct sampling_target){ .pid = 0 }, &fake_perf);
	lost.id = (uint64_t)first_open() + 1000;
	events_add_lost(events, &lost);
	assert_int_equal(events_lost(events), 4 * 5); /* the kernel's own count of each event */
	end(events);
	fake_kernel.has_no_lost = true;
	events = events_open(&(struct sampling_target){ .pid = 0 }, &fake_perf);
	assert_int_equal(events_access(events), ACCESS_ALL);
	lost.id = (uint64_t)first_open() + 1000;
	events_add_lost(events, &lost);
	assert_int_equal(events_lost(events), 100);
	lost.id = 4711; /* of no event here */
	events_add_lost(events, &lost);
	assert_int_equal(events_lost(events), 100);
	end(events);
	fake_kernel.opens = 0;
	fake_kernel.known_size = PERF_ATTR_SIZE_VER0;
	assert_rung(&(struct sampling_target){ .pid = 0 }, ACCESS_ALL, NULL);
}

static void
walks_go_slower_or_are_left_out(void **state)
{
	const struct sampling_target target = { .walks = true };
	struct events *events;

	fake_perf_reset();
	fake_kernel.top_frequency = 30;
	events = events_open(&target, &fake_perf);
	assert_null(events_missing(events));
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_kernel.is_open[fd] && fake_kernel.attributes[fd].freq)
			assert_int_equal(fake_kernel.attributes[fd].sample_freq, 24);
	end(events);
	fake_kernel.hardware_error = ENOENT;
	assert_rung(&target, ACCESS_ALL,
		"TLB walks are not sampled: this processor or virtual machine has no such event");
	fake_kernel.hardware_error = EOPNOTSUPP;
	assert_rung(&target, ACCESS_ALL,
		"TLB walks are not sampled: this processor or virtual machine cannot sample such "
		"events");
}

/* Trap 4: a counter of a task makes each switch between tasks cost 10 us and more. */
static void
trap_4_hardware_events_are_never_of_a_task(void **state)
{
	const struct sampling_target target = {
		.pid = getpid(), .walks = true, .on_exec = true, .period = 1
	};
	struct events *events;
	int walks = 0;

	fake_perf_reset();
	events = events_open(&target, &fake_perf);
	assert_int_equal(events_access(events), ACCESS_PROCESS);
	assert_null(events_missing(events));
	for (int fd = 0; fd < FAKE_FDS; fd++) {
		const struct perf_event_attr *a = &fake_kernel.attributes[fd];
		bool is_walk = fake_kernel.is_open[fd] && a->type != PERF_TYPE_SOFTWARE;

		if (!fake_kernel.is_open[fd])
			continue;
		assert_int_equal(fake_kernel.task[fd], is_walk ? -1 : getpid());
		assert_int_equal(a->enable_on_exec && a->disabled && a->inherit, !is_walk);
		walks += is_walk;
	}
	assert_int_equal(walks, 2);
	end(events);
}

/* Counters of tasks would begin anew in each of its children. */
static void
a_command_is_sampled_with_all_where_that_is_permitted(void **state)
{
	const struct sampling_target target = { .pid = getpid(), .on_exec = true };
	struct events *events;

	fake_perf_reset();
	events = events_open(&target, &fake_perf);
	assert_int_equal(events_access(events), ACCESS_ALL);
	assert_null(events_missing(events));
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_kernel.is_open[fd])
			assert_int_equal(fake_kernel.task[fd], -1);
	end(events);
}

static void
sixty_four_cpus_some_offline(void **state)
{
	struct events *events;

	fake_perf_reset();
	fake_kernel.cpus = 64;
	fake_kernel.offline = UINT64_C(0xf0000000000000a1); /* the first among them */
	events = events_open(&(struct sampling_target){ .walks = true }, &fake_perf);
	assert_int_equal(events_access(events), ACCESS_ALL);
	assert_null(events_missing(events));
	assert_int_equal(events_ring_count(events), 57);
	assert_int_equal(fake_kernel.open_fds, 57 * 3);
	assert_int_equal(fake_kernel.rings, 57);
	end(events);
}

static void
too_few_descriptors_are_said_and_some_given_back(void **state)
{
	struct events *events;

	fake_perf_reset();
	fake_kernel.cpus = 64;
	fake_kernel.most_fds = 65; /* half way through the 33rd CPU */
	events = events_open(&(struct sampling_target){ .pid = 0 }, &fake_perf);
	assert_int_equal(events_access(events), ACCESS_ALL);
	assert_int_equal(fake_kernel.most_open, 65);
	assert_int_equal(events_ring_count(events), 24);
	assert_int_equal(fake_kernel.open_fds, 48);
	assert_int_equal(fake_kernel.rings, 24);
	assert_string_equal(events_missing(events),
		"only the faults on 24 of 64 CPUs are sampled: memtop is out of file descriptors; "
		"ulimit -n must be raised");
	end(events);
	fake_kernel.most_fds = 1;
	assert_rung(&(struct sampling_target){ .pid = 0 }, ACCESS_NONE,
		"page faults are not sampled: memtop is out of file descriptors; "
		"ulimit -n must be raised");
}

static void
a_process_that_is_gone_has_no_events(void **state)
{
	fake_perf_reset();
	fake_kernel.all_error = EACCES;
	assert_rung(&(struct sampling_target){ .pid = INT32_MAX }, ACCESS_NONE,
		"page faults are not sampled: the process has ended");
	fake_kernel.all_error = ENOSYS;
	assert_rung(&(struct sampling_target){ .pid = INT32_MAX, .of_all = true }, ACCESS_NONE,
		"page faults are not sampled: this kernel or sandbox has no perf events");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cpu_has_one_ring_and_one_side_band),
		cmocka_unit_test(trap_1_and_2_faults_have_a_period_walks_a_frequency),
		cmocka_unit_test(trap_3_periods_are_prime_and_follow_the_load),
		cmocka_unit_test(identifiers_tell_the_event),
		cmocka_unit_test(
			samples_with_the_identifier_of_another_program_are_known_by_their_period),
		cmocka_unit_test(F8_a_sample_for_another_program_gets_its_own_time_and_kind),
		cmocka_unit_test(the_ladder_goes_down_with_a_sentence),
		cmocka_unit_test(each_errno_has_its_sentence),
		cmocka_unit_test(rings_shrink_when_their_memory_is_used_up),
		cmocka_unit_test(an_old_kernel_is_asked_for_less),
		cmocka_unit_test(walks_go_slower_or_are_left_out),
		cmocka_unit_test(trap_4_hardware_events_are_never_of_a_task),
		cmocka_unit_test(a_command_is_sampled_with_all_where_that_is_permitted),
		cmocka_unit_test(sixty_four_cpus_some_offline),
		cmocka_unit_test(too_few_descriptors_are_said_and_some_given_back),
		cmocka_unit_test(a_process_that_is_gone_has_no_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
