/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laying out small ELF files. Addresses equal file offsets: one segment maps it all.
 */
#include "elf_build.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct image {
	unsigned char *data;
	size_t size;
};

static size_t put(struct image *image, const void *data, size_t size)
{
	size_t at = (image->size + 7) & ~(size_t)7;

	memcpy(image->data + at, data, size);
	image->size = at + size;
	return at;
}

/* A string table in the making. */
struct strings {
	char data[512];
	size_t size;
};

static size_t add(struct strings *s, const char *text)
{
	size_t at = s->size;

	memcpy(s->data + at, text, strlen(text) + 1);
	s->size += strlen(text) + 1;
	return at;
}

static size_t put_symbol(struct image *image, struct strings *names, const char *name,
			 unsigned char binding, Elf64_Half section, size_t *size)
{
	Elf64_Sym symbols[2] = { { 0 } };

	if (!name)
		return 0;
	symbols[1].st_name = (Elf64_Word)add(names, name);
	symbols[1].st_info = ELF64_ST_INFO(binding, STT_FUNC);
	symbols[1].st_shndx = section;
	*size = sizeof(symbols);
	return put(image, symbols, sizeof(symbols));
}

size_t elf_build(const struct elf_recipe *r, unsigned char *out)
{
	struct image image = { .data = out, .size = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr) };
	struct strings dynamic_names = { .size = 1 }, names = { .size = 1 },
		       section_names = { .size = 1 };
	Elf64_Shdr sections[8] = { { 0 } };
	Elf64_Phdr segments[3] = { { 0 } };
	Elf64_Dyn dynamic[8] = { { 0 } };
	Elf64_Ehdr header = { 0 };
	size_t nd = 0, ns = 1, at, imported = 0, exported = 0, local = 0, size = 0;

	memset(out, 0, ELF_BUILD_MAX);
	for (size_t i = 0; i < 4 && r->needed[i]; i++)
		dynamic[nd++] = (Elf64_Dyn){ DT_NEEDED, { add(&dynamic_names, r->needed[i]) } };
	if (r->soname)
		dynamic[nd++] = (Elf64_Dyn){ DT_SONAME, { add(&dynamic_names, r->soname) } };
	imported = put_symbol(&image, &dynamic_names, r->imported, STB_GLOBAL, SHN_UNDEF, &size);
	exported = put_symbol(&image, &dynamic_names, r->exported, STB_GLOBAL, 1, &size);
	local = put_symbol(&image, &names, r->local, STB_LOCAL, 1, &size);
	at = put(&image, dynamic_names.data, dynamic_names.size);
	dynamic[nd++] = (Elf64_Dyn){ DT_STRTAB, { at } };
	dynamic[nd++] = (Elf64_Dyn){ DT_STRSZ, { dynamic_names.size } };
	sections[ns++] = (Elf64_Shdr){ .sh_name = (Elf64_Word)add(&section_names, ".dynstr"),
				       .sh_type = SHT_STRTAB,
				       .sh_offset = at,
				       .sh_size = dynamic_names.size };
	at = put(&image, names.data, names.size);
	sections[ns++] = (Elf64_Shdr){ .sh_name = (Elf64_Word)add(&section_names, ".strtab"),
				       .sh_type = SHT_STRTAB,
				       .sh_offset = at,
				       .sh_size = names.size };
	if (imported || exported)
		sections[ns++] =
			(Elf64_Shdr){ .sh_name = (Elf64_Word)add(&section_names, ".dynsym"),
				      .sh_type = SHT_DYNSYM,
				      .sh_link = 1,
				      .sh_offset = imported ? imported : exported,
				      .sh_size = size * ((imported != 0) + (exported != 0)),
				      .sh_entsize = sizeof(Elf64_Sym) };
	if (local)
		sections[ns++] =
			(Elf64_Shdr){ .sh_name = (Elf64_Word)add(&section_names, ".symtab"),
				      .sh_type = SHT_SYMTAB,
				      .sh_link = 2,
				      .sh_offset = local,
				      .sh_size = size,
				      .sh_entsize = sizeof(Elf64_Sym) };
	if (r->device_code)
		sections[ns++].sh_name = (Elf64_Word)add(&section_names, ".nv_fatbin");
	sections[ns].sh_name = (Elf64_Word)add(&section_names, ".shstrtab");
	sections[ns].sh_type = SHT_STRTAB;
	sections[ns].sh_size = section_names.size;
	sections[ns++].sh_offset = put(&image, section_names.data, section_names.size);
	at = put(&image, dynamic, (nd + 1) * sizeof(*dynamic));
	segments[0] = (Elf64_Phdr){ .p_type = PT_DYNAMIC,
				    .p_offset = at,
				    .p_filesz = (nd + 1) * sizeof(*dynamic) };
	if (r->interpreter) {
		segments[1].p_type = PT_INTERP;
		segments[1].p_filesz = strlen(r->interpreter) + 1;
		segments[1].p_offset = put(&image, r->interpreter, segments[1].p_filesz);
	}
	if (!r->stripped) {
		header.e_shoff = put(&image, sections, ns * sizeof(*sections));
		header.e_shnum = (Elf64_Half)ns;
		header.e_shentsize = sizeof(Elf64_Shdr);
		header.e_shstrndx = (Elf64_Half)(ns - 1);
	}
	segments[2] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_filesz = image.size };
	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = r->is_32_bit ? ELFCLASS32 : ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_type = r->is_object ? ET_REL : ET_DYN;
#ifdef __x86_64__
	header.e_machine = r->other_machine ? EM_AARCH64 : EM_X86_64;
#else
	header.e_machine = r->other_machine ? EM_X86_64 : EM_AARCH64;
#endif
	header.e_phoff = sizeof(header);
	header.e_phnum = 3;
	header.e_phentsize = sizeof(Elf64_Phdr);
	memcpy(out, &header, sizeof(header));
	memcpy(out + sizeof(header), segments, sizeof(segments));
	return image.size;
}

void elf_build_file(const struct elf_recipe *recipe, const char *path)
{
	unsigned char data[ELF_BUILD_MAX];
	size_t size = elf_build(recipe, data);
	FILE *f = fopen(path, "we");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(99);
	}
}
