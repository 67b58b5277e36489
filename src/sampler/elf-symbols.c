// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampler/elf-symbols.h"

#include "base/cleanup.h"
#include "base/memory.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The largest header, and the number of entries for one read. */
enum { ITEM_SIZE = sizeof(Elf64_Ehdr), PIECE_ENTRIES = 256 };

/* The offset and size of a member in the 32 and the 64 bit format. */
struct field {
	uint8_t offset[2], size[2];
};
#define FIELD(type, member)                                                                        \
	{                                                                                          \
		{ offsetof(Elf32_##type, member), offsetof(Elf64_##type, member) },                \
		{                                                                                  \
			sizeof(((Elf32_##type *)0)->member), sizeof(((Elf64_##type *)0)->member)   \
		}                                                                                  \
	}

static const struct field sections_at = FIELD(Ehdr, e_shoff);
static const struct field section_size = FIELD(Ehdr, e_shentsize);
static const struct field section_count = FIELD(Ehdr, e_shnum);
static const struct field segments_at = FIELD(Ehdr, e_phoff);
static const struct field segment_size = FIELD(Ehdr, e_phentsize);
static const struct field segment_count = FIELD(Ehdr, e_phnum);

static const struct field section_type = FIELD(Shdr, sh_type);
static const struct field section_offset = FIELD(Shdr, sh_offset);
static const struct field section_bytes = FIELD(Shdr, sh_size);
static const struct field section_link = FIELD(Shdr, sh_link);

static const struct field segment_type = FIELD(Phdr, p_type);
static const struct field segment_offset = FIELD(Phdr, p_offset);
static const struct field segment_bytes = FIELD(Phdr, p_filesz);
static const struct field segment_address = FIELD(Phdr, p_vaddr);

static const struct field symbol_name = FIELD(Sym, st_name);
static const struct field symbol_info = FIELD(Sym, st_info);
static const struct field symbol_section = FIELD(Sym, st_shndx);
static const struct field symbol_value = FIELD(Sym, st_value);
static const struct field symbol_size = FIELD(Sym, st_size);

static uint64_t
number_of(const struct elf_plan *form, const char *item, struct field field)
{
	const unsigned char *bytes = (const unsigned char *)item + field.offset[form->is_64];
	size_t size = field.size[form->is_64];
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number |= (uint64_t)bytes[i] << 8 * (form->is_big ? size - 1 - i : i);
	return number;
}

/* A truncated file ends earlier. Returns how many bytes were read. */
static size_t
read_bytes(int fd, uint64_t offset, char *bytes, size_t size)
{
	size_t done = 0;
	ssize_t count = 1;

	while (done < size && offset <= INT64_MAX - size && count > 0) {
		count = pread(fd, bytes + done, size - done, (off_t)(offset + done));
		if (count < 0 && errno == EINTR)
			count = 1;
		else if (count > 0)
			done += (size_t)count;
	}
	return done;
}

static bool
read_item(int fd, const struct elf_headers *headers, uint64_t number, char item[static ITEM_SIZE])
{
	size_t wanted = headers->size < ITEM_SIZE ? (size_t)headers->size : ITEM_SIZE;

	memset(item, 0, ITEM_SIZE);
	return headers->at <= INT64_MAX / 2 &&
	       read_bytes(fd, headers->at + number * headers->size, item, wanted) == wanted;
}

static size_t
entry_size(const struct elf_plan *plan)
{
	return plan->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

/* Ignores the file's own size of an entry: it may be anything. */
static int
plan_table(int fd, const struct elf_headers *sections, uint32_t type, struct elf_plan *plan)
{
	char item[ITEM_SIZE];
	uint64_t i = 0, link;

	while (i < sections->count && read_item(fd, sections, i, item) &&
		number_of(plan, item, section_type) != type)
		i++;
	if (i == sections->count || number_of(plan, item, section_type) != type)
		return -ENODATA;
	plan->entries_at = number_of(plan, item, section_offset);
	plan->entry_count = number_of(plan, item, section_bytes) / entry_size(plan);
	link = number_of(plan, item, section_link);
	if (link == 0 || link >= sections->count || !read_item(fd, sections, link, item))
		return -ENODATA;
	plan->names_at = number_of(plan, item, section_offset);
	plan->names_size = number_of(plan, item, section_bytes);
	return plan->entry_count > MOST_ENTRIES || plan->names_size > MOST_NAMES ? -EFBIG : 0;
}

/* A note of the linker: a header, "GNU" with its NUL, the ID. Both are in the file's byte order. */
static void
take_build_id(const char *note, size_t length, struct elf_plan *plan)
{
	static const struct field name_size = FIELD(Nhdr, n_namesz), size = FIELD(Nhdr, n_descsz),
				  type = FIELD(Nhdr, n_type);
	size_t head = sizeof(Elf64_Nhdr) + sizeof(ELF_NOTE_GNU);
	uint64_t id_size;

	if (length < head || number_of(plan, note, type) != NT_GNU_BUILD_ID ||
		number_of(plan, note, name_size) != sizeof(ELF_NOTE_GNU) ||
		memcmp(note + sizeof(Elf64_Nhdr), ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) != 0)
		return;
	id_size = number_of(plan, note, size);
	if (id_size > BUILD_ID_SIZE || id_size > length - head)
		return;
	memcpy(plan->build_id, note + head, id_size);
	plan->build_id_size = (size_t)id_size;
}

static void
find_build_id(int fd, const struct elf_headers *sections, struct elf_plan *plan)
{
	char item[ITEM_SIZE], note[sizeof(Elf64_Nhdr) + sizeof(ELF_NOTE_GNU) + BUILD_ID_SIZE];

	for (uint64_t i = 0; i < sections->count && plan->build_id_size == 0; i++) {
		uint64_t size;

		if (!read_item(fd, sections, i, item))
			return;
		if (number_of(plan, item, section_type) != SHT_NOTE)
			continue;
		size = number_of(plan, item, section_bytes);
		if (size > sizeof(note))
			size = sizeof(note);
		take_build_id(note,
			read_bytes(fd, number_of(plan, item, section_offset), note, (size_t)size),
			plan);
	}
}

static int
plan_tables(int fd, const char *header, struct elf_plan *plan)
{
	const struct elf_headers sections = { .at = number_of(plan, header, sections_at),
		.count = number_of(plan, header, section_count),
		.size = number_of(plan, header, section_size) };
	int error, other;

	if (sections.count > MOST_SECTIONS)
		return -EFBIG;
	find_build_id(fd, &sections, plan);
	error = plan_table(fd, &sections, SHT_SYMTAB, plan);
	plan->is_full = error == 0;
	if (error == 0)
		return 0;
	other = plan_table(fd, &sections, SHT_DYNSYM, plan);
	return other == -ENODATA ? error : other;
}

int
elf_plan(int fd, struct elf_plan *ret_plan)
{
	struct elf_plan plan = { .entry_count = 0 };
	char header[ITEM_SIZE];
	int error;

	memset(header, 0, sizeof(header));
	if (read_bytes(fd, 0, header, sizeof(header)) < sizeof(Elf32_Ehdr) ||
		memcmp(header, ELFMAG, SELFMAG) != 0)
		return -EINVAL;
	plan.is_64 = header[EI_CLASS] == ELFCLASS64;
	plan.is_big = header[EI_DATA] == ELFDATA2MSB;
	if ((!plan.is_64 && header[EI_CLASS] != ELFCLASS32) ||
		(!plan.is_big && header[EI_DATA] != ELFDATA2LSB))
		return -EINVAL;
	plan.loads = (struct elf_headers){ .at = number_of(&plan, header, segments_at),
		.count = number_of(&plan, header, segment_count),
		.size = number_of(&plan, header, segment_size) };
	error = plan_tables(fd, header, &plan);
	*ret_plan = plan;
	return error;
}

bool
elf_plan_take(struct elf_plan *plan, const struct elf_plan *separate)
{
	if (!separate->is_full || separate->is_64 != plan->is_64 ||
		separate->is_big != plan->is_big || plan->build_id_size == 0 ||
		separate->build_id_size != plan->build_id_size ||
		memcmp(separate->build_id, plan->build_id, plan->build_id_size) != 0)
		return false;
	plan->entries_at = separate->entries_at;
	plan->entry_count = separate->entry_count;
	plan->names_at = separate->names_at;
	plan->names_size = separate->names_size;
	return true;
}

/* Sorting needs the size of the rows again. */
size_t
elf_plan_cost(const struct elf_plan *plan)
{
	return (size_t)plan->names_size + 2 * (size_t)plan->entry_count * sizeof(struct symbol) +
	       MOST_LOADS * sizeof(struct elf_load);
}

static void
read_loads(int fd, const struct elf_plan *plan, struct elf_symbols *symbols)
{
	char item[ITEM_SIZE];

	symbols->loads = xcalloc(MOST_LOADS, sizeof(symbols->loads[0]));
	for (uint64_t i = 0; i < plan->loads.count && i < MOST_LOADS; i++)
		if (read_item(fd, &plan->loads, i, item) &&
			number_of(plan, item, segment_type) == PT_LOAD)
			symbols->loads[symbols->load_count++] = (struct elf_load){
				.offset = number_of(plan, item, segment_offset),
				.size = number_of(plan, item, segment_bytes),
				.address = number_of(plan, item, segment_address),
			};
}

static bool
is_function(const struct elf_plan *plan, const char *entry)
{
	int type = ELF64_ST_TYPE(number_of(plan, entry, symbol_info)); /* as ELF32_ST_TYPE */

	return (type == STT_FUNC || type == STT_GNU_IFUNC) &&
	       number_of(plan, entry, symbol_section) != SHN_UNDEF &&
	       number_of(plan, entry, symbol_value) != 0;
}

static void
take_entries(
	const struct elf_plan *plan, const char *entries, size_t count, struct symbol_table *table)
{
	for (size_t i = 0; i < count; i++) {
		const char *entry = entries + i * entry_size(plan);

		if (is_function(plan, entry))
			symbol_table_put(table, number_of(plan, entry, symbol_value),
				number_of(plan, entry, symbol_size),
				number_of(plan, entry, symbol_name));
	}
}

/* Copies the names as one block, like in the file: many functions may share one name. */
static void
read_table(int fd, const struct elf_plan *plan, struct symbol_table *table)
{
	_cleanup_free_ char *piece = xmalloc(PIECE_ENTRIES * sizeof(Elf64_Sym));
	size_t size = entry_size(plan), read;

	symbol_table_init(table, plan->entry_count, plan->names_size);
	table->text_size = read_bytes(fd, plan->names_at, table->texts, plan->names_size);
	for (uint64_t i = 0; i < plan->entry_count; i += PIECE_ENTRIES) {
		uint64_t left = plan->entry_count - i;
		size_t count = left < PIECE_ENTRIES ? (size_t)left : PIECE_ENTRIES;

		if (plan->entries_at > INT64_MAX / 2)
			break;
		read = read_bytes(fd, plan->entries_at + i * size, piece, count * size);
		take_entries(plan, piece, read / size, table);
		if (read < count * size)
			break;
	}
	symbol_table_sort(table);
}

int
elf_symbols_read(int fd, int tables, const struct elf_plan *plan, struct elf_symbols *ret_symbols)
{
	struct elf_symbols symbols = { .loads = NULL };

	read_table(tables, plan, &symbols.table);
	if (symbols.table.count == 0) {
		symbol_table_finish(&symbols.table);
		return -ENODATA;
	}
	read_loads(fd, plan, &symbols);
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

size_t
elf_symbols_size(const struct elf_symbols *symbols)
{
	return symbol_table_size(&symbols->table) + MOST_LOADS * sizeof(symbols->loads[0]);
}

void
elf_symbols_finish(struct elf_symbols *symbols)
{
	symbol_table_finish(&symbols->table);
	free(symbols->loads);
	*symbols = (struct elf_symbols){ .loads = NULL };
}
