/* SPDX-License-Identifier: Apache-2.0 */
/* Events made up for tests. */
#include "unit/analysis/events.h"

#include <stdarg.h>
#include <string.h>

struct ct_arg ev_arg(const char *name, enum ct_kind kind, uint64_t value)
{
	return (struct ct_arg){
		.name = name, .type = "", .kind = kind, .known = true, .value.u = value
	};
}

struct ct_arg ev_text(const char *name, const char *text)
{
	struct ct_arg arg = ev_arg(name, CT_KIND_TEXT, 0);

	arg.text = text;
	return arg;
}

struct ct_arg ev_dim3(const char *name, uint32_t x, uint32_t y, uint32_t z)
{
	struct ct_arg arg = ev_arg(name, CT_KIND_DIM3, 0);

	memcpy(arg.value.xyz, (uint32_t[]){ x, y, z }, sizeof(arg.value.xyz));
	return arg;
}

struct ct_arg ev_kernel(const char *name, uint64_t key, const char *label)
{
	struct ct_arg arg = ev_arg(name, CT_KIND_KERNEL, key);

	arg.label = label;
	return arg;
}

/* Until a call has succeeded, a trace holds what the pointer itself is. */
struct ct_arg ev_unknown(const char *name)
{
	struct ct_arg arg = ev_arg(name, CT_KIND_PTR, 0x7ffc1234);

	arg.known = false;
	arg.direction = CT_OUT;
	return arg;
}

struct ct_event ev_call(const char *name, ...)
{
	static uint64_t calls;
	struct ct_event event = {
		.type = CT_EVENT_CALL,
		.name = name,
		.entry = name,
		.domain = "",
		.result_kind = "status",
		.pid = 100,
		.tid = 100,
		.start_ns = 1000 * ++calls,
	};
	va_list args;

	event.ordinal = calls;
	event.end_ns = event.start_ns + 100;
	va_start(args, name);
	while (event.nargs < CT_MAX_ARGS) {
		event.args[event.nargs] = va_arg(args, struct ct_arg);
		if (!event.args[event.nargs].name)
			break;
		event.nargs++;
	}
	va_end(args);
	return event;
}

struct ct_event ev_failed(struct ct_event event, int32_t result)
{
	event.flags |= CT_EVENT_FAILED;
	event.result = result;
	return event;
}
