/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding names. A large library has a million symbols, and what is asked for are some hundred
 * places: the table is read once, in blocks, and each symbol is offered to the first place at or
 * behind it. Names are read only of those that were taken.
 */
#include "collect/symtab.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/elf_file.h"
#include "util/xalloc.h"

#define SYMBOLS_AT_ONCE 2048
#define NAME_MAX_SIZE   8192
#define NOTE_MAX_SIZE   (64u << 10)

#ifndef DEBUG_FOLDER
#define DEBUG_FOLDER "/usr/lib/debug/.build-id"
#endif

/* The best symbol so far that begins in (the place before, this place]. */
struct candidate {
	uint64_t address;
	uint64_t size;
	uint64_t name; /* offset in the file */
	uint64_t name_end;
	int rank; /* 0: there is none */
};

struct task {
	const struct col_symbol *wanted;
	uint64_t *addresses; /* of the wanted places, as the file's symbols count them */
	struct candidate *best;
	size_t n;
};

/* Index of the first place at or behind an address; n: none. */
static size_t first_from(const uint64_t *places, size_t n, uint64_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (places[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of several names for one function: one with a size, then what others can link to. */
static int rank_of(const Elf64_Sym *symbol)
{
	int bind = ELF64_ST_BIND(symbol->st_info);

	return 1 + (bind == STB_GLOBAL) * 2 + (bind == STB_WEAK) + (symbol->st_size != 0) * 4;
}

/* Assembly often does not say that something is a function; local ones of no type are labels. */
static bool is_function(const Elf64_Sym *symbol)
{
	int type = ELF64_ST_TYPE(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
	       (type == STT_FUNC || type == STT_GNU_IFUNC ||
		(type == STT_NOTYPE && ELF64_ST_BIND(symbol->st_info) != STB_LOCAL));
}

static void offer(struct task *t, const Elf64_Sym *symbol, const Elf64_Shdr *strings)
{
	size_t i = first_from(t->addresses, t->n, symbol->st_value);
	struct candidate *best = &t->best[i];
	int rank = rank_of(symbol);

	if (i == t->n || symbol->st_name >= strings->sh_size)
		return;
	if (best->rank && (symbol->st_value < best->address ||
			   (symbol->st_value == best->address && rank <= best->rank)))
		return;
	*best = (struct candidate){
		.address = symbol->st_value,
		.size = symbol->st_size,
		.name = strings->sh_offset + symbol->st_name,
		.name_end = strings->sh_offset + strings->sh_size,
		.rank = rank,
	};
}

static void read_table(struct task *t, const struct col_elf_file *f, const Elf64_Shdr *table)
{
	uint64_t count = table->sh_size / sizeof(Elf64_Sym);
	Elf64_Sym block[SYMBOLS_AT_ONCE];

	if (table->sh_entsize != sizeof(Elf64_Sym) || table->sh_link >= f->nsections)
		return;
	for (uint64_t done = 0; done < count;) {
		size_t n = count - done < SYMBOLS_AT_ONCE ? count - done : SYMBOLS_AT_ONCE;

		if (!col_elf_file_read(f, table->sh_offset + done * sizeof(Elf64_Sym), block,
				       n * sizeof(Elf64_Sym)))
			return;
		for (size_t i = 0; i < n; i++)
			if (is_function(&block[i]))
				offer(t, &block[i], &f->sections[table->sh_link]);
		done += n;
	}
}

static char *read_name(const struct col_elf_file *f, const struct candidate *best)
{
	uint64_t left = best->name_end - best->name;
	char name[NAME_MAX_SIZE + 1];
	size_t size = left < NAME_MAX_SIZE ? left : NAME_MAX_SIZE;

	/* The section may lie at the very end of the file, or claim to go beyond it. */
	if (best->name > f->size)
		return NULL;
	if (size > f->size - best->name)
		size = f->size - best->name;
	if (!col_elf_file_read(f, best->name, name, size))
		return NULL;
	name[size] = '\0';
	/* name@VERSION, name@@VERSION */
	name[strcspn(name, "@")] = '\0';
	return *name ? ut_xstrdup(name) : NULL;
}

/*
 * The nearest symbol before a place holds it if its size says so; one without a size (of assembly)
 * does up to the next.
 */
static bool read_names(struct task *t, const struct col_elf_file *f, struct col_symbol *wanted)
{
	const struct candidate *last = NULL;
	bool all = true;

	for (size_t i = 0; i < t->n; i++) {
		if (t->best[i].rank)
			last = &t->best[i];
		if (!wanted[i].name && last &&
		    (!last->size || t->addresses[i] - last->address < last->size)) {
			wanted[i].name = read_name(f, last);
			wanted[i].behind = t->addresses[i] - last->address;
		}
		all &= wanted[i].name != NULL;
	}
	return all;
}

/* One kind of table at a time: what the file exports is believed last. */
static bool search_file(const struct col_elf_file *f, uint32_t type, const uint64_t *addresses,
			struct col_symbol *wanted, size_t n)
{
	struct task t = {
		.wanted = wanted,
		.addresses = (uint64_t *)addresses,
		.best = ut_xcalloc(n + 1, sizeof(*t.best)),
		.n = n,
	};
	bool all;

	for (size_t i = 0; i < f->nsections; i++)
		if (f->sections[i].sh_type == type)
			read_table(&t, f, &f->sections[i]);
	all = read_names(&t, f, wanted);
	free(t.best);
	return all;
}

/* ---- build ids ----------------------------------------------------------------------------- */

/* Notes are aligned to 4 bytes; those of GNU begin with that name. */
static bool scan_notes(const char *notes, uint64_t size, char *build_id)
{
	Elf64_Nhdr note;

	for (uint64_t at = 0; at + sizeof(note) <= size;) {
		uint64_t name, value;

		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		value = name + ((uint64_t)note.n_namesz + 3) / 4 * 4;
		at = value + ((uint64_t)note.n_descsz + 3) / 4 * 4;
		if (value + note.n_descsz > size)
			return false;
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp(notes + name, "GNU", 4) || note.n_descsz < 2 ||
		    note.n_descsz > (COL_BUILD_ID_SIZE - 1) / 2)
			continue;
		for (uint32_t i = 0; i < note.n_descsz; i++)
			snprintf(build_id + 2 * (size_t)i, 3, "%02x",
				 (unsigned char)notes[value + i]);
		return true;
	}
	return false;
}

static void read_build_id(const struct col_elf_file *f, char *build_id)
{
	for (size_t i = 0; i < f->nsegments; i++) {
		const Elf64_Phdr *segment = &f->segments[i];
		char *notes;
		bool found;

		if (segment->p_type != PT_NOTE)
			continue;
		notes = col_elf_file_block(f, segment->p_offset, segment->p_filesz, NOTE_MAX_SIZE);
		found = notes && scan_notes(notes, segment->p_filesz, build_id);
		free(notes);
		if (found)
			return;
	}
}

/* The separate debug file: the same addresses, and symbols that were stripped from this one. */
static void search_debug_file(const char *build_id, const uint64_t *addresses,
			      struct col_symbol *wanted, size_t n)
{
	struct col_elf_file f;
	char path[256];

	snprintf(path, sizeof(path), DEBUG_FOLDER "/%.2s/%s.debug", build_id, build_id + 2);
	if (!col_elf_file_open(&f, path) && col_elf_file_sections(&f))
		search_file(&f, SHT_SYMTAB, addresses, wanted, n);
	col_elf_file_close(&f);
}

/* ---- all together -------------------------------------------------------------------------- */

/* Files are not in the order of their addresses only if somebody made them so on purpose. */
static uint64_t *addresses_of(const struct col_elf_file *f, const struct col_symbol *wanted,
			      size_t n)
{
	uint64_t *addresses = ut_xcalloc(n + 1, sizeof(*addresses)), last = 0;

	for (size_t i = 0; i < n; i++) {
		if (!col_elf_file_address(f, wanted[i].at, &addresses[i]) || addresses[i] < last)
			addresses[i] = last;
		last = addresses[i];
	}
	return addresses;
}

void col_symtab_find(const char *path, struct col_symbol *wanted, size_t n,
		     char build_id[COL_BUILD_ID_SIZE])
{
	struct col_elf_file f;
	uint64_t *addresses;
	bool all;

	build_id[0] = '\0';
	if (!col_elf_file_open(&f, path) && col_elf_file_segments(&f)) {
		addresses = addresses_of(&f, wanted, n);
		read_build_id(&f, build_id);
		all = col_elf_file_sections(&f) &&
		      search_file(&f, SHT_SYMTAB, addresses, wanted, n);
		if (!all && build_id[0])
			search_debug_file(build_id, addresses, wanted, n);
		if (!all && f.sections)
			search_file(&f, SHT_DYNSYM, addresses, wanted, n);
		free(addresses);
	}
	col_elf_file_close(&f);
}

/* ---- perf maps ----------------------------------------------------------------------------- */

/* "START SIZE NAME": the places in it get the name; a later line is of later code. */
static void take_line(const char *line, size_t length, const uint64_t *places,
		      struct col_symbol *wanted, size_t n)
{
	char head[64], *end;
	uint64_t start, size;
	size_t name;

	snprintf(head, sizeof(head), "%.*s", (int)(length < 63 ? length : 63), line);
	start = strtoull(head, &end, 16);
	if (end == head || *end != ' ')
		return;
	size = strtoull(end + 1, &end, 16);
	if (*end != ' ')
		return;
	name = (size_t)(end + 1 - head);
	for (size_t i = first_from(places, n, start); i < n && places[i] - start < size; i++) {
		free(wanted[i].name);
		wanted[i].name = ut_xmalloc(length - name + 1);
		memcpy(wanted[i].name, line + name, length - name);
		wanted[i].name[length - name] = '\0';
		wanted[i].behind = places[i] - start;
	}
}

void col_perf_map_find(const char *text, size_t size, struct col_symbol *wanted, size_t n)
{
	uint64_t *places = ut_xcalloc(n + 1, sizeof(*places));
	const char *end = text + size, *line, *stop;

	for (size_t i = 0; i < n; i++)
		places[i] = wanted[i].at;
	for (line = text; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		/* The last line of one that was killed may be torn. */
		if (!stop)
			break;
		take_line(line, (size_t)(stop - line), places, wanted, n);
	}
	free(places);
}
