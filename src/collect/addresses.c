/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collecting addresses, and naming them. All processes' addresses in a module are looked up
 * together: a library of a gigabyte is read once, and not while a program waits for room in a ring.
 */
#include "collect/addresses.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "collect/internal.h"
#include "collect/stacks.h"
#include "collect/symtab.h"
#include "util/xalloc.h"

/* Distinct addresses of a process that are named; a program has some thousand. */
#define MOST_ADDRESSES (1u << 20)

/* Text is written in pieces of about this size. */
#define CHUNK_SIZE (1u << 20)

/* ---- collecting ---------------------------------------------------------------------------- */

static void add(struct col_addresses *a, uint64_t address)
{
	if (!address || a->count == MOST_ADDRESSES || ut_map_get(&a->known, address))
		return;
	ut_map_put(&a->known, address, 0);
	ut_grow(&a->list, &a->capacity, a->count, sizeof(*a->list));
	a->list[a->count++] = address;
}

void col_addresses_add_calls(struct col_addresses *a, const struct ctr_cell *cells, uint32_t ncells)
{
	for (uint32_t i = 0; i < ncells && cells[i].ncells; i += cells[i].ncells) {
		if (cells[i].function < CTR_FIRST_FUNCTION || cells[i].caller == a->last)
			continue;
		a->last = cells[i].caller;
		add(a, a->last);
	}
}

void col_addresses_add_stacks(struct col_addresses *a, const uint64_t *words, uint64_t n)
{
	for (uint64_t at = 0; at < n; at++) {
		uint64_t depth = words[at] - CTR_STACK_HEAD;

		/* A piece that a killed process did not finish is zeros, or addresses. */
		if (depth > CTR_STACK_MAX_DEPTH || depth >= n - at)
			continue;
		for (uint64_t i = 0; i < depth; i++)
			add(a, words[++at]);
	}
}

void col_addresses_add_maps(struct col_addresses *a, const char *text, size_t size)
{
	rd_maps_add(&a->maps, &a->paths, text, size);
}

void col_addresses_free(struct col_addresses *a)
{
	ut_map_free(&a->known);
	free(a->list);
	rd_maps_free(&a->maps);
	ut_arena_free(&a->paths);
	*a = (struct col_addresses){ .list = NULL };
}

/* ---- from process to session --------------------------------------------------------------- */

static const char *intern(struct col_places *places, const char *path)
{
	const struct col_place *last = places->count ? &places->list[places->count - 1] : NULL;

	if (last && last->path && !strcmp(last->path, path))
		return last->path;
	return ut_arena_strdup(&places->strings, path);
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * The list that CPython (PYTHONPERFSUPPORT=1), node, a JVM leaves for perf, of this process and not
 * of an earlier one with its pid. To be freed; NULL: there is none.
 */
static char *read_perf_map(const struct collector *c, const struct col_process *p, size_t *size)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/tmp/perf-%u.map", p->pid);
	if (lstat(path, &st) || !S_ISREG(st.st_mode) ||
	    (st.st_uid != geteuid() && st.st_uid != 0) ||
	    (uint64_t)st.st_mtim.tv_sec + 1 < c->session->shared->created.realtime_ns / 1000000000)
		return NULL;
	return col_read_file(AT_FDCWD, path, size);
}

/* Addresses from `first` on are in no module. */
static void name_made_code(struct collector *c, const struct col_process *p, size_t first)
{
	struct col_places *places = &c->places;
	size_t n = 0, size;
	struct col_symbol *wanted;
	char *text;

	for (size_t i = first; i < places->count; i++)
		n += !places->list[i].path;
	text = n ? read_perf_map(c, p, &size) : NULL;
	if (!text)
		return;
	wanted = ut_xcalloc(n, sizeof(*wanted));
	n = 0;
	for (size_t i = first; i < places->count; i++)
		if (!places->list[i].path)
			wanted[n++].at = places->list[i].address - 1;
	col_perf_map_find(text, size, wanted, n);
	free(text);
	n = 0;
	for (size_t i = first; i < places->count; i++) {
		struct col_place *place = &places->list[i];

		if (place->path)
			continue;
		if (wanted[n].name) {
			place->name = ut_arena_strdup(&places->strings, wanted[n].name);
			place->behind = wanted[n].behind + 1;
		}
		free(wanted[n++].name);
	}
	free(wanted);
}

void col_places_take(struct collector *c, struct col_process *p)
{
	struct col_addresses *a = &p->addresses;
	struct col_places *places = &c->places;
	size_t first = places->count;
	uint64_t *words, n;

	words = col_stacks_move(c, p, &n);
	if (words)
		col_addresses_add_stacks(a, words, n);
	free(words);
	if (p->index >= 0 && a->count) {
		rd_maps_sort(&a->maps);
		qsort(a->list, a->count, sizeof(*a->list), compare_numbers);
		for (size_t i = 0; i < a->count; i++) {
			struct col_place place = { .process = (uint32_t)p->index,
						   .address = a->list[i] };
			const char *path = rd_maps_find(&a->maps, place.address - 1, &place.offset);

			place.path = path ? intern(places, path) : NULL;
			ut_grow(&places->list, &places->capacity, places->count, sizeof(place));
			places->list[places->count++] = place;
		}
		name_made_code(c, p, first);
	}
	col_addresses_free(a);
}

/* ---- naming -------------------------------------------------------------------------------- */

static int compare_paths(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int by_module(const void *a, const void *b)
{
	const struct col_place *x = a, *y = b;
	int path = compare_paths(x->path, y->path);

	return path ? path : compare_numbers(&x->offset, &y->offset);
}

/* By module within a process, so that a module is named once before its places. */
static int by_process(const void *a, const void *b)
{
	const struct col_place *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return by_module(a, b);
}

/* The build id stands where the offset did, in words that the arena keeps. */
static void name_module(struct col_places *places, struct col_place *first, size_t n)
{
	struct col_symbol *wanted = ut_xcalloc(n, sizeof(*wanted));
	char build_id[COL_BUILD_ID_SIZE];
	char *module;

	for (size_t i = 0; i < n; i++)
		wanted[i].at = first[i].offset;
	col_symtab_find(first->path, wanted, n, build_id);
	module = ut_arena_printf(&places->strings, "%s %s", build_id[0] ? build_id : "-",
				 first->path);
	for (size_t i = 0; i < n; i++) {
		first[i].path = module;
		if (wanted[i].name) {
			first[i].name = ut_arena_strdup(&places->strings, wanted[i].name);
			first[i].behind = wanted[i].behind + 1;
		}
		free(wanted[i].name);
	}
	free(wanted);
}

static void name_all(struct col_places *places)
{
	size_t i, n;

	if (places->count)
		qsort(places->list, places->count, sizeof(*places->list), by_module);
	for (i = 0; i < places->count; i += n) {
		struct col_place *first = &places->list[i];

		n = 1;
		while (i + n < places->count && !compare_paths(first[n].path, first->path))
			n++;
		if (first->path)
			name_module(places, first, n);
	}
}

/* ---- writing ------------------------------------------------------------------------------- */

struct text {
	char *data;
	size_t size, capacity;
};

static void append(struct text *t, const char *line, size_t length)
{
	while (t->capacity < t->size + length) {
		t->capacity = t->capacity ? 2 * t->capacity : 4096;
		t->data = ut_xrealloc(t->data, t->capacity);
	}
	memcpy(t->data + t->size, line, length);
	t->size += length;
}

static void append_place(struct text *t, const struct col_place *place)
{
	char head[64];
	int length;

	if (!place->name)
		return;
	length = snprintf(head, sizeof(head), "s %" PRIx64 " %" PRIx64 " ", place->address,
			  place->behind);
	append(t, head, (size_t)length);
	append(t, place->name, strcspn(place->name, "\n"));
	append(t, "\n", 1);
}

static void flush(struct collector *c, struct text *t, uint32_t process)
{
	struct ctr_chunk_defs head = { .process = process };
	const struct iovec parts[2] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = t->data, .iov_len = t->size },
	};

	if (t->size)
		col_write(c, CTR_CHUNK_SYMBOLS, parts, 2);
	t->size = 0;
}

static void write_all(struct collector *c, const struct col_places *places)
{
	const struct col_place *before = NULL;
	struct text t = { .data = NULL };

	for (size_t i = 0; i < places->count; i++) {
		const struct col_place *place = &places->list[i];
		bool other = !before || before->process != place->process;

		if (before && (other || t.size > CHUNK_SIZE))
			flush(c, &t, before->process);
		if (place->path && (other || compare_paths(place->path, before->path))) {
			append(&t, "m ", 2);
			append(&t, place->path, strcspn(place->path, "\n"));
			append(&t, "\n", 1);
		}
		append_place(&t, place);
		before = place;
	}
	if (before)
		flush(c, &t, before->process);
	free(t.data);
}

static void warn(struct collector *c)
{
	const struct col_places *p = &c->places;

	if (p->without_room)
		col_warnings_add(
			&c->warnings, "stacks",
			"%u %s recorded without stacks: there was no room for them (within "
			"--buffer-total)",
			p->without_room, p->without_room == 1 ? "process was" : "processes were");
	if (p->without_safety)
		col_warnings_add(
			&c->warnings, "stacks",
			"%u %s recorded without stacks: the kernel does not tell what memory "
			"can be read safely",
			p->without_safety,
			p->without_safety == 1 ? "process was" : "processes were");
	if (p->cut_off)
		col_warnings_add(&c->warnings, "stacks",
				 "%u %s cut off while in use: stacks are missing", p->cut_off,
				 p->cut_off == 1 ? "file of stacks was" : "files of stacks were");
	if (p->lost_stacks)
		col_warnings_add(&c->warnings, "stacks",
				 "%" PRIu64 " %s no stack: there were too many different ones",
				 p->lost_stacks, p->lost_stacks == 1 ? "call has" : "calls have");
	if (p->cut_stacks)
		col_warnings_add(&c->warnings, "stacks",
				 "%" PRIu64
				 " %s no stack: a signal handler made them while a stack "
				 "was being walked",
				 p->cut_stacks, p->cut_stacks == 1 ? "call has" : "calls have");
}

void col_places_finish(struct collector *c)
{
	name_all(&c->places);
	if (c->places.count)
		qsort(c->places.list, c->places.count, sizeof(*c->places.list), by_process);
	write_all(c, &c->places);
	warn(c);
}

void col_places_free(struct col_places *p)
{
	free(p->list);
	ut_arena_free(&p->strings);
	*p = (struct col_places){ .list = NULL };
}
