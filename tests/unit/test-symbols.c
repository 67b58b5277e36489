// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "collect/maps.h"
#include "sampler/elf-symbols.h"
#include "sampler/symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PID = 7 };
#define FOR_EVER (INT64_C(3600) * 1000000000)

/* Where an address of this process is in which file. */
static struct mapping
mapping_of(const struct mappings *mappings, uintptr_t address)
{
	for (size_t i = 0; i < mappings->count; i++)
		if (mappings->rows[i].start <= address && address < mappings->rows[i].end)
			return mappings->rows[i];
	fail();
	return (struct mapping){ .start = 0 };
}

static int
open_proc(void)
{
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static bool
trim_drops_files(struct symbols *symbols)
{
	size_t files = symbols_size(symbols).files;

	symbols_trim(symbols);
	return symbols_size(symbols).files < files;
}

static void
functions_of_this_program_and_its_libraries_are_found(void **state)
{
	const struct {
		uintptr_t address;
		const char *name;
	} cases[] = {
		{ (uintptr_t)open_proc, "open_proc" },
		{ (uintptr_t)mapping_of + 9, "mapping_of" },
		{ (uintptr_t)symbols_find, "symbols_find" },
		{ (uintptr_t)qsort_r, "qsort_r" },
	};
	int root = open_proc();
	struct symbols *symbols = symbols_create(root, FOR_EVER);
	struct mappings mappings = { .rows = NULL };

	assert_int_equal(maps_read(root, getpid(), &mappings), 0);
	for (int i = 0; i < 8; i++) {
		uintptr_t address = cases[i % 4].address;
		struct mapping mapping = mapping_of(&mappings, address);
		const char *name = symbols_find(symbols, getpid(), mapping.name,
			mapping.offset + (address - mapping.start));

		assert_non_null(name);
		assert_string_equal(name, cases[i % 4].name);
		assert_false(trim_drops_files(symbols));
	}
	mappings_finish(&mappings);
	symbols_destroy(symbols);
	close(root);
}

/* A small file of the corpus: main is at 0x1000, malloc and __libc_malloc are at 0x1020. */
static size_t
read_sample(const char *name, char *bytes, size_t size)
{
	char path[512];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/symbols/%s", getenv("SOURCE"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, bytes, size);
	assert_true(length >= 0);
	close(fd);
	return (size_t)length;
}

static void
write_sample(const struct tree *tree, const char *path, const char *sample)
{
	char bytes[8192];
	size_t size = read_sample(sample, bytes, sizeof(bytes));
	int fd;

	tree_write(tree, path, "");
	fd = openat(tree->fd, path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	close(fd);
}

/* One process sees a file of that name, another a different one, the third none. */
static void
a_file_is_the_one_that_the_process_sees(void **state)
{
	static const char name[] = "/lib/a b";
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	write_sample(&tree, "7/root/lib/a b", "elf64");
	assert_int_equal(symlinkat("/lib/a b", tree.fd, "7/root/lib/link"), 0);
	write_sample(&tree, "8/root/lib/secret", "elf64");
	write_sample(&tree, "self/root/lib/a b", "elf64");
	tree_write(&tree, "8/root/lib/a b", "no ELF file");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_string_equal(symbols_find(symbols, 7, name, 0x1000), "main");
	assert_null(symbols_find(symbols, 8, name, 0x1000));
	assert_string_equal(symbols_find(symbols, 9, name, 0x1000), "main"); /* has ended */
	assert_null(symbols_find(symbols, 7, "/lib/link", 0x1000));
	assert_null(symbols_find(symbols, 7, "[vdso]", 0x1000));
	assert_null(symbols_find(symbols, 7, "", 0x1000));
	assert_null(symbols_find(symbols, 7, "/lib", 0x1000));
	assert_null(symbols_find(symbols, 7, "/lib/../../../8/root/lib/secret", 0x1000));
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

/* `hidden` is not exported: only the file with the same build ID knows it (E8). */
static void
symbols_that_were_taken_out_are_read_from_their_file(void **state)
{
	static const char name[] = "/lib/x.so",
			  separate[] = "/usr/lib/debug/.build-id/57/"
				       "ba6bd741d24658f644e16e91884080531f5dfb.debug";
	static const uint64_t hidden = 0x1e2, exported = 0x1e6;
	struct symbols *symbols;
	struct tree tree;
	char path[128];

	tree_create(&tree);
	for (int pid = 7; pid <= 10; pid++) {
		snprintf(path, sizeof(path), "%d/root%s", pid, name);
		write_sample(&tree, path, "stripped");
	}
	snprintf(path, sizeof(path), "7/root%s", separate);
	write_sample(&tree, path, "separate");
	snprintf(path, sizeof(path), "8/root%s", separate);
	write_sample(&tree, path, "elf64"); /* of another build */
	snprintf(path, sizeof(path), "9/root%s", separate);
	tree_write(&tree, path, "no ELF file");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_string_equal(symbols_find(symbols, 7, name, hidden), "hidden");
	for (int pid = 7; pid <= 10; pid++)
		assert_string_equal(symbols_find(symbols, pid, name, exported), "exported");
	for (int pid = 8; pid <= 10; pid++)
		assert_null(symbols_find(symbols, pid, name, hidden));
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

static int
file_of(const char *bytes, size_t size)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	assert_true(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	return fd;
}

static int
read_from(int fd, struct elf_symbols *ret_symbols)
{
	struct elf_plan plan;
	int error = elf_plan(fd, &plan);

	return error < 0 ? error : elf_symbols_read(fd, fd, &plan, ret_symbols);
}

static int
read_elf(const char *name, struct elf_symbols *ret_symbols)
{
	char bytes[8192];
	size_t size = read_sample(name, bytes, sizeof(bytes));
	int fd = file_of(bytes, size), error = read_from(fd, ret_symbols);

	close(fd);
	return error;
}

static void
assert_name(const struct elf_symbols *symbols, uint64_t offset, const char *name)
{
	const char *found = elf_symbols_find(symbols, offset);

	assert_string_equal(found ? found : "(none)", name);
}

static void
each_kind_of_elf_is_read(void **state)
{
	static const char *const names[] = { "elf64", "elf32", "elf64-big", "elf32-big", "dynsym" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct elf_symbols symbols;

		assert_int_equal(read_elf(names[i], &symbols), 0);
		assert_name(&symbols, 0xfff, "(none)");
		assert_name(&symbols, 0x1000, "main");
		assert_name(&symbols, 0x100f, "main");
		assert_name(&symbols, 0x1010, "__helper"); /* has no size: up to the next */
		assert_name(&symbols, 0x101f, "__helper");
		assert_name(&symbols, 0x1020, "malloc");
		assert_name(&symbols, 0x1028, "(none)"); /* between two */
		assert_name(&symbols, 0x1033, "ifunc");
		assert_name(&symbols, 0x2000, "(none)"); /* of data */
		assert_name(&symbols, 0x10000, "(none)");
		elf_symbols_finish(&symbols);
	}
}

static void
a_senseless_elf_is_refused(void **state)
{
	static const struct {
		const char *name;
		int error;
	} cases[] = {
		{ "text", -EINVAL },
		{ "empty", -EINVAL },
		{ "no-functions", -ENODATA },
		{ "entry-size-0", 0 }, /* its own word for that is of no use */
		{ "wrong-link", -ENODATA },
		{ "huge-table", -EFBIG },
		{ "large-table", -EFBIG },
	};
	struct elf_symbols symbols;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int error = read_elf(cases[i].name, &symbols);

		if (error != cases[i].error)
			fail_msg("%s: %d", cases[i].name, error);
		if (error == 0)
			elf_symbols_finish(&symbols);
	}
}

/* Wherever a file ends, also this program's own, which has all that an ELF file may have. */
static void
an_elf_cut_short_does_no_harm(void **state)
{
	_Static_assert(sizeof(off_t) == 8, "files may be large");
	int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), fd;
	struct elf_symbols symbols;
	struct stat status;
	char *bytes;

	assert_true(own >= 0 && fstat(own, &status) == 0);
	bytes = malloc((size_t)status.st_size);
	assert_int_equal(read(own, bytes, (size_t)status.st_size), status.st_size);
	fd = file_of(bytes, (size_t)status.st_size);
	for (int64_t size = status.st_size; size > 0; size -= status.st_size / 40) {
		assert_int_equal(ftruncate(fd, size), 0);
		if (read_from(fd, &symbols) == 0)
			elf_symbols_finish(&symbols);
		else
			assert_true(size < status.st_size);
	}
	for (int64_t size = 4096; size >= 0; size -= 61) {
		assert_int_equal(ftruncate(fd, size), 0);
		assert_true(read_from(fd, &symbols) < 0);
	}
	free(bytes);
	close(fd);
	close(own);
}

/* Each byte of a small one, made wrong. */
static void
an_elf_with_wrong_bytes_does_no_harm(void **state)
{
	static const char wrong[] = { 0x00, 0x7f, (char)0x80, (char)0xff };
	struct elf_symbols symbols;
	char bytes[8192];
	size_t size = read_sample("elf64", bytes, sizeof(bytes)), good = 0;

	for (size_t i = 0; i < 4 * size; i++) {
		char byte = bytes[i / 4];
		int fd;

		bytes[i / 4] = wrong[i % 4];
		fd = file_of(bytes, size);
		if (read_from(fd, &symbols) == 0) {
			good++;
			elf_symbols_finish(&symbols);
		}
		close(fd);
		bytes[i / 4] = byte;
	}
	assert_true(good > 0 && good < 4 * size);
}

static void
a_replaced_file_is_read_again(void **state)
{
	static const char name[] = "/lib/x";
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	write_sample(&tree, "7/root/lib/x", "elf64");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_string_equal(symbols_find(symbols, PID, name, 0x1000), "main");
	tree_write(&tree, "7/root/lib/x.new", "nothing");
	assert_int_equal(renameat(tree.fd, "7/root/lib/x.new", tree.fd, "7/root/lib/x"), 0);
	assert_string_equal(symbols_find(symbols, PID, name, 0x1000), "main"); /* this drain */
	symbols_trim(symbols);
	assert_null(symbols_find(symbols, PID, name, 0x1000));
	write_sample(&tree, "self/root/lib/x", "elf32");
	assert_string_equal(symbols_find(symbols, 99, name, 0x1020), "malloc"); /* has ended */
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

static void
a_fifo_is_not_waited_for(void **state)
{
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	tree_write(&tree, "7/root/lib/x", "");
	assert_int_equal(mkfifoat(tree.fd, "7/root/lib/fifo", 0600), 0);
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_null(symbols_find(symbols, PID, "/lib/fifo", 0x1000));
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

/* S1: what its server does not answer could not even be killed. */
static void
files_on_fuse_are_not_opened(void **state)
{
	static const char mounts[] =
		"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
		"2 1 0:40 / /home/a\\040b rw,nosuid shared:7 - fuse.sshfs x rw\n"
		"3 2 8:2 / /home/a\\040b/disk rw - ext4 /dev/sdb1 rw\n"
		"4 1 8:3 / /opt rw - ext4 /dev/sdc1 rw\n"
		"5 4 0:41 / /opt rw - fuseblk /dev/sdc2 rw\n";
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	tree_write(&tree, "7/mountinfo", mounts);
	write_sample(&tree, "7/root/lib/x", "elf64");
	write_sample(&tree, "7/root/home/a b/x", "elf64");
	write_sample(&tree, "7/root/home/a b/disk/x", "elf64");
	write_sample(&tree, "7/root/opt/x", "elf64");
	write_sample(&tree, "7/root/optional", "elf64");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_string_equal(symbols_find(symbols, PID, "/lib/x", 0x1000), "main");
	assert_string_equal(symbols_find(symbols, PID, "/home/a b/disk/x", 0x1000), "main");
	assert_string_equal(symbols_find(symbols, PID, "/optional", 0x1000), "main");
	assert_null(symbols_trouble(symbols));
	assert_null(symbols_find(symbols, PID, "/home/a b/x", 0x1000));
	assert_null(symbols_find(symbols, PID, "/opt/x", 0x1000));
	assert_string_equal(symbols_trouble(symbols),
		"functions of x are unknown: its file system is a program (FUSE)");
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

static void
what_is_kept_of_files_is_bounded(void **state)
{
	enum { FILES = 4200 };
	struct symbols *symbols;
	struct tree tree;
	char(*names)[32] = malloc(FILES * sizeof(names[0]));

	tree_create(&tree);
	write_sample(&tree, "7/root/lib/x", "elf64");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_string_equal(symbols_find(symbols, PID, "/lib/x", 0x1000), "main");
	assert_false(trim_drops_files(symbols));
	for (size_t i = 0; i < FILES; i++) {
		snprintf(names[i], sizeof(names[i]), "7/root/%zu", i);
		tree_write(&tree, names[i], "x");
		assert_null(symbols_find(symbols, PID, names[i] + strlen("7/root"), 0x1000));
	}
	assert_true(trim_drops_files(symbols));
	assert_string_equal(symbols_find(symbols, PID, "/lib/x", 0x1000), "main");
	symbols_destroy(symbols);
	tree_destroy(&tree);
	free(names);
}

/* S1: 2,000,000 symbols, of which the file says that each is larger than itself, are not read. */
static void
a_table_that_is_too_large_is_no_table_and_told(void **state)
{
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	write_sample(&tree, "7/root/lib/huge", "huge-table");
	write_sample(&tree, "7/root/lib/x", "elf64");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_string_equal(symbols_find(symbols, PID, "/lib/x", 0x1000), "main");
	assert_null(symbols_trouble(symbols));
	assert_null(symbols_find(symbols, PID, "/lib/huge", 0x1000));
	assert_non_null(strstr(symbols_trouble(symbols), "functions of huge are unknown"));
	assert_true(symbols_size(symbols).memory < 1024 * 1024);
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

/* S1: without time to wait for a file its functions are unknown, and it is tried again. */
static void
without_time_nothing_is_read(void **state)
{
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	write_sample(&tree, "7/root/lib/x", "elf64");
	symbols = symbols_create(tree.fd, 0);
	assert_null(symbols_find(symbols, PID, "/lib/x", 0x1000));
	assert_int_equal(symbols_size(symbols).files, 0);
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

/* A file with so many functions from 0x1000 on, whose names have 4,000 bytes each. */
static void
write_large(const struct tree *tree, const char *path, size_t functions)
{
	enum { NAME = 4000 };
	size_t table = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Shdr) + sizeof(Elf64_Phdr);
	size_t names = table + functions * sizeof(Elf64_Sym), size = names + functions * NAME + 1;
	char *bytes = calloc(size, 1);
	Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_phoff = table - sizeof(Elf64_Phdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
		.e_shoff = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 3 };
	const Elf64_Shdr sections[] = {
		{ .sh_type = SHT_NULL },
		{ .sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = functions * NAME + 1 },
		{ .sh_type = SHT_SYMTAB,
			.sh_offset = table,
			.sh_size = names - table,
			.sh_link = 1 },
	};
	const Elf64_Phdr load = { .p_type = PT_LOAD, .p_filesz = size, .p_memsz = size };
	int fd;

	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + header.e_shoff, sections, sizeof(sections));
	memcpy(bytes + header.e_phoff, &load, sizeof(load));
	for (size_t i = 0; i < functions; i++) {
		const Elf64_Sym symbol = { .st_name = (Elf64_Word)(1 + i * NAME),
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = 1,
			.st_value = 0x1000 + i,
			.st_size = 1 };

		memcpy(bytes + table + i * sizeof(symbol), &symbol, sizeof(symbol));
		memset(bytes + names + 1 + i * NAME, 'f', NAME - 1);
	}
	tree_write(tree, path, "");
	fd = openat(tree->fd, path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	close(fd);
	free(bytes);
}

/* S1: 24 MiB; what nobody has asked for in 16 drains makes room. */
static void
functions_of_all_files_take_a_bounded_amount_of_memory(void **state)
{
	enum { FUNCTIONS = 2900, MIB = 1024 * 1024 };
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	write_large(&tree, "7/root/a", FUNCTIONS);
	write_large(&tree, "7/root/b", FUNCTIONS);
	write_large(&tree, "7/root/c", FUNCTIONS);
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_non_null(symbols_find(symbols, PID, "/a", 0x1000));
	assert_non_null(symbols_find(symbols, PID, "/b", 0x1000));
	assert_in_range(symbols_size(symbols).memory, 22 * MIB, 24 * MIB);
	assert_null(symbols_trouble(symbols));
	assert_null(symbols_find(symbols, PID, "/c", 0x1000));
	assert_in_range(symbols_size(symbols).memory, 22 * MIB, 24 * MIB);
	assert_string_equal(symbols_trouble(symbols),
		"functions of c are unknown: those of other "
		"files take all the memory set aside for them");
	for (int i = 0; i < 20; i++) {
		assert_non_null(symbols_find(symbols, PID, "/a", 0x1000));
		symbols_find(symbols, PID, "/c", 0x1000);
		symbols_trim(symbols);
	}
	assert_non_null(symbols_find(symbols, PID, "/c", 0x1000));
	assert_non_null(symbols_find(symbols, PID, "/a", 0x1000));
	assert_in_range(symbols_size(symbols).memory, 22 * MIB, 24 * MIB);
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

/* S1: 12 MiB of names and 262,144 symbols are the most of one file. */
static void
a_file_beyond_its_own_limit_is_not_read(void **state)
{
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	write_large(&tree, "7/root/a", 3200);
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_null(symbols_find(symbols, PID, "/a", 0x1000));
	assert_non_null(strstr(symbols_trouble(symbols), "their names too long"));
	assert_true(symbols_size(symbols).memory < 4096);
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

static void
kernel_functions_are_found_where_they_are_not_hidden(void **state)
{
	struct symbols *symbols;
	struct tree tree;

	tree_create(&tree);
	tree_write(&tree, "kallsyms",
		"ffffffff81000200 t clear_page\n"
		"ffffffff81000000 T _stext\nffffffff81000000 T startup_64\n"
		"ffffffff82000000 D data\n"
		"ffffffffc0000000 t in_module\t[module]\n"
		"nonsense\n0\nffffffff81000300\nffffffff81000300 T\nffffffff81000300 T \n");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_string_equal(symbols_find_kernel(symbols, 0xffffffff81000000), "startup_64");
	assert_string_equal(symbols_find_kernel(symbols, 0xffffffff81000201), "clear_page");
	assert_string_equal(symbols_find_kernel(symbols, 0xffffffffc0000010), "in_module");
	assert_null(symbols_find_kernel(symbols, 0xffffffff80ffffff));
	symbols_destroy(symbols);

	tree_write(&tree, "kallsyms", "0000000000000000 T _stext\n0000000000000000 t x\n");
	symbols = symbols_create(tree.fd, FOR_EVER);
	assert_null(symbols_find_kernel(symbols, 0xffffffff81000000));
	assert_null(symbols_find_kernel(symbols, 0));
	symbols_destroy(symbols);
	tree_destroy(&tree);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_of_this_program_and_its_libraries_are_found),
		cmocka_unit_test(a_file_is_the_one_that_the_process_sees),
		cmocka_unit_test(symbols_that_were_taken_out_are_read_from_their_file),
		cmocka_unit_test(each_kind_of_elf_is_read),
		cmocka_unit_test(a_senseless_elf_is_refused),
		cmocka_unit_test(an_elf_cut_short_does_no_harm),
		cmocka_unit_test(an_elf_with_wrong_bytes_does_no_harm),
		cmocka_unit_test(a_replaced_file_is_read_again),
		cmocka_unit_test(a_fifo_is_not_waited_for),
		cmocka_unit_test(files_on_fuse_are_not_opened),
		cmocka_unit_test(what_is_kept_of_files_is_bounded),
		cmocka_unit_test(a_table_that_is_too_large_is_no_table_and_told),
		cmocka_unit_test(functions_of_all_files_take_a_bounded_amount_of_memory),
		cmocka_unit_test(a_file_beyond_its_own_limit_is_not_read),
		cmocka_unit_test(without_time_nothing_is_read),
		cmocka_unit_test(kernel_functions_are_found_where_they_are_not_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
