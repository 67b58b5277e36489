// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/elf-symbols.h"

#include "base/memory.h"

#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>

/* A program of two million functions has as much text of names. */
enum { MOST_LOADS = 256, MOST_TEXT = 256 * 1024 * 1024 };

static void
end_elf(Elf **elf)
{
	elf_end(*elf);
}
#define _cleanup_elf_ __attribute__((cleanup(end_elf)))

static void
read_loads(Elf *elf, struct elf_symbols *symbols)
{
	size_t count;
	GElf_Phdr header;

	if (elf_getphdrnum(elf, &count) < 0)
		return;
	symbols->loads = xcalloc(MOST_LOADS, sizeof(symbols->loads[0]));
	for (size_t i = 0; i < count && symbols->load_count < MOST_LOADS; i++)
		if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_LOAD)
			symbols->loads[symbols->load_count++] =
				(struct elf_load){ .offset = header.p_offset,
					.size = header.p_filesz,
					.address = header.p_vaddr };
	symbols->loads =
		xreallocarray(symbols->loads, symbols->load_count, sizeof(symbols->loads[0]));
}

static Elf_Scn *
find_section(Elf *elf, GElf_Word type, GElf_Shdr *ret_header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, ret_header) && ret_header->sh_type == type)
			return section;
	return NULL;
}

/* What it would read into memory is looked at first: the file may claim anything. */
static int
check_size(Elf *elf, const GElf_Shdr *header)
{
	Elf_Scn *section = elf_getscn(elf, header->sh_link);
	GElf_Shdr texts;

	if (header->sh_entsize == 0 || !section || !gelf_getshdr(section, &texts))
		return -ENODATA;
	if (header->sh_size / header->sh_entsize > MOST_SYMBOLS || texts.sh_size > MOST_TEXT ||
		header->sh_size > MOST_TEXT)
		return -EFBIG;
	return 0;
}

static bool
is_function(const GElf_Sym *symbol)
{
	int type = GELF_ST_TYPE(symbol->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_shndx != SHN_UNDEF &&
	       symbol->st_value != 0;
}

static int
read_symbols(Elf *elf, GElf_Word type, struct symbol_table *table)
{
	GElf_Shdr header;
	Elf_Scn *section = find_section(elf, type, &header);
	int error = section ? check_size(elf, &header) : -ENODATA;
	Elf_Data *data = error == 0 ? elf_getdata(section, NULL) : NULL;
	GElf_Sym symbol;

	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = is_function(&symbol)
					   ? elf_strptr(elf, header.sh_link, symbol.st_name)
					   : NULL;

		if (name && *name)
			symbol_table_add(table, symbol.st_value, symbol.st_size, name);
	}
	if (error == 0 && table->count == 0)
		error = -ENODATA;
	return error;
}

int
elf_symbols_read(int fd, struct elf_symbols *ret_symbols)
{
	_cleanup_elf_ Elf *elf = NULL;
	struct elf_symbols symbols = { .loads = NULL };
	int error;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL); /* never by mmap: a file cut short is a SIGBUS */
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		return -EINVAL;
	error = read_symbols(elf, SHT_SYMTAB, &symbols.table);
	if (error == -ENODATA)
		error = read_symbols(elf, SHT_DYNSYM, &symbols.table);
	if (error < 0)
		return error;
	read_loads(elf, &symbols);
	symbol_table_sort(&symbols.table);
	*ret_symbols = symbols;
	return 0;
}

const char *
elf_symbols_find(const struct elf_symbols *symbols, uint64_t offset)
{
	for (size_t i = 0; i < symbols->load_count; i++) {
		const struct elf_load *load = &symbols->loads[i];

		if (offset >= load->offset && offset - load->offset < load->size)
			return symbol_table_find(
				&symbols->table, load->address + (offset - load->offset));
	}
	return NULL;
}

void
elf_symbols_finish(struct elf_symbols *symbols)
{
	symbol_table_finish(&symbols->table);
	free(symbols->loads);
	*symbols = (struct elf_symbols){ .loads = NULL };
}
