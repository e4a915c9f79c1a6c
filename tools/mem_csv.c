/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table of mem as comma-separated values: numbers bare, texts in quotes on one line, and those
 * that a spreadsheet would take for a formula behind an apostrophe, as in `curtrace export csv`.
 */
#include <inttypes.h>
#include <string.h>

#include "mem.h"

static void put_text(FILE *out, const char *text, char after)
{
	fputc('"', out);
	if (text && *text && strchr("=+-@'", *text))
		fputc('\'', out);
	for (; text && *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc((unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text, out);
	}
	fputc('"', out);
	fputc(after, out);
}

static void put_u64(FILE *out, uint64_t value, char after)
{
	fprintf(out, "%" PRIu64 "%c", value, after);
}

static void put_caller(FILE *out, const struct an_holder *holder, char after)
{
	char text[1024] = "";

	if (holder->caller_module || holder->caller_function)
		an_caller_text(holder->caller_module, holder->caller_offset,
			       holder->caller_function, holder->caller_function_offset, text,
			       sizeof(text));
	put_text(out, text, after);
}

#define SUMS "peak_bytes,peak_ns,allocations,allocated_bytes,of_unknown_size,frees,live,live_bytes"

static void put_sums(FILE *out, const struct mem *mem, const struct an_kind *kind, char after)
{
	put_u64(out, kind->peak.bytes, ',');
	put_u64(out, mem_relative(mem, kind->peak.ns), ',');
	put_u64(out, kind->allocations, ',');
	put_u64(out, kind->allocated, ',');
	put_u64(out, kind->unsized, ',');
	put_u64(out, kind->frees, ',');
	put_u64(out, kind->live, ',');
	put_u64(out, kind->live_bytes, after);
}

/* ---- tables -------------------------------------------------------------------------------- */

static void put_kinds(const struct mem *mem, FILE *out)
{
	const struct an_kind *kinds = an_usage_kinds(mem->usage);

	fputs("kind," SUMS "\n", out);
	for (int memory = 0; memory < AN_MEMORIES; memory++) {
		if (!kinds[memory].allocations)
			continue;
		put_text(out, an_memory_name((enum an_memory)memory), ',');
		put_sums(out, mem, &kinds[memory], '\n');
	}
}

static void put_devices(const struct mem *mem, FILE *out)
{
	size_t count;
	const struct an_device *devices = an_usage_devices(mem->usage, &count);

	fputs("pid,device," SUMS "\n", out);
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%" PRIu32 ",%" PRId32 ",", mem_pid(mem, devices[i].process),
			devices[i].device);
		put_sums(out, mem, &devices[i].kind, '\n');
	}
}

static void put_holders(const struct mem *mem, FILE *out, const struct an_holder *const *holders,
			size_t count)
{
	fputs("kind,pid,device,function,caller," SUMS ",again,lifetime_ns\n", out);
	for (size_t i = 0; i < mem_rows(mem, count); i++) {
		const struct an_holder *holder = holders[i];

		put_text(out, an_memory_name(holder->memory), ',');
		fprintf(out, "%" PRIu32 ",%" PRId32 ",", mem_pid(mem, holder->process),
			holder->device);
		put_text(out, holder->function, ',');
		put_caller(out, holder, ',');
		put_sums(out, mem, &holder->kind, ',');
		put_u64(out, holder->again, ',');
		put_u64(out, holder->lifetime_ns, '\n');
	}
}

static void put_moment(const struct mem *mem, FILE *out)
{
	size_t count = 0;
	const struct an_holder *const *holders = mem->moment ? an_usage_holders(mem->moment, &count)
							     : NULL;

	put_holders(mem, out, holders, mem_holding(holders, count));
}

static void put_held(const struct mem *mem, FILE *out)
{
	size_t count;
	const struct an_holder *const *holders = an_usage_holders(mem->usage, &count);

	put_holders(mem, out, holders, mem_holding(holders, count));
}

static void put_churn(const struct mem *mem, FILE *out)
{
	size_t count;
	const struct an_holder *const *holders = an_usage_churn(mem->usage, &count);

	put_holders(mem, out, holders, count);
}

static void put_traffic(const struct mem *mem, FILE *out)
{
	size_t count;
	const struct an_route *routes = an_usage_routes(mem->usage, &count);

	fputs("direction,from_device,to_device,host_memory,count,bytes,of_unknown_size\n", out);
	for (size_t i = 0; i < mem_rows(mem, count); i++) {
		put_text(out, mem_route_name(&routes[i]), ',');
		fprintf(out, "%" PRId32 ",%" PRId32 ",", routes[i].from, routes[i].to);
		put_text(out, an_host_memory_name(routes[i].host), ',');
		put_u64(out, routes[i].count, ',');
		put_u64(out, routes[i].bytes, ',');
		put_u64(out, routes[i].unsized, '\n');
	}
}

static void put_findings(const struct mem *mem, FILE *out)
{
	size_t count;
	const struct an_finding *findings = an_usage_findings(mem->usage, &count);

	fputs("code,severity,headline,count,bytes,evidence,evidence_count,event\n", out);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < findings[i].nevidence || !j; j++) {
			const struct an_evidence *evidence =
				j < findings[i].nevidence ? &findings[i].evidence[j] : NULL;

			put_text(out, findings[i].code, ',');
			put_text(out, an_severity_name(findings[i].severity), ',');
			put_text(out, findings[i].headline, ',');
			put_u64(out, findings[i].count, ',');
			put_u64(out, findings[i].bytes, ',');
			put_text(out, evidence ? evidence->text : "", ',');
			put_u64(out, evidence ? evidence->count : 0, ',');
			put_u64(out, evidence ? evidence->ordinal : 0, '\n');
		}
	}
}

static void put_timeline(const struct mem *mem, FILE *out)
{
	fputs("ns,device_most,host_most", out);
	for (int memory = 1; memory < AN_MEMORY_BORROWED; memory++)
		fprintf(out, ",%s", an_memory_name((enum an_memory)memory));
	fputc('\n', out);
	for (size_t i = 0; i < mem->ninstants; i++) {
		put_u64(out, mem_relative(mem, mem->instants[i].ns), ',');
		put_u64(out, mem->instants[i].device_most, ',');
		put_u64(out, mem->instants[i].host_most, ',');
		for (int memory = 1; memory < AN_MEMORY_BORROWED; memory++)
			put_u64(out, mem->instants[i].bytes[memory],
				memory + 1 < AN_MEMORY_BORROWED ? ',' : '\n');
	}
}

void mem_print_csv(const struct mem *mem, FILE *out)
{
	static void (*const tables[MEM_TABLES])(const struct mem *, FILE *) = {
		[MEM_KINDS] = put_kinds,       [MEM_DEVICES] = put_devices,
		[MEM_PEAK] = put_moment,       [MEM_HELD] = put_held,
		[MEM_CHURN] = put_churn,       [MEM_TRAFFIC] = put_traffic,
		[MEM_FINDINGS] = put_findings, [MEM_TIMELINE] = put_timeline,
	};

	tables[mem->only](mem, out);
}
