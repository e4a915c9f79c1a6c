/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of NVTX's functions. What is in them is told by the names of their parameters in the
 * `api` text; messages that were registered, domains and categories by definitions.
 */
#include "reader/nvtx.h"

#include <string.h>

enum ct_range rd_nvtx_kind(const char *function)
{
	const char *at = function;

	if (strncmp(at, "nvtx", 4) != 0)
		return CT_RANGE_NONE;
	at += strncmp(at + 4, "Domain", 6) ? 4 : 10;
	if (!strncmp(at, "Mark", 4))
		return CT_RANGE_MARK;
	if (!strncmp(at, "RangePush", 9))
		return CT_RANGE_PUSH;
	if (!strncmp(at, "RangePop", 8))
		return CT_RANGE_POP;
	if (!strncmp(at, "RangeStart", 10))
		return CT_RANGE_START;
	return strncmp(at, "RangeEnd", 8) ? CT_RANGE_NONE : CT_RANGE_END;
}

uint64_t rd_nvtx_domain_id(const char *domain)
{
	uint64_t id = *domain ? 14695981039346656037u : 0;

	for (; *domain; domain++)
		id = (id ^ (unsigned char)*domain) * 1099511628211u;
	return id;
}

const char *rd_nvtx_name(struct ut_arena *arena, const char *message)
{
	static const char *const behind[] = { ", seq = ", ", op_id = ", ", sizes = " };
	const char *end = message + strlen(message), *at;

	for (unsigned int i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		at = strstr(message, behind[i]);
		if (at && at > message && at < end)
			end = at;
	}
	return *end ? ut_arena_copy(arena, message, (size_t)(end - message)) : message;
}

/* ---- what is in a record -------------------------------------------------------------------- */

struct record {
	const struct rd_function *function;
	const uint8_t *payload;
	unsigned int room;
};

/* NULL: there is no such parameter, or the record is too short for it. */
static const uint8_t *bytes_of(const struct record *r, const char *name, unsigned int *size)
{
	for (unsigned int i = 0; i < r->function->nparams; i++) {
		const struct rd_param *p = &r->function->params[i];

		if (strcmp(p->name, name) != 0)
			continue;
		*size = p->size;
		return p->offset + p->size <= r->room ? r->payload + p->offset : NULL;
	}
	return NULL;
}

static uint64_t number_of(const struct record *r, const char *name)
{
	unsigned int size;
	const uint8_t *bytes = bytes_of(r, name, &size);
	uint64_t value = 0;

	if (bytes && size <= sizeof(value))
		memcpy(&value, bytes, size);
	return value;
}

/* Half a character at the end of a message that was cut is none. */
static size_t whole(const uint8_t *text, size_t length)
{
	size_t at = length;

	while (at > 0 && length - at < 4 && (text[at - 1] & 0xc0) == 0x80)
		at--;
	if (!at || !(text[at - 1] & 0x80))
		return length;
	if ((text[at - 1] & 0xe0) == 0xc0)
		return length - at >= 1 ? length : at - 1;
	if ((text[at - 1] & 0xf0) == 0xe0)
		return length - at >= 2 ? length : at - 1;
	return length - at >= 3 ? length : at - 1;
}

static const char *message_of(struct rd_trace *trace, const struct record *r, bool *cut)
{
	unsigned int size = 0;
	const uint8_t *bytes = bytes_of(r, "message", &size);
	size_t length = bytes ? strnlen((const char *)bytes, size) : 0;

	*cut = bytes && length == size;
	if (*cut)
		length = whole(bytes, length);
	return ut_arena_copy(&trace->scratch, bytes ? (const char *)bytes : "", length);
}

/* ---- arguments ------------------------------------------------------------------------------ */

static struct ct_arg *add(struct ct_event *event, const char *name, enum ct_kind kind)
{
	struct ct_arg *arg = &event->args[event->nargs++];

	*arg = (struct ct_arg){ .name = name, .type = "", .kind = kind, .known = true };
	return arg;
}

static void add_payload(struct ct_event *event, unsigned int type, uint64_t value)
{
	float single;
	uint32_t low = (uint32_t)value;

	switch (type) {
	case 1: /* unsigned, of 64 bits and of 32 */
	case 4:
		add(event, "payload", CT_KIND_UINT)->value.u = type == 1 ? value : low;
		break;
	case 2: /* signed */
		add(event, "payload", CT_KIND_INT)->value.i = (int64_t)value;
		break;
	case 5:
		add(event, "payload", CT_KIND_INT)->value.i = (int32_t)low;
		break;
	case 3:
		memcpy(&add(event, "payload", CT_KIND_FLOAT)->value.f, &value, sizeof(value));
		break;
	case 6:
		memcpy(&single, &low, sizeof(single));
		add(event, "payload", CT_KIND_FLOAT)->value.f = single;
		break;
	default:
		break;
	}
}

static void add_attributes(const struct record *r, struct ct_event *event, const char *category)
{
	uint64_t number = number_of(r, "category"), type = number_of(r, "payload_type");
	struct ct_arg *arg;

	if (number) {
		arg = add(event, "category", category ? CT_KIND_ENUM : CT_KIND_UINT);
		arg->value.u = number;
		arg->label = category;
	}
	/* The highest bit says whether there is one. */
	if (type & 0x8000)
		add(event, "color", CT_KIND_HEX)->value.u = number_of(r, "color");
	add_payload(event, type & 0xff, number_of(r, "payload"));
}

static void add_arguments(const struct record *r, struct ct_event *event, const char *message,
			  bool cut, const char *category)
{
	struct ct_arg *arg;

	event->nargs = 0;
	event->layout = 0;
	if (event->range != CT_RANGE_POP && event->range != CT_RANGE_END) {
		arg = add(event, "message", CT_KIND_STR);
		arg->text = message;
		arg->truncated = cut;
	}
	if (*event->range_domain)
		add(event, "domain", CT_KIND_STR)->text = event->range_domain;
	add_attributes(r, event, category);
	if (event->range == CT_RANGE_START || event->range == CT_RANGE_END)
		add(event, "range", CT_KIND_HEX)->value.u = event->range_id;
}

void rd_nvtx(struct rd_trace *trace, struct rd_native *native, const struct rd_ring *ring,
	     const struct rd_shape *shape, struct ct_event *event)
{
	const struct record r = {
		.function = shape->function,
		.payload = ring->record->payload,
		.room = ring->record->ncells * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE,
	};
	uint64_t domain = number_of(&r, "domain"), when = ring->record->end, key;
	struct rd_definitions *defs = &native->definitions;
	const char *message, *found;
	bool cut;

	event->range = rd_nvtx_kind(event->name);
	found = domain ? rd_definitions_name(defs, ring->process, CTR_DEF_NVTX_DOMAIN, domain, when)
		       : NULL;
	event->range_domain = found ? found : "";
	event->range_id = event->range == CT_RANGE_START || event->range == CT_RANGE_END
				  ? number_of(&r, "range")
				  : domain;
	message = message_of(trace, &r, &cut);
	key = number_of(&r, "registered");
	found = key ? rd_definitions_name(defs, ring->process, CTR_DEF_NVTX_STRING, key, when)
		    : NULL;
	if (found) {
		message = found;
		cut = false;
	}
	event->range_name = rd_nvtx_name(&trace->scratch, message);
	if (!shape->nslots)
		return;
	key = domain << 32 | number_of(&r, "category");
	add_arguments(&r, event, message, cut,
		      rd_definitions_name(defs, ring->process, CTR_DEF_NVTX_CATEGORY, key, when));
}
