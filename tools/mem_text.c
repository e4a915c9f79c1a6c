/* SPDX-License-Identifier: Apache-2.0 */
/* mem for people: the answer in a sentence, what does not fit, then tables within 80 columns. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem_text.h"
#include "show.h"
#include "stat.h"
#include "util/units.h"

#define LEAST_WIDTH 80

static unsigned int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	long number = columns ? strtol(columns, NULL, 10) : 0;
	struct winsize size;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		number = size.ws_col;
	return number > LEAST_WIDTH && number < 10000 ? (unsigned int)number : LEAST_WIDTH;
}

void mem_title(FILE *out, const char *text)
{
	bool colour = show_colours();

	fprintf(out, "\n%s%s%s\n", colour ? "\033[1m" : "", text, colour ? "\033[0m" : "");
}

/* ---- the answer ---------------------------------------------------------------------------- */

/* As the trace tells why it ends where it does. */
static const char *why_not_whole(const struct ct_header *header)
{
	if (!header->complete)
		return "the trace is cut off";
	return "the program was killed";
}

static uint64_t never_freed(const struct mem *mem, uint64_t *bytes)
{
	const struct an_kind *kinds = an_usage_kinds(mem->usage);
	uint64_t count = 0;

	*bytes = 0;
	for (int memory = 0; memory < AN_MEMORIES; memory++) {
		count += kinds[memory].live;
		*bytes += kinds[memory].live_bytes;
	}
	return count;
}

static void print_peak(const struct mem *mem, FILE *out, const char *what,
		       const struct an_kind *kind)
{
	char bytes[UT_UNITS_MAX], time[UT_UNITS_MAX], count[UT_UNITS_MAX];

	fprintf(out, "At most %s of %s memory, after %s (%s allocation%s in all).\n",
		ut_units_bytes(bytes, kind->peak.bytes), what,
		ut_units_time(time, mem_relative(mem, kind->peak.ns)),
		ut_units_count(count, kind->allocations), kind->allocations == 1 ? "" : "s");
}

static void print_held(const struct mem *mem, FILE *out)
{
	char bytes_text[UT_UNITS_MAX], count_text[UT_UNITS_MAX];
	uint64_t bytes, count = never_freed(mem, &bytes);

	if (!count) {
		fputs("All of it was freed.\n", out);
		return;
	}
	fprintf(out, "%s allocation%s of %s %s", ut_units_count(count_text, count),
		count == 1 ? "" : "s", ut_units_bytes(bytes_text, bytes),
		count == 1 ? "was" : "were");
	if (an_usage_is_whole(mem->usage))
		fputs(" never freed.\n", out);
	else
		fprintf(out, " live where the trace ends: %s.\n", why_not_whole(mem->header));
}

static void print_answer(const struct mem *mem, FILE *out)
{
	const struct an_kind *device = an_usage_device_memory(mem->usage);
	const struct an_kind *host = an_usage_host_memory(mem->usage);
	char lost[UT_UNITS_MAX];

	show_missing(out, mem->header);
	if (an_usage_lost(mem->usage))
		fprintf(out, "%s calls are not in the trace: all that follows is without them.\n",
			ut_units_count(lost, an_usage_lost(mem->usage)));
	if (device->allocations)
		print_peak(mem, out, "device", device);
	if (host->allocations)
		print_peak(mem, out, "pinned host", host);
	if (device->allocations || host->allocations)
		print_held(mem, out);
	else
		fputs("No memory was allocated.\n", out);
}

/* ---- findings ------------------------------------------------------------------------------ */

static void print_findings(const struct mem *mem, FILE *out, unsigned int width)
{
	static const char *const marks[] = { "!! ", "*  ", "-  " };
	size_t count, shown;
	const struct an_finding *findings = an_usage_findings(mem->usage, &count);

	if (!count) {
		if (mem->only == MEM_FINDINGS)
			fputs("Nothing to find fault with.\n", out);
		return;
	}
	mem_title(out, "Findings");
	for (size_t i = 0; i < count; i++) {
		const struct an_finding *finding = &findings[i];

		fputs(marks[finding->severity], out);
		stat_wrap(out, finding->headline, 3, width, 3, 4);
		shown = finding->nevidence;
		if (mem->only != MEM_FINDINGS && shown > 2)
			shown = 2;
		for (size_t j = 0; j < shown; j++) {
			fputs("     ", out);
			stat_wrap(out, finding->evidence[j].text, 5, width, 7, 4);
		}
		if (shown < finding->nevidence)
			fprintf(out, "     and at %zu more places: --only findings\n",
				finding->nevidence - shown);
		fputs("   > ", out);
		stat_wrap(out, finding->advice, 5, width, 5, 4);
	}
}

/* ---- tables -------------------------------------------------------------------------------- */

static void print_kind_row(const struct mem *mem, FILE *out, const char *name,
			   const struct an_kind *kind)
{
	char peak[UT_UNITS_MAX], time[UT_UNITS_MAX], end[UT_UNITS_MAX], all[UT_UNITS_MAX];
	char count[UT_UNITS_MAX], frees[UT_UNITS_MAX];

	fprintf(out, "  %-12s%10s%11s%11s%12s%11s%10s%s\n", name,
		ut_units_bytes(peak, kind->peak.bytes),
		ut_units_time(time, mem_relative(mem, kind->peak.ns)),
		ut_units_bytes(end, kind->live_bytes), ut_units_count(count, kind->allocations),
		ut_units_bytes(all, kind->allocated), ut_units_count(frees, kind->frees),
		kind->unsized ? " *" : "");
}

static void print_kinds_head(FILE *out, const char *what)
{
	fprintf(out, "  %-12s%10s%11s%11s%12s%11s%10s\n", what, "peak", "at", "end", "count",
		"taken", "freed");
}

static void print_kinds(const struct mem *mem, FILE *out)
{
	const struct an_kind *kinds = an_usage_kinds(mem->usage);
	bool unsized = false, any = false;

	for (int memory = 0; memory < AN_MEMORIES; memory++) {
		if (!kinds[memory].allocations)
			continue;
		if (!any) {
			mem_title(out, "Memory by kind");
			print_kinds_head(out, "");
		}
		any = true;
		unsized |= kinds[memory].unsized;
		print_kind_row(mem, out, an_memory_name((enum an_memory)memory), &kinds[memory]);
	}
	if (unsized)
		fputs("  * the trace does not hold the size of some of these\n", out);
}

/* One device of one process is what the table above has said already. */
static void print_devices(const struct mem *mem, FILE *out)
{
	size_t count;
	const struct an_device *devices = an_usage_devices(mem->usage, &count);
	char name[48];

	if (count < (mem->only == MEM_DEVICES ? 1 : 3))
		return;
	mem_title(out, "Memory by process and device");
	print_kinds_head(out, "");
	for (size_t i = 0; i < count; i++) {
		if (devices[i].device < 0)
			snprintf(name, sizeof(name), "%" PRIu32 " host",
				 mem_pid(mem, devices[i].process));
		else
			snprintf(name, sizeof(name), "%" PRIu32 " GPU %" PRId32,
				 mem_pid(mem, devices[i].process), devices[i].device);
		print_kind_row(mem, out, name, &devices[i].kind);
	}
}

void mem_print_text(const struct mem *mem, FILE *out)
{
	unsigned int width = terminal_width();

	if (mem->only == MEM_TABLES)
		print_answer(mem, out);
	if (mem_wants(mem, MEM_FINDINGS))
		print_findings(mem, out, width);
	if (mem_wants(mem, MEM_KINDS))
		print_kinds(mem, out);
	if (mem_wants(mem, MEM_DEVICES))
		print_devices(mem, out);
	if (mem_wants(mem, MEM_TIMELINE))
		mem_print_timeline(mem, out, width);
	if (mem_wants(mem, MEM_PEAK))
		mem_print_moment(mem, out, width);
	if (mem_wants(mem, MEM_HELD))
		mem_print_end(mem, out, width);
	if (mem_wants(mem, MEM_CHURN))
		mem_print_churn(mem, out, width);
	if (mem_wants(mem, MEM_TRAFFIC))
		mem_print_traffic(mem, out);
}
