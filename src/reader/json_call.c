/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the parts of a call's line back to an event. What an argument was is told by how it looks:
 * numbers, triples, addresses; other text may have been an enumerator as well as a string.
 */
#include "reader/json_call.h"

#include <math.h>
#include <string.h>

#include "curtrace/json_format.h"
#include "reader/json_frames.h"
#include "reader/json_value.h"

/* Beyond this a double does not hold every integer. */
#define EXACT 9007199254740992.0

static const char *const own_keys[] = { CT_JSON_OWN_KEYS };

/* In the same order. */
enum own {
	OWN_ABI,
	OWN_API,
	OWN_CALLER,
	OWN_CALLER_FUNCTION,
	OWN_CORRELATION,
	OWN_DELAYED,
	OWN_EXPECTED,
	OWN_IN_FLIGHT,
	OWN_INJECTED,
	OWN_INTERNAL,
	OWN_KERNEL,
	OWN_OVERLAP_NS,
	OWN_RESULT,
	OWN_RESULT_CODE,
	OWN_SYMBOL_NAME,
	OWN_WAITED,
	OWNS
};
_Static_assert(sizeof(own_keys) / sizeof(own_keys[0]) == OWNS, "each key has its number");

#define MEMBERS 64 /* of lines that the writer writes: of others, the rest is looked at again */

/* Where each of them stands in the line, NULL: nowhere; the first one if there are several. */
struct owned {
	const struct rd_member *at[OWNS];
	uint8_t keys[MEMBERS]; /* which of them each member of the line is */
};

#define LETTER(c)                         (1u << ((c) - 'a'))
#define LENGTH_AND_LETTER(length, letter) ((unsigned int)(length) << 8 | (unsigned char)(letter))

/*
 * Compared by length: the name is the beginning of a longer one. OWNS: it is none of them. Every
 * member of every line is asked about: length and first letter leave one of them, or none.
 */
static enum own own_key(const char *name, size_t length)
{
	/* Few of the other names have such a length and begin with such a letter. */
	static const uint32_t lengths = 1u << 3 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 10 |
					1u << 11 | 1u << 15;
	static const uint32_t letters = LETTER('a') | LETTER('c') | LETTER('d') | LETTER('e') |
					LETTER('i') | LETTER('k') | LETTER('o') | LETTER('r') |
					LETTER('s') | LETTER('w');
	unsigned int letter = (unsigned char)name[0] - (unsigned int)'a';
	enum own own;

	if (length > 15 || !(lengths >> length & 1) || letter > 25 || !(letters >> letter & 1))
		return OWNS;
	switch (LENGTH_AND_LETTER(length, name[0])) {
	case LENGTH_AND_LETTER(3, 'a'):
		own = name[1] == 'b' ? OWN_ABI : OWN_API;
		break;
	case LENGTH_AND_LETTER(6, 'c'):
		own = OWN_CALLER;
		break;
	case LENGTH_AND_LETTER(15, 'c'):
		own = OWN_CALLER_FUNCTION;
		break;
	case LENGTH_AND_LETTER(11, 'c'):
		own = OWN_CORRELATION;
		break;
	case LENGTH_AND_LETTER(7, 'd'):
		own = OWN_DELAYED;
		break;
	case LENGTH_AND_LETTER(8, 'e'):
		own = OWN_EXPECTED;
		break;
	case LENGTH_AND_LETTER(8, 'i'):
		own = name[2] == 'j' ? OWN_INJECTED : OWN_INTERNAL;
		break;
	case LENGTH_AND_LETTER(9, 'i'):
		own = OWN_IN_FLIGHT;
		break;
	case LENGTH_AND_LETTER(6, 'k'):
		own = OWN_KERNEL;
		break;
	case LENGTH_AND_LETTER(10, 'o'):
		own = OWN_OVERLAP_NS;
		break;
	case LENGTH_AND_LETTER(6, 'r'):
		own = OWN_RESULT;
		break;
	case LENGTH_AND_LETTER(11, 'r'):
		own = OWN_RESULT_CODE;
		break;
	case LENGTH_AND_LETTER(11, 's'):
		own = OWN_SYMBOL_NAME;
		break;
	case LENGTH_AND_LETTER(6, 'w'):
		own = OWN_WAITED;
		break;
	default:
		return OWNS;
	}
	return !strncmp(own_keys[own], name, length) && !own_keys[own][length] ? own : OWNS;
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* As the writer puts it: lower case, at most 16 digits. A file name 0x… is not an address. */
static bool parse_hex(const char *text, size_t length, uint64_t *value)
{
	uint64_t number = 0;

	if (length < 3 || length > 18 || text[0] != '0' || text[1] != 'x')
		return false;
	for (size_t i = 2; i < length; i++) {
		unsigned int digit = (unsigned char)text[i] - (unsigned int)'0';

		if (digit > 9) {
			digit = (unsigned char)text[i] - (unsigned int)'a' + 10;
			if (digit < 10 || digit > 15)
				return false;
		}
		number = number << 4 | digit;
	}
	*value = number;
	return true;
}

uint64_t rd_json_range_id(const char *text)
{
	uint64_t id = 0;

	return text && parse_hex(text, strlen(text), &id) ? id : 0;
}

static uint64_t u64_of(const struct rd_member *member)
{
	uint64_t value;

	if (!member)
		return 0;
	if (member->kind == RD_VALUE_TEXT && rd_parse_u64(member->text, &value))
		return value;
	if (member->kind == RD_VALUE_NUMBER && member->number >= 0 && member->number <= EXACT)
		return (uint64_t)member->number;
	return 0;
}

static int64_t i64_of(const struct rd_member *member)
{
	int64_t value;

	if (!member)
		return 0;
	if (member->kind == RD_VALUE_TEXT && rd_parse_i64(member->text, &value))
		return value;
	if (member->kind == RD_VALUE_NUMBER && fabs(member->number) <= EXACT)
		return (int64_t)member->number;
	return 0;
}

static bool is_true(const struct rd_member *member)
{
	return member && member->kind == RD_VALUE_TRUE;
}

static bool is_text(const struct rd_member *member)
{
	return member && member->kind == RD_VALUE_TEXT;
}

/* ---- arguments ----------------------------------------------------------------------------- */

/* The name that the argument had before it was written beside the keys of our own. */
static const char *argument_name(struct rd_trace *trace, const char *key, size_t length)
{
	static const char stream[] = CT_JSON_STREAM;

	if (length == sizeof(stream) - 1 && !memcmp(key, stream, length))
		return "stream";
	if (length && key[length - 1] == '_' && own_key(key, length - 1) != OWNS)
		return ut_arena_copy(&trace->scratch, key, length - 1);
	return key;
}

/* Long runs of digits are numbers that JSON could not hold. */
static void take_text(struct rd_trace *trace, struct ct_arg *arg, const char *text, size_t length)
{
	static const char mark[] = CT_JSON_TRUNCATED;
	size_t marked = sizeof(mark) - 1;

	if (parse_hex(text, length, &arg->value.u)) {
		arg->kind = CT_KIND_PTR;
	} else if (length >= 16 && rd_parse_u64(text, &arg->value.u)) {
		arg->kind = CT_KIND_UINT;
	} else if (length >= 17 && rd_parse_i64(text, &arg->value.i)) {
		arg->kind = CT_KIND_INT;
	} else {
		arg->kind = CT_KIND_TEXT;
		arg->value.u = 0;
		arg->truncated = length >= marked && !memcmp(text + length - marked, mark, marked);
		arg->text = arg->truncated ? ut_arena_copy(&trace->scratch, text, length - marked)
					   : text;
	}
}

/* JSON does not tell a float that is whole from an integer, and neither does its reader. */
static void take_number(struct ct_arg *arg, double number)
{
	if (fabs(number) <= EXACT && (double)(int64_t)number == number) {
		arg->kind = CT_KIND_INT;
		arg->value.i = (int64_t)number;
	} else {
		arg->kind = CT_KIND_FLOAT;
		arg->value.f = number;
	}
}

/* What cannot be understood is passed over: it would have no kind. */
static void take_argument(struct rd_trace *trace, struct ct_event *event,
			  const struct rd_member *member)
{
	struct ct_arg *arg;

	if (event->nargs == CT_MAX_ARGS)
		return;
	arg = &event->args[event->nargs];
	*arg = (struct ct_arg){ .type = "", .known = true };
	switch (member->kind) {
	case RD_VALUE_TEXT:
		take_text(trace, arg, member->text, member->length);
		break;
	case RD_VALUE_NUMBER:
		take_number(arg, member->number);
		break;
	case RD_VALUE_TRIPLE:
		arg->kind = CT_KIND_DIM3;
		memcpy(arg->value.xyz, member->xyz, sizeof(arg->value.xyz));
		break;
	default:
		return;
	}
	arg->name = argument_name(trace, member->key, member->key_length);
	event->nargs++;
}

/* A name for what the argument before it holds. */
static void take_label(const struct rd_trace *trace, struct ct_event *event, enum ct_kind kind,
		       const struct rd_member *member)
{
	struct ct_arg *arg;

	if (!event->nargs || !is_text(member))
		return;
	arg = &event->args[event->nargs - 1];
	arg->kind = kind;
	arg->label = trace->want & RD_WANT_LABELS ? member->text : NULL;
}

/* ---- keys of our own ----------------------------------------------------------------------- */

/* NAME+0x12 as the length of NAME; 0: it has not got that form. */
static size_t split_offset(const struct rd_member *member, uint64_t *offset)
{
	size_t plus = member->length;

	while (plus > 0 && member->text[plus] != '+')
		plus--;
	return plus && parse_hex(member->text + plus + 1, member->length - plus - 1, offset) ? plus
											     : 0;
}

/* libfoo.so+0x1234 or 0x1234 */
static void take_caller(struct rd_trace *trace, struct ct_event *event,
			const struct rd_member *member)
{
	size_t length;

	if (!is_text(member) || parse_hex(member->text, member->length, &event->caller))
		return;
	length = split_offset(member, &event->caller_offset);
	if (length)
		event->caller_module = ut_arena_copy(&trace->scratch, member->text, length);
}

/* step(int)+0x12 */
static void take_caller_function(struct rd_trace *trace, struct ct_event *event,
				 const struct rd_member *member)
{
	size_t length = is_text(member) ? split_offset(member, &event->caller_function_offset) : 0;

	if (length)
		event->caller_function = ut_arena_copy(&trace->scratch, member->text, length);
}

/* A status has a name or a code; a bare number is what an int function returned. */
static void take_result(struct ct_event *event, const struct owned *owned)
{
	const struct rd_member *result = owned->at[OWN_RESULT], *code = owned->at[OWN_RESULT_CODE];
	int64_t number;

	if (!result) {
		event->result_kind = event->flags & CT_EVENT_IN_FLIGHT ? "" : "void";
		return;
	}
	if (!is_text(result) && !code) {
		number = i64_of(result);
		event->result_kind = number > INT32_MAX ? "uint" : "int";
		event->result = (int32_t)number;
		return;
	}
	event->result_kind = "status";
	event->result_name = is_text(result) ? result->text : NULL;
	event->result = (int32_t)i64_of(code);
	if (event->result)
		event->flags |= is_true(owned->at[OWN_EXPECTED]) ? CT_EVENT_EXPECTED
								 : CT_EVENT_FAILED;
}

/* The entry that was called: the twin of the function, or of another name than people know. */
static void take_entry(struct rd_trace *trace, struct ct_event *event,
		       const struct rd_member *member)
{
	size_t length = member->length, twin = 5;

	event->entry = member->text;
	if (length > twin && (!memcmp(event->entry + length - twin, "_ptsz", twin) ||
			      !memcmp(event->entry + length - twin, "_ptds", twin))) {
		event->flags |= CT_EVENT_PER_THREAD;
		length -= twin;
	}
	/* The driver's entries have a suffix for their ABI. */
	if (event->layer != CT_LAYER_RUNTIME)
		return;
	if (strncmp(event->name, event->entry, length) != 0 || event->name[length])
		event->name = ut_arena_copy(&trace->scratch, event->entry, length);
}

/* Marks first: what a missing result means depends on them. */
static void take_owned(struct rd_trace *trace, struct ct_event *event, const struct owned *owned)
{
	if (is_true(owned->at[OWN_IN_FLIGHT]))
		event->flags |= CT_EVENT_IN_FLIGHT;
	if (is_true(owned->at[OWN_INTERNAL]))
		event->flags |= CT_EVENT_INTERNAL;
	if (is_true(owned->at[OWN_WAITED]))
		event->flags |= CT_EVENT_WAITED;
	if (is_true(owned->at[OWN_INJECTED]))
		event->flags |= CT_EVENT_INJECTED;
	if (is_true(owned->at[OWN_DELAYED]))
		event->flags |= CT_EVENT_DELAYED;
	event->abi = (uint32_t)u64_of(owned->at[OWN_ABI]);
	if (is_text(owned->at[OWN_API]))
		take_entry(trace, event, owned->at[OWN_API]);
	if (trace->want & RD_WANT_CALLER) {
		take_caller(trace, event, owned->at[OWN_CALLER]);
		take_caller_function(trace, event, owned->at[OWN_CALLER_FUNCTION]);
	}
	take_result(event, owned);
}

static void take_arguments(struct rd_trace *trace, struct ct_event *event,
			   const struct rd_json_call *call, const struct owned *owned)
{
	for (size_t i = 0; i < call->nmembers; i++) {
		const struct rd_member *member = &call->members[i];
		enum own own = i < MEMBERS ? (enum own)owned->keys[i]
					   : own_key(member->key, member->key_length);

		if (own == OWNS)
			take_argument(trace, event, member);
		else if (own == OWN_KERNEL)
			take_label(trace, event, CT_KIND_KERNEL, member);
		else if (own == OWN_SYMBOL_NAME)
			take_label(trace, event, CT_KIND_PTR, member);
	}
}

/* ---- calls --------------------------------------------------------------------------------- */

/* All but the arguments, which are most of it. */
void rd_json_blank(struct ct_event *event)
{
	memset(event, 0, offsetof(struct ct_event, args));
	event->name = event->entry = event->domain = event->result_kind = event->lost_cause = "";
}

void rd_json_call(struct rd_trace *trace, const struct rd_json_call *call, uint64_t base_ns,
		  struct ct_event *event)
{
	struct owned owned;

	memset(owned.at, 0, sizeof(owned.at));
	rd_json_blank(event);
	event->type = CT_EVENT_CALL;
	event->layer = call->layer;
	event->name = event->entry = call->name;
	event->pid = call->pid;
	event->tid = call->tid;
	event->start_ns = base_ns + (uint64_t)call->ts_ns;
	event->end_ns = event->start_ns + (uint64_t)(call->dur_ns > 0 ? call->dur_ns : 0);
	event->stack = rd_json_frame(trace, call->frame);
	for (size_t i = 0; i < call->nmembers; i++) {
		const struct rd_member *member = &call->members[i];
		enum own own = own_key(member->key, member->key_length);

		if (i < MEMBERS)
			owned.keys[i] = (uint8_t)own;
		if (own != OWNS && !owned.at[own])
			owned.at[own] = member;
	}
	take_owned(trace, event, &owned);
	event->function = rd_names_number(&trace->names, event->name);
	if (rd_wants_args(trace, event->function))
		take_arguments(trace, event, call, &owned);
}
