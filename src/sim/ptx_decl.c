/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads PTX declarations, after the published PTX ISA: sizes and alignments of the types, arrays,
 * vectors, and initial values as far as they are numbers.  A name is told from what surrounds it
 * by the grammar alone, so a type or qualifier that is not known is an error:
 *
 *	head	.attribute(.managed) .align 8 .v2 .f32		in any order, the type once
 *	param	.u64 .ptr .global .align 8			behind .ptr: about the target
 *	name	name[2][3] = {{1, 2}, {3}}			an initial value of variables only
 *	value	number | -number | name+4 | generic(name)+4 | 0xff(name) | {value, ...}
 *
 * Initial values fill the memory row by row; a row in braces may end early.
 */
#include "sim/ptx_decl.h"

#include <stdlib.h>
#include <string.h>

#include "sim/image_build.h"

#define SIZE_LIMIT ((uint64_t)1 << 40) /* larger variables are a damaged text */

/* The fundamental types, and the packed ones that variables may have. */
struct type {
	char name[8];
	uint8_t size;
	bool real;
};

static const struct type types[] = {
	{ "b8", 1, false },     { "b16", 2, false }, { "b32", 4, false },   { "b64", 8, false },
	{ "b128", 16, false },  { "u8", 1, false },  { "u16", 2, false },   { "u32", 4, false },
	{ "u64", 8, false },    { "s8", 1, false },  { "s16", 2, false },   { "s32", 4, false },
	{ "s64", 8, false },    { "f16", 2, false }, { "f16x2", 4, false }, { "bf16", 2, false },
	{ "bf16x2", 4, false }, { "f32", 4, true },  { "f64", 8, true },    { "pred", 1, false },
};

void sim_ptx_advance(struct sim_ptx_parser *parser)
{
	parser->token = sim_ptx_next(&parser->lexer);
}

bool sim_ptx_accept(struct sim_ptx_parser *parser, char mark)
{
	if (!sim_ptx_is_mark(&parser->token, mark))
		return false;
	sim_ptx_advance(parser);
	return true;
}

bool sim_ptx_integer(struct sim_ptx_parser *parser, uint64_t *value)
{
	if (parser->token.kind != SIM_PTX_INTEGER)
		return false;
	*value = parser->token.bits;
	sim_ptx_advance(parser);
	return true;
}

uint64_t sim_ptx_round_up(uint64_t value, uint32_t align)
{
	return (value + align - 1) & ~((uint64_t)align - 1);
}

static const struct type *find_type(const struct sim_ptx_token *token)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (sim_ptx_is(token, types[i].name))
			return &types[i];
	return NULL;
}

/* Nothing is kept of texture references and their like, but their declarations must parse. */
static bool is_opaque(const struct sim_ptx_token *token)
{
	return sim_ptx_is(token, "texref") || sim_ptx_is(token, "surfref") ||
	       sim_ptx_is(token, "samplerref");
}

static bool is_space(const struct sim_ptx_token *token)
{
	return sim_ptx_is(token, "global") || sim_ptx_is(token, "const") ||
	       sim_ptx_is(token, "shared") || sim_ptx_is(token, "local") ||
	       sim_ptx_is(token, "param") || sim_ptx_is(token, "generic");
}

/* .attribute(.managed) is the one that matters; others are of the same shape. */
static bool read_attribute(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl)
{
	unsigned depth = 0;

	if (!sim_ptx_accept(parser, '('))
		return false;
	for (;;) {
		if (sim_ptx_is(&parser->token, "managed"))
			decl->managed = true;
		if (parser->token.kind == SIM_PTX_END || parser->token.kind == SIM_PTX_ERROR)
			return false;
		depth += sim_ptx_is_mark(&parser->token, '(');
		if (sim_ptx_accept(parser, ')')) {
			if (!depth--)
				return true;
			continue;
		}
		sim_ptx_advance(parser);
	}
}

/* The limit is far above what hardware has; it keeps sums of sizes from overflowing. */
static bool read_align(struct sim_ptx_parser *parser, uint32_t *align)
{
	uint64_t value;

	if (!sim_ptx_integer(parser, &value) || !value || value & (value - 1) || value > 1 << 20)
		return false;
	*align = (uint32_t)value;
	return true;
}

static bool read_vector(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl)
{
	if (sim_ptx_is(&parser->token, "v2"))
		decl->vector = 2;
	else if (sim_ptx_is(&parser->token, "v4"))
		decl->vector = 4;
	else if (sim_ptx_is(&parser->token, "v8"))
		decl->vector = 8;
	else
		return false;
	sim_ptx_advance(parser);
	return true;
}

/* One qualifier or the type.  pointee: behind .ptr, where space and alignment are its target's. */
static bool read_qualifier(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl, bool *pointee)
{
	struct sim_ptx_token token = parser->token;
	const struct type *type = find_type(&token);
	uint32_t ignored;

	if (read_vector(parser, decl))
		return true;
	sim_ptx_advance(parser);
	if (sim_ptx_is(&token, "align"))
		return read_align(parser, *pointee ? &ignored : &decl->align);
	if (sim_ptx_is(&token, "attribute"))
		return read_attribute(parser, decl);
	if (sim_ptx_is(&token, "ptr")) {
		*pointee = true;
		return true;
	}
	if (*pointee && is_space(&token))
		return true;
	decl->opaque = is_opaque(&token);
	if (!type && !decl->opaque)
		return false;
	/* An opaque reference is a 64-bit handle where it is a parameter. */
	decl->element = type ? type->size : 8;
	decl->real = type && type->real;
	return true;
}

int sim_ptx_decl_head(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl)
{
	bool pointee = false;

	*decl = (struct sim_ptx_decl){ .vector = 1 };
	while (parser->token.kind == SIM_PTX_DIRECTIVE)
		if (!read_qualifier(parser, decl, &pointee))
			return SIM_IMAGE_BAD_PTX;
	return decl->element ? SIM_IMAGE_OK : SIM_IMAGE_BAD_PTX;
}

/*
 * A vector counts as one more, innermost dimension.  An empty first dimension is 0 long: of an
 * array from elsewhere, of dynamic shared memory, or as long as the initial value turns out.
 */
static bool read_dimensions(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl)
{
	decl->ndimensions = 0;
	decl->unsized = false;
	while (sim_ptx_accept(parser, '[')) {
		uint64_t extent = 0;

		if (decl->ndimensions == SIM_PTX_DIMENSIONS - 1)
			return false;
		if (!sim_ptx_integer(parser, &extent)) {
			if (decl->ndimensions)
				return false;
			decl->unsized = true;
		}
		if (!sim_ptx_accept(parser, ']') || extent > SIZE_LIMIT)
			return false;
		decl->dimensions[decl->ndimensions++] = extent;
	}
	if (decl->vector > 1)
		decl->dimensions[decl->ndimensions++] = decl->vector;
	return true;
}

/* With what the head left in decl: several names may share a head, each with its dimensions. */
int sim_ptx_decl_name(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl)
{
	uint64_t ignored;

	if (parser->token.kind != SIM_PTX_NAME)
		return SIM_IMAGE_BAD_PTX;
	decl->name = parser->token.text;
	decl->name_length = parser->token.length;
	decl->init = NULL;
	decl->init_size = 0;
	decl->init_room = 0;
	sim_ptx_advance(parser);
	/* name<4> stands for name0 to name3, and only registers are declared that way. */
	if (sim_ptx_accept(parser, '<') &&
	    (!sim_ptx_integer(parser, &ignored) || !sim_ptx_accept(parser, '>')))
		return SIM_IMAGE_BAD_PTX;
	if (!read_dimensions(parser, decl))
		return SIM_IMAGE_BAD_PTX;
	/* The caller resets align between names, or the first one's default would stick. */
	if (!decl->align)
		decl->align = decl->element * decl->vector;
	decl->size = decl->element;
	for (unsigned i = 0; i < decl->ndimensions; i++) {
		decl->size *= decl->dimensions[i];
		if (decl->size > SIZE_LIMIT)
			return SIM_IMAGE_BAD_PTX;
	}
	return SIM_IMAGE_OK;
}

/* Bytes between two neighbours of a dimension. */
static uint64_t stride_of(const struct sim_ptx_decl *decl, unsigned dimension)
{
	uint64_t stride = decl->element;

	for (unsigned i = dimension + 1; i < decl->ndimensions; i++)
		stride *= decl->dimensions[i];
	return stride;
}

/*
 * Makes the initial bytes reach to the end of a scalar at the offset.  They grow with the list and
 * not to the variable's size, which may be far larger.
 */
static int reach(struct sim_ptx_decl *decl, uint64_t offset)
{
	uint64_t need = offset + decl->element;
	unsigned char *grown;

	/* The first test keeps the sum from having wrapped around. */
	if (offset > SIM_IMAGE_INIT_LIMIT || need > SIM_IMAGE_INIT_LIMIT)
		return SIM_IMAGE_NO_MEMORY;
	if (!decl->unsized && need > decl->size)
		return SIM_IMAGE_BAD_PTX;
	if (need <= decl->init_size)
		return SIM_IMAGE_OK;
	/* Doubled, so that a long list is not copied for each of its numbers. */
	if (need > decl->init_room) {
		grown = realloc(decl->init, need * 2);
		if (!grown)
			return SIM_IMAGE_NO_MEMORY;
		decl->init = grown;
		decl->init_room = need * 2;
	}
	memset(decl->init + decl->init_size, 0, need - decl->init_size);
	decl->init_size = need;
	return SIM_IMAGE_OK;
}

/* The bytes of a number as the type stores it; PTX has no initial values for 16-bit floats. */
static uint64_t convert(const struct sim_ptx_decl *decl, const struct sim_ptx_token *token,
			bool negative)
{
	uint64_t bits = token->bits;
	uint32_t half;
	double value;
	float small;

	if (token->kind == SIM_PTX_INTEGER && !decl->real)
		return negative ? 0 - bits : bits;
	if (token->kind == SIM_PTX_INTEGER) {
		value = (double)bits;
	} else if (token->width == 4) {
		half = (uint32_t)bits;
		memcpy(&small, &half, sizeof(small));
		value = small;
	} else {
		memcpy(&value, &bits, sizeof(value));
	}
	value = negative ? -value : value;
	small = (float)value;
	memcpy(&half, &small, sizeof(half));
	memcpy(&bits, &value, sizeof(bits));
	return decl->element == 4 ? half : bits;
}

/* Addresses of other variables, with or without an offset, are left zero: there are none yet. */
static bool skip_address(struct sim_ptx_parser *parser)
{
	unsigned depth = 0;

	for (;; sim_ptx_advance(parser)) {
		const struct sim_ptx_token *token = &parser->token;

		if (token->kind == SIM_PTX_END || token->kind == SIM_PTX_ERROR)
			return false;
		if (sim_ptx_is_mark(token, '('))
			depth++;
		else if (depth && sim_ptx_is_mark(token, ')'))
			depth--;
		else if (!depth && (sim_ptx_is_mark(token, ',') || sim_ptx_is_mark(token, '}') ||
				    sim_ptx_is_mark(token, ';')))
			return true;
	}
}

/*
 * One number or address.  An element keeps the number's low bytes: too large ones are the
 * assembler's to reject.
 */
static int read_scalar(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl, uint64_t offset)
{
	bool negative = sim_ptx_accept(parser, '-');
	struct sim_ptx_token token = parser->token;
	bool number = token.kind == SIM_PTX_INTEGER || token.kind == SIM_PTX_REAL;
	uint64_t bits;
	int rc;

	if (!number && (negative || token.kind != SIM_PTX_NAME))
		return SIM_IMAGE_BAD_PTX;
	rc = reach(decl, offset);
	if (rc)
		return rc;
	sim_ptx_advance(parser);
	/* 0xff(name) is a byte of an address, name+4 and generic(name) are addresses. */
	if (!number || sim_ptx_is_mark(&parser->token, '('))
		return skip_address(parser) ? SIM_IMAGE_OK : SIM_IMAGE_BAD_PTX;
	bits = convert(decl, &token, negative);
	memcpy(decl->init + offset, &bits,
	       decl->element < sizeof(bits) ? decl->element : sizeof(bits));
	return SIM_IMAGE_OK;
}

/* A list for one dimension; a list inside starts at its row, numbers follow one another. */
static int read_value(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl, unsigned dimension,
		      uint64_t offset)
{
	uint64_t start = offset, stride = stride_of(decl, dimension);
	int rc = SIM_IMAGE_OK;

	if (!sim_ptx_accept(parser, '{'))
		return read_scalar(parser, decl, offset);
	if (dimension >= decl->ndimensions)
		return SIM_IMAGE_BAD_PTX;
	if (sim_ptx_accept(parser, '}'))
		return SIM_IMAGE_OK;
	for (;;) {
		bool row = sim_ptx_is_mark(&parser->token, '{');

		if (row && stride)
			offset = start + (offset - start + stride - 1) / stride * stride;
		rc = read_value(parser, decl, dimension + 1, offset);
		offset += row ? stride : decl->element;
		if (rc || !sim_ptx_accept(parser, ','))
			break;
	}
	if (!rc && !sim_ptx_accept(parser, '}'))
		rc = SIM_IMAGE_BAD_PTX;
	return rc;
}

int sim_ptx_decl_init(struct sim_ptx_parser *parser, struct sim_ptx_decl *decl)
{
	int rc;

	if (!sim_ptx_accept(parser, '='))
		return SIM_IMAGE_OK;
	if (decl->opaque)
		return skip_address(parser) ? SIM_IMAGE_OK : SIM_IMAGE_BAD_PTX;
	/* The recursion ends with the dimensions, of which there are few. */
	rc = read_value(parser, decl, 0, 0);
	if (!rc && decl->unsized) {
		uint64_t stride = stride_of(decl, 0);

		decl->size = stride ? (decl->init_size + stride - 1) / stride * stride : 0;
	}
	return rc;
}
