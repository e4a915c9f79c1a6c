/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads cubins: the symbol table names kernels and variables, sections named after a kernel hold
 * its attributes.  Written from cubins that nvcc 13 made of sources written for the purpose, for
 * sm_75 to sm_120, linked and relocatable; the values the driver tells for the same files on an
 * H100 settled what each attribute means.
 */
#include "sim/cubin.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cubin_info.h"
#include "sim/fatbin.h"
#include "sim/image_build.h"

/* Symbol types and st_other bits of NVIDIA's ELF. */
#define STT_CUDA_OBJECT 13 /* a variable in a relocatable cubin; else STT_OBJECT */
#define STO_MANAGED     0x04
#define STO_ENTRY       0x10 /* a kernel, among functions */

/* EI_OSABI of nvcc 13's files; there e_flags holds the architecture one byte higher. */
#define OSABI_CUDA_V8 0x41

/*
 * From sm_90 on the system keeps the first 1024 bytes of each block's shared memory.  Linked
 * cubins count them in, the driver's answers and relocatable cubins do not.
 */
#define RESERVED_SHARED        1024
#define RESERVED_SHARED_SYMBOL ".nv.reservedSmem.offset0"

/* A file under way; everything in it is an offset that still has to be checked against size. */
struct cubin {
	const unsigned char *data;
	size_t size;
	int sm; /* what it was compiled for */
	Elf64_Ehdr header;
	uint32_t nsections;
	Elf64_Shdr *sections;
	Elf64_Shdr symtab;
	Elf64_Shdr strtab;
	bool reserved_shared;
	uint32_t *entry_of;  /* by section: symbol of the kernel in it, 0 for none */
	uint32_t *kernel_of; /* by section: that kernel + 1, 0 for none */
	struct sim_image *image;
};

static bool inside(const struct cubin *cubin, uint64_t offset, uint64_t size)
{
	return offset <= cubin->size && size <= cubin->size - offset;
}

/* The string at an offset of a string table, or NULL where it does not end within. */
static const char *string_at(const struct cubin *cubin, const Elf64_Shdr *table, uint32_t offset)
{
	const char *start;

	if (offset >= table->sh_size || !inside(cubin, table->sh_offset, table->sh_size))
		return NULL;
	start = (const char *)cubin->data + table->sh_offset;
	return memchr(start + offset, '\0', table->sh_size - offset) ? start + offset : NULL;
}

static const char *section_name(const struct cubin *cubin, const Elf64_Shdr *section)
{
	return string_at(cubin, &cubin->sections[cubin->header.e_shstrndx], section->sh_name);
}

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/*
 * The header and both tables.  nvcc writes the tables last, so a file cut short anywhere is
 * recognised here.  More than 65,279 sections (ELF's extended numbering) are not supported.
 */
static int read_header(struct cubin *cubin)
{
	Elf64_Ehdr *header = &cubin->header;

	if (cubin->size < sizeof(*header))
		return SIM_IMAGE_INVALID;
	memcpy(header, cubin->data, sizeof(*header));
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) || header->e_ident[EI_CLASS] != ELFCLASS64 ||
	    header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_machine != EM_CUDA)
		return SIM_IMAGE_INVALID;
	if (header->e_shentsize != sizeof(Elf64_Shdr) || !header->e_shnum ||
	    header->e_shstrndx >= header->e_shnum ||
	    !inside(cubin, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)) ||
	    !inside(cubin, header->e_phoff, (uint64_t)header->e_phnum * header->e_phentsize))
		return SIM_IMAGE_INVALID;
	if (header->e_ident[EI_OSABI] == OSABI_CUDA_V8)
		cubin->sm = (header->e_flags >> 8) & 0xff;
	else
		cubin->sm = header->e_flags & 0xff;
	return SIM_IMAGE_OK;
}

static int read_sections(struct cubin *cubin)
{
	size_t size = (size_t)cubin->header.e_shnum * sizeof(Elf64_Shdr);
	bool found = false;

	cubin->nsections = cubin->header.e_shnum;
	/* Copied, because a payload need not be aligned as the structures want. */
	cubin->sections = malloc(size);
	cubin->entry_of = calloc(cubin->nsections, sizeof(*cubin->entry_of));
	cubin->kernel_of = calloc(cubin->nsections, sizeof(*cubin->kernel_of));
	if (!cubin->sections || !cubin->entry_of || !cubin->kernel_of)
		return SIM_IMAGE_NO_MEMORY;
	memcpy(cubin->sections, cubin->data + cubin->header.e_shoff, size);
	for (uint32_t i = 0; i < cubin->nsections && !found; i++) {
		if (cubin->sections[i].sh_type != SHT_SYMTAB)
			continue;
		cubin->symtab = cubin->sections[i];
		found = true;
	}
	if (!found || cubin->symtab.sh_link >= cubin->nsections ||
	    cubin->symtab.sh_entsize != sizeof(Elf64_Sym) ||
	    !inside(cubin, cubin->symtab.sh_offset, cubin->symtab.sh_size))
		return SIM_IMAGE_INVALID;
	cubin->strtab = cubin->sections[cubin->symtab.sh_link];
	return SIM_IMAGE_OK;
}

/* A rest shorter than a symbol is nobody's. */
static uint32_t symbol_count(const struct cubin *cubin)
{
	return (uint32_t)(cubin->symtab.sh_size / sizeof(Elf64_Sym));
}

static bool read_symbol(const struct cubin *cubin, uint32_t index, Elf64_Sym *symbol)
{
	if (index >= symbol_count(cubin))
		return false;
	memcpy(symbol, cubin->data + cubin->symtab.sh_offset + index * sizeof(*symbol),
	       sizeof(*symbol));
	return true;
}

/* Only what is defined here: relocatable cubins name others' variables and functions too. */
static const Elf64_Shdr *defining_section(const struct cubin *cubin, const Elf64_Sym *symbol)
{
	if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx >= cubin->nsections)
		return NULL;
	return &cubin->sections[symbol->st_shndx];
}

/* NULL for damaged ones; read_symbols refuses a file with any before names are used. */
static const char *symbol_name(const struct cubin *cubin, const Elf64_Sym *symbol)
{
	return string_at(cubin, &cubin->strtab, symbol->st_name);
}

static int add_kernel(struct cubin *cubin, uint32_t section)
{
	struct sim_image_kernel *kernel;
	const char *name;
	Elf64_Sym symbol;

	if (!read_symbol(cubin, cubin->entry_of[section], &symbol))
		return SIM_IMAGE_INVALID;
	name = symbol_name(cubin, &symbol);
	kernel = sim_image_add_kernel(cubin->image, name, strlen(name));
	if (!kernel)
		return SIM_IMAGE_NO_MEMORY;
	kernel->binary_version = cubin->sm;
	kernel->ptx_version = cubin->sm;
	/* Up to sm_89 the text section's info carries it as well; .nv.info has it on all. */
	kernel->regs = cubin->sections[section].sh_info >> 24;
	cubin->kernel_of[section] = cubin->image->nkernels;
	return SIM_IMAGE_OK;
}

/* The driver lists kernels in the order of their code, which symbols need not have. */
static int add_kernels(struct cubin *cubin)
{
	int rc = SIM_IMAGE_OK;

	for (uint32_t i = 0; i < cubin->nsections && !rc; i++)
		if (cubin->entry_of[i])
			rc = add_kernel(cubin, i);
	return rc;
}

/* What a variable's place guarantees: the section's alignment, less what its offset spoils. */
static uint32_t alignment_at(const Elf64_Shdr *section, uint64_t offset)
{
	uint64_t align = section->sh_addralign;

	if (align > 4096 || align & (align - 1) || !align)
		align = 1;
	while (offset & (align - 1))
		align >>= 1;
	return (uint32_t)align;
}

/*
 * A variable is known by the section it is in.  Binding does not matter: without -rdc=true all
 * variables are local symbols, and the driver finds them by name all the same, as it does the
 * compiler's own ($str for a string literal).
 */
static int add_global(struct cubin *cubin, const Elf64_Sym *symbol, const char *name)
{
	const Elf64_Shdr *section = defining_section(cubin, symbol);
	const char *place = section ? section_name(cubin, section) : NULL;
	uint64_t offset = section ? symbol->st_value - section->sh_addr : 0;
	struct sim_image_global *global;
	bool constant, data;

	if (!place || !symbol->st_size)
		return SIM_IMAGE_OK;
	constant = !strcmp(place, ".nv.constant3");
	data = constant || !strcmp(place, ".nv.global.init");
	if (!data && strcmp(place, ".nv.global"))
		return SIM_IMAGE_OK;
	if (offset > section->sh_size || symbol->st_size > section->sh_size - offset)
		return SIM_IMAGE_INVALID;
	global = sim_image_add_global(cubin->image, name, strlen(name));
	if (!global)
		return SIM_IMAGE_NO_MEMORY;
	global->size = symbol->st_size;
	global->align = alignment_at(section, offset);
	global->is_constant = constant;
	global->is_managed = !constant && symbol->st_other & STO_MANAGED;
	if (!data || section->sh_type == SHT_NOBITS)
		return SIM_IMAGE_OK;
	if (!inside(cubin, section->sh_offset, section->sh_size))
		return SIM_IMAGE_INVALID;
	return sim_image_set_init(global, cubin->data + section->sh_offset + offset, global->size);
}

/*
 * All that is named.  An st_other bit tells kernels from device functions, another one managed
 * variables from others; the latter is the only trace of __managed__ in the file.
 */
static int read_symbols(struct cubin *cubin)
{
	Elf64_Sym symbol;
	int rc = SIM_IMAGE_OK;

	for (uint32_t i = 0; !rc && read_symbol(cubin, i, &symbol); i++) {
		const char *name = symbol_name(cubin, &symbol);
		int type = ELF64_ST_TYPE(symbol.st_info);

		if (!name)
			return SIM_IMAGE_INVALID;
		if (!strcmp(name, RESERVED_SHARED_SYMBOL))
			cubin->reserved_shared = cubin->header.e_type == ET_EXEC;
		if (type == STT_FUNC && symbol.st_other & STO_ENTRY) {
			if (defining_section(cubin, &symbol))
				cubin->entry_of[symbol.st_shndx] = i;
		} else if (type == STT_OBJECT || type == STT_CUDA_OBJECT) {
			rc = add_global(cubin, &symbol, name);
		}
	}
	return rc;
}

/* The kernel whose code is in the section, or NULL. */
static struct sim_image_kernel *kernel_in(const struct cubin *cubin, uint32_t section)
{
	if (section >= cubin->nsections || !cubin->kernel_of[section])
		return NULL;
	return &cubin->image->kernels[cubin->kernel_of[section] - 1];
}

/* Attributes of the whole file name the kernel by its symbol. */
static struct sim_image_kernel *kernel_of_symbol(const struct cubin *cubin, uint32_t index)
{
	Elf64_Sym symbol;

	if (!read_symbol(cubin, index, &symbol))
		return NULL;
	return kernel_in(cubin, symbol.st_shndx);
}

/*
 * Registers and stack are in the file's own records.  There is no stack in relocatable files, and
 * the driver tells 0 bytes of local memory for their kernels.
 */
static int read_file_info(struct cubin *cubin, const unsigned char *data, size_t size)
{
	struct sim_cubin_record record;
	int more;

	while ((more = sim_cubin_next_record(&data, &size, &record)) > 0) {
		struct sim_image_kernel *kernel;

		if (record.attribute != SIM_CUBIN_REGISTERS && record.attribute != SIM_CUBIN_STACK)
			continue;
		kernel = kernel_of_symbol(cubin, sim_cubin_word(&record, 0));
		if (!kernel)
			continue;
		if (record.attribute == SIM_CUBIN_REGISTERS)
			kernel->regs = sim_cubin_word(&record, 1);
		else
			kernel->local_size = sim_cubin_word(&record, 1);
	}
	return more ? SIM_IMAGE_INVALID : SIM_IMAGE_OK;
}

/* A note whose description's second half-word is the virtual architecture compiled from. */
static void read_cuinfo(struct cubin *cubin, const unsigned char *data, size_t size)
{
	static const size_t description = sizeof(Elf64_Nhdr) + sizeof("NVIDIA Corp");
	uint16_t virtual_sm;

	if (size < description + 4)
		return;
	memcpy(&virtual_sm, data + description + 2, sizeof(virtual_sm));
	for (uint32_t i = 0; virtual_sm && i < cubin->image->nkernels; i++)
		cubin->image->kernels[i].ptx_version = virtual_sm;
}

static void set_shared(const struct cubin *cubin, struct sim_image_kernel *kernel, uint64_t size)
{
	if (cubin->reserved_shared)
		size -= size < RESERVED_SHARED ? size : RESERVED_SHARED;
	kernel->static_shared = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

/*
 * Sections of one kernel name its text section in their info field.  Since sm_100 there are copies
 * of most with other prefixes (.nv.merc., .nv.capmerc.), which must not be taken for them.
 */
static int read_section(struct cubin *cubin, const Elf64_Shdr *section, const char *name)
{
	bool info = has_prefix(name, ".nv.info");
	struct sim_image_kernel *kernel;
	const unsigned char *data;

	if (!strcmp(name, ".nv.constant3"))
		cubin->image->const_size = (uint32_t)section->sh_size;
	kernel = kernel_in(cubin, section->sh_info);
	if (kernel && has_prefix(name, ".nv.shared."))
		set_shared(cubin, kernel, section->sh_size);
	if (!info && strcmp(name, ".note.nv.cuinfo"))
		return SIM_IMAGE_OK;
	if (!inside(cubin, section->sh_offset, section->sh_size))
		return SIM_IMAGE_INVALID;
	data = cubin->data + section->sh_offset;
	if (!info)
		read_cuinfo(cubin, data, section->sh_size);
	else if (!strcmp(name, ".nv.info"))
		return read_file_info(cubin, data, section->sh_size);
	else if (kernel && has_prefix(name, ".nv.info."))
		return sim_cubin_kernel_info(data, section->sh_size, kernel);
	return SIM_IMAGE_OK;
}

static int read_attributes(struct cubin *cubin)
{
	int rc = SIM_IMAGE_OK;

	for (uint32_t i = 0; i < cubin->nsections && !rc; i++) {
		const char *name = section_name(cubin, &cubin->sections[i]);

		rc = name ? read_section(cubin, &cubin->sections[i], name) : SIM_IMAGE_INVALID;
	}
	/* The driver tells the module's whole bank for each of its kernels. */
	for (uint32_t i = 0; i < cubin->image->nkernels; i++)
		cubin->image->kernels[i].const_size = cubin->image->const_size;
	return rc;
}

int sim_cubin_parse(const void *data, size_t size, int sm, struct sim_image *image)
{
	struct cubin cubin = { .data = data, .size = size, .image = image };
	int rc = read_header(&cubin);

	if (rc)
		return rc;
	if (!sim_fatbin_cubin_fits(cubin.sm, sm))
		return SIM_IMAGE_NO_BINARY;
	image->relocatable = cubin.header.e_type == ET_REL;
	rc = read_sections(&cubin);
	if (!rc)
		rc = read_symbols(&cubin);
	if (!rc)
		rc = add_kernels(&cubin);
	if (!rc)
		rc = read_attributes(&cubin);
	free(cubin.sections);
	free(cubin.entry_of);
	free(cubin.kernel_of);
	return rc;
}
