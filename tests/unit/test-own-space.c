// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "sampler/address-spaces.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

enum { RW = PROT_READ | PROT_WRITE };

static const int constant = 1;
static int variable = 1, zero[4096];

static void *
stack_of_a_thread(void *argument)
{
	int local = 0;

	*(uint64_t *)argument = (uintptr_t)&local;
	return NULL;
}

/* Between pages that nobody may touch: right behind a file's data it would be taken for its bss. */
static char *
map_apart(void)
{
	char *pages = mmap(NULL, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_int_equal(mprotect(pages + 4096, 4096, RW), 0);
	return pages + 4096;
}

/* This process maps things, and is looked at like any other. */
static void
real_mappings_are_known_for_what_they_are(void **state)
{
	struct address_spaces *spaces;
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), local = 0;
	int memory = memfd_create("pool", MFD_CLOEXEC), segment, file;
	void *anon, *shared, *pool, *sysv, *private_file, *shared_file;
	uint64_t thread_stack = 0;
	char path[80];
	struct tree tree;
	pthread_t thread;

	tree_create(&tree);
	snprintf(path, sizeof(path), "%s/a file", tree.path);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(proc >= 0 && memory >= 0 && file >= 0);
	assert_int_equal(ftruncate(memory, 4096) | ftruncate(file, 4096), 0);
	segment = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	assert_true(segment >= 0);
	anon = map_apart();
	shared = mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pool = mmap(NULL, 4096, RW, MAP_SHARED, memory, 0);
	sysv = shmat(segment, NULL, 0);
	shmctl(segment, IPC_RMID, NULL);
	private_file = mmap(NULL, 4096, RW, MAP_PRIVATE, file, 0);
	shared_file = mmap(NULL, 4096, RW, MAP_SHARED, file, 0);
	pthread_create(&thread, NULL, stack_of_a_thread, &thread_stack);
	pthread_join(thread, NULL); /* its stack is kept for the next */

	spaces = address_spaces_create(proc, ADDRESS_SPACES_WAIT);
	const struct {
		uint64_t address;
		enum segment segment;
		const char *name; /* or its start */
	} cases[] = {
		{ (uintptr_t)real_mappings_are_known_for_what_they_are, SEGMENT_TEXT, "/" },
		{ (uintptr_t)address_spaces_create, SEGMENT_TEXT, "/" },
		{ (uintptr_t)getauxval, SEGMENT_TEXT, "/" },
		{ (uintptr_t)&constant, SEGMENT_RODATA, "/" },
		{ (uintptr_t)&variable, SEGMENT_DATA, "/" },
		{ (uintptr_t)&zero[4095], SEGMENT_DATA, "" },
		{ (uintptr_t)sbrk(4096), SEGMENT_HEAP, "[heap]" },
		{ (uintptr_t)anon, SEGMENT_ANON, "" },
		{ (uintptr_t)shared, SEGMENT_SHARED, "/dev/zero (deleted)" },
		{ (uintptr_t)pool, SEGMENT_SHARED, "/memfd:pool (deleted)" },
		{ (uintptr_t)sysv, SEGMENT_SHARED, "/SYSV00000000 (deleted)" },
		{ (uintptr_t)private_file, SEGMENT_FILE, path },
		{ (uintptr_t)shared_file, SEGMENT_FILE, path },
		{ (uintptr_t)&local, SEGMENT_STACK, "[stack]" },
		{ thread_stack, SEGMENT_ANON, "" },
		{ getauxval(AT_SYSINFO_EHDR), SEGMENT_VDSO, "[vdso]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct place place;

		address_spaces_find(spaces, getpid(), cases[i].address, &place);
		if (place.segment != cases[i].segment ||
			strncmp(place.name, cases[i].name, strlen(cases[i].name)) != 0)
			fail_msg("case %zu: %s %s", i, segment_descriptions[place.segment].name,
				place.name);
	}
	munmap((char *)anon - 4096, 3 * 4096);
	munmap(shared, 4096);
	munmap(pool, 4096);
	munmap(private_file, 4096);
	munmap(shared_file, 4096);
	shmdt(sysv);
	close(file);
	close(memory);
	address_spaces_destroy(spaces);
	tree_destroy(&tree);
	close(proc);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_mappings_are_known_for_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
