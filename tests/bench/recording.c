// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "base/macros.h"
#include "base/memory.h"
#include "model/growth-list.h"
#include "model/needs.h"
#include "model/snapshot.h"
#include "record/cursor.h"
#include "record/recorded.h"
#include "record/recorder.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What a recording costs: a machine of so many processes of which so many move in each sample and
 * one in a thousand is replaced, as `memtop record` writes it, without what reading the kernel
 * costs. Prints a line for each size and activity.
 */
enum { SAMPLES = 1440, SAMPLES_A_DAY = 8640, JUMPS = 40, COMMAND_SIZE = 100, WAITS = 30 };
#define INTERVAL (10 * NS_PER_SEC)

struct member {
	struct process row;
	struct process_status status;
	char command[COMMAND_SIZE];
	bool moves;
	bool has_moved; /* since the last sample */
};

struct machine {
	struct member *members; /* by ascending PID */
	size_t count, samples;
	int share;   /* percent that move in a sample, */
	bool wander; /* others each time */
	const char *folder;
};

struct cost {
	int64_t sum, most; /* nanoseconds */
};

/* clang-format off */
static const char heading[] =
	"                        each sample a day  CPU us  CPU us writer  growth    open    jump    jump  reader\n"
	"   rows moving %         bytes     MiB    mean    worst    MiB      us      ms    mean   worst     MiB\n";
/* clang-format on */

static uint64_t seed;

static int64_t
below(int64_t end)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)(seed >> 33) % end;
}

static void
cost_add(struct cost *cost, int64_t start)
{
	int64_t spent = clock_ns(CLOCK_THREAD_CPUTIME_ID) - start;

	cost->sum += spent;
	cost->most = spent > cost->most ? spent : cost->most;
}

static const char *const programs[] = { "postgres", "nginx", "java", "python3", "bash", "sshd",
	"systemd", "dockerd", "node", "redis-server" };
static const struct process_place places[] = {
	{ .cgroup = "/system.slice/postgresql.service", .unit = "postgresql.service" },
	{ .cgroup = "/system.slice/nginx.service", .unit = "nginx.service" },
	{ .cgroup = "/user.slice/user-1000.slice/session-2.scope", .unit = "session-2.scope" },
	{ .cgroup = "/system.slice/docker.service", .unit = "docker.service" },
	{ .cgroup = "/kubepods.slice/kubepods-burstable.slice" },
};

static void
be_born(struct member *member, int64_t pid, int64_t start, bool moves)
{
	const char *program = programs[below(ARRAY_SIZE(programs))];
	struct process *row = &member->row;

	table_reset_row(&process_table, row);
	row->pid = pid;
	row->start_time = start;
	row->parent = below(pid) + 1;
	row->uid = below(5) * 1000;
	row->threads = 1 + below(8);
	row->nice = row->oom_adj = row->swap = 0;
	row->anon = below(below(10) == 0 ? 50000 : 2000) * 4096; /* most are below 8 MiB */
	row->shared = below(5000) * 4096;
	row->resident = row->anon + row->shared;
	row->virtual = row->resident + below(1000000) * 4096;
	row->page_tables = below(500) * 4096;
	row->minor_faults = below(1000000);
	row->major_faults = below(100);
	row->cpu_time = below(100000) * 10 * NS_PER_MS;
	row->oom_score = 666 + below(20);
	row->comm = program;
	row->state = "S";
	row->place = &places[below(ARRAY_SIZE(places))];
	member->status = process_no_status;
	member->status.file = row->shared;
	member->status.shmem = member->status.hugetlb = 0;
	member->status.peak = row->resident;
	member->moves = moves;
	member->has_moved = true;
	snprintf(member->command, sizeof(member->command),
		"/usr/bin/%s --instance %lld --data /srv/%llx/%llx -v", program,
		(long long)below(100000), (long long)below(INT32_MAX), (long long)below(INT32_MAX));
}

static void
move(struct member *member, size_t sample)
{
	struct process *row = &member->row;

	member->has_moved = true;
	row->cpu_time += (1 + below(20)) * 10 * NS_PER_MS;
	row->minor_faults += 1 + below(200);
	if (sample % 2)
		row->anon += (below(65) - 32) * 4096;
	if (row->anon < 0)
		row->anon = 0;
	row->resident = row->anon + row->shared;
	if (row->resident > member->status.peak)
		member->status.peak = row->resident;
}

/* One in a thousand ends, and another one with a new PID takes its place in the load. */
static void
go_on(struct machine *machine, size_t sample)
{
	struct member *members = machine->members, *last = &members[machine->count - 1];

	for (size_t i = 0; i < machine->count; i++)
		if (machine->wander ? below(100) < machine->share : members[i].moves)
			move(&members[i], sample);
	for (size_t i = 0; machine->share > 0 && i < machine->count / 1000; i++) {
		struct member *ended = &members[below((int64_t)machine->count)];
		int64_t pid = last->row.pid + 1 + below(5);
		bool moves = ended->moves;

		memmove(ended, ended + 1, (size_t)(last - ended) * sizeof(*ended));
		be_born(last, pid, (int64_t)sample * 1000, moves);
	}
}

static void
look(const struct machine *machine, size_t sample, struct snapshot *now)
{
	snapshot_reset(now);
	now->monotonic = ((int64_t)sample + 1) * INTERVAL;
	now->time = 86400 * NS_PER_SEC + (int64_t)sample * INTERVAL;
	now->bits = NEED_GROWTH;
	for (size_t i = 0; i < machine->count; i++) {
		struct member *member = &machine->members[i];
		struct process *row;

		member->row.status = &member->status;
		member->row.is_kept = !member->has_moved;
		if (member->has_moved)
			member->row.memory_time = now->monotonic;
		member->has_moved = false;
		row = snapshot_copy_process(now, &member->row, NEED_STATUS);
		row->command = arena_text(&now->texts, member->command);
	}
	now->system.total = INT64_C(4) << 40;
	now->system.used = INT64_C(3) << 40;
}

static int64_t
memory_used(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long size = 0, resident = 0;

	if (!file || fscanf(file, "%ld %ld", &size, &resident) != 2)
		exit(EXIT_FAILURE);
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

/* CPU time of the thread that writes to the disk, which is the only other one. */
static int64_t
writer_time(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID) - clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static void
add_samples(struct machine *machine, struct recorder *recorder, struct growth_set *growth,
	struct cost *recording, struct cost *following)
{
	int64_t writer = writer_time();

	for (size_t i = 0; i < machine->samples; i++) {
		const struct snapshot *before;
		struct snapshot *now = recorder_next(recorder, &before);
		int64_t start;

		go_on(machine, i);
		look(machine, i, now);
		start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		growth_of_processes(growth, now, INTERVAL);
		cost_add(following, start);
		start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		if (recorder_add(recorder) < 0)
			exit(EXIT_FAILURE);
		cost_add(recording, start);
		while (i % WAITS == 0 && recorder_is_behind(recorder))
			usleep(100);
	}
	recording->sum += writer_time() - writer;
}

/* Of all files in the folder. */
static int64_t
size_of(const char *folder)
{
	DIR *list = opendir(folder);
	int64_t bytes = 0;
	struct dirent *entry;
	struct stat status;

	while (list && (entry = readdir(list)))
		if (fstatat(dirfd(list), entry->d_name, &status, 0) == 0 && S_ISREG(status.st_mode))
			bytes += status.st_size;
	if (list)
		closedir(list);
	return bytes;
}

static void
write_samples(struct machine *machine)
{
	const struct recorder_options options = { .folder = machine->folder,
		.boot = "00000000-0000-0000-0000-000000000001",
		.keep = { .bytes = INT64_MAX, .days = 100000 },
		.interval = INTERVAL };
	struct recorder *recorder;
	struct growth_set growth = { .start = 0 };
	struct cost recording = { 0, 0 }, following = { 0, 0 };
	int64_t holder, memory, bytes;

	seed = 1;
	machine->members = xcalloc(machine->count, sizeof(machine->members[0]));
	for (size_t i = 0; i < machine->count; i++)
		be_born(&machine->members[i], (int64_t)i * 3 + 1, (int64_t)i * 7,
			below(100) < machine->share);
	memory = memory_used();
	if (recorder_open(&recorder, &options, &holder) < 0)
		exit(EXIT_FAILURE);
	add_samples(machine, recorder, &growth, &recording, &following);
	memory = memory_used() - memory;
	growth_set_finish(&growth);
	if (recorder_close(recorder) < 0)
		exit(EXIT_FAILURE);
	free(machine->members);
	bytes = size_of(machine->folder) / (int64_t)machine->samples;
	printf("%7zu %4d %s %9lld %7.1f %7.1f %8.1f %6.1f %7.1f", machine->count, machine->share,
		machine->wander ? "any " : "same", (long long)bytes,
		(double)bytes * SAMPLES_A_DAY / (1 << 20),
		(double)recording.sum / (double)machine->samples / 1000,
		(double)recording.most / 1000, (double)memory / (1 << 20),
		(double)following.sum / (double)machine->samples / 1000);
	fflush(stdout);
}

static void
read_samples(const struct machine *machine)
{
	struct snapshot past = { .time = 0 };
	struct cost jumps = { 0, 0 };
	struct cursor *cursor;
	int64_t memory, start, open;

	malloc_trim(0);
	memory = memory_used();
	start = clock_ns(CLOCK_MONOTONIC);
	if (cursor_open(&cursor, machine->folder, &snapshot_recorded) < 0 ||
		cursor_last(cursor) < 0)
		exit(EXIT_FAILURE);
	open = clock_ns(CLOCK_MONOTONIC) - start;
	for (int i = 0; i < JUMPS; i++) {
		int64_t to = 86400 * NS_PER_SEC + below((int64_t)machine->samples) * INTERVAL;

		start = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		if (cursor_go(cursor, to) < 0)
			exit(EXIT_FAILURE);
		snapshot_reset(&past);
		snapshot_from_sample(&past, cursor_decoder(cursor));
		cost_add(&jumps, start);
	}
	printf(" %7.1f %7.1f %7.1f %7.1f\n", (double)open / NS_PER_MS,
		(double)jumps.sum / JUMPS / NS_PER_MS, (double)jumps.most / NS_PER_MS,
		(double)(memory_used() - memory) / (1 << 20));
	cursor_close(cursor);
	snapshot_finish(&past);
}

static void
remove_folder(const char *folder)
{
	DIR *list = opendir(folder);
	struct dirent *entry;

	while (list && (entry = readdir(list)))
		unlinkat(dirfd(list), entry->d_name, 0);
	if (list)
		closedir(list);
	rmdir(folder);
}

static void
measure(size_t count, int share, bool wander)
{
	char folder[] = "/tmp/bench-recording-XXXXXX";
	struct machine machine = { .count = count,
		.samples = SAMPLES,
		.share = share,
		.wander = wander,
		.folder = mkdtemp(folder) };

	if (!machine.folder)
		exit(EXIT_FAILURE);
	write_samples(&machine);
	read_samples(&machine);
	remove_folder(folder);
}

static void
measure_both(size_t count, int share)
{
	measure(count, share, false);
	if (share > 0)
		measure(count, share, true);
}

/* Without arguments all sizes; else ROWS PERCENT, and SAMPLES FOLDER of what to write and keep. */
int
main(int argc, char **argv)
{
	static const size_t counts[] = { 1000, 10000 };
	static const int shares[] = { 0, 5, 50 };

	printf("%s", heading);
	for (size_t i = 0; argc < 3 && i < ARRAY_SIZE(counts) * ARRAY_SIZE(shares); i++)
		measure_both(counts[i / ARRAY_SIZE(shares)], shares[i % ARRAY_SIZE(shares)]);
	if (argc == 3)
		measure_both(strtoul(argv[1], NULL, 10), atoi(argv[2]));
	if (argc == 5) {
		struct machine machine = { .count = strtoul(argv[1], NULL, 10),
			.samples = strtoul(argv[3], NULL, 10),
			.share = atoi(argv[2]),
			.folder = argv[4] };

		write_samples(&machine);
		printf("\n");
	}
	return 0;
}
