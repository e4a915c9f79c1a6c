/* SPDX-License-Identifier: Apache-2.0 */
/* curtrace info: what a trace, or this installation, holds. */
#include <dlfcn.h>
#include <inttypes.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "coverage.h"
#include "install.h"
#include "last.h"
#include "options.h"
#include "show.h"
#include "source.h"
#include "util/message.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

/* clang-format off */
static const char usage[] =
	"Usage: curtrace info [OPTION]... " SOURCE_OPERANDS "\n"
	"       curtrace info --coverage\n"
	"\n"
	"With a TRACE: what was run and where, what the trace holds, and what it does not.\n"
	"Without one: what belongs to this installation and what was found.\n"
	"\n"
	"TRACE is a file (.ctr, .json, .json.gz) or a session's folder, - standard input. Behind\n"
	"-- a PROGRAM is run and recorded: its output is its own, this goes to standard error.\n"
	"\n"
	"      --coverage       how much of the CUDA runtime is implemented, and what is not\n"
	SOURCE_OPTIONS_USAGE
	"\n"
	"CURTRACE_LIBDIR names the folder of the libraries, if not ../lib/curtrace of the tool.\n"
	"\n"
	SOURCE_STATUS_USAGE;
/* clang-format on */

/* "name:          " */
static void label(const char *name)
{
	printf("%s:%*s", name, (int)(strlen(name) < 18 ? 18 - strlen(name) : 1), "");
}

/* Everything here comes from a file, so that it is shown with care. */
static void line(const char *name, const char *text)
{
	if (!text)
		return;
	label(name);
	show_text(stdout, text);
	putchar('\n');
}

/* ---- a trace ------------------------------------------------------------------------------- */

/* In the reader's own time zone, which is named. */
static void print_start(uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char text[64];
	struct tm tm;

	if (!ns || !localtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm))
		return;
	line("started", text);
}

/* As a shell would tell it. */
static void print_exit(int32_t status)
{
	label("ended");
	if (status < 0)
		puts("not known how");
	else if (WIFEXITED(status))
		printf("exit status %d\n", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		printf("killed by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		printf("wait status 0x%x\n", (unsigned int)status);
}

/* 13000 -> 13.0 */
static void print_version(const char *name, const char *version, const char *file)
{
	char *end;
	long number;

	if (!version)
		return;
	number = strtol(version, &end, 10);
	label(name);
	if (*end || number < 0)
		show_text(stdout, version);
	else if (!number)
		fputs("none", stdout);
	else
		printf("%ld.%ld", number / 1000, number % 1000 / 10);
	if (file && *file) {
		fputs(" (", stdout);
		show_text(stdout, file);
		putchar(')');
	}
	putchar('\n');
}

/* made = recorded + lost: what is missing is told beside what is there. */
static void print_counts(const struct ct_header *header)
{
	label("calls");
	if (header->lacks & CT_LACKS_LOSSES && header->calls == header->recorded)
		printf("%" PRIu64 " in the trace\n", header->recorded);
	else
		printf("%" PRIu64 " made, %" PRIu64 " recorded, %" PRIu64 " lost, %" PRIu64
		       " had not returned\n",
		       header->calls, header->recorded, header->lost, header->in_flight);
	label("complete");
	puts(header->complete ? "yes" : "no: the trace was cut off or is damaged");
}

/* By which CUDA's interface calls were made. Most traces have the newest alone and need no line. */
struct by_version {
	uint32_t version; /* 0: the newest */
	uint64_t calls;
};

#define VERSIONS 8

static void count_version(struct by_version *counts, const struct ct_event *event)
{
	unsigned int i = 0;

	if (event->type != CT_EVENT_CALL)
		return;
	while (i < VERSIONS - 1 && counts[i].calls && counts[i].version != event->abi)
		i++;
	counts[i].version = event->abi;
	counts[i].calls++;
}

static void print_versions(const struct by_version *counts)
{
	const char *separator = "";

	if (!counts[0].calls || (!counts[0].version && !counts[1].calls))
		return;
	label("interfaces");
	for (unsigned int i = 0; i < VERSIONS && counts[i].calls; i++) {
		printf("%s%" PRIu64 " call%s of ", separator, counts[i].calls,
		       counts[i].calls == 1 ? "" : "s");
		if (counts[i].version)
			printf("CUDA %" PRIu32, counts[i].version);
		else
			fputs("the newest", stdout);
		separator = ", ";
	}
	putchar('\n');
}

/* Where a process of a merged trace comes from. */
static void print_origin(const struct ct_process_info *process)
{
	if (process->world_size)
		printf(", rank %" PRId32 " of %" PRId32, process->rank, process->world_size);
	if (process->host) {
		fputs(", on ", stdout);
		show_text(stdout, process->host);
	}
	if (process->original_pid)
		printf(", there %" PRIu32, process->original_pid);
}

/* Calls by process: who was traced and who made none. */
static void print_processes(const struct ct_header *header)
{
	const struct ct_process_info *process;

	printf("\n%u process%s\n", header->nprocesses, header->nprocesses == 1 ? "" : "es");
	for (unsigned int i = 0; i < header->nprocesses; i++) {
		process = &header->processes[i];
		printf("  %" PRIu32 " ", process->pid);
		show_text(stdout, process->name);
		printf(" (parent %" PRIu32, process->parent_pid);
		if (process->host_pid)
			printf(", here %" PRIu32, process->host_pid);
		if (process->exec_count)
			printf(", after %" PRIu32 " exec", process->exec_count);
		print_origin(process);
		printf("): %" PRIu64 " calls", process->calls);
		if (!(header->lacks & CT_LACKS_LOSSES))
			printf(", %" PRIu64 " lost, %" PRIu64 " had not returned", process->lost,
			       process->in_flight);
		putchar('\n');
	}
}

static void print_device(const struct ct_device_info *device)
{
	printf("  %" PRIu32 ": ", device->ordinal);
	show_text(stdout, device->name);
	for (unsigned int i = 0; i < device->nproperties; i++) {
		fputs(i ? ", " : " (", stdout);
		show_text(stdout, device->property_names[i]);
		putchar(' ');
		show_text(stdout, device->property_values[i]);
	}
	puts(device->nproperties ? ")" : "");
}

/* Every process describes its devices. */
static bool is_repeated(const struct ct_header *header, unsigned int number)
{
	for (unsigned int i = 0; i < number; i++) {
		if (header->devices[i].ordinal == header->devices[number].ordinal &&
		    !strcmp(header->devices[i].name, header->devices[number].name))
			return true;
	}
	return false;
}

static void print_devices(const struct ct_header *header)
{
	if (header->ndevices)
		puts("\ndevices");
	for (unsigned int i = 0; i < header->ndevices; i++) {
		if (!is_repeated(header, i))
			print_device(&header->devices[i]);
	}
}

/* Last, where they are seen. */
static void print_warnings(const struct ct_header *header)
{
	if (header->nwarnings)
		puts("\nwarnings");
	for (unsigned int i = 0; i < header->nwarnings; i++) {
		fputs("  ", stdout);
		show_text(stdout, header->warnings[i].code);
		fputs(": ", stdout);
		show_text(stdout, header->warnings[i].text);
		putchar('\n');
	}
}

/* A trace of another tool does not say everything that ours do. */
static void known(const struct ct_header *header, const char *name, const char *text)
{
	if (!header->source || strcmp(text, "?") != 0)
		line(name, text);
}

static void print_header(const struct ct_header *header, const struct by_version *counts)
{
	known(header, "command", header->command);
	known(header, "host", header->host);
	if (header->source || header->lacks) {
		label("source");
		show_missing(stdout, header);
	}
	if (!(header->lacks & CT_LACKS_REALTIME))
		print_start(header->start_realtime_ns);
	print_exit(header->exit_status);
	if (header->world_size > 0) {
		label("rank");
		printf("%" PRId32 " of %" PRId32 "\n", header->rank, header->world_size);
	}
	known(header, "curtrace", header->tool_version);
	print_version("CUDA runtime", header->runtime_version, NULL);
	print_version("CUDA driver", header->driver_version, header->driver_file);
	known(header, "clock", header->clock);
	known(header, "overflow", header->overflow);
	for (unsigned int i = 0; i < header->nfacts; i++) {
		/* Of a dozen causes of loss mostly none has happened. */
		if (strcmp(header->facts[i].value, "0") && strcmp(header->facts[i].value, "false"))
			line(header->facts[i].name, header->facts[i].value);
	}
	print_counts(header);
	print_versions(counts);
	print_processes(header);
	print_devices(header);
	print_warnings(header);
}

/* The header of a JSON trace says that it is complete even if it was cut off later. */
static int info_trace(struct source *source)
{
	struct rd_trace *trace = source_open(source);
	struct by_version counts[VERSIONS] = { 0 };
	static struct ct_event event;

	if (!trace)
		return source_failed(source);
	/* Only reading all of a JSON trace tells whether it is whole. */
	if (!rd_damage(trace)) {
		while (rd_next(trace, &event))
			count_version(counts, &event);
	}
	print_header(rd_header(trace), counts);
	return source_close(source, trace, CMD_OK);
}

/* ---- the installation ---------------------------------------------------------------------- */

static void print_part(const char *name, const char *part)
{
	char *path = install_find(part);

	line(name, path ? path : "missing");
	free(path);
}

/* Whether the loader finds a library, and where; it is not called. */
static void print_library(const char *name, const char *file, const char *otherwise)
{
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
	struct link_map *map;

	if (!library)
		line(name, otherwise);
	else if (dlinfo(library, RTLD_DI_LINKMAP, &map) || !map->l_name)
		line(name, file);
	else
		line(name, map->l_name);
	if (library)
		dlclose(library);
}

/* What a bug report needs. */
static int info_installation(void)
{
	const char *folder = install_libdir();
	char last[PATH_MAX];

	line("curtrace", PACKAGE_VERSION);
	line("libraries", folder ? folder : "not known where");
	print_part("preload library", INSTALL_SHIM);
	print_part("simulated driver", INSTALL_SIM);
	print_library("CUDA driver", "libcuda.so.1",
		      "not found (the simulated one serves without a GPU: curtrace record --sim)");
	last_find(last, sizeof(last));
	if (!access(last, R_OK))
		line("last recording", last);
	puts("\n`curtrace info --coverage' tells which calls are implemented,\n"
	     "`curtrace info TRACE' what a trace holds.");
	if (fflush(stdout)) {
		ut_warn("cannot write to stdout");
		return CMD_ERROR;
	}
	return CMD_OK;
}

static int info_here(struct source *source, bool coverage)
{
	if (!source_lead(source))
		return source_failed(source);
	return source_close(source, NULL, coverage ? coverage_print() : info_installation());
}

/* ---- command line -------------------------------------------------------------------------- */

enum {
	OPTION_COVERAGE = CMD_LONG
};

static const struct cmd_option options[] = {
	{ OPTION_COVERAGE, "coverage", false },
	SOURCE_OPTIONS,
	{ 0 },
};

static int run(int argc, char **argv)
{
	struct cmd_args args = { .argc = argc, .argv = argv, .options = options };
	struct source source = { 0 };
	bool coverage = false;
	int which;

	while ((which = cmd_args_next(&args)) != CMD_ARGS_END) {
		if (which == OPTION_COVERAGE)
			coverage = true;
		else if (source_take(&source, &args, which) != SOURCE_TAKEN)
			return CMD_ERROR;
	}
	if (coverage && (source.operand || source.command)) {
		ut_warn("info: --coverage is about this installation, not about a trace");
		return CMD_ERROR;
	}
	if (source.operand || source.command)
		return info_trace(&source);
	return info_here(&source, coverage);
}

const struct cmd cmd_info = {
	.name = "info",
	.synopsis = "show what a trace or this installation holds, and what not",
	.usage = usage,
	.options = options,
	.run = run,
};
