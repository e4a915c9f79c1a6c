/* SPDX-License-Identifier: Apache-2.0 */
/* Definition records: parsing and finding. */
#include "reader/definitions.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "util/demangle.h"
#include "util/xalloc.h"

/* Lines `name=value`; a line without a `=` is passed over. */
static void parse_properties(struct rd_definition *definition, struct ut_arena *strings, char *text)
{
	size_t lines = 1;
	char *line, *value, *at;

	for (at = text; *at; at++)
		lines += *at == '\n';
	definition->properties = ut_arena_alloc(strings, lines * sizeof(*definition->properties));
	while ((line = strsep(&text, "\n"))) {
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		definition->properties[definition->nproperties++] =
			(struct rd_property){ .name = line, .value = value };
	}
}

/* Kernels and variables of C++ are shown as people write them. */
static void make_readable(struct rd_definition *definition, struct ut_arena *strings)
{
	unsigned int i;

	if (definition->kind != CTR_DEF_KERNEL && definition->kind != CTR_DEF_SYMBOL)
		return;
	for (i = 0; i < definition->nproperties; i++) {
		char *readable = strcmp(definition->properties[i].name, "name")
					 ? NULL
					 : ut_demangle(definition->properties[i].value);

		if (readable)
			definition->properties[i].value = ut_arena_strdup(strings, readable);
		free(readable);
	}
}

/* A process that was killed in the middle of a write leaves a torn last definition. */
static bool is_sound(const struct ctr_def *head, const char *record, size_t room)
{
	const size_t covered = offsetof(struct ctr_def, kind);

	return head->size >= sizeof(*head) && head->size <= room &&
	       crc32(0, (const Bytef *)record + covered, (uInt)(head->size - covered)) ==
		       head->checksum;
}

void rd_definitions_put(struct rd_definitions *defs, struct ut_arena *strings,
			const struct rd_definition *definition, char *text)
{
	struct rd_definition *added;

	ut_grow(&defs->list, &defs->capacity, defs->count, sizeof(*defs->list));
	added = &defs->list[defs->count];
	*added = *definition;
	added->order = defs->count++;
	parse_properties(added, strings, text);
	make_readable(added, strings);
	added->label = rd_definition_get(added, "name");
	if (added->kind < 32)
		defs->kinds |= 1u << added->kind;
}

/* Records are not padded, so that a head is copied before it is looked at. */
size_t rd_definitions_add(struct rd_definitions *defs, struct ut_arena *strings, uint32_t process,
			  const void *data, size_t size)
{
	struct ctr_def head;
	size_t at = 0;

	while (at + sizeof(head) <= size) {
		const char *record = (const char *)data + at;

		memcpy(&head, record, sizeof(head));
		if (!is_sound(&head, record, size - at))
			return at;
		rd_definitions_put(defs, strings,
				   &(struct rd_definition){
					   .process = process,
					   .kind = head.kind,
					   .key = head.key,
					   .counter = head.counter,
				   },
				   ut_arena_copy(strings, record + sizeof(head),
						 head.size - sizeof(head)));
		at += head.size;
	}
	return at;
}

/* Everything but the time: what a question names. */
static int compare_places(const struct rd_definition *x, const struct rd_definition *y)
{
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

/* Of two at one instant the later in the file holds. */
static int compare_definitions(const void *a, const void *b)
{
	const struct rd_definition *x = a, *y = b;
	int place = compare_places(x, y);

	if (place)
		return place;
	if (x->counter != y->counter)
		return x->counter < y->counter ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void rd_definitions_sort(struct rd_definitions *defs)
{
	if (defs->count)
		qsort(defs->list, defs->count, sizeof(*defs->list), compare_definitions);
}

/* Behind the last one that is of a smaller place, or of this place and not later. */
static size_t find_behind(const struct rd_definitions *defs, const struct rd_definition *wanted)
{
	size_t low = 0, high = defs->count, middle;

	while (low < high) {
		const struct rd_definition *at;
		int place;

		middle = low + (high - low) / 2;
		at = &defs->list[middle];
		place = compare_places(at, wanted);
		if (place < 0 || (place == 0 && at->counter <= wanted->counter))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Also says in which instants the answer is the same. */
static const struct rd_definition *find(const struct rd_definitions *defs,
					const struct rd_definition *wanted, uint64_t *from,
					uint64_t *until)
{
	size_t behind = find_behind(defs, wanted);
	const struct rd_definition *before = behind > 0 ? &defs->list[behind - 1] : NULL;
	const struct rd_definition *next = behind < defs->count ? &defs->list[behind] : NULL;

	if (before && compare_places(before, wanted))
		before = NULL;
	if (next && compare_places(next, wanted))
		next = NULL;
	*from = before ? before->counter : 0;
	*until = next ? next->counter - 1 : UINT64_MAX;
	/* Two threads may meet a kernel at once, and the one that does not write its definition
	 * return first: the earliest definition then is later than that call. */
	return before ? before : next;
}

const struct rd_definition *rd_definitions_find(const struct rd_definitions *defs, uint32_t process,
						enum ctr_def_kind kind, uint64_t key,
						uint64_t counter)
{
	const struct rd_definition wanted = {
		.process = process, .kind = (uint16_t)kind, .key = key, .counter = counter
	};
	uint64_t from, until;

	return find(defs, &wanted, &from, &until);
}

const char *rd_definitions_name(struct rd_definitions *defs, uint32_t process,
				enum ctr_def_kind kind, uint64_t key, uint64_t counter)
{
	const struct rd_definition wanted = {
		.process = process, .kind = (uint16_t)kind, .key = key, .counter = counter
	};
	uint64_t hash = (key + process) * 0x9e3779b97f4a7c15u;
	struct rd_question *asked = &defs->questions[hash >> 32 & (RD_QUESTIONS - 1)];
	const struct rd_definition *definition;

	if (!(defs->kinds & 1u << kind))
		return NULL;
	if (asked->kind == kind && asked->key == key && asked->process == process &&
	    counter >= asked->from && counter <= asked->until)
		return asked->label;
	definition = find(defs, &wanted, &asked->from, &asked->until);
	asked->process = process;
	asked->kind = (uint16_t)kind;
	asked->key = key;
	asked->label = definition ? definition->label : NULL;
	return asked->label;
}

const char *rd_definition_get(const struct rd_definition *definition, const char *name)
{
	unsigned int i;

	for (i = 0; definition && i < definition->nproperties; i++) {
		if (!strcmp(definition->properties[i].name, name))
			return definition->properties[i].value;
	}
	return NULL;
}

void rd_definitions_free(struct rd_definitions *defs)
{
	free(defs->list);
	*defs = (struct rd_definitions){ 0 };
}
