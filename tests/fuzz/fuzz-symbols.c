// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include "sampler/elf-symbols.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file of these bytes. Whatever it says, each function is found at its start and has a name. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct elf_symbols symbols = { .loads = NULL };
	struct elf_plan plan;

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	if (elf_plan(fd, &plan) == 0 && elf_symbols_read(fd, fd, &plan, &symbols) == 0) {
		CHECK(symbols.table.count > 0);
		CHECK(elf_symbols_size(&symbols) <= elf_plan_cost(&plan) + sizeof(symbols));
		for (size_t i = 0; i < symbols.table.count; i++) {
			uint64_t start = symbols.table.rows[i].start;
			const char *name = symbol_table_find(&symbols.table, start);

			CHECK(i == 0 || start > symbols.table.rows[i - 1].start);
			CHECK(name && strlen(name) > 0);
		}
		for (uint64_t offset = 0; offset < 0x4000; offset += 0x100)
			elf_symbols_find(&symbols, offset);
		elf_symbols_find(&symbols, UINT64_MAX);
	}
	elf_symbols_finish(&symbols);
	close(fd);
	return 0;
}
