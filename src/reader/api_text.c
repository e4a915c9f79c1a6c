/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parses the `api` text. The text is copied and cut into words in place; tables point into it.
 * Enumerations may stand behind the functions that use them, so the lines are passed twice.
 */
#include "reader/api_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/arena.h"
#include "util/xalloc.h"

#define FIRST_LINE "curtrace-api 1"

/* Names point into the arena's copy of the text, tables grow beside it. */
struct rd_api {
	struct ut_arena arena;
	struct rd_enum *enums;
	size_t nenums, enums_capacity;
	struct rd_function *functions;
	size_t nfunctions, functions_capacity;
	const struct rd_function **by_id; /* nids of them; NULL: no such function */
	size_t nids;
	uint32_t abis[RD_ABIS];
};

/* ---- words and numbers --------------------------------------------------------------------- */

/* Cuts the next word off *rest; NULL at the end. */
static char *next_word(char **rest, char separator)
{
	char *word = *rest;

	if (!word)
		return NULL;
	*rest = strchr(word, separator);
	if (*rest)
		*(*rest)++ = '\0';
	return word;
}

/* Enumerators are signed, flags may use the uppermost bit. */
static bool parse_i64(const char *text, int64_t *value)
{
	char *end;

	if (!text || !*text)
		return false;
	errno = 0;
	*value = strtoll(text, &end, 10);
	if (errno == ERANGE && *text != '-') {
		/* A flag in the uppermost bit. */
		errno = 0;
		*value = (int64_t)strtoull(text, &end, 10);
	}
	return !errno && !*end;
}

/* Ids, offsets and sizes, none of which is ever negative. */
static bool parse_small(const char *text, unsigned int limit, unsigned int *value)
{
	int64_t number;

	if (!parse_i64(text, &number) || number < 0 || number > limit)
		return false;
	*value = (unsigned int)number;
	return true;
}

/* ---- enumerations -------------------------------------------------------------------------- */

/* For the search by value. */
static int compare_values(const void *a, const void *b)
{
	const struct rd_enumerator *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	/* Names lie in one text: the first one is the one that the table prefers. */
	return x->name < y->name ? -1 : x->name > y->name;
}

/* A name for several flags together is preferred to theirs one by one. */
static int compare_bits(const void *a, const void *b)
{
	const struct rd_enumerator *x = a, *y = b;
	int bits =
		__builtin_popcountll((uint64_t)y->value) - __builtin_popcountll((uint64_t)x->value);

	return bits ? bits : compare_values(a, b);
}

static size_t count_char(const char *text, char wanted)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == wanted;
	return count;
}

/* e NAME VALUE=ENUMERATOR ... */
static void parse_enum(struct rd_api *api, char *rest)
{
	struct rd_enum *values;
	struct rd_enumerator *list;
	char *word, *name;
	size_t most;
	int64_t value;

	name = next_word(&rest, ' ');
	if (!name || !*name)
		return;
	most = rest ? count_char(rest, ' ') + 1 : 0;
	list = ut_arena_alloc(&api->arena, 2 * most * sizeof(*list));
	ut_grow(&api->enums, &api->enums_capacity, api->nenums, sizeof(*api->enums));
	values = &api->enums[api->nenums++];
	*values = (struct rd_enum){ .name = name, .by_value = list, .by_bits = list + most };
	while ((word = next_word(&rest, ' '))) {
		char *enumerator = word;
		char *number = next_word(&enumerator, '=');

		if (!enumerator || !parse_i64(number, &value))
			continue;
		list[values->count++] =
			(struct rd_enumerator){ .value = value, .name = enumerator };
	}
	memcpy(values->by_bits, list, values->count * sizeof(*list));
	qsort(list, values->count, sizeof(*list), compare_values);
	qsort(values->by_bits, values->count, sizeof(*list), compare_bits);
}

/* There are some forty, and this is only asked while parsing. */
static const struct rd_enum *find_enum(const struct rd_api *api, const char *name)
{
	size_t i;

	for (i = 0; i < api->nenums; i++) {
		if (!strcmp(api->enums[i].name, name))
			return &api->enums[i];
	}
	return NULL;
}

const char *rd_enum_name(const struct rd_enum *values, int64_t value)
{
	size_t low = 0, high = values ? values->count : 0, middle;

	/* Mostly they count from 0: the first ones stand where their value says. */
	if ((uint64_t)value < high && values->by_value[value].value == value &&
	    (!value || values->by_value[value - 1].value != value))
		return values->by_value[value].name;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (values->by_value[middle].value < value)
			low = middle + 1;
		else
			high = middle;
	}
	if (!values || low == values->count || values->by_value[low].value != value)
		return NULL;
	return values->by_value[low].name;
}

/* ---- functions ----------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum ct_kind kind;
} kind_words[] = {
	{ "int", CT_KIND_INT },     { "uint", CT_KIND_UINT },     { "size", CT_KIND_SIZE },
	{ "hex", CT_KIND_HEX },     { "ptr", CT_KIND_PTR },       { "enum", CT_KIND_ENUM },
	{ "flags", CT_KIND_FLAGS }, { "handle", CT_KIND_HANDLE }, { "kernel", CT_KIND_KERNEL },
	{ "dim3", CT_KIND_DIM3 },   { "str", CT_KIND_STR },       { "float", CT_KIND_FLOAT },
	{ "bytes", CT_KIND_BYTES },
};

/* "enum/NAME" or "ptr"; a kind that is not known here is shown as bytes. */
static void parse_kind(const struct rd_api *api, char *text, struct rd_param *param)
{
	char *word = next_word(&text, '/');
	size_t i;

	param->type = text ? text : "";
	param->kind = CT_KIND_BYTES;
	for (i = 0; i < sizeof(kind_words) / sizeof(kind_words[0]); i++) {
		if (!strcmp(word, kind_words[i].word))
			param->kind = kind_words[i].kind;
	}
	if (param->kind == CT_KIND_ENUM || param->kind == CT_KIND_FLAGS)
		param->values = find_enum(api, param->type);
}

/* name:direction:kind:offset:size */
static bool parse_param(const struct rd_api *api, char *text, struct rd_param *param)
{
	char *direction, *kind, *offset, *size;

	*param = (struct rd_param){ .name = next_word(&text, ':') };
	direction = next_word(&text, ':');
	kind = next_word(&text, ':');
	offset = next_word(&text, ':');
	size = next_word(&text, ':');
	if (!size || text || !*param->name)
		return false;
	if (!parse_small(offset, 65535, &param->offset) || !parse_small(size, 65535, &param->size))
		return false;
	switch (*direction) {
	case 'i':
		param->direction = CT_IN;
		break;
	case 'r':
		param->direction = CT_IN_REFERENCED;
		break;
	case 'o':
		param->direction = CT_OUT;
		break;
	default:
		return false;
	}
	parse_kind(api, kind, param);
	return true;
}

/* 600;217 */
static void parse_expected(struct rd_api *api, struct rd_function *function, char *list)
{
	char *word;
	int64_t value;

	function->expected =
		ut_arena_alloc(&api->arena, (count_char(list, ';') + 1) * sizeof(int32_t));
	while ((word = next_word(&list, ';'))) {
		if (parse_i64(word, &value))
			function->expected[function->nexpected++] = (int32_t)value;
	}
}

/* A layer of a later version is not known here, and its functions are shown as any others. */
static void parse_layer(struct rd_function *function, const char *name)
{
	for (unsigned int layer = 0; layer < CT_LAYERS; layer++) {
		if (!strcmp(name, rd_layer_name((enum ct_layer)layer)))
			function->layer = (enum ct_layer)layer;
	}
}

/* The twin's suffix tells which of the two kinds it is. */
static void parse_flags(struct rd_api *api, struct rd_function *function, char *list)
{
	char *word;

	while ((word = next_word(&list, ','))) {
		if (!strcmp(word, "ptsz"))
			function->flags |= RD_FUNCTION_PTSZ;
		else if (!strcmp(word, "ptds"))
			function->flags |= RD_FUNCTION_PTDS;
		else if (!strcmp(word, "todo"))
			function->flags |= RD_FUNCTION_TODO;
		else if (!strcmp(word, "answer"))
			function->flags |= RD_FUNCTION_ANSWER;
		else if (!strncmp(word, "expect=", 7))
			parse_expected(api, function, word + 7);
		else if (!strncmp(word, "layer=", 6))
			parse_layer(function, word + 6);
		else if (!strncmp(word, "symbol=", 7))
			function->symbol = word + 7;
	}
	if (function->flags & (RD_FUNCTION_PTSZ | RD_FUNCTION_PTDS))
		function->twin =
			ut_arena_printf(&api->arena, "%s_%s", function->symbol,
					function->flags & RD_FUNCTION_PTSZ ? "ptsz" : "ptds");
}

/* In the order of enum ct_layer: what the enumeration of its results is called, here and there. */
static const struct rd_enum *find_statuses(const struct rd_api *api, enum ct_layer layer)
{
	static const char *const names[CT_LAYERS][2] = {
		[CT_LAYER_RUNTIME] = { "cudaError", "cudaError_t" },
		[CT_LAYER_DRIVER] = { "CUresult", "cudaError_enum" },
		[CT_LAYER_NVTX] = { "", "" },
	};
	const struct rd_enum *values = find_enum(api, names[layer][0]);

	return values ? values : find_enum(api, names[layer][1]);
}

/* f ID NAME DOMAIN FLAGS NCELLS RETURN ARG... */
static void parse_function(struct rd_api *api, char *rest)
{
	struct rd_function function = { 0 };
	char *id = next_word(&rest, ' '), *flags, *ncells, *word;

	function.name = function.symbol = next_word(&rest, ' ');
	function.domain = next_word(&rest, ' ');
	flags = next_word(&rest, ' ');
	ncells = next_word(&rest, ' ');
	function.result_kind = next_word(&rest, ' ');
	if (!function.result_kind || !parse_small(id, UINT16_MAX, &function.id) ||
	    !parse_small(ncells, 255, &function.ncells))
		return;
	parse_flags(api, &function, flags);
	function.has_status = !strcmp(function.result_kind, "status");
	if (function.has_status)
		function.statuses = find_statuses(api, function.layer);
	function.success = rd_enum_name(function.statuses, 0);
	if (rest)
		function.params = ut_arena_alloc(&api->arena, (count_char(rest, ' ') + 1) *
								      sizeof(*function.params));
	while ((word = next_word(&rest, ' '))) {
		if (function.nparams < CT_MAX_ARGS &&
		    parse_param(api, word, &function.params[function.nparams]))
			function.nparams++;
	}
	ut_grow(&api->functions, &api->functions_capacity, api->nfunctions,
		sizeof(*api->functions));
	api->functions[api->nfunctions++] = function;
}

/* Also of equal ids the order is always the same. */
static int compare_ids(const void *a, const void *b)
{
	const struct rd_function *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* a NUMBER VERSION: what the ABI bits of a cell mean. */
static void parse_abi(struct rd_api *api, char *rest)
{
	char *number = next_word(&rest, ' ');
	unsigned int index, version;

	if (parse_small(number, RD_ABIS - 1, &index) && parse_small(rest, UINT16_MAX, &version))
		api->abis[index] = version;
}

uint32_t rd_api_abi(const struct rd_api *api, unsigned int number)
{
	return api && number > 0 && number < RD_ABIS ? api->abis[number] : 0;
}

/* ---- the whole text ------------------------------------------------------------------------ */

/* Cuts the text into lines. */
static char **split_lines(struct rd_api *api, char *text, size_t *count)
{
	char **lines = ut_arena_alloc(&api->arena, (count_char(text, '\n') + 1) * sizeof(*lines));
	char *line;

	*count = 0;
	while ((line = next_word(&text, '\n')))
		lines[(*count)++] = line;
	return lines;
}

/* Hands every line that begins with `letter` and a blank to `parse`, which cuts it into words. */
static void each_line(struct rd_api *api, char **lines, size_t count, char letter,
		      void (*parse)(struct rd_api *api, char *rest))
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (lines[i][0] == letter && lines[i][1] == ' ')
			parse(api, lines[i] + 2);
	}
}

/* Of two rows with one id the first counts. */
static void index_functions(struct rd_api *api)
{
	size_t i;

	if (!api->nfunctions)
		return;
	api->nids = api->functions[api->nfunctions - 1].id + (size_t)1;
	api->by_id = ut_xcalloc(api->nids, sizeof(*api->by_id));
	for (i = api->nfunctions; i-- > 0;)
		api->by_id[api->functions[i].id] = &api->functions[i];
}

/* Enumerations first: arguments hold pointers to them. */
struct rd_api *rd_api_parse(const char *text, size_t length)
{
	size_t head = strlen(FIRST_LINE), count;
	struct rd_api *api;
	char **lines;

	if (length < head || memcmp(text, FIRST_LINE, head) ||
	    (length > head && text[head] != '\n') || memchr(text, '\0', length))
		return NULL;
	api = ut_xcalloc(1, sizeof(*api));
	lines = split_lines(api, ut_arena_copy(&api->arena, text, length), &count);
	each_line(api, lines, count, 'e', parse_enum);
	each_line(api, lines, count, 'a', parse_abi);
	each_line(api, lines, count, 'f', parse_function);
	if (api->nfunctions)
		qsort(api->functions, api->nfunctions, sizeof(*api->functions), compare_ids);
	index_functions(api);
	return api;
}

void rd_api_free(struct rd_api *api)
{
	if (!api)
		return;
	ut_arena_free(&api->arena);
	free(api->enums);
	free(api->functions);
	free(api->by_id);
	free(api);
}

const struct rd_function *rd_api_functions(const struct rd_api *api, size_t *count)
{
	*count = api ? api->nfunctions : 0;
	return api ? api->functions : NULL;
}

/* Asked once for every call. */
const struct rd_function *rd_api_function(const struct rd_api *api, unsigned int id)
{
	return api && id < api->nids ? api->by_id[id] : NULL;
}

const char *rd_status_name(const struct rd_function *function, int32_t status)
{
	return rd_enum_name(function->statuses, status);
}

bool rd_is_expected(const struct rd_function *function, int32_t status)
{
	if (!function->has_status)
		return false;
	if (function->flags & RD_FUNCTION_ANSWER)
		return true;
	for (unsigned int i = 0; i < function->nexpected; i++) {
		if (function->expected[i] == status)
			return true;
	}
	return false;
}

const char *rd_layer_name(enum ct_layer layer)
{
	static const char *const names[CT_LAYERS] = { CT_LAYER_NAMES };

	return names[layer];
}

struct ut_selected rd_selected(const struct rd_function *function)
{
	return (struct ut_selected){
		.name = function->name,
		.symbol = function->symbol,
		.twin = function->twin,
		.domain = function->domain,
		.layer = rd_layer_name(function->layer),
	};
}
