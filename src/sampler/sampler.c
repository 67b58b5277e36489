// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/sampler.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/thread.h"
#include "collect/procfs.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "sampler/attribute.h"
#include "sampler/counters.h"
#include "sampler/events.h"
#include "sampler/perf-calls.h"
#include "sampler/sampler-result.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/*
 * Rings are emptied at least this often: the mappings of a process that is older than the records
 * can be read only while it lives.
 */
enum { LONGEST_WAIT_MS = 250 };

/* With a short period there are millions of samples, which need larger rings. */
enum { SHORT_PERIOD = 16, MANY_PAGES = 2048, FEWEST_PAGES = 64, MOST_PAGES = 32 * 1024 };

/* The request to the thread. */
struct question {
	uint64_t bits; /* NEED_ bits; 0: stop sampling */
	struct fault_request request;
};

struct sampler {
	struct source source, *below;
	int64_t patience;
	pthread_t thread;
	bool has_thread;
	int wake_fd; /* wakes the thread for a question */

	pthread_mutex_t lock; /* guards the following */
	pthread_cond_t answered;
	struct question question;
	int64_t asked, answers; /* how many so far */
	bool ending;
	bool awaited; /* an answer that was not taken yet */
	struct sampler_result answer;

	/* Only for the thread: */
	int root;
	struct question current;
	struct events *events;
	struct counters *counters;
	struct cpus cpus; /* when the events and counters were opened */
	struct attribution *attribution;
	struct sampler_result own_answer;
	int64_t since, lost; /* of the last answer */
};

/* Whether the open events are enough for the question. */
static bool
serves(const struct sampler *sampler, const struct question *question)
{
	const struct fault_request *old = &sampler->current.request, *new = &question->request;

	if ((sampler->current.bits ^ question->bits) & (NEED_FAULTS | NEED_SAMPLED_WALKS))
		return false;
	if (old->period != new->period)
		return false;
	return old->pid == new->pid || events_access(sampler->events) == ACCESS_ALL;
}

static void
stop_events(struct sampler *sampler)
{
	events_close(sampler->events);
	attribution_destroy(sampler->attribution);
	sampler->events = NULL;
	sampler->attribution = NULL;
}

/* 0: the default. The sum of all rings is limited: this memory is not swapped. */
static size_t
pages_for(const struct fault_request *request)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	size_t pages = MANY_PAGES;

	if (request->period == 0 || request->period >= SHORT_PERIOD)
		return 0;
	while (pages > FEWEST_PAGES && pages * (size_t)(cpus > 0 ? cpus : 1) > MOST_PAGES)
		pages /= 2;
	return pages;
}

static void
start_events(struct sampler *sampler)
{
	const struct fault_request *request = &sampler->current.request;
	const struct sampling_target events = { .pid = request->pid,
		.period = request->period,
		.of_all = !request->only,
		.walks = (sampler->current.bits & NEED_SAMPLED_WALKS) != 0,
		.on_exec = request->at_exec,
		.pages = pages_for(request) };

	sampler->attribution = attribution_create(sampler->root);
	attribution_watch(sampler->attribution, request);
	sampler->events = events_open(&events, NULL);
	sampler->since = clock_ns(CLOCK_MONOTONIC);
	sampler->lost = 0;
}

/* Opens and closes events and counters for a new question. */
static void
take_question(struct sampler *sampler, const struct question *question)
{
	bool samples = (question->bits & (NEED_FAULTS | NEED_SAMPLED_WALKS)) != 0;
	bool counts = (question->bits & NEED_WALKS) != 0;

	if (sampler->events && (!samples || !serves(sampler, question)))
		stop_events(sampler);
	sampler->current = *question;
	if (samples && !sampler->events)
		start_events(sampler);
	else if (samples)
		attribution_watch(sampler->attribution, &question->request);
	if (counts && !sampler->counters)
		sampler->counters = counters_open(NULL);
	if (!counts) {
		counters_close(sampler->counters);
		sampler->counters = NULL;
	}
}

static const char *const access_names[] = {
	[ACCESS_ALL] = "all",
	[ACCESS_PROCESS] = "process",
	[ACCESS_USER] = "user",
	[ACCESS_NONE] = "none",
};

static int64_t
period_now(const struct sampler *sampler)
{
	return events_ring_count(sampler->events) > 0 ? events_period(sampler->events, 0) : UNKNOWN;
}

/* Possible errors are reported before missing permissions, and these before single processes. */
static const char *
first_to_say(const struct sampler *sampler, const struct fault_report *report)
{
	const char *missing = report->doubt;

	if (sampler->events && !missing)
		missing = events_missing(sampler->events);
	/* Not if nobody asked for walks: then UNKNOWN is enough. */
	if (sampler->counters && !missing && sampler->current.bits & NEED_SAMPLED_WALKS)
		missing = counters_missing(sampler->counters);
	if (sampler->events && !missing)
		missing = attribution_trouble(sampler->attribution);
	return missing;
}

/* Answers with the samples up to now. */
static void
answer_samples(struct sampler *sampler, struct sampler_result *answer)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC), lost;

	attribution_drain(sampler->attribution, sampler->events, now);
	attribution_report(sampler->attribution, &answer->report);
	lost = events_lost(sampler->events);
	answer->sampling = (struct sampling){
		.access = access_names[events_access(sampler->events)],
		.duration = now - sampler->since,
		.period = answer->report.period > 0 ? answer->report.period : period_now(sampler),
		.samples = answer->report.samples,
		.lost = lost - sampler->lost,
		.pages = (int64_t)events_pages(sampler->events),
		.own_pid = getpid(),
	};
	sampler->since = now;
	sampler->lost = lost;
}

static void
make_answer(struct sampler *sampler)
{
	struct sampler_result *answer = &sampler->own_answer;

	sampler_result_reset(answer);
	if (sampler->events)
		answer_samples(sampler, answer);
	if (sampler->counters)
		counters_read(sampler->counters, answer->report.has_walks, &answer->counts);
	answer->sampling.missing =
		arena_text(&answer->report.texts, first_to_say(sampler, &answer->report));
}

/*
 * New CPUs have no events and counters, so all are reopened. Not for a command: its events must
 * begin with it.
 */
static void
follow_cpus(struct sampler *sampler)
{
	const struct question *question = &sampler->current;

	if (!question->bits || !cpus_have_changed(&sampler->cpus, cpus_online))
		return;
	if (sampler->events && !question->request.at_exec &&
		events_access(sampler->events) == ACCESS_ALL) {
		stop_events(sampler);
		start_events(sampler);
	}
	if (sampler->counters)
		counters_reopen(sampler->counters);
}

/* Publishes the new answer, and reuses the memory of the last one. */
static void
give_answer(struct sampler *sampler, int64_t number)
{
	struct sampler_result answer;

	pthread_mutex_lock(&sampler->lock);
	answer = sampler->answer;
	sampler->answer = sampler->own_answer;
	sampler->own_answer = answer;
	sampler->answers = number;
	pthread_cond_signal(&sampler->answered);
	pthread_mutex_unlock(&sampler->lock);
}

/* The first answer to a question is about no time: sampling has only begun. */
static bool
answer_question(struct sampler *sampler)
{
	struct question question;
	int64_t number;
	bool ending;

	pthread_mutex_lock(&sampler->lock);
	question = sampler->question;
	number = sampler->asked;
	ending = sampler->ending;
	pthread_mutex_unlock(&sampler->lock);
	if (ending)
		return false;
	take_question(sampler, &question);
	make_answer(sampler);
	give_answer(sampler, number);
	follow_cpus(sampler);
	return true;
}

/* Called when a ring is half full, and after a timeout. */
static void
drain(struct sampler *sampler)
{
	events_acknowledge(sampler->events);
	attribution_drain(sampler->attribution, sampler->events, clock_ns(CLOCK_MONOTONIC));
}

static void *
run(void *argument)
{
	struct sampler *sampler = argument;
	uint64_t count;
	bool going = true;

	while (going) {
		struct pollfd waits[] = {
			{ .fd = sampler->wake_fd, .events = POLLIN },
			{ .fd = sampler->events ? events_fd(sampler->events) : -1,
				.events = POLLIN },
		};

		if (poll(waits, 2, sampler->events ? LONGEST_WAIT_MS : -1) < 0 && errno != EINTR)
			break;
		if (read(sampler->wake_fd, &count, sizeof(count)) == sizeof(count))
			going = answer_question(sampler);
		else if (sampler->events)
			drain(sampler);
	}
	stop_events(sampler);
	counters_close(sampler->counters);
	return NULL;
}

static void
wake(const struct sampler *sampler)
{
	uint64_t count = 1;

	if (write(sampler->wake_fd, &count, sizeof(count)) != sizeof(count))
		abort();
}

/* Asks and waits for the answer. Returns 0 or -ETIMEDOUT; the lock is held. */
static int
ask(struct sampler *sampler, const struct question *question)
{
	int64_t end = clock_ns(CLOCK_MONOTONIC) + sampler->patience;
	const struct timespec deadline = clock_timespec(end);
	int error = 0;

	sampler->question = *question;
	sampler->asked++;
	wake(sampler);
	while (error == 0 && sampler->answers != sampler->asked)
		error = pthread_cond_timedwait(&sampler->answered, &sampler->lock, &deadline);
	return -error;
}

/* Adds the sampler's data. Returns 0 or -errno. */
static int
add_samples(struct sampler *sampler, struct snapshot *now, const struct question *question)
{
	int error = 0;

	if (!sampler->has_thread)
		error = thread_start(&sampler->thread, run, sampler);
	if (error < 0)
		return error;
	sampler->has_thread = true;
	pthread_mutex_lock(&sampler->lock);
	/* Do not ask again after a timeout: the late answer is still valid. */
	if (!sampler->awaited)
		error = ask(sampler, question);
	else if (sampler->answers != sampler->asked)
		error = -ETIMEDOUT;
	sampler->awaited = error < 0;
	if (error == 0)
		sampler_result_add(&sampler->answer, now);
	pthread_mutex_unlock(&sampler->lock);
	return error;
}

static int
sampler_read(struct source *source, struct snapshot *now, const struct snapshot *before,
	const struct needs *needs)
{
	struct sampler *sampler = (struct sampler *)source;
	const struct question question = { .bits = needs->bits & NEED_SAMPLED,
		.request = needs->faults };
	int error = sampler->below->read(sampler->below, now, before, needs), failure;

	if (error < 0 || (question.bits == 0 && sampler->question.bits == 0))
		return error;
	failure = add_samples(sampler, now, &question);
	if (failure < 0)
		snapshot_add_hint(now, NEED_FAULTS, failure, 0);
	return 0;
}

/* A thread that hangs is left, with its memory, until the program ends. */
static void
sampler_destroy(struct source *source)
{
	struct sampler *sampler = (struct sampler *)source;
	bool answers;

	if (!sampler)
		return;
	sampler->below->destroy(sampler->below);
	pthread_mutex_lock(&sampler->lock);
	answers = sampler->answers == sampler->asked;
	sampler->ending = true;
	pthread_mutex_unlock(&sampler->lock);
	if (!answers)
		return;
	if (sampler->has_thread) {
		wake(sampler);
		pthread_join(sampler->thread, NULL);
	}
	fault_report_finish(&sampler->answer.report);
	fault_report_finish(&sampler->own_answer.report);
	pthread_mutex_destroy(&sampler->lock);
	pthread_cond_destroy(&sampler->answered);
	close(sampler->wake_fd);
	close(sampler->root);
	free(sampler);
}

int
sampler_create(struct source *below, const char *root, int64_t patience, struct source **ret_source)
{
	int fd = procfs_open_root(root ? root : "/proc");
	int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), error = -errno;
	struct sampler *sampler;

	if (fd < 0 || wake_fd < 0) {
		close(fd);
		close(wake_fd);
		return fd < 0 ? fd : error;
	}
	sampler = xcalloc(1, sizeof(*sampler));
	sampler->source = (struct source){ .read = sampler_read, .destroy = sampler_destroy };
	sampler->below = below;
	sampler->patience = patience;
	sampler->root = fd;
	sampler->wake_fd = wake_fd;
	pthread_mutex_init(&sampler->lock, NULL);
	thread_init_condition(&sampler->answered);
	*ret_source = &sampler->source;
	return 0;
}
