/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ELF headers, sections and symbol names. Every offset and size comes from a file that may
 * be anything: each is checked against the file's size before it is used. pread instead of mmap,
 * because a file that is cut short meanwhile must not be a SIGBUS.
 */
#include "collect/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/xalloc.h"

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#endif

/* Larger tables are not believed: the largest CUDA libraries stay well below. */
#define STRINGS_MAX_SIZE (256u << 20)
#define TABLE_MAX_SIZE   (1u << 20)

/* Symbols are read in blocks of so many. */
#define SYMBOLS_AT_ONCE 2048

struct file {
	int fd;
	uint64_t size;
	Elf64_Ehdr header;
	Elf64_Phdr *segments;
	size_t nsegments;
	Elf64_Shdr *sections;
	size_t nsections;
};

/* False also for what lies beyond the end: offset and size come from the file. */
static bool read_at(const struct file *f, uint64_t offset, void *data, size_t size)
{
	size_t done = 0;

	if (offset > f->size || size > f->size - offset)
		return false;
	while (done < size) {
		ssize_t n = pread(f->fd, (char *)data + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* A block of the file with a NUL behind it, or NULL. */
static char *read_block(const struct file *f, uint64_t offset, uint64_t size, uint64_t most)
{
	char *data;

	if (!size || size > most || offset > f->size || size > f->size - offset)
		return NULL;
	data = ut_xmalloc(size + 1);
	if (!read_at(f, offset, data, size)) {
		free(data);
		return NULL;
	}
	data[size] = '\0';
	return data;
}

/*
 * The identification comes first and alone, because the rest of a 32-bit header is laid out
 * otherwise.
 */
static enum col_elf_status read_header(struct file *f)
{
	const unsigned char *ident = f->header.e_ident;

	if (!read_at(f, 0, &f->header, SELFMAG) || memcmp(ident, ELFMAG, SELFMAG))
		return COL_ELF_NOT_ELF;
	if (!read_at(f, 0, &f->header, EI_NIDENT))
		return COL_ELF_DAMAGED;
	if (ident[EI_CLASS] == ELFCLASS32)
		return COL_ELF_32_BIT;
	if (ident[EI_CLASS] != ELFCLASS64 || !read_at(f, 0, &f->header, sizeof(f->header)))
		return COL_ELF_DAMAGED;
	if (ident[EI_DATA] != ELFDATA2LSB || f->header.e_machine != MACHINE)
		return COL_ELF_OTHER_MACHINE;
	return COL_ELF_OK;
}

/* Without segments a file can be no program, but an object file may still be looked at. */
static bool read_segments(struct file *f)
{
	f->nsegments = f->header.e_phnum;
	if (!f->nsegments)
		return true;
	if (f->header.e_phentsize != sizeof(Elf64_Phdr))
		return false;
	f->segments = (Elf64_Phdr *)read_block(f, f->header.e_phoff,
					       f->nsegments * sizeof(Elf64_Phdr), TABLE_MAX_SIZE);
	return f->segments;
}

/* Sections may be stripped: a file without them is whole. */
static bool read_sections(struct file *f)
{
	f->nsections = f->header.e_shnum;
	if (!f->nsections || !f->header.e_shoff)
		return true;
	if (f->header.e_shentsize != sizeof(Elf64_Shdr))
		return false;
	f->sections = (Elf64_Shdr *)read_block(f, f->header.e_shoff,
					       f->nsections * sizeof(Elf64_Shdr),
					       (uint64_t)UINT16_MAX * sizeof(Elf64_Shdr));
	return f->sections;
}

static char *copy_string(const char *strings, uint64_t size, uint64_t offset)
{
	return offset < size ? ut_xstrdup(strings + offset) : NULL;
}

/* Its absence is what a static program shows; a broken one is an error. */
static bool read_interpreter(const struct file *f, struct col_elf *elf)
{
	for (size_t i = 0; i < f->nsegments; i++) {
		const Elf64_Phdr *segment = &f->segments[i];

		if (segment->p_type != PT_INTERP)
			continue;
		elf->interpreter = read_block(f, segment->p_offset, segment->p_filesz, 4096);
		return elf->interpreter;
	}
	return true;
}

/* Where in the file the bytes lie that are mapped to an address. */
static bool file_offset(const struct file *f, uint64_t address, uint64_t *offset, uint64_t *left)
{
	for (size_t i = 0; i < f->nsegments; i++) {
		const Elf64_Phdr *segment = &f->segments[i];

		if (segment->p_type != PT_LOAD || address < segment->p_vaddr ||
		    address - segment->p_vaddr >= segment->p_filesz)
			continue;
		*offset = segment->p_offset + (address - segment->p_vaddr);
		*left = segment->p_filesz - (address - segment->p_vaddr);
		return true;
	}
	return false;
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
static bool read_dynamic(const struct file *f, struct col_elf *elf)
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
	dynamic = (Elf64_Dyn *)read_block(f, segment->p_offset, segment->p_filesz, TABLE_MAX_SIZE);
	if (!dynamic)
		return false;
	count = segment->p_filesz / sizeof(*dynamic);
	for (size_t i = 0; i < count && dynamic[i].d_tag != DT_NULL; i++) {
		if (dynamic[i].d_tag == DT_STRTAB)
			address = dynamic[i].d_un.d_ptr;
		else if (dynamic[i].d_tag == DT_STRSZ)
			size = dynamic[i].d_un.d_val;
	}
	if (size && file_offset(f, address, &offset, &left) && size <= left)
		strings = read_block(f, offset, size, STRINGS_MAX_SIZE);
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
static void read_symbols(const struct file *f, struct col_elf *elf, const Elf64_Shdr *table)
{
	Elf64_Sym block[SYMBOLS_AT_ONCE];
	const Elf64_Shdr *strings;
	uint64_t count = table->sh_size / sizeof(Elf64_Sym);
	char *names;

	if (table->sh_entsize != sizeof(Elf64_Sym) || table->sh_link >= f->nsections)
		return;
	strings = &f->sections[table->sh_link];
	names = read_block(f, strings->sh_offset, strings->sh_size, STRINGS_MAX_SIZE);
	for (uint64_t done = 0; names && done < count;) {
		size_t n = count - done < SYMBOLS_AT_ONCE ? count - done : SYMBOLS_AT_ONCE;

		if (!read_at(f, table->sh_offset + done * sizeof(Elf64_Sym), block,
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
static void look_for_device_code(const struct file *f, struct col_elf *elf)
{
	const Elf64_Shdr *table;
	char *names;

	if (f->header.e_shstrndx >= f->nsections)
		return;
	table = &f->sections[f->header.e_shstrndx];
	names = read_block(f, table->sh_offset, table->sh_size, TABLE_MAX_SIZE);
	for (size_t i = 0; names && i < f->nsections; i++) {
		uint32_t name = f->sections[i].sh_name;

		if (name < table->sh_size && (!strcmp(names + name, ".nv_fatbin") ||
					      !strcmp(names + name, ".nvFatBinSegment")))
			elf->has_device_code = true;
	}
	free(names);
}

static enum col_elf_status read_all(struct file *f, bool symbols, struct col_elf *elf)
{
	enum col_elf_status status = read_header(f);

	if (status)
		return status;
	elf->is_program = f->header.e_type == ET_EXEC || f->header.e_type == ET_DYN;
	if (!read_segments(f) || !read_interpreter(f, elf) || !read_dynamic(f, elf))
		return COL_ELF_DAMAGED;
	/* What can be run can be judged so far; broken sections only hide details. */
	if (!read_sections(f))
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
	struct file f = { .fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) };
	enum col_elf_status status = COL_ELF_UNREADABLE;
	struct stat st;

	*elf = (struct col_elf){ .is_program = false };
	if (f.fd < 0)
		return COL_ELF_UNREADABLE;
	if (!fstat(f.fd, &st) && S_ISREG(st.st_mode)) {
		f.size = (uint64_t)st.st_size;
		status = read_all(&f, symbols, elf);
	} else {
		errno = EINVAL;
	}
	free(f.segments);
	free(f.sections);
	close(f.fd);
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
