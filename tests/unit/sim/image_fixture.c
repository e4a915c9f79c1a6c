/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes device images for tests; see the header.  The layouts are written out here a second time
 * on purpose: a mistake in the readers must not be repeated by what feeds them.
 */
#include "image_fixture.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lz4.h>
#include <zstd.h>

static void *check(void *memory)
{
	if (memory)
		return memory;
	fputs("out of memory\n", stderr);
	exit(99);
}

void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
	bytes->data = check(realloc(bytes->data, bytes->size + size + 1));
	if (data)
		memcpy(bytes->data + bytes->size, data, size);
	else
		memset(bytes->data + bytes->size, 0, size);
	bytes->size += size;
}

void bytes_align(struct bytes *bytes, size_t align)
{
	bytes_add(bytes, NULL, (align - bytes->size % align) % align);
}

void bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}

void *exact_copy(const void *data, size_t size)
{
	/* malloc(0) may be NULL, which is not the case under test. */
	void *copy = check(malloc(size ? size : 1));

	memcpy(copy, data, size);
	return copy;
}

static void put(struct bytes *bytes, uint64_t value, size_t width)
{
	bytes_add(bytes, &value, width);
}

void fatbin_begin(struct bytes *fatbin)
{
	*fatbin = (struct bytes){ 0 };
	put(fatbin, 0xba55ed50, 4);
	put(fatbin, 1, 2);
	put(fatbin, 16, 2);
	put(fatbin, 0, 8);
}

static struct bytes compress(uint64_t flags, const void *data, size_t size)
{
	size_t bound = ZSTD_compressBound(size) + (size_t)LZ4_compressBound((int)size);
	struct bytes out = { 0 };

	bytes_add(&out, NULL, bound);
	if (flags & FATBIN_ZSTD)
		out.size = ZSTD_compress(out.data, bound, data, size, 3);
	else
		out.size =
			(size_t)LZ4_compress_default(data, (char *)out.data, (int)size, (int)bound);
	return out;
}

void fatbin_add(struct bytes *fatbin, int kind, int sm, uint64_t flags, const void *data,
		size_t size)
{
	int packed = (flags & (FATBIN_LZ4 | FATBIN_ZSTD)) != 0;
	struct bytes payload = { 0 };
	size_t packed_size;

	if (packed)
		payload = compress(flags, data, size);
	else
		bytes_add(&payload, data, size);
	packed_size = payload.size;
	bytes_align(&payload, 8);
	put(fatbin, (uint64_t)kind, 2);
	put(fatbin, 0x101, 2);
	put(fatbin, 64, 4);
	put(fatbin, payload.size, 8);
	put(fatbin, packed ? packed_size : 0, 4);
	put(fatbin, 0, 4);
	put(fatbin, 0, 2);
	put(fatbin, 9, 2);
	put(fatbin, (uint64_t)sm, 4);
	put(fatbin, 0, 8);
	put(fatbin, flags | 0x11, 8);
	put(fatbin, 0, 8);
	put(fatbin, packed ? size : 0, 8);
	bytes_add(fatbin, payload.data, payload.size);
	bytes_free(&payload);
}

void fatbin_end(struct bytes *fatbin)
{
	uint64_t size = fatbin->size - 16;

	memcpy(fatbin->data + 8, &size, sizeof(size));
}

struct bytes ptx_fatbin(int sm, uint64_t flags, const char *kernel)
{
	struct bytes fatbin;
	char text[512];
	int n = snprintf(text, sizeof(text),
			 ".version 8.0\n.target sm_%d\n.address_size 64\n"
			 ".visible .entry %s(.param .u64 p) { ret; }\n",
			 sm, kernel);

	fatbin_begin(&fatbin);
	fatbin_add(&fatbin, FATBIN_PTX, sm, flags, text, (size_t)n + 1);
	fatbin_end(&fatbin);
	return fatbin;
}

void cubin_begin(struct cubin_fixture *cubin, int sm)
{
	*cubin = (struct cubin_fixture){
		.flags = 0x06000004u | (uint32_t)sm << 8,
		.type = ET_EXEC,
		.osabi = 0x41,
		.nsections = 1,
	};
	bytes_add(&cubin->symbols, NULL, sizeof(Elf64_Sym));
	bytes_add(&cubin->names, NULL, 1);
}

unsigned cubin_section(struct cubin_fixture *cubin, const char *name, const void *data,
		       uint64_t size)
{
	struct cubin_section *section = &cubin->sections[cubin->nsections];

	if (cubin->nsections > CUBIN_SECTIONS - 4)
		exit(99);
	snprintf(section->name, sizeof(section->name), "%s", name);
	section->type = data ? SHT_PROGBITS : SHT_NOBITS;
	section->size = size;
	if (data)
		bytes_add(&section->content, data, size);
	return cubin->nsections++;
}

unsigned cubin_symbol(struct cubin_fixture *cubin, const char *name, int type, int other,
		      unsigned section, uint64_t value, uint64_t size)
{
	Elf64_Sym symbol = {
		.st_name = (uint32_t)cubin->names.size,
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_other = (unsigned char)other,
		.st_shndx = (uint16_t)section,
		.st_value = value,
		.st_size = size,
	};

	bytes_add(&cubin->names, name, strlen(name) + 1);
	bytes_add(&cubin->symbols, &symbol, sizeof(symbol));
	return (unsigned)(cubin->symbols.size / sizeof(symbol)) - 1;
}

unsigned cubin_kernel(struct cubin_fixture *cubin, const char *name)
{
	char text[64];
	unsigned section;

	snprintf(text, sizeof(text), ".text.%s", name);
	section = cubin_section(cubin, text, "code", 4);
	cubin_symbol(cubin, name, STT_FUNC, 0x10, section, 0, 4);
	return section;
}

/* Section headers last, then one program header, as nvcc orders a file. */
struct bytes cubin_end(struct cubin_fixture *cubin)
{
	Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT,
					   cubin->osabi, 8 } };
	Elf64_Shdr headers[CUBIN_SECTIONS] = { 0 };
	Elf64_Phdr segment = { .p_type = PT_LOAD };
	unsigned strtab, symtab, shstrtab;
	struct bytes file = { 0 }, names = { 0 };

	strtab = cubin_section(cubin, ".strtab", cubin->names.data, cubin->names.size);
	symtab = cubin_section(cubin, ".symtab", cubin->symbols.data, cubin->symbols.size);
	cubin->sections[symtab].type = SHT_SYMTAB;
	shstrtab = cubin_section(cubin, ".shstrtab", NULL, 0);
	bytes_add(&names, NULL, 1);
	for (unsigned i = 1; i < cubin->nsections; i++) {
		headers[i].sh_name = (uint32_t)names.size;
		bytes_add(&names, cubin->sections[i].name, strlen(cubin->sections[i].name) + 1);
	}
	bytes_add(&cubin->sections[shstrtab].content, names.data, names.size);
	cubin->sections[shstrtab].size = names.size;
	bytes_add(&file, &header, sizeof(header));
	for (unsigned i = 1; i < cubin->nsections; i++) {
		struct cubin_section *section = &cubin->sections[i];

		bytes_align(&file, 8);
		headers[i].sh_type = section->type;
		headers[i].sh_info = section->info;
		headers[i].sh_offset = file.size;
		headers[i].sh_size = section->size;
		headers[i].sh_addralign = 8;
		bytes_add(&file, section->content.data, section->content.size);
		bytes_free(&section->content);
	}
	headers[symtab].sh_link = strtab;
	headers[symtab].sh_entsize = sizeof(Elf64_Sym);
	bytes_align(&file, 8);
	header.e_type = cubin->type;
	header.e_machine = 190;
	header.e_version = EV_CURRENT;
	header.e_flags = cubin->flags;
	header.e_ehsize = sizeof(header);
	header.e_shoff = file.size;
	header.e_shentsize = sizeof(Elf64_Shdr);
	header.e_shnum = (uint16_t)cubin->nsections;
	header.e_shstrndx = (uint16_t)shstrtab;
	bytes_add(&file, headers, cubin->nsections * sizeof(headers[0]));
	header.e_phoff = file.size;
	header.e_phentsize = sizeof(segment);
	header.e_phnum = 1;
	bytes_add(&file, &segment, sizeof(segment));
	memcpy(file.data, &header, sizeof(header));
	bytes_free(&names);
	bytes_free(&cubin->symbols);
	bytes_free(&cubin->names);
	return file;
}

void record_words(struct bytes *info, int attribute, unsigned count, const uint32_t *words)
{
	put(info, 4, 1);
	put(info, (uint64_t)attribute, 1);
	put(info, count * sizeof(*words), 2);
	bytes_add(info, words, count * sizeof(*words));
}

void record_value(struct bytes *info, int format, int attribute, uint16_t value)
{
	put(info, (uint64_t)format, 1);
	put(info, (uint64_t)attribute, 1);
	put(info, value, 2);
}
