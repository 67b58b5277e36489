// SPDX-License-Identifier: GPL-3.0-or-later
#include "faulter.h"

#include <alloca.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

enum {
	KIB = 1024,
	AROUND = 64 * KIB, /* what the kernel maps at a fault of a file that is read */
	WINDOWS = 32,      /* of that size, in the program itself */
	HUGE = 2048 * KIB,
	BSS_SIZE = 64 * 1024 * KIB,
};

static void touch_mangled(volatile char *start, size_t count, size_t stride) __asm__(
	"_ZN4shop4Cart4fillIcEEvPT_");

/* clang-format off */
TOUCHER(anon) TOUCHER(mangled) TOUCHER(heap) TOUCHER(bss) TOUCHER(data) TOUCHER(huge) TOUCHER(file) TOUCHER(shared)
TOUCHER(memfd) TOUCHER(tmpfs) TOUCHER(sysv) TOUCHER(mremap) TOUCHER(reuse) TOUCHER(reused)
READER(rodata) READER(view) READER(cold)
	/* clang-format on */

	/* WINDOWS functions that return at once, AROUND apart. */
	__asm__(".pushsection .text.faulter, \"ax\"\n"
		".balign 65536\n"
		".type text_pages, %function\n"
		"text_pages:\n"
		".rept 32\n"
		"ret\n"
		".balign 65536\n"
		".endr\n"
		".size text_pages, . - text_pages\n"
		".popsection\n");
extern char text_pages[];

static char data[WINDOWS * AROUND] __attribute__((aligned(AROUND))) = { 1 };
static char bss[BSS_SIZE] __attribute__((aligned(AROUND)));
static const char rodata[WINDOWS * AROUND] __attribute__((aligned(AROUND))) = { 1 };

/* A file in the current directory, all of it in the page cache, filled by repeating a block. */
static int
create_file(const char *name, size_t size, const void *block, size_t block_size)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (fd < 0)
		fail(name);
	for (size_t done = 0; done < size; done += block_size)
		if (write(fd, block, block_size) != (ssize_t)block_size)
			fail(name);
	return fd;
}

/* The pages of the program itself are in the page cache then. */
static void
read_program(void)
{
	static char block[64 * KIB];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	while (read(fd, block, sizeof(block)) > 0)
		continue;
	close(fd);
}

static KEPT_APART void
touch_text(volatile char *start, size_t count, size_t stride)
{
	for (size_t i = 0; i < count; i++)
		((void (*)(void))(uintptr_t)(start + i * stride))();
}

static void
step_text(size_t count)
{
	read_program();
	measure("text", touch_text, text_pages, count < WINDOWS ? count : WINDOWS, AROUND);
}

/* As the text of a library: a file of functions that return at once. */
static void
step_code(size_t count)
{
	int fd = create_file("faulter.code", count * AROUND, text_pages, AROUND);

	measure("code", touch_text, map(count * AROUND, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd),
		count, AROUND);
}

static void
step_rodata(size_t count)
{
	read_program();
	measure("rodata", touch_rodata, (char *)(uintptr_t)rodata,
		count < WINDOWS ? count : WINDOWS, AROUND);
}

static void
step_data(size_t count)
{
	size_t limit = sizeof(data) / page;

	read_program();
	measure("data", touch_data, data, count < limit ? count : limit, page);
}

static void
step_bss(size_t count)
{
	size_t limit = sizeof(bss) / page;

	measure("bss", touch_bss, bss, count < limit ? count : limit, page);
}

static void
step_heap(size_t count)
{
	char *end = sbrk((intptr_t)((count + 1) * page));

	if (end == (void *)-1)
		fail("sbrk");
	measure("heap", touch_heap, end + (-(uintptr_t)end & (page - 1)), count, page);
}

static void
step_anon(size_t count)
{
	measure("anon", touch_anon, map_anonymous(count * page, MAP_PRIVATE), count, page);
}

/* The function is named as one of C++. */
static void
step_mangled(size_t count)
{
	measure("mangled", touch_mangled, map_anonymous(count * page, MAP_PRIVATE), count, page);
}

static void
step_huge(size_t count)
{
	char *start = map_anonymous((count + 1) * HUGE, MAP_PRIVATE);

	start += -(uintptr_t)start & (HUGE - 1);
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	madvise(start, count * HUGE, MADV_HUGEPAGE);
	measure("huge", touch_huge, start, count, HUGE);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

static void
step_file(size_t count)
{
	int fd = create_file("faulter.file", count * page, data, page);

	measure("file", touch_file, map(count * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd),
		count, page);
}

static void
step_view(size_t count)
{
	int fd = create_file("faulter.view", count * AROUND, data, AROUND);

	measure("view", touch_view, map(count * AROUND, PROT_READ, MAP_SHARED, fd), count, AROUND);
}

/* Each page is read from the disk, where the file system has one. */
static void
step_cold(size_t count)
{
	int fd = create_file("faulter.cold", count * page, data, page);
	char *start = map(count * page, PROT_READ, MAP_PRIVATE, fd);

	madvise(start, count * page, MADV_RANDOM);
	fdatasync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	measure("cold", touch_cold, start, count, page);
}

static void
step_shared(size_t count)
{
	measure("shared", touch_shared, map_anonymous(count * page, MAP_SHARED), count, page);
}

static int
create_memfd(size_t size)
{
	int fd = memfd_create("faulter", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		fail("memfd");
	return fd;
}

static void
step_memfd(size_t count)
{
	int fd = create_memfd(count * page);

	measure("memfd", touch_memfd, map(count * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd),
		count, page);
}

static void
step_tmpfs(size_t count)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/memtop-faulter-%d", getpid());
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)(count * page)) < 0)
		fail(name);
	measure("tmpfs", touch_tmpfs, map(count * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd),
		count, page);
	shm_unlink(name);
}

static void
step_sysv(size_t count)
{
	int id = shmget(IPC_PRIVATE, count * page, IPC_CREAT | 0600);
	void *start = shmat(id, NULL, 0);

	if (start == (void *)-1)
		fail("shmat");
	shmctl(id, IPC_RMID, NULL);
	measure("sysv", touch_sysv, start, count, page);
}

static KEPT_APART void
touch_stack(volatile char *start, size_t count, size_t stride)
{
	for (size_t i = 1; i <= count; i++)
		start[(ptrdiff_t)(i * stride) * -1] = 1;
}

static void
step_stack(size_t count)
{
	volatile char *end = alloca((count + 2) * page);

	end += (count + 1) * page;
	end -= (uintptr_t)end & (page - 1);
	/* What is in use already, with what getrusage() and report() need of it. */
	measure("stack", touch_stack, (char *)(uintptr_t)end, count, page);
}

/* Untouched memory goes elsewhere and is touched there: no event tells of the move. */
static void
step_mremap(size_t count)
{
	char *start = map_anonymous(count * page, MAP_PRIVATE);
	char *other = map_anonymous(count * page, MAP_PRIVATE);

	start = mremap(start, count * page, count * page, MREMAP_MAYMOVE | MREMAP_FIXED, other);
	if (start != other)
		fail("mremap");
	measure("mremap", touch_mremap, start, count, page);
}

/* The same addresses are one thing and then another. */
static void
step_reuse(size_t count)
{
	char *start = map_anonymous(count * page, MAP_PRIVATE);

	measure("reuse", touch_reuse, start, count, page);
	munmap(start, count * page);
	if (mmap(start, count * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
		    create_memfd(count * page), 0) != start)
		fail("mmap");
	measure("reused", touch_reused, start, count, page);
}

static void
touch_populate(volatile char *start, size_t count, size_t stride)
{
	(void)start;
	if (count > 0)
		map_anonymous(count * stride, MAP_PRIVATE | MAP_POPULATE);
}

static void
step_populate(size_t count)
{
	measure("populate", touch_populate, NULL, count, page);
}

static void
touch_mlock(volatile char *start, size_t count, size_t stride)
{
	if (count > 0 && mlock((void *)(uintptr_t)start, count * stride) < 0)
		fail("mlock");
}

static void
step_mlock(size_t count)
{
	measure("mlock", touch_mlock, map_anonymous(count * page, MAP_PRIVATE), count, page);
}

/* The kernel meets the faults: it copies into memory that is not there yet. */
static void
touch_copy(volatile char *start, size_t count, size_t stride)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	if (count > 0 && read(fd, (void *)(uintptr_t)start, count * stride) < 0)
		fail("read");
	close(fd);
}

static void
step_copy(size_t count)
{
	measure("copy", touch_copy, map_anonymous(count * page, MAP_PRIVATE), count, page);
}

/* clang-format off */
const struct step memory_steps[] = {
	{ "text", step_text },         /* the program's own: COUNT times 64 KiB of it */
	{ "code", step_code },         /* the same of a library, ./faulter.code */
	{ "rodata", step_rodata },     /* constants of the program, as text */
	{ "data", step_data },         /* its variables in the file */
	{ "bss", step_bss },           /* those not in the file */
	{ "heap", step_heap },         /* by brk */
	{ "anon", step_anon },
	{ "mangled", step_mangled },   /* the same by a function of C++, shop::Cart::fill<char>(char*) */
	{ "huge", step_huge },         /* COUNT huge pages */
	{ "file", step_file },         /* written copies of ./faulter.file */
	{ "view", step_view },         /* read ./faulter.view: COUNT times 64 KiB */
	{ "cold", step_cold },         /* major faults of ./faulter.cold */
	{ "shared", step_shared },     /* shared anonymous memory */
	{ "memfd", step_memfd },
	{ "tmpfs", step_tmpfs },       /* a file in /dev/shm */
	{ "sysv", step_sysv },
	{ "stack", step_stack },
	{ "mremap", step_mremap },
	{ "reuse", step_reuse },       /* COUNT anonymous, then as many of a memfd there */
	{ "populate", step_populate },
	{ "mlock", step_mlock },
	{ "copy", step_copy },         /* by read(2) from /dev/zero */
	{ NULL, NULL },
};
/* clang-format on */
