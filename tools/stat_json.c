/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stat as JSON, all of it: schema "curtrace-stat", whose version rises when a member changes its
 * meaning or goes; new members may come. Times are in ns, and whole numbers.
 */
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "stat.h"
#include "util/utf8.h"
#include "util/xalloc.h"

#define SCHEMA  "curtrace-stat"
#define VERSION 1

/* Exact, where cJSON's numbers are doubles. */
static void add_u64(cJSON *object, const char *name, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	cJSON_AddRawToObject(object, name, digits);
}

/* Names are any bytes, JSON is UTF-8: what is none becomes U+FFFD. */
static void add_text(cJSON *object, const char *name, const char *text)
{
	size_t length = text ? strlen(text) : 0, size;
	char *copy = ut_xmalloc(3 * length + 1), *to = copy;
	uint32_t code;

	for (size_t at = 0; at < length; at += size) {
		size = ut_utf8_char(text + at, length - at, &code);
		memcpy(to, size ? text + at : "\xef\xbf\xbd", size ? size : 3);
		to += size ? size : 3;
		size += !size;
	}
	*to = '\0';
	cJSON_AddStringToObject(object, name, copy);
	free(copy);
}

static void add_ratio(cJSON *object, const struct stat_ratio *ratio)
{
	cJSON_AddNumberToObject(object, "off", ratio->off);
	cJSON_AddNumberToObject(object, "recording", ratio->recording);
	cJSON_AddNumberToObject(object, "recording_low", ratio->low);
	cJSON_AddNumberToObject(object, "recording_high", ratio->high);
}

/* ---- the run ------------------------------------------------------------------------------- */

/* What a trace does not hold has no count: null, where 0 would be taken for none. */
static void add_known(cJSON *object, const char *name, uint64_t value, bool is_known)
{
	if (is_known)
		add_u64(object, name, value);
	else
		cJSON_AddNullToObject(object, name);
}

static void add_run(cJSON *root, const struct stat *stat)
{
	const struct an_run *run = an_statistics_run(stat->statistics);
	const struct ct_header *header = an_statistics_header(stat->statistics);
	bool has_results = !(header->lacks & CT_LACKS_RESULTS);
	cJSON *object = cJSON_AddObjectToObject(root, "run");

	add_text(object, "source", header->source ? header->source : "curtrace");
	add_text(object, "command", header->command);
	add_text(object, "host", header->host);
	add_u64(object, "duration_ns", run->last_ns - run->first_ns);
	add_u64(object, "processes", run->processes);
	add_u64(object, "threads", run->threads);
	add_u64(object, "calls", run->calls);
	add_u64(object, "driver_calls", run->driver_calls);
	add_u64(object, "not_selected", run->skipped);
	add_u64(object, "calls_ns", run->calls_ns);
	add_known(object, "failed", run->failed, has_results);
	add_known(object, "retried", run->retried, has_results);
	add_known(object, "expected", run->expected, has_results);
	add_known(object, "in_flight", run->in_flight, !(header->lacks & CT_LACKS_IN_FLIGHT));
	add_known(object, "lost", header->lost > run->lost ? header->lost : run->lost,
		  !(header->lacks & CT_LACKS_LOSSES));
	add_u64(object, "injected", run->injected);
	add_u64(object, "delayed", run->delayed);
	add_u64(object, "waited_for_recorder", run->waited);
	add_u64(object, "launches", run->launches);
	add_u64(object, "graph_launches", run->graph_launches);
}

/* Whose durations these are, and how far percentiles may be off. */
static void add_durations(cJSON *root, const struct stat *stat)
{
	const struct an_run *run = an_statistics_run(stat->statistics);
	cJSON *object = cJSON_AddObjectToObject(root, "durations");
	const char *of = "host calls of curtrace's runtime, while recording";

	if (an_statistics_header(stat->statistics)->source)
		of = "host calls, as recorded by the trace's source";
	else if (run->calls && run->driver_calls == run->calls)
		of = "host calls of the driver";
	else if (run->driver_calls)
		of = "host calls of curtrace's runtime, while recording, and of the driver";
	cJSON_AddStringToObject(object, "of", of);
	cJSON_AddNumberToObject(object, "percentile_error", 0.008);
	if (stat->ratios.known)
		add_ratio(cJSON_AddObjectToObject(object, "ratio_to_nvidia"), &stat->ratios.mean);
	else
		cJSON_AddNullToObject(object, "ratio_to_nvidia");
}

/* ---- findings ------------------------------------------------------------------------------ */

static void add_evidence(cJSON *list, const struct an_evidence *evidence)
{
	cJSON *object = cJSON_CreateObject();

	add_text(object, "text", evidence->text);
	add_u64(object, "count", evidence->count);
	if (evidence->ordinal)
		add_u64(object, "event", evidence->ordinal);
	else
		cJSON_AddNullToObject(object, "event");
	add_text(object, "function", evidence->function);
	add_text(object, "caller", evidence->caller);
	cJSON_AddItemToArray(list, object);
}

static void add_findings(cJSON *root, const struct stat *stat)
{
	cJSON *list = cJSON_AddArrayToObject(root, "findings"), *object, *evidence;
	const struct an_finding *findings;
	size_t n;

	findings = an_statistics_findings(stat->statistics, &n);
	for (size_t i = 0; i < n; i++) {
		object = cJSON_CreateObject();
		add_text(object, "code", findings[i].code);
		add_text(object, "severity", an_severity_name(findings[i].severity));
		add_text(object, "headline", findings[i].headline);
		add_text(object, "advice", findings[i].advice);
		add_u64(object, "count", findings[i].count);
		add_u64(object, "ns", findings[i].ns);
		add_u64(object, "bytes", findings[i].bytes);
		evidence = cJSON_AddArrayToObject(object, "evidence");
		for (size_t j = 0; j < findings[i].nevidence; j++)
			add_evidence(evidence, &findings[i].evidence[j]);
		cJSON_AddItemToArray(list, object);
	}
}

/* ---- tables -------------------------------------------------------------------------------- */

static void add_tally(cJSON *object, const struct stat *stat, const struct an_tally *row)
{
	const struct an_spot *spot =
		an_spots_get(an_statistics_spots(stat->statistics), row->first_spot);
	uint64_t all = an_statistics_run(stat->statistics)->calls_ns;
	char caller[512];

	add_u64(object, "calls", row->calls);
	add_u64(object, "failed", row->failed);
	add_u64(object, "retried", row->retried);
	add_u64(object, "expected", row->expected);
	add_u64(object, "in_flight", row->in_flight);
	add_u64(object, "total_ns", row->total_ns);
	cJSON_AddNumberToObject(object, "share", all ? (double)row->total_ns / (double)all : 0);
	add_u64(object, "mean_ns", an_tally_mean_ns(row));
	add_u64(object, "min_ns", row->min_ns);
	add_u64(object, "p50_ns", an_tally_percentile_ns(row, 50));
	add_u64(object, "p90_ns", an_tally_percentile_ns(row, 90));
	add_u64(object, "p99_ns", an_tally_percentile_ns(row, 99));
	add_u64(object, "max_ns", row->max_ns);
	add_u64(object, "launches", row->launches);
	add_u64(object, "bytes", row->bytes);
	add_u64(object, "first_event", row->first_ordinal);
	add_u64(object, "longest_event", row->max_ordinal);
	add_text(object, "first_caller", an_spot_text(spot, caller, sizeof(caller)));
}

static void add_rows(cJSON *root, const struct stat *stat)
{
	cJSON *by = cJSON_AddArrayToObject(root, "by"), *list, *object;
	const struct stat_ratio *ratio;

	for (unsigned int i = 0; i < stat->nby; i++)
		cJSON_AddItemToArray(by, cJSON_CreateString(an_group_name(stat->by[i])));
	add_u64(root, "rows_in_all", stat->nrows);
	list = cJSON_AddArrayToObject(root, "rows");
	for (size_t i = 0; i < stat->nrows && i < stat->top; i++) {
		object = cJSON_CreateObject();
		for (unsigned int j = 0; j < stat->nby; j++)
			add_text(object, an_group_name(stat->by[j]),
				 an_statistics_part(stat->statistics, stat->rows[i], j));
		add_tally(object, stat, stat->rows[i]);
		ratio = stat->nby == 1 && stat->by[0] == AN_BY_FUNCTION
				? stat_ratios_find(&stat->ratios, stat->rows[i]->name)
				: NULL;
		if (ratio)
			add_ratio(cJSON_AddObjectToObject(object, "ratio_to_nvidia"), ratio);
		cJSON_AddItemToArray(list, object);
	}
}

/* Those that are always there, in the order in which they were met. */
static void add_table(cJSON *root, const struct stat *stat, const char *name, const char *key,
		      struct an_tally *const *rows, size_t n)
{
	cJSON *list = cJSON_AddArrayToObject(root, name), *object;

	for (size_t i = 0; i < n; i++) {
		object = cJSON_CreateObject();
		add_text(object, key, rows[i]->name);
		add_tally(object, stat, rows[i]);
		cJSON_AddItemToArray(list, object);
	}
}

static void add_traffic(cJSON *root, const struct stat *stat)
{
	const struct an_traffic *all = an_statistics_traffic(stat->statistics);
	cJSON *list = cJSON_AddArrayToObject(root, "copies"), *object;

	for (unsigned int i = 0; i < AN_TRAFFICS; i++) {
		if (!all[i].count)
			continue;
		object = cJSON_CreateObject();
		add_text(object, "direction", an_traffic_name(i));
		add_u64(object, "count", all[i].count);
		add_u64(object, "bytes", all[i].bytes);
		add_u64(object, "of_unknown_size", all[i].unsized);
		add_u64(object, "blocking", all[i].blocking);
		add_u64(object, "blocking_bytes", all[i].blocking_bytes);
		add_u64(object, "blocking_ns", all[i].blocking_ns);
		if (all[i].blocking_ns && i != AN_TRAFFIC_SETS)
			cJSON_AddNumberToObject(object, "bytes_per_second",
						(double)all[i].blocking_bytes * 1e9 /
							(double)all[i].blocking_ns);
		else
			cJSON_AddNullToObject(object, "bytes_per_second");
		cJSON_AddItemToArray(list, object);
	}
}

static void add_waits(cJSON *root, const struct stat *stat)
{
	const struct an_wait_sum *all = an_statistics_waits(stat->statistics);
	cJSON *list = cJSON_AddArrayToObject(root, "waits"), *object;

	for (unsigned int i = 0; i < AN_WAITS; i++) {
		if (!all[i].count)
			continue;
		object = cJSON_CreateObject();
		add_text(object, "for", an_wait_name((enum an_wait)i));
		add_u64(object, "count", all[i].count);
		add_u64(object, "total_ns", all[i].ns);
		add_u64(object, "max_ns", all[i].max_ns);
		cJSON_AddItemToArray(list, object);
	}
}

static void add_failures(cJSON *root, const struct stat *stat)
{
	cJSON *list = cJSON_AddArrayToObject(root, "failures"), *object;
	const struct an_failure *all;
	size_t n;

	all = an_statistics_failures(stat->statistics, &n);
	for (size_t i = 0; i < n; i++) {
		const struct an_tally *f =
			an_statistics_function(stat->statistics, all[i].function);

		object = cJSON_CreateObject();
		add_text(object, "function", f ? f->name : "");
		cJSON_AddNumberToObject(object, "status", all[i].result);
		add_text(object, "status_name", all[i].result_name);
		add_u64(object, "count", all[i].count);
		add_u64(object, "retried", all[i].retried);
		add_u64(object, "event", all[i].ordinal);
		cJSON_AddItemToArray(list, object);
	}
}

void stat_print_json(const struct stat *stat, FILE *out)
{
	cJSON *root = cJSON_CreateObject();
	struct an_tally *const *rows;
	char *text;
	size_t n;

	cJSON_AddStringToObject(root, "schema", SCHEMA);
	cJSON_AddNumberToObject(root, "version", VERSION);
	add_run(root, stat);
	add_durations(root, stat);
	add_findings(root, stat);
	add_rows(root, stat);
	rows = an_statistics_kernels(stat->statistics, &n);
	add_table(root, stat, "kernels", "kernel", rows, n);
	rows = an_statistics_streams(stat->statistics, &n);
	add_table(root, stat, "streams", "stream", rows, n);
	add_traffic(root, stat);
	add_waits(root, stat);
	add_failures(root, stat);
	text = cJSON_Print(root);
	fputs(text ? text : "{}", out);
	putc('\n', out);
	cJSON_free(text);
	cJSON_Delete(root);
}
