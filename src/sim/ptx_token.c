/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tokens of PTX, after the lexical rules of the published PTX ISA.  Characters are compared
 * as ASCII and never through the locale, which belongs to the application.  Opcodes come apart at
 * their dots: ld.shared.u32 is a name and two directives.
 */
#include "sim/ptx_token.h"

#include <string.h>

#define NUMBER_LIMIT 64 /* no sensible literal is longer */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* % begins the names of registers and of special ones, and stands nowhere else in a name. */
static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '%';
}

static bool is_name_part(char c)
{
	return is_digit(c) || (is_name_start(c) && c != '%');
}

/* 99 is no digit in any base. */
static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return 99;
}

static size_t left(const struct sim_ptx_lexer *lexer)
{
	return (size_t)(lexer->end - lexer->at);
}

/* To the end of a comment; one that is never closed leaves an error for the next token. */
static bool skip_comment(struct sim_ptx_lexer *lexer)
{
	const char *at = lexer->at + 2;

	if (lexer->at[1] == '/') {
		at = memchr(at, '\n', (size_t)(lexer->end - at));
		lexer->at = at ? at : lexer->end;
		return true;
	}
	for (; at + 1 < lexer->end; at++) {
		if (at[0] != '*' || at[1] != '/')
			continue;
		lexer->at = at + 2;
		return true;
	}
	return false;
}

static bool skip_blank(struct sim_ptx_lexer *lexer)
{
	while (lexer->at < lexer->end) {
		char c = *lexer->at;

		if (c == ' ' || (c >= '\t' && c <= '\r'))
			lexer->at++;
		else if (c != '/' || left(lexer) < 2 ||
			 (lexer->at[1] != '/' && lexer->at[1] != '*'))
			break;
		else if (!skip_comment(lexer))
			return false;
	}
	return true;
}

/*
 * Digits of a base up to the token's end; an unsigned integer may end in U.  Too many digits wrap
 * around: sizes are checked by their users, and values keep their low bytes anyway.
 */
static bool parse_integer(const char *text, size_t length, int base, uint64_t *value)
{
	if (length && text[length - 1] == 'U')
		length--;
	if (!length)
		return false;
	*value = 0;
	for (size_t i = 0; i < length; i++) {
		int digit = hex_value(text[i]);

		if (digit >= base)
			return false;
		*value = *value * (uint64_t)base + (uint64_t)digit;
	}
	return true;
}

/* 0f and 0d carry the bits of a float or double in exactly 8 or 16 hexadecimal digits. */
static bool parse_bits(struct sim_ptx_token *token)
{
	token->kind = SIM_PTX_REAL;
	token->width = (token->text[1] | 0x20) == 'f' ? 4 : 8;
	return token->length == 2 + 2 * token->width && token->text[token->length - 1] != 'U' &&
	       parse_integer(token->text + 2, token->length - 2, 16, &token->bits);
}

/* The exponent behind an e, perhaps signed; scales the value by it. */
static bool parse_exponent(const char *text, size_t length, double *value)
{
	bool negative = length && *text == '-';
	uint64_t power;

	if (negative || (length && *text == '+')) {
		text++;
		length--;
	}
	if (!parse_integer(text, length, 10, &power) || power > 400)
		return false;
	while (power--)
		*value = negative ? *value / 10 : *value * 10;
	return true;
}

/*
 * strtod would read the decimal point of the application's locale.  The last bit may be off;
 * compilers write the 0f and 0d forms, where it matters.
 */
static bool parse_real(struct sim_ptx_token *token)
{
	double value = 0, scale = 1;
	bool fraction = false;
	size_t i;

	token->kind = SIM_PTX_REAL;
	token->width = sizeof(value);
	for (i = 0; i < token->length; i++) {
		if (token->text[i] == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (!is_digit(token->text[i]))
			break;
		value = value * 10 + (token->text[i] - '0');
		scale *= fraction ? 10 : 1;
	}
	value /= scale;
	if (i < token->length &&
	    ((token->text[i] | 0x20) != 'e' ||
	     !parse_exponent(token->text + i + 1, token->length - i - 1, &value)))
		return false;
	memcpy(&token->bits, &value, sizeof(value));
	return true;
}

/* How far a number goes: letters belong to it, and a sign behind a decimal exponent's e. */
static size_t number_length(const struct sim_ptx_lexer *lexer, bool *real)
{
	const char *text = lexer->at;
	size_t size = left(lexer), n = 0;
	bool decimal = !(size > 1 && text[0] == '0' && strchr("xXfFdDbB", text[1]) && text[1]);

	*real = false;
	while (n < size && n < NUMBER_LIMIT) {
		bool exponent = decimal && n && (text[n - 1] | 0x20) == 'e';

		if (decimal && text[n] == '.' && !*real && n + 1 < size && is_digit(text[n + 1]))
			*real = true;
		else if (exponent && (text[n] == '-' || text[n] == '+') && n + 1 < size)
			*real = true;
		else if (decimal && (text[n] | 0x20) == 'e')
			*real = true;
		else if (!is_digit(text[n]) && (!is_name_part(text[n]) || text[n] == '$'))
			break;
		n++;
	}
	return n;
}

/* The prefix decides; a leading 0 alone makes it octal, as in C. */
static bool lex_number(struct sim_ptx_lexer *lexer, struct sim_ptx_token *token)
{
	bool real;
	char mark;

	token->length = number_length(lexer, &real);
	lexer->at += token->length;
	token->kind = SIM_PTX_INTEGER;
	mark = token->length > 1 && token->text[0] == '0' ? token->text[1] | 0x20 : '\0';
	if (real)
		return parse_real(token);
	if (mark == 'f' || mark == 'd')
		return parse_bits(token);
	if (mark == 'x')
		return parse_integer(token->text + 2, token->length - 2, 16, &token->bits);
	if (mark == 'b')
		return parse_integer(token->text + 2, token->length - 2, 2, &token->bits);
	return parse_integer(token->text, token->length, is_digit(mark) ? 8 : 10, &token->bits);
}

/* File names and pragmas. Quotes inside are escaped, and lines end no string. */
static bool lex_string(struct sim_ptx_lexer *lexer, struct sim_ptx_token *token)
{
	token->kind = SIM_PTX_STRING;
	token->text = ++lexer->at;
	while (left(lexer) && *lexer->at != '"' && *lexer->at != '\n') {
		if (*lexer->at == '\\' && left(lexer) > 1)
			lexer->at++;
		lexer->at++;
	}
	token->length = (size_t)(lexer->at - token->text);
	if (!left(lexer) || *lexer->at != '"')
		return false;
	lexer->at++;
	return true;
}

/* Behind a dot a digit may come first: .2d is a geometry. */
static void lex_name(struct sim_ptx_lexer *lexer, struct sim_ptx_token *token)
{
	token->text = lexer->at;
	if (left(lexer) && *lexer->at == '%')
		lexer->at++;
	while (left(lexer) && is_name_part(*lexer->at))
		lexer->at++;
	token->length = (size_t)(lexer->at - token->text);
}

/* False for what is no token; where the text ends, kind stays as it is. */
static bool lex(struct sim_ptx_lexer *lexer, struct sim_ptx_token *token)
{
	char c;

	if (!skip_blank(lexer))
		return false;
	token->text = lexer->at;
	if (!left(lexer))
		return true;
	c = *lexer->at;
	if (is_digit(c))
		return lex_number(lexer, token);
	if (c == '"')
		return lex_string(lexer, token);
	if (is_name_start(c)) {
		token->kind = SIM_PTX_NAME;
		lex_name(lexer, token);
		return true;
	}
	lexer->at++;
	/* A directive, or a qualifier behind an opcode; .2d and the like are among the latter. */
	if (c == '.' && left(lexer) && is_name_part(*lexer->at)) {
		token->kind = SIM_PTX_DIRECTIVE;
		lex_name(lexer, token);
		return true;
	}
	token->kind = SIM_PTX_MARK;
	token->length = 1;
	return c > ' ' && c < 0x7f;
}

struct sim_ptx_token sim_ptx_next(struct sim_ptx_lexer *lexer)
{
	struct sim_ptx_token token = { .kind = SIM_PTX_END };
	const char *start = lexer->at;

	/* Going back makes an error final: nobody may read on behind it. */
	if (!lex(lexer, &token)) {
		token.kind = SIM_PTX_ERROR;
		lexer->at = start;
	}
	return token;
}

bool sim_ptx_is(const struct sim_ptx_token *token, const char *directive)
{
	return token->kind == SIM_PTX_DIRECTIVE && strlen(directive) == token->length &&
	       !memcmp(token->text, directive, token->length);
}

bool sim_ptx_is_mark(const struct sim_ptx_token *token, char mark)
{
	return token->kind == SIM_PTX_MARK && *token->text == mark;
}
