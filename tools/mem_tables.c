/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of mem for people: holders, churn, traffic, and live memory over time. */
#include <inttypes.h>

#include "mem_text.h"
#include "show.h"
#include "stat.h"
#include "util/units.h"

#define MAX_FRAMES 12

static void more(FILE *out, size_t shown, size_t count)
{
	if (count > shown)
		fprintf(out, "  ... and %zu more (--top)\n", count - shown);
}

/* ---- holders ------------------------------------------------------------------------------- */

/* Behind two blanks, in what is left of `width`. */
static void print_caller(FILE *out, const struct an_holder *holder, int used, unsigned int width)
{
	unsigned int room = width > (unsigned int)used + 12 ? width - (unsigned int)used - 2 : 10;
	char text[1024];

	if (holder->caller_module || holder->caller_function) {
		an_caller_text(holder->caller_module, holder->caller_offset,
			       holder->caller_function, holder->caller_function_offset, text,
			       sizeof(text));
		fputs("  ", out);
		stat_cut(out, text, room);
	}
	fputc('\n', out);
}

static void print_stack(const struct mem *mem, FILE *out, uint32_t stack, unsigned int width)
{
	char text[1024];

	for (int n = 0; stack && stack <= mem->header->nframes; n++) {
		const struct ct_frame *frame = &mem->header->frames[stack - 1];

		if (n == MAX_FRAMES) {
			fputs("        ...\n", out);
			return;
		}
		an_caller_text(frame->module, frame->offset, frame->function,
			       frame->function_offset, text, sizeof(text));
		fputs("        ", out);
		stat_cut(out, text, width - 8);
		fputc('\n', out);
		stack = frame->parent;
	}
}

static const char *share_of(const struct an_usage *usage, const struct an_holder *holder,
			    char text[UT_UNITS_MAX])
{
	if (an_memory_is_device(holder->memory))
		return ut_units_share(text, holder->kind.live_bytes,
				      an_usage_device_memory(usage)->live_bytes);
	if (an_memory_is_host(holder->memory))
		return ut_units_share(text, holder->kind.live_bytes,
				      an_usage_host_memory(usage)->live_bytes);
	return "-";
}

static void print_holder(const struct mem *mem, FILE *out, const struct an_usage *usage,
			 const struct an_holder *holder, unsigned int width)
{
	char bytes[UT_UNITS_MAX], share[UT_UNITS_MAX], count[UT_UNITS_MAX];
	int used = fprintf(out, "  %10s%8s%9s  %-10s ",
			   ut_units_bytes(bytes, holder->kind.live_bytes),
			   share_of(usage, holder, share), ut_units_count(count, holder->kind.live),
			   an_memory_name(holder->memory));

	if (mem->header->nprocesses > 1)
		used += fprintf(out, "%" PRIu32 " ", mem_pid(mem, holder->process));
	used += (int)stat_cut(out, holder->function, 24);
	print_caller(out, holder, used, width);
	if (mem->stacks)
		print_stack(mem, out, holder->stack, width);
}

/* Shares are of device memory, or of host memory. */
static void print_holders(const struct mem *mem, FILE *out, const struct an_usage *usage,
			  unsigned int width)
{
	size_t count, shown;
	const struct an_holder *const *holders = an_usage_holders(usage, &count);

	count = mem_holding(holders, count);
	shown = mem_rows(mem, count);
	fprintf(out, "  %10s%8s%9s  %-10s %s\n", "bytes", "share", "count", "kind", "allocated by");
	for (size_t i = 0; i < shown; i++)
		print_holder(mem, out, usage, holders[i], width);
	more(out, shown, count);
}

void mem_print_moment(const struct mem *mem, FILE *out, unsigned int width)
{
	char line[96], time[UT_UNITS_MAX];
	size_t count;
	const struct an_holder *const *holders;

	if (!mem->moment)
		return;
	ut_units_time(time, mem_relative(mem, mem->moment_ns));
	snprintf(line, sizeof(line),
		 mem->at_given ? "Who held memory %s after the start"
			       : "Who held memory at the peak, %s",
		 time);
	mem_title(out, line);
	holders = an_usage_holders(mem->moment, &count);
	if (mem_holding(holders, count))
		print_holders(mem, out, mem->moment, width);
	else
		fputs("  nobody\n", out);
}

void mem_print_end(const struct mem *mem, FILE *out, unsigned int width)
{
	size_t count;
	const struct an_holder *const *holders = an_usage_holders(mem->usage, &count);

	if (!mem_holding(holders, count))
		return;
	mem_title(out, an_usage_is_whole(mem->usage) ? "Never freed" : "Live where the trace ends");
	print_holders(mem, out, mem->usage, width);
}

/* ---- churn, traffic ------------------------------------------------------------------------ */

static void print_churn_row(FILE *out, const struct mem *mem, const struct an_holder *holder,
			    unsigned int width)
{
	uint64_t span = an_usage_last_ns(mem->usage) - an_usage_first_ns(mem->usage);
	char again[UT_UNITS_MAX], count[UT_UNITS_MAX], most[UT_UNITS_MAX], life[UT_UNITS_MAX] = "-";
	int used;

	if (holder->kind.frees)
		ut_units_time(life, holder->lifetime_ns / holder->kind.frees);
	used = fprintf(out, "  %9s%10s%9.0f%10s%10s  ", ut_units_count(again, holder->again),
		       ut_units_count(count, holder->kind.allocations),
		       span ? (double)holder->kind.allocations * 1e9 / (double)span : 0.0,
		       ut_units_bytes(most, holder->most), life);
	used += (int)stat_cut(out, holder->function, 24);
	print_caller(out, holder, used, width);
}

void mem_print_churn(const struct mem *mem, FILE *out, unsigned int width)
{
	size_t count, shown;
	const struct an_holder *const *holders = an_usage_churn(mem->usage, &count);

	if (!count)
		return;
	shown = mem_rows(mem, count);
	mem_title(out, "Taken again: of a size that had just been given back");
	fprintf(out, "  %9s%10s%9s%10s%10s  %s\n", "again", "of", "per s", "largest", "lifetime",
		"allocated by");
	for (size_t i = 0; i < shown; i++)
		print_churn_row(out, mem, holders[i], width);
	more(out, shown, count);
}

/* "GPU 0", "pinned host memory" */
static const char *end_text(const struct an_route *route, int32_t device, bool is_host,
			    char text[48])
{
	if (device >= 0)
		snprintf(text, 48, "GPU %" PRId32, device);
	else if (is_host && route->host)
		snprintf(text, 48, "%s memory", an_host_memory_name(route->host));
	else if (is_host)
		snprintf(text, 48, "host");
	else
		snprintf(text, 48, "?");
	return text;
}

static void print_route(FILE *out, const struct an_route *route)
{
	bool host_to = route->direction == AN_DEVICE_TO_HOST || route->direction == AN_HOST_TO_HOST;
	bool host_from = route->direction == AN_HOST_TO_DEVICE ||
			 route->direction == AN_HOST_TO_HOST;
	char bytes[UT_UNITS_MAX], count[UT_UNITS_MAX], to[48], from[48];

	fprintf(out, "  %10s%12s  %-18s ", ut_units_bytes(bytes, route->bytes),
		ut_units_count(count, route->count), mem_route_name(route));
	if (!route->is_set)
		fprintf(out, "%s -> ", end_text(route, route->from, host_from, from));
	fprintf(out, "%s", end_text(route, route->to, host_to, to));
	if (route->unsized)
		fprintf(out, " (%s of unknown size)", ut_units_count(count, route->unsized));
	fputc('\n', out);
}

void mem_print_traffic(const struct mem *mem, FILE *out)
{
	size_t count, shown;
	const struct an_route *routes = an_usage_routes(mem->usage, &count);

	if (!count)
		return;
	shown = mem_rows(mem, count);
	mem_title(out, "Copied and set");
	fprintf(out, "  %10s%12s\n", "bytes", "calls");
	for (size_t i = 0; i < shown; i++)
		print_route(out, &routes[i]);
	more(out, shown, count);
}

/* ---- over time ----------------------------------------------------------------------------- */

static void print_bar(FILE *out, uint64_t bytes, uint64_t most, unsigned int room)
{
	unsigned int length = most ? (unsigned int)((double)bytes / (double)most * room + 0.5) : 0;

	for (unsigned int i = 0; i < length; i++)
		fputc('#', out);
	fputc('\n', out);
}

void mem_print_timeline(const struct mem *mem, FILE *out, unsigned int width)
{
	char time[UT_UNITS_MAX], device[UT_UNITS_MAX], host[UT_UNITS_MAX];
	uint64_t most = 0;

	for (size_t i = 0; i < mem->ninstants; i++) {
		if (mem->instants[i].device_most > most)
			most = mem->instants[i].device_most;
	}
	mem_title(out, "Over time: the most that was live in each piece");
	fprintf(out, "  %10s%11s%11s\n", "from", "device", "host");
	for (size_t i = 0; i < mem->ninstants; i++) {
		const struct an_instant *instant = &mem->instants[i];

		fprintf(out, "  %10s%11s%11s  ",
			ut_units_time(time, mem_relative(mem, instant->ns)),
			ut_units_bytes(device, instant->device_most),
			ut_units_bytes(host, instant->host_most));
		print_bar(out, instant->device_most, most, width - 36);
	}
}
