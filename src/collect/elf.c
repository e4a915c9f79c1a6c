/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an ELF file says of the libraries and the CUDA runtime that it needs or has.
 */
#include "collect/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "collect/elf_file.h"
#include "util/xalloc.h"

/* Larger tables are not believed: the largest CUDA libraries stay well below. */
#define STRINGS_MAX_SIZE (256u << 20)
#define TABLE_MAX_SIZE   (1u << 20)

/* Symbols are read in blocks of so many. */
#define SYMBOLS_AT_ONCE 2048

static char *copy_string(const char *strings, uint64_t size, uint64_t offset)
{
	return offset < size ? ut_xstrdup(strings + offset) : NULL;
}

/* Its absence is what a static program shows; a broken one is an error. */
static bool read_interpreter(const struct col_elf_file *f, struct col_elf *elf)
{
	for (size_t i = 0; i < f->nsegments; i++) {
		const Elf64_Phdr *segment = &f->segments[i];

		if (segment->p_type != PT_INTERP)
			continue;
		elf->interpreter =
			col_elf_file_block(f, segment->p_offset, segment->p_filesz, 4096);
		return elf->interpreter;
	}
	return true;
}

/* Names that lie outside the string table are left out rather than believed. */
static void take_dynamic(struct col_elf *elf, const Elf64_Dyn *dynamic, size_t count,
			 const char *strings, uint64_t size)
{
	size_t capacity = 0;

	for (size_t i = 0; i < count && dynamic[i].d_tag != DT_NULL; i++) {
		char *name;

		if (dynamic[i].d_tag != DT_NEEDED && dynamic[i].d_tag != DT_SONAME)
			continue;
		name = copy_string(strings, size, dynamic[i].d_un.d_val);
		if (name && dynamic[i].d_tag == DT_NEEDED) {
			ut_grow(&elf->needed, &capacity, elf->nneeded, sizeof(*elf->needed));
			elf->needed[elf->nneeded++] = name;
		} else if (name) {
			free(elf->soname);
			elf->soname = name;
		}
	}
}

/* The dynamic segment, found as the loader finds it: sections need not be there. */
static bool read_dynamic(const struct col_elf_file *f, struct col_elf *elf)
{
	const Elf64_Phdr *segment = NULL;
	uint64_t address = 0, size = 0, offset, left;
	Elf64_Dyn *dynamic;
	char *strings = NULL;
	size_t count;

	for (size_t i = 0; i < f->nsegments; i++)
		if (f->segments[i].p_type == PT_DYNAMIC)
			segment = &f->segments[i];
	if (!segment)
		return true;
	dynamic = (Elf64_Dyn *)col_elf_file_block(f, segment->p_offset, segment->p_filesz,
						  TABLE_MAX_SIZE);
	if (!dynamic)
		return false;
	count = segment->p_filesz / sizeof(*dynamic);
	for (size_t i = 0; i < count && dynamic[i].d_tag != DT_NULL; i++) {
		if (dynamic[i].d_tag == DT_STRTAB)
			address = dynamic[i].d_un.d_ptr;
		else if (dynamic[i].d_tag == DT_STRSZ)
			size = dynamic[i].d_un.d_val;
	}
	if (size && col_elf_file_offset(f, address, &offset, &left) && size <= left)
		strings = col_elf_file_block(f, offset, size, STRINGS_MAX_SIZE);
	if (strings)
		take_dynamic(elf, dynamic, count, strings, size);
	free(strings);
	free(dynamic);
	return strings || !size;
}

/* The names that a CUDA runtime is known by; cu* functions are the driver's. */
static bool is_runtime_name(const char *name)
{
	return (!strncmp(name, "cuda", 4) && name[4] >= 'A' && name[4] <= 'Z') ||
	       !strncmp(name, "__cuda", 6);
}

/*
 * A symbol in .symtab of a file that exports the same name is the export itself, which read_all
 * sorts out when both tables have been seen.
 */
static void take_symbol(struct col_elf *elf, const Elf64_Sym *symbol, const char *name,
			bool dynamic)
{
	bool local = ELF64_ST_BIND(symbol->st_info) == STB_LOCAL ||
		     ELF64_ST_VISIBILITY(symbol->st_other) == STV_HIDDEN ||
		     ELF64_ST_VISIBILITY(symbol->st_other) == STV_INTERNAL;

	if (name[0] != 'c' && name[0] != '_')
		return;
	if (symbol->st_shndx == SHN_UNDEF) {
		elf->imports_runtime |= dynamic && is_runtime_name(name);
		elf->imports_register |= dynamic && !strcmp(name, "__cudaRegisterFatBinary");
		return;
	}
	if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || strcmp(name, "cudaMalloc"))
		return;
	elf->exports_runtime |= dynamic && !local;
	elf->hides_runtime |= !dynamic;
}

/* In blocks: the symbol table of a large library has hundreds of megabytes. */
static void read_symbols(const struct col_elf_file *f, struct col_elf *elf, const Elf64_Shdr *table)
{
	Elf64_Sym block[SYMBOLS_AT_ONCE];
	const Elf64_Shdr *strings;
	uint64_t count = table->sh_size / sizeof(Elf64_Sym);
	char *names;

	if (table->sh_entsize != sizeof(Elf64_Sym) || table->sh_link >= f->nsections)
		return;
	strings = &f->sections[table->sh_link];
	names = col_elf_file_block(f, strings->sh_offset, strings->sh_size, STRINGS_MAX_SIZE);
	for (uint64_t done = 0; names && done < count;) {
		size_t n = count - done < SYMBOLS_AT_ONCE ? count - done : SYMBOLS_AT_ONCE;

		if (!col_elf_file_read(f, table->sh_offset + done * sizeof(Elf64_Sym), block,
				       n * sizeof(Elf64_Sym)))
			break;
		for (size_t i = 0; i < n; i++)
			if (block[i].st_name < strings->sh_size)
				take_symbol(elf, &block[i], names + block[i].st_name,
					    table->sh_type == SHT_DYNSYM);
		done += n;
	}
	free(names);
}

/* By the names that nvcc gives its sections; what is in them is not looked at. */
static void look_for_device_code(const struct col_elf_file *f, struct col_elf *elf)
{
	const Elf64_Shdr *table;
	char *names;

	if (f->header.e_shstrndx >= f->nsections)
		return;
	table = &f->sections[f->header.e_shstrndx];
	names = col_elf_file_block(f, table->sh_offset, table->sh_size, TABLE_MAX_SIZE);
	for (size_t i = 0; names && i < f->nsections; i++) {
		uint32_t name = f->sections[i].sh_name;

		if (name < table->sh_size && (!strcmp(names + name, ".nv_fatbin") ||
					      !strcmp(names + name, ".nvFatBinSegment")))
			elf->has_device_code = true;
	}
	free(names);
}

static enum col_elf_status read_all(struct col_elf_file *f, bool symbols, struct col_elf *elf)
{
	elf->is_program = f->header.e_type == ET_EXEC || f->header.e_type == ET_DYN;
	if (!col_elf_file_segments(f) || !read_interpreter(f, elf) || !read_dynamic(f, elf))
		return COL_ELF_DAMAGED;
	/* What can be run can be judged so far; broken sections only hide details. */
	if (!col_elf_file_sections(f))
		return COL_ELF_OK;
	look_for_device_code(f, elf);
	for (size_t i = 0; symbols && i < f->nsections; i++)
		if (f->sections[i].sh_type == SHT_DYNSYM || f->sections[i].sh_type == SHT_SYMTAB)
			read_symbols(f, elf, &f->sections[i]);
	/* A library's own exports stand in its .symtab too: those hide nothing. */
	elf->hides_runtime &= !elf->exports_runtime;
	return COL_ELF_OK;
}

enum col_elf_status col_elf_read(const char *path, bool symbols, struct col_elf *elf)
{
	struct col_elf_file f;
	enum col_elf_status status;

	*elf = (struct col_elf){ .is_program = false };
	status = col_elf_file_open(&f, path);
	if (!status)
		status = read_all(&f, symbols, elf);
	col_elf_file_close(&f);
	return status;
}

void col_elf_free(struct col_elf *elf)
{
	for (size_t i = 0; i < elf->nneeded; i++)
		free(elf->needed[i]);
	free(elf->needed);
	free(elf->interpreter);
	free(elf->soname);
	*elf = (struct col_elf){ .is_program = false };
}
