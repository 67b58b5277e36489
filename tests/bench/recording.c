// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "record/block-writer.h"
#include "record/cursor.h"
#include "record/decoder.h"
#include "record/encoder.h"
#include "table/rows.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What a recording costs: a table like that of processes, of so many rows of which so many move in
 * each sample and one in a thousand is replaced. Prints a line for each size and activity.
 */
enum { SAMPLES = 1440, SAMPLES_A_DAY = 8640, JUMPS = 40, COMMAND_SIZE = 100 };

struct row {
	int64_t pid, start, ppid, uid, nice, adj, threads, anon, file, shmem, swap, pte, hugetlb,
		pss, minflt, majflt, cpu, oom, peak, virt;
	const char *comm, *command, *cgroup, *state;
	char text[COMMAND_SIZE];
	bool moves;
};

#define NUMBER(name, unit)                                                                         \
	{                                                                                          \
#name, "", NULL, "", unit, 1, 0, offsetof(struct row, name)                        \
	}
static const struct column columns[] = {
	NUMBER(pid, UNIT_ID),
	NUMBER(start, UNIT_NUMBER),
	NUMBER(ppid, UNIT_ID),
	NUMBER(uid, UNIT_ID),
	NUMBER(nice, UNIT_NUMBER),
	NUMBER(adj, UNIT_NUMBER),
	NUMBER(threads, UNIT_NUMBER),
	NUMBER(anon, UNIT_BYTES),
	NUMBER(file, UNIT_BYTES),
	NUMBER(shmem, UNIT_BYTES),
	NUMBER(swap, UNIT_BYTES),
	NUMBER(pte, UNIT_BYTES),
	NUMBER(hugetlb, UNIT_BYTES),
	NUMBER(pss, UNIT_BYTES),
	NUMBER(minflt, UNIT_NUMBER),
	NUMBER(majflt, UNIT_NUMBER),
	NUMBER(cpu, UNIT_DURATION),
	NUMBER(oom, UNIT_NUMBER),
	NUMBER(peak, UNIT_BYTES),
	NUMBER(virt, UNIT_BYTES),
	NUMBER(comm, UNIT_TEXT),
	NUMBER(command, UNIT_TEXT),
	NUMBER(cgroup, UNIT_TEXT),
	NUMBER(state, UNIT_TEXT),
};

static const struct table table = { .name = "process",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.row_size = sizeof(struct row) };
static const struct recorded_table recorded_table = { .table = &table, .key = "pid,start" };
static const struct recorded recorded = { &recorded_table, 1 };

/* clang-format off */
static const char heading[] =
	"                        each sample a day  CPU us  CPU us writer    open    jump    jump  reader\n"
	"   rows moving %         bytes     MiB    mean    worst    MiB      ms    mean   worst     MiB\n";
/* clang-format on */

static uint64_t seed = 1;

static int64_t
below(int64_t end)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)(seed >> 33) % end;
}

static const char *const programs[] = { "postgres", "nginx", "java", "python3", "bash", "sshd",
	"systemd", "dockerd", "node", "redis-server" };
static const char *const cgroups[] = { "/system.slice/postgresql.service",
	"/system.slice/nginx.service", "/user.slice/user-1000.slice/session-2.scope",
	"/system.slice/docker.service", "/kubepods.slice/kubepods-burstable.slice" };

static void
be_born(struct row *row, int64_t pid, int64_t start, bool moves)
{
	int64_t program = below(ARRAY_SIZE(programs));

	*row = (struct row){ .pid = pid,
		.start = start,
		.ppid = below(pid) + 1,
		.uid = below(5) * 1000,
		.threads = 1 + below(8),
		.anon = below(50000) * 4096,
		.file = below(5000) * 4096,
		.shmem = below(100) * 4096,
		.pte = below(500) * 4096,
		.pss = UNKNOWN,
		.minflt = below(1000000),
		.majflt = below(100),
		.cpu = below(100000) * 10 * NS_PER_MS,
		.oom = 666 + below(20),
		.virt = below(1000000) * 4096,
		.comm = programs[program],
		.cgroup = cgroups[below(ARRAY_SIZE(cgroups))],
		.state = "S",
		.moves = moves };
	row->peak = row->anon + row->file;
	snprintf(row->text, sizeof(row->text),
		"/usr/bin/%s --instance %lld --data /srv/%llx/%llx -v", programs[program],
		(long long)below(100000), (long long)below(INT32_MAX), (long long)below(INT32_MAX));
}

static void
move(struct row *row, int64_t sample)
{
	row->cpu += (1 + below(20)) * 10 * NS_PER_MS;
	row->minflt += 1 + below(200);
	if (sample % 2)
		row->anon += (below(64) - 24) * 4096;
	if (row->anon < 0)
		row->anon = 0;
}

/* One in a thousand ends, and another one with a new PID takes its place in the load. */
static void
next_sample(struct row *rows, size_t count, int64_t sample, int share, bool wander)
{
	for (size_t i = 0; i < count; i++)
		if (wander ? below(100) < share : rows[i].moves)
			move(&rows[i], sample);
	for (size_t i = 0; share > 0 && i < count / 1000; i++) {
		size_t place = (size_t)below((int64_t)count);
		bool moves = rows[place].moves;
		int64_t pid = rows[count - 1].pid + 1 + below(5);

		memmove(&rows[place], &rows[place + 1], (count - place - 1) * sizeof(*rows));
		be_born(&rows[count - 1], pid, sample * 1000, moves);
	}
	for (size_t i = 0; i < count; i++)
		rows[i].command = rows[i].text;
}

static int64_t
memory_used(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long size = 0, resident = 0;

	if (!file || fscanf(file, "%ld %ld", &size, &resident) != 2)
		exit(EXIT_FAILURE);
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE) / 1024;
}

static void
write_samples(const char *name, size_t count, int share, bool wander)
{
	struct row *rows = xcalloc(count, sizeof(*rows)), *last = xcalloc(count, sizeof(*last));
	struct encoder *encoder = encoder_create(&recorded, NULL, 0);
	struct block_writer writer;
	int64_t spent = 0, most = 0, memory;
	uint64_t cut;

	seed = 1;
	if (block_writer_open(&writer, AT_FDCWD, name, &cut) < 0)
		exit(EXIT_FAILURE);
	for (size_t i = 0; i < count; i++)
		be_born(&rows[i], (int64_t)i * 3 + 1, (int64_t)i * 7, below(100) < share);
	memcpy(last, rows, count * sizeof(*rows));
	memory = memory_used();
	for (int64_t i = 0; i < SAMPLES; i++) {
		const struct sample_time time = { i * 10 * NS_PER_SEC, i * 10 * NS_PER_SEC };
		struct row *now = last; /* the encoder compares it with the rows of the last one */
		const struct sample_rows sample = { now, count };
		const struct bytes *blocks;
		int64_t start;

		memcpy(now, rows, count * sizeof(*rows));
		last = rows;
		rows = now;
		next_sample(rows, count, i, share, wander);
		start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
		if (encoder_add(encoder, &time, &sample, &blocks) < 0 ||
			block_writer_append(&writer, blocks->data, blocks->count) < 0)
			exit(EXIT_FAILURE);
		start = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start;
		spent += start;
		most = start > most ? start : most;
	}
	printf("%7zu %4d %s %9.0f %7.1f %7.1f %8.1f %6.1f", count, share, wander ? "any " : "same",
		(double)writer.end / SAMPLES,
		(double)writer.end / SAMPLES * SAMPLES_A_DAY / (1 << 20),
		(double)spent / SAMPLES / 1000, (double)most / 1000,
		(double)(memory_used() - memory) / 1024);
	block_writer_close(&writer);
	encoder_destroy(encoder);
	free(rows);
	free(last);
}

static void
read_samples(const char *name)
{
	struct cursor *cursor;
	struct rows rows = { .table = NULL };
	struct arena arena = { .first = NULL };
	int64_t sum = 0, most = 0, memory, start = clock_ns(CLOCK_MONOTONIC), open;

	malloc_trim(0);
	memory = memory_used();
	if (cursor_open(&cursor, name, &recorded) < 0 || cursor_last(cursor) < 0)
		exit(EXIT_FAILURE);
	open = clock_ns(CLOCK_MONOTONIC) - start;
	for (int i = 0; i < JUMPS; i++) {
		int64_t jump = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

		if (cursor_go(cursor, below(SAMPLES) * 10 * NS_PER_SEC) < 0)
			exit(EXIT_FAILURE);
		rows_reset(&rows);
		arena_reset(&arena);
		decoder_add_rows(cursor_decoder(cursor), 0, &rows, &arena);
		jump = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - jump;
		sum += jump;
		most = jump > most ? jump : most;
	}
	printf(" %7.1f %7.1f %7.1f %7.1f\n", (double)open / NS_PER_MS,
		(double)sum / JUMPS / NS_PER_MS, (double)most / NS_PER_MS,
		(double)(memory_used() - memory) / 1024);
	cursor_close(cursor);
	rows_finish(&rows);
	arena_finish(&arena);
}

static void
measure(size_t count, int share, bool wander)
{
	char name[] = "/tmp/bench-recording-XXXXXX";
	int fd = mkstemp(name);

	write_samples(name, count, share, wander);
	fflush(stdout);
	read_samples(name);
	close(fd);
	unlink(name);
}

/* Without arguments all sizes; else ROWS PERCENT. */
int
main(int argc, char **argv)
{
	static const size_t counts[] = { 1000, 10000 };
	static const int shares[] = { 0, 5, 50 };

	printf("%s", heading);
	for (size_t i = 0; argc != 3 && i < ARRAY_SIZE(counts) * ARRAY_SIZE(shares); i++) {
		size_t count = counts[i / ARRAY_SIZE(shares)];
		int share = shares[i % ARRAY_SIZE(shares)];

		measure(count, share, false);
		if (share > 0)
			measure(count, share, true);
	}
	if (argc == 3) {
		measure(strtoul(argv[1], NULL, 10), atoi(argv[2]), false);
		measure(strtoul(argv[1], NULL, 10), atoi(argv[2]), true);
	}
	return 0;
}
