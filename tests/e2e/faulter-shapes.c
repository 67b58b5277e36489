// SPDX-License-Identifier: GPL-3.0-or-later
#include "faulter.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#define PR_SET_VMA_ANON_NAME 0
#endif

enum { ARENA_PIECE = 64 * 1024 };

TOUCHER(named)
TOUCHER(lazy)

/* Where the kernel cannot name memory it stays without a name. */
static void
step_named(size_t count)
{
	char *start = map_anonymous(count * page, MAP_PRIVATE);

	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, start, count * page, "memtop test");
	measure("named", touch_named, start, count, page);
}

static void
step_lazy(size_t count)
{
	char *start = map_anonymous(count * page, MAP_PRIVATE);

	measure("lazy", touch_lazy, start, count, page);
	if (madvise(start, count * page, MADV_FREE) < 0)
		fail("madvise");
}

/* A file whose name a terminal must not see, and which is gone. */
static void
step_deleted(size_t count)
{
	static const char name[] = "faulter a\nb \033[31m\\";
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)(count * page)) < 0)
		fail(name);
	map(count * page, PROT_READ, MAP_PRIVATE, fd);
	unlink(name);
	close(fd);
}

/* As many TiB of nothing as there is room for, where five levels of page tables are above all. */
static void
step_sparse(size_t count)
{
	void *high = (void *)(UINT64_C(1) << 48), *start = MAP_FAILED;

	for (; count > 0 && start == MAP_FAILED; count -= start == MAP_FAILED)
		start = mmap(high, count << 40, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED)
		fail("mmap");
}

/* COUNT mappings: neighbours differ in what is permitted. */
static void
step_many(size_t count)
{
	char *start = map_anonymous(count * page, MAP_PRIVATE);

	for (size_t i = 0; i < count; i += 2)
		if (mprotect(start + i * page, page, PROT_READ) < 0)
			fail("mprotect");
}

static void *
run_thread(void *argument)
{
	int *ready = argument;
	volatile char *piece = malloc(ARENA_PIECE);
	char byte = 0;

	for (size_t i = 0; piece && i < ARENA_PIECE; i += page)
		piece[i] = 1;
	if (write(ready[1], &byte, 1) != 1)
		fail("write");
	for (;;)
		pause();
}

/* COUNT threads that wait, each with a stack and an arena of malloc. */
static void
step_arenas(size_t count)
{
	int ready[2];
	pthread_t thread;
	char byte;

	if (pipe2(ready, O_CLOEXEC) < 0)
		fail("pipe");
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&thread, NULL, run_thread, ready) != 0 ||
			read(ready[0], &byte, 1) != 1)
			fail("pthread_create");
}

/* clang-format off */
const struct step shape_steps[] = {
	{ "named", step_named },     /* anonymous memory with a name */
	{ "lazy", step_lazy },       /* given back by MADV_FREE */
	{ "deleted", step_deleted }, /* a file with a hostile name, unlinked */
	{ "sparse", step_sparse },   /* at most COUNT TiB of address space without memory */
	{ "many", step_many },
	{ "arenas", step_arenas },
	{ NULL, NULL },
};
/* clang-format on */
