/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts PTX text into tokens.  Tokens point into the text; nothing is allocated.
 */
#ifndef SIM_PTX_TOKEN_H
#define SIM_PTX_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_ptx_kind {
	SIM_PTX_END,
	SIM_PTX_ERROR,     /* a character or literal PTX does not have */
	SIM_PTX_NAME,      /* foo, %r1, $str */
	SIM_PTX_DIRECTIVE, /* .entry; the text is without the dot */
	SIM_PTX_INTEGER,
	SIM_PTX_REAL, /* 1.5, 0f3f800000, 0d... */
	SIM_PTX_STRING,
	SIM_PTX_MARK, /* one punctuation character */
};

struct sim_ptx_token {
	enum sim_ptx_kind kind;
	const char *text;
	size_t length;
	uint64_t bits;  /* of an INTEGER or a REAL */
	unsigned width; /* bytes of a REAL's bits: 4 (0f) or 8 */
};

struct sim_ptx_lexer {
	const char *at;
	const char *end;
};

/* The next token.  END and ERROR are answered again when asked again. */
struct sim_ptx_token sim_ptx_next(struct sim_ptx_lexer *lexer);

/* Whether the token is this directive or this mark. */
bool sim_ptx_is(const struct sim_ptx_token *token, const char *directive);
bool sim_ptx_is_mark(const struct sim_ptx_token *token, char mark);

#endif
