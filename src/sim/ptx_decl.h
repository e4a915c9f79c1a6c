/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variable and parameter declarations in PTX, which share one grammar:
 * qualifiers, type, name, dimensions, initial value.
 */
#ifndef SIM_PTX_DECL_H
#define SIM_PTX_DECL_H

#include "sim/image.h"
#include "sim/ptx_token.h"

#define SIM_PTX_DIMENSIONS 8

struct sim_ptx_parser {
	struct sim_ptx_lexer lexer;
	struct sim_ptx_token token; /* the one to be looked at next */
};

struct sim_ptx_decl {
	/* what the head says, for all names behind it */
	uint32_t align;   /* 0: as the type */
	uint32_t element; /* bytes of one scalar */
	uint32_t vector;  /* scalars in a .v2, .v4; else 1 */
	bool real;        /* .f32, .f64: numbers are converted */
	bool opaque;      /* a texture, sampler or surface reference */
	bool managed;
	/* one name */
	const char *name;
	size_t name_length;
	uint64_t dimensions[SIM_PTX_DIMENSIONS];
	unsigned ndimensions;
	bool unsized; /* the first dimension is empty */
	uint64_t size;
	/* its initial bytes, as far as written out; malloc'ed, NULL for none */
	unsigned char *init;
	size_t init_size;
	size_t init_room;
};

void sim_ptx_advance(struct sim_ptx_parser *parser);

/* Steps over the mark if it is next. */
bool sim_ptx_accept(struct sim_ptx_parser *parser, char mark);

/* Steps over an integer; false where none is next. */
bool sim_ptx_integer(struct sim_ptx_parser *parser, uint64_t *value);

/* Rounds up to a power of two. */
uint64_t sim_ptx_round_up(uint64_t value, uint32_t align);

/* These answer a SIM_IMAGE_* result.  First the qualifiers and the type: */
int sim_ptx_decl_head(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl);
/* the name and dimensions; sets align and size: */
int sim_ptx_decl_name(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl);
/* and "= value", where there is one; the caller frees decl->init, even after an error. */
int sim_ptx_decl_init(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl);

#endif
