/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files of loaded objects: just enough to find .symtab. */
#include "hook/object.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const ElfW(Ehdr) * header(const struct hook_object *o)
{
	return (const void *)o->file;
}

static bool lies_within(const struct hook_object *o, uint64_t offset, uint64_t size)
{
	return offset <= o->size && size <= o->size - offset;
}

static const ElfW(Phdr) * segments(const struct hook_object *o)
{
	return (const void *)(o->file + header(o)->e_phoff);
}

/* What is mapped there, if anything is: a load could be a fault. */
static bool read_memory(uintptr_t address, void *data, size_t size)
{
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = pread(fd, data, size, (off_t)address);
	close(fd);
	return n == (ssize_t)size;
}

/*
 * The loader has mapped the file's first page too: a header that differs is of another file, which
 * has taken the path since, or is the loader's own where that was run with the program as its
 * argument. Another file's addresses lead nowhere.
 */
static bool is_loaded_one(const struct hook_object *o)
{
	const ElfW(Phdr) *segment = segments(o);
	ElfW(Ehdr) loaded;

	for (unsigned int i = 0; i < header(o)->e_phnum; i++) {
		if (segment[i].p_type == PT_LOAD && segment[i].p_offset == 0)
			return read_memory(o->base + segment[i].p_vaddr, &loaded, sizeof(loaded)) &&
			       memcmp(&loaded, o->file, sizeof(loaded)) == 0;
	}
	return false;
}

static bool is_sound(const struct hook_object *o)
{
	const ElfW(Ehdr) *h = header(o);

	return o->size >= sizeof(*h) && memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 &&
	       h->e_ident[EI_CLASS] == ELFCLASS64 && h->e_phentsize == sizeof(ElfW(Phdr)) &&
	       h->e_phoff % _Alignof(ElfW(Phdr)) == 0 &&
	       lies_within(o, h->e_phoff, (uint64_t)h->e_phnum * sizeof(ElfW(Phdr))) &&
	       h->e_shentsize == sizeof(ElfW(Shdr)) && h->e_shoff % _Alignof(ElfW(Shdr)) == 0 &&
	       lies_within(o, h->e_shoff, (uint64_t)h->e_shnum * sizeof(ElfW(Shdr)));
}

static bool find_symbols(struct hook_object *o)
{
	const ElfW(Shdr) *sections = (const void *)(o->file + header(o)->e_shoff);
	unsigned int n = header(o)->e_shnum;

	o->sections = sections;
	o->nsections = n;
	for (unsigned int i = 0; i < n; i++) {
		const ElfW(Shdr) *s = &sections[i], *strings;

		if (s->sh_type != SHT_SYMTAB || s->sh_link >= n ||
		    s->sh_offset % _Alignof(ElfW(Sym)) != 0 ||
		    !lies_within(o, s->sh_offset, s->sh_size))
			continue;
		strings = &sections[s->sh_link];
		if (!lies_within(o, strings->sh_offset, strings->sh_size) ||
		    strings->sh_size == 0 ||
		    o->file[strings->sh_offset + strings->sh_size - 1] != '\0')
			continue;
		o->symbols = (const void *)(o->file + s->sh_offset);
		o->nsymbols = s->sh_size / sizeof(ElfW(Sym));
		o->strings = (const char *)o->file + strings->sh_offset;
		o->strings_size = strings->sh_size;
		return true;
	}
	return false;
}

/* An executable that is running cannot be written to, a library can: see hook_object_open. */
static bool map_file(struct hook_object *o)
{
	struct stat status;
	void *file;

	o->fd = open(o->path, O_RDONLY | O_CLOEXEC);
	if (o->fd < 0)
		return false;
	if (fstat(o->fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0) {
		close(o->fd);
		return false;
	}
	o->size = (size_t)status.st_size;
	file = mmap(NULL, o->size, PROT_READ, MAP_PRIVATE, o->fd, 0);
	if (file == MAP_FAILED) {
		close(o->fd);
		return false;
	}
	o->file = file;
	return true;
}

bool hook_object_open(struct hook_object *object, const char *path, uintptr_t base)
{
	*object = (struct hook_object){ .path = path, .base = base, .fd = -1 };
	if (!map_file(object))
		return false;
	if (is_sound(object) && is_loaded_one(object) && find_symbols(object))
		return true;
	hook_object_close(object);
	return false;
}

void hook_object_close(struct hook_object *object)
{
	munmap((void *)(uintptr_t)object->file, object->size);
	close(object->fd);
}

const char *hook_object_name(const struct hook_object *object, const ElfW(Sym) * symbol)
{
	return symbol->st_name < object->strings_size ? object->strings + symbol->st_name : "";
}

static const ElfW(Phdr) *
	segment_of(const struct hook_object *object, ElfW(Addr) address, size_t size)
{
	const ElfW(Phdr) *segment = segments(object);

	for (unsigned int i = 0; i < header(object)->e_phnum; i++) {
		if (segment[i].p_type == PT_LOAD && address >= segment[i].p_vaddr &&
		    address - segment[i].p_vaddr < segment[i].p_filesz &&
		    size <= segment[i].p_filesz - (address - segment[i].p_vaddr))
			return &segment[i];
	}
	return NULL;
}

bool hook_object_is_code(const struct hook_object *object, ElfW(Addr) address, size_t size)
{
	const ElfW(Phdr) *segment = segment_of(object, address, size);

	return segment && (segment->p_flags & PF_X);
}

bool hook_object_offset(const struct hook_object *object, ElfW(Addr) address, uint64_t *offset)
{
	const ElfW(Phdr) *segment = segment_of(object, address, 1);

	if (!segment)
		return false;
	*offset = segment->p_offset + (address - segment->p_vaddr);
	return true;
}
