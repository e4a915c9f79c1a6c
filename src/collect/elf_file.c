/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ELF headers and tables. pread instead of mmap, because a file that is cut short meanwhile
 * must not be a SIGBUS.
 */
#include "collect/elf_file.h"

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

#define TABLE_MAX_SIZE (1u << 20)

/* False also for what lies beyond the end: offset and size come from the file. */
bool col_elf_file_read(const struct col_elf_file *f, uint64_t offset, void *data, size_t size)
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
char *col_elf_file_block(const struct col_elf_file *f, uint64_t offset, uint64_t size,
			 uint64_t most)
{
	char *data;

	if (!size || size > most || offset > f->size || size > f->size - offset)
		return NULL;
	data = ut_xmalloc(size + 1);
	if (!col_elf_file_read(f, offset, data, size)) {
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
static enum col_elf_status read_header(struct col_elf_file *f)
{
	const unsigned char *ident = f->header.e_ident;

	if (!col_elf_file_read(f, 0, &f->header, SELFMAG) || memcmp(ident, ELFMAG, SELFMAG))
		return COL_ELF_NOT_ELF;
	if (!col_elf_file_read(f, 0, &f->header, EI_NIDENT))
		return COL_ELF_DAMAGED;
	if (ident[EI_CLASS] == ELFCLASS32)
		return COL_ELF_32_BIT;
	if (ident[EI_CLASS] != ELFCLASS64 ||
	    !col_elf_file_read(f, 0, &f->header, sizeof(f->header)))
		return COL_ELF_DAMAGED;
	if (ident[EI_DATA] != ELFDATA2LSB || f->header.e_machine != MACHINE)
		return COL_ELF_OTHER_MACHINE;
	return COL_ELF_OK;
}

/* Without segments a file can be no program, but an object file may still be looked at. */
bool col_elf_file_segments(struct col_elf_file *f)
{
	f->nsegments = f->header.e_phnum;
	if (!f->nsegments)
		return true;
	if (f->header.e_phentsize != sizeof(Elf64_Phdr))
		return false;
	f->segments = (Elf64_Phdr *)col_elf_file_block(
		f, f->header.e_phoff, f->nsegments * sizeof(Elf64_Phdr), TABLE_MAX_SIZE);
	return f->segments;
}

/* Sections may be stripped: a file without them is whole. */
bool col_elf_file_sections(struct col_elf_file *f)
{
	f->nsections = f->header.e_shnum;
	if (!f->nsections || !f->header.e_shoff)
		return true;
	if (f->header.e_shentsize != sizeof(Elf64_Shdr))
		return false;
	f->sections = (Elf64_Shdr *)col_elf_file_block(f, f->header.e_shoff,
						       f->nsections * sizeof(Elf64_Shdr),
						       (uint64_t)UINT16_MAX * sizeof(Elf64_Shdr));
	return f->sections;
}

/* Where in the file the bytes lie that are mapped to an address. */
bool col_elf_file_offset(const struct col_elf_file *f, uint64_t address, uint64_t *offset,
			 uint64_t *left)
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

bool col_elf_file_address(const struct col_elf_file *f, uint64_t offset, uint64_t *address)
{
	for (size_t i = 0; i < f->nsegments; i++) {
		const Elf64_Phdr *segment = &f->segments[i];

		if (segment->p_type != PT_LOAD || offset < segment->p_offset ||
		    offset - segment->p_offset >= segment->p_filesz)
			continue;
		*address = segment->p_vaddr + (offset - segment->p_offset);
		return true;
	}
	return false;
}

enum col_elf_status col_elf_file_open(struct col_elf_file *f, const char *path)
{
	struct stat st;

	*f = (struct col_elf_file){ .fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) };
	if (f->fd < 0)
		return COL_ELF_UNREADABLE;
	if (fstat(f->fd, &st) || !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return COL_ELF_UNREADABLE;
	}
	f->size = (uint64_t)st.st_size;
	return read_header(f);
}

void col_elf_file_close(struct col_elf_file *f)
{
	free(f->segments);
	free(f->sections);
	if (f->fd >= 0)
		close(f->fd);
}
