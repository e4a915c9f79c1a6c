/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem for programs: one object, whose members docs and the manual page name. Times count in ns from
 * the trace's first event.
 */
#include <stdlib.h>

#include "mem.h"
#include "write/text.h"

#define VERSION 1
/* A file may have frames that call each other in a circle. */
#define MAX_FRAMES 1024

/* A member: its name, with the comma before all but the first. */
static void key(struct wr_text *out, const char *name)
{
	char last = out->used ? out->data[out->used - 1] : '{';

	if (last != '{' && last != '[')
		wr_text_char(out, ',');
	if (!name)
		return;
	wr_text_string(out, name, WR_QUOTED_NOT);
	wr_text_char(out, ':');
}

static void put_u64(struct wr_text *out, const char *name, uint64_t value)
{
	key(out, name);
	wr_text_u64(out, value);
}

static void put_i64(struct wr_text *out, const char *name, int64_t value)
{
	key(out, name);
	wr_text_i64(out, value);
}

static void put_text(struct wr_text *out, const char *name, const char *value)
{
	key(out, name);
	if (value)
		wr_text_string(out, value, WR_QUOTED_NOT);
	else
		wr_text_literal(out, "null");
}

static void put_bool(struct wr_text *out, const char *name, bool value)
{
	key(out, name);
	if (value)
		wr_text_literal(out, "true");
	else
		wr_text_literal(out, "false");
}

static void begin(struct wr_text *out, const char *name, char bracket)
{
	key(out, name);
	wr_text_char(out, bracket);
}

static void end(struct wr_text *out, char bracket)
{
	wr_text_char(out, bracket);
}

/* ---- parts --------------------------------------------------------------------------------- */

static void put_sums(struct wr_text *out, const struct mem *mem, const struct an_kind *kind)
{
	put_u64(out, "peak_bytes", kind->peak.bytes);
	put_u64(out, "peak_ns", mem_relative(mem, kind->peak.ns));
	put_u64(out, "peak_event", kind->peak.ordinal);
	put_u64(out, "allocations", kind->allocations);
	put_u64(out, "allocated_bytes", kind->allocated);
	put_u64(out, "of_unknown_size", kind->unsized);
	put_u64(out, "frees", kind->frees);
	put_u64(out, "live", kind->live);
	put_u64(out, "live_bytes", kind->live_bytes);
}

static void put_kinds(struct wr_text *out, const struct mem *mem)
{
	const struct an_kind *kinds = an_usage_kinds(mem->usage);

	begin(out, "kinds", '[');
	for (int memory = 0; memory < AN_MEMORIES; memory++) {
		if (!kinds[memory].allocations)
			continue;
		begin(out, NULL, '{');
		put_text(out, "kind", an_memory_name((enum an_memory)memory));
		put_sums(out, mem, &kinds[memory]);
		end(out, '}');
	}
	end(out, ']');
}

static void put_devices(struct wr_text *out, const struct mem *mem)
{
	size_t count;
	const struct an_device *devices = an_usage_devices(mem->usage, &count);

	begin(out, "devices", '[');
	for (size_t i = 0; i < count; i++) {
		begin(out, NULL, '{');
		put_u64(out, "pid", mem_pid(mem, devices[i].process));
		put_i64(out, "device", devices[i].device);
		put_sums(out, mem, &devices[i].kind);
		end(out, '}');
	}
	end(out, ']');
}

static void put_caller(struct wr_text *out, const char *name, const char *module, uint64_t offset,
		       const char *function, uint64_t function_offset)
{
	char text[1024];

	put_text(out, name,
		 module || function ? an_caller_text(module, offset, function, function_offset,
						     text, sizeof(text))
				    : NULL);
}

static void put_stack(struct wr_text *out, const struct mem *mem, uint32_t stack)
{
	begin(out, "stack", '[');
	for (int n = 0; n < MAX_FRAMES && stack && stack <= mem->header->nframes; n++) {
		const struct ct_frame *frame = &mem->header->frames[stack - 1];

		put_caller(out, NULL, frame->module, frame->offset, frame->function,
			   frame->function_offset);
		stack = frame->parent;
	}
	end(out, ']');
}

static void put_holder(struct wr_text *out, const struct mem *mem, const struct an_holder *holder)
{
	begin(out, NULL, '{');
	put_text(out, "kind", an_memory_name(holder->memory));
	put_u64(out, "pid", mem_pid(mem, holder->process));
	put_i64(out, "device", holder->device);
	put_text(out, "function", holder->function);
	put_caller(out, "caller", holder->caller_module, holder->caller_offset,
		   holder->caller_function, holder->caller_function_offset);
	if (mem->stacks)
		put_stack(out, mem, holder->stack);
	put_sums(out, mem, &holder->kind);
	put_u64(out, "again", holder->again);
	put_u64(out, "least_bytes", holder->kind.allocations ? holder->least : 0);
	put_u64(out, "most_bytes", holder->most);
	key(out, "mean_lifetime_ns");
	if (holder->kind.frees)
		wr_text_u64(out, holder->lifetime_ns / holder->kind.frees);
	else
		wr_text_literal(out, "null");
	put_u64(out, "first_event", holder->first_ordinal);
	end(out, '}');
}

static void put_holders(struct wr_text *out, const struct mem *mem, const char *name,
			const struct an_holder *const *holders, size_t count)
{
	begin(out, name, '[');
	for (size_t i = 0; i < mem_rows(mem, count); i++)
		put_holder(out, mem, holders[i]);
	end(out, ']');
}

static void put_moment(struct wr_text *out, const struct mem *mem)
{
	const struct an_holder *const *holders;
	size_t count;

	if (!mem->moment)
		return;
	holders = an_usage_holders(mem->moment, &count);
	begin(out, "instant", '{');
	put_text(out, "what", mem->at_given ? "time" : "peak");
	put_u64(out, "ns", mem_relative(mem, mem->moment_ns));
	put_u64(out, "device_bytes", an_usage_device_memory(mem->moment)->live_bytes);
	put_u64(out, "host_bytes", an_usage_host_memory(mem->moment)->live_bytes);
	put_holders(out, mem, "holders", holders, mem_holding(holders, count));
	end(out, '}');
}

static void put_held(struct wr_text *out, const struct mem *mem)
{
	size_t count;
	const struct an_holder *const *holders = an_usage_holders(mem->usage, &count);

	put_bool(out, "ended_normally", an_usage_is_whole(mem->usage));
	put_holders(out, mem, "held", holders, mem_holding(holders, count));
}

static void put_churn(struct wr_text *out, const struct mem *mem)
{
	size_t count;
	const struct an_holder *const *holders = an_usage_churn(mem->usage, &count);

	put_holders(out, mem, "churn", holders, count);
}

static void put_traffic(struct wr_text *out, const struct mem *mem)
{
	size_t count;
	const struct an_route *routes = an_usage_routes(mem->usage, &count);

	begin(out, "traffic", '[');
	for (size_t i = 0; i < mem_rows(mem, count); i++) {
		begin(out, NULL, '{');
		put_text(out, "direction", mem_route_name(&routes[i]));
		put_i64(out, "from_device", routes[i].from);
		put_i64(out, "to_device", routes[i].to);
		put_text(out, "host_memory",
			 routes[i].host ? an_host_memory_name(routes[i].host) : NULL);
		put_u64(out, "count", routes[i].count);
		put_u64(out, "bytes", routes[i].bytes);
		put_u64(out, "of_unknown_size", routes[i].unsized);
		end(out, '}');
	}
	end(out, ']');
}

static void put_findings(struct wr_text *out, const struct mem *mem)
{
	size_t count;
	const struct an_finding *findings = an_usage_findings(mem->usage, &count);

	begin(out, "findings", '[');
	for (size_t i = 0; i < count; i++) {
		begin(out, NULL, '{');
		put_text(out, "code", findings[i].code);
		put_text(out, "severity", an_severity_name(findings[i].severity));
		put_text(out, "headline", findings[i].headline);
		put_text(out, "advice", findings[i].advice);
		put_u64(out, "count", findings[i].count);
		put_u64(out, "bytes", findings[i].bytes);
		begin(out, "evidence", '[');
		for (size_t j = 0; j < findings[i].nevidence; j++) {
			const struct an_evidence *evidence = &findings[i].evidence[j];

			begin(out, NULL, '{');
			put_text(out, "text", evidence->text);
			put_u64(out, "count", evidence->count);
			put_u64(out, "event", evidence->ordinal);
			end(out, '}');
		}
		end(out, ']');
		end(out, '}');
	}
	end(out, ']');
}

static void put_timeline(struct wr_text *out, const struct mem *mem)
{
	begin(out, "timeline", '[');
	for (size_t i = 0; i < mem->ninstants; i++) {
		const struct an_instant *instant = &mem->instants[i];

		begin(out, NULL, '{');
		put_u64(out, "ns", mem_relative(mem, instant->ns));
		put_u64(out, "device_most", instant->device_most);
		put_u64(out, "host_most", instant->host_most);
		for (int memory = 1; memory < AN_MEMORY_BORROWED; memory++)
			put_u64(out, an_memory_name((enum an_memory)memory),
				instant->bytes[memory]);
		end(out, '}');
	}
	end(out, ']');
}

void mem_print_json(const struct mem *mem, FILE *out)
{
	static void (*const parts[MEM_TABLES])(struct wr_text *, const struct mem *) = {
		[MEM_KINDS] = put_kinds,       [MEM_DEVICES] = put_devices,
		[MEM_PEAK] = put_moment,       [MEM_HELD] = put_held,
		[MEM_CHURN] = put_churn,       [MEM_TRAFFIC] = put_traffic,
		[MEM_FINDINGS] = put_findings, [MEM_TIMELINE] = put_timeline,
	};
	struct wr_text text = { 0 };
	uint64_t last = an_usage_last_ns(mem->usage);

	begin(&text, NULL, '{');
	put_text(&text, "report", "curtrace mem");
	put_u64(&text, "version", VERSION);
	put_text(&text, "source", mem->header->source);
	put_u64(&text, "duration_ns", mem_relative(mem, last));
	put_u64(&text, "lost_calls", an_usage_lost(mem->usage));
	put_bool(&text, "complete", mem->header->complete);
	for (int table = 0; table < MEM_TABLES; table++) {
		if (mem_wants(mem, (enum mem_table)table))
			parts[table](&text, mem);
	}
	end(&text, '}');
	wr_text_char(&text, '\n');
	fwrite(text.data, 1, text.used, out);
	wr_text_free(&text);
}
