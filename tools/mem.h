/* SPDX-License-Identifier: Apache-2.0 */
/* Private to `curtrace mem`: what was asked for and found, and its three formats. */
#ifndef TOOLS_MEM_H
#define TOOLS_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/memory.h"

enum mem_format {
	MEM_TEXT,
	MEM_JSON,
	MEM_CSV
};

/* The parts of an answer, as --only names them. */
enum mem_table {
	MEM_KINDS,
	MEM_DEVICES,
	MEM_PEAK, /* or another instant: who holds what there */
	MEM_HELD, /* at the end */
	MEM_CHURN,
	MEM_TRAFFIC,
	MEM_FINDINGS,
	MEM_TIMELINE,
	MEM_TABLES
};
const char *mem_table_name(enum mem_table table);

#define MEM_ALL UINT64_MAX

struct mem {
	/* What was asked for. */
	enum mem_format format;
	enum mem_table only; /* MEM_TABLES: all */
	uint64_t top;
	bool stacks;
	bool at_given;
	uint64_t at_ns;  /* after the first event */
	uint64_t pieces; /* of the timeline; 0: none */
	/* What was found. */
	const struct ct_header *header;
	const struct an_usage *usage;  /* of all the trace */
	const struct an_usage *moment; /* up to the peak, or the instant asked for; or NULL */
	uint64_t moment_ns;
	const struct an_instant *instants;
	size_t ninstants;
};

/* Whether a part is wanted. */
bool mem_wants(const struct mem *mem, enum mem_table table);
/* How many of `count` rows are shown. */
size_t mem_rows(const struct mem *mem, size_t count);
/* Holders that hold something, of all that come first. */
size_t mem_holding(const struct an_holder *const *holders, size_t count);
/* After the first event. */
uint64_t mem_relative(const struct mem *mem, uint64_t ns);
/* "host to device", "set"; of a route. */
const char *mem_route_name(const struct an_route *route);
uint32_t mem_pid(const struct mem *mem, uint32_t process);

/* Each writes everything to `out`. */
void mem_print_text(const struct mem *mem, FILE *out);
void mem_print_json(const struct mem *mem, FILE *out);
void mem_print_csv(const struct mem *mem, FILE *out);

#endif
