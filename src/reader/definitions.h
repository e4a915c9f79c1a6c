/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the keys in records mean: kernels, devices, streams, device variables, by process and time.
 */
#ifndef READER_DEFINITIONS_H
#define READER_DEFINITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "util/arena.h"

struct rd_property {
	const char *name;
	const char *value;
};

struct rd_definition {
	uint32_t process;
	uint16_t kind; /* enum ctr_def_kind */
	uint64_t key;
	uint64_t counter; /* in force from then on */
	size_t order;     /* in the trace */
	unsigned int nproperties;
	struct rd_property *properties;
	const char *label; /* the property `name`, or NULL */
};

/* A question that was asked lately, and its answer for all instants from `from` to `until`. */
struct rd_question {
	uint64_t key, from, until;
	uint32_t process;
	uint16_t kind; /* 0: none */
	const char *label;
};
#define RD_QUESTIONS 256

struct rd_definitions { /* all zero: none */
	struct rd_definition *list;
	size_t count, capacity;
	uint32_t kinds; /* bit enum ctr_def_kind: there are some */
	struct rd_question questions[RD_QUESTIONS];
};

/*
 * Adds the definitions that lie one behind the other in `data`. Returns the offset of the first
 * one that is not sound: of what follows it nothing is known; `size` if all are.
 */
size_t rd_definitions_add(struct rd_definitions *defs, struct ut_arena *strings, uint32_t process,
			  const void *data, size_t size);

/* Adds one whose place is filled in; `text` ("name=value" lines) is the strings' and is cut up. */
void rd_definitions_put(struct rd_definitions *defs, struct ut_arena *strings,
			const struct rd_definition *definition, char *text);

/* After the last addition, before the first question. */
void rd_definitions_sort(struct rd_definitions *defs);

/* What `key` meant at `counter`, or NULL. */
const struct rd_definition *rd_definitions_find(const struct rd_definitions *defs, uint32_t process,
						enum ctr_def_kind kind, uint64_t key,
						uint64_t counter);

/* The name that was defined for `key` at `counter`, or NULL: asked for nearly every call. */
const char *rd_definitions_name(struct rd_definitions *defs, uint32_t process,
				enum ctr_def_kind kind, uint64_t key, uint64_t counter);

/* The value of a definition's property, or NULL. */
const char *rd_definition_get(const struct rd_definition *definition, const char *name);

void rd_definitions_free(struct rd_definitions *defs);

#endif
